# SPDX-License-Identifier: Apache-2.0
"""What a clause of a standard becomes here: limits of settings, and who answers for the rest."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

LISTED, LEFT_OUT, GIVEN = "in the recipe list", "left out", "given"
"""The values of the setting that is whether a recipe, or an argument of one, is used."""


class Status(StrEnum):
    """Who meets a clause."""

    MET = "met"
    IN_PART = "met in part"
    NOTHING_TO_DO = "does not apply"
    APPLICATION = "the application's"
    NOT_MET = "not met"

    @property
    def is_shown(self) -> bool:
        """Whether tests show it."""
        return self in (Status.MET, Status.IN_PART)


@dataclass(frozen=True, slots=True)
class Limit:
    """The values of one setting that a profile allows.

    Attributes:
        setting: a setting of the core by its name, or one of the SDK as it is written: `totp.init(default_period)`.
        least, most: of a number, both included.
        only: the allowed values of what is no number.
        default: what holds under the profile when nothing is given; None: what holds without it.
        mend: what to do about another value; left out, to give one that is allowed.
    """

    setting: str
    least: float = -math.inf
    most: float = math.inf
    only: tuple[object, ...] = ()
    default: object = None
    mend: str = ""

    def allows(self, value: object) -> bool:
        """Whether the setting may have this value."""
        if self.only:
            return value in self.only
        return isinstance(value, int | float) and self.least <= value <= self.most

    @property
    def allowed(self) -> str:
        """The values in words."""
        if self.only:
            return " or ".join(str(value) for value in self.only)
        bounds = [(self.least, "at least"), (self.most, "at most")]
        return ", ".join(f"{word} {bound:,}" for bound, word in bounds if math.isfinite(bound))

    @property
    def strictest(self) -> Any:
        """A value that the profile allows: its default, else the bound."""
        if self.default is not None:
            return self.default
        return self.only[0] if self.only else self.most if math.isfinite(self.most) else self.least


def listed(recipe: str) -> Limit:
    """Return the limit that a recipe must be in the list."""
    return Limit(recipe, only=(LISTED,), mend=f"Add {recipe} to the recipe list.")


def totp_timing(what: str, least: int, most: int) -> tuple[Limit, Limit]:
    """Return the limits of `skew` or `period`: of the default in `totp.init`, and of each device."""
    return (
        Limit(f"totp.init(default_{what})", least, most),
        Limit(TOTP_DEVICE[what], least, most, mend="Set the device up with a value that is allowed."),
    )


TOTP_DEVICE = {"skew": "totp.create_device(skew)", "period": "totp.create_device(period)"}
"""The settings that are the timing of one device."""
WITH_SECOND_FACTOR = Limit(
    "multifactorauth.init()",
    only=(LISTED,),
    mend="Add it to the recipe list, with a recipe for second factors: webauthn.init(), totp.init().",
)
NO_TRUSTED_DEVICES = Limit(
    "trusteddevices.init()",
    only=(LEFT_OUT,),
    mend="Take it out of the recipe list: what a browser remembers does not stand in for a factor here.",
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One clause.

    Attributes:
        clause: its number in the standard.
        asks: what it asks for, in our words.
        how: what meets it here, or why it does not.
        limits: what it sets.
        status: who meets it.
    """

    clause: str
    asks: str
    how: str
    limits: tuple[Limit, ...] = ()
    status: Status = Status.MET


@dataclass(frozen=True, slots=True)
class Deviation:
    """A setting that is looser than the profile allows. Its text says what to do."""

    profile: str
    clause: str
    asks: str
    limit: Limit
    value: object

    def __str__(self) -> str:
        limit = self.limit
        mend = limit.mend or f"Leave it out, or give a value that is allowed: {limit.allowed}."
        return (
            f"assurance={self.profile!r} does not allow {limit.setting} to be {self.value}"
            f" (allowed: {limit.allowed}). {self.clause}: {self.asks}. {mend}"
        )


@dataclass(frozen=True, slots=True)
class Profile:
    """A standard at one of its levels.

    Attributes:
        name: as applications give it.
        standard: its title and edition.
        mark: before the number of a clause, in messages and tests.
        rules: its clauses.
    """

    name: str
    standard: str
    mark: str
    rules: tuple[Rule, ...]

    @property
    def limits(self) -> Iterator[tuple[Rule, Limit]]:
        """Every limit, with its clause."""
        return ((rule, limit) for rule in self.rules for limit in rule.limits)

    def deviations(self, values: Mapping[str, object]) -> list[Deviation]:
        """Return what is looser than allowed; settings without a value here are not looked at."""
        return [
            Deviation(self.name, f"{self.mark} {rule.clause}", rule.asks, limit, values[limit.setting])
            for rule, limit in self.limits
            if limit.setting in values and not limit.allows(values[limit.setting])
        ]
