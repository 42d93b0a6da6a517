# SPDX-License-Identifier: Apache-2.0
"""What v1 calls do to a tenant: they switch recipes on and off, where v2 lists factors.

Before CDI 5.0 clients know no lists, so the list is kept such that "enabled" reads as it was set, and the flags are
only ever turned on. From CDI 5.0 on flags and lists are both given, and must agree.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from twofold.core._fields import ABSENT, Absent
from twofold.core.errors import BadRequest
from twofold.core.recipe.multitenancy.ids import Factors
from twofold.core.tenancy.login_methods import LoginKind, effective_first_factors, has_flag
from twofold.core.tenancy.store import TenantRecord

Switches = Mapping[LoginKind, bool]
"""What the call says; a recipe that is not mentioned is not in it."""

_EVERY_FACTOR = tuple(factor for kind in LoginKind for factor in kind.factors)
_NAMES = {
    LoginKind.EMAIL_PASSWORD: "emailPassword",
    LoginKind.THIRD_PARTY: "thirdParty",
    LoginKind.PASSWORDLESS: "passwordless",
}


def switch_before_5_0(record: TenantRecord, switches: Switches) -> TenantRecord:
    """The tenant after a call of a client that knows no lists."""
    for kind in LoginKind:
        if switches.get(kind):
            record = _with_flag(record, kind, is_on=True)
            factors = record.first_factors
            # A list that allows the recipe in part stays as narrow as it is.
            if factors is not None and not set(kind.factors) & set(factors):
                record = replace(record, first_factors=(*factors, *kind.factors))
        elif kind in switches or not has_flag(record, kind):
            factors = _EVERY_FACTOR if record.first_factors is None else record.first_factors
            record = replace(record, first_factors=_without(factors, kind))
    return record


def switch_since_5_0(record: TenantRecord, switches: Switches, first: Factors, required: Factors) -> TenantRecord:
    """The tenant after a call of a client that knows flags and lists. Raises BadRequest where they contradict."""
    for name, given in (("firstFactors", first), ("requiredSecondaryFactors", required)):
        _check_given(name, given, switches)
    was = record
    for kind, is_on in switches.items():
        record = _with_flag(record, kind, is_on=is_on)
    if first is not ABSENT:
        record = replace(record, first_factors=_stored(first))
    if required is not ABSENT:
        record = replace(record, required_secondary_factors=_stored(required))
    for kind in _named(first):
        record = _with_flag(record, kind, is_on=True)
    for kind in _named(required):
        if record.first_factors is None and not has_flag(record, kind):
            # Else a recipe wanted as a second factor only would become a way to sign in.
            record = replace(record, first_factors=effective_first_factors(was))
        record = _with_flag(record, kind, is_on=True)
    return _without_disabled(record, switches)


def _check_given(name: str, factors: Factors, switches: Switches) -> None:
    if factors is None or isinstance(factors, Absent):
        return
    if not factors:
        what = "first factors" if name == "firstFactors" else "required secondary factors"
        raise BadRequest(f"{name} cannot be empty. Set null instead to remove all {what}.")
    for factor in factors:
        for kind in _named([factor]):
            if switches.get(kind) is False:
                raise BadRequest(
                    f"Invalid core config: {name} should not contain '{factor}' because {_NAMES[kind]} is disabled"
                    " for the tenant."
                )


def _without_disabled(record: TenantRecord, switches: Switches) -> TenantRecord:
    for kind, is_on in switches.items():
        if is_on:
            continue
        if record.first_factors is not None:
            record = replace(record, first_factors=_without(record.first_factors, kind))
        if record.required_secondary_factors is not None:
            left = _without(record.required_secondary_factors, kind)
            record = replace(record, required_secondary_factors=left or None)
    return record


def _named(factors: Factors) -> list[LoginKind]:
    if factors is None or isinstance(factors, Absent):
        return []
    return [kind for kind in LoginKind if set(kind.factors) & set(factors)]


def _stored(factors: Factors) -> tuple[str, ...] | None:
    return None if factors is None or isinstance(factors, Absent) else tuple(factors)


def _without(factors: Iterable[str], kind: LoginKind) -> tuple[str, ...]:
    return tuple(factor for factor in factors if factor not in kind.factors)


def _with_flag(record: TenantRecord, kind: LoginKind, *, is_on: bool) -> TenantRecord:
    changes: dict[str, Any] = {kind.flag: is_on}  # the name of the field is a value here
    return replace(record, **changes)
