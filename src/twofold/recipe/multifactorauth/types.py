# SPDX-License-Identifier: Apache-2.0
"""Factor ids, requirements, the value of the claim, and the configuration of multi-factor authentication."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from twofold.types.config import BaseOverrideConfig

if TYPE_CHECKING:
    from .interfaces import APIInterface, RecipeInterface

    MultiFactorAuthOverrideConfig = BaseOverrideConfig[RecipeInterface, APIInterface]
else:
    MultiFactorAuthOverrideConfig = BaseOverrideConfig

OverrideConfig = MultiFactorAuthOverrideConfig

FACTOR_CHANGE_MAX_AGE_SECONDS = 15 * 60

Enrolment = Literal["first-factor", "verified-contact"]
"""What lets a user without any second factor set their first one up."""

SetUpStep = Literal["begins", "finishes", "completes", "proves-contact"]
"""What a route does that sets a factor up; see `assert_allowed_to_setup_factor_else_throw_invalid_claim_error`."""

MFARequirement = str | dict[Literal["oneOf", "allOfInAnyOrder"], list[str]]
MFARequirementList = list[MFARequirement]
"""What must be done, in this order: a factor id, `{"oneOf": ids}`, or `{"allOfInAnyOrder": ids}`."""


class AssuranceGroup(dict[Literal["oneOf", "allOfInAnyOrder"], list[str]]):
    """A group that a profile of assurance asks for, beside the policy: nothing stands in for its factors."""


class FactorIds:
    """The built-in factors. Applications may use ids of their own beside them."""

    EMAILPASSWORD: Literal["emailpassword"] = "emailpassword"
    OTP_EMAIL: Literal["otp-email"] = "otp-email"
    OTP_PHONE: Literal["otp-phone"] = "otp-phone"
    LINK_EMAIL: Literal["link-email"] = "link-email"
    LINK_PHONE: Literal["link-phone"] = "link-phone"
    THIRDPARTY: Literal["thirdparty"] = "thirdparty"
    TOTP: Literal["totp"] = "totp"
    WEBAUTHN: Literal["webauthn"] = "webauthn"
    # Twofold's own. They stand in for a factor, so they are none that could be required or set up.
    RECOVERY_CODE: Literal["recovery-code"] = "recovery-code"
    TRUSTED_DEVICE: Literal["trusted-device"] = "trusted-device"

    @staticmethod
    def get_all_factors() -> list[str]:
        """Return every factor id of the protocol, in the order that lists are shown in."""
        return [
            FactorIds.EMAILPASSWORD,
            FactorIds.OTP_EMAIL,
            FactorIds.OTP_PHONE,
            FactorIds.LINK_EMAIL,
            FactorIds.LINK_PHONE,
            FactorIds.THIRDPARTY,
            FactorIds.TOTP,
            FactorIds.WEBAUTHN,
        ]


@dataclass
class MFAClaimValue:
    """What the session's claim says.

    Attributes:
        c: when each completed factor was completed, in seconds since the epoch.
        v: whether everything that is required for the user was done.
    """

    c: dict[str, int]
    v: bool


@dataclass
class FactorIdsAndType:
    """The next factors to do: one id, one of several, or all of several."""

    factor_ids: list[str]
    type_: Literal["string", "oneOf", "allOfInAnyOrder"]


@dataclass(frozen=True)
class MultiFactorAuthConfig:
    """The configuration as given; see `init`.

    Attributes:
        first_factors: None means every one that the recipes offer.
        factor_change_max_age_seconds: how fresh a factor a change of factors needs; None: any session will do that has
            all its factors.
        enrolment: what a first second factor needs.
    """

    first_factors: Sequence[str] | None = None
    factor_change_max_age_seconds: int | None = FACTOR_CHANGE_MAX_AGE_SECONDS
    enrolment: Enrolment = "first-factor"


NormalisedMultiFactorAuthConfig = MultiFactorAuthConfig
