# SPDX-License-Identifier: Apache-2.0
"""Assurance profiles: one setting that tightens defaults as a standard asks. Pure; core and SDK share it.

A rule is written once, in the table of its profile. The core asks for the limits of its settings, the SDK for those of
the recipes, and `scripts/assurance_report.py` writes docs/assurance.md from the same tables and the tests that name
their clauses.
"""

from collections.abc import Mapping
from typing import Any

from .asvs_l2 import ASVS_L2
from .nist_aal2 import NIST_AAL2
from .rules import TOTP_DEVICE, Deviation, Limit, Profile, Rule, Status

__all__ = [
    "PROFILES",
    "TOTP_DEVICE",
    "Deviation",
    "Limit",
    "Profile",
    "Rule",
    "Status",
    "of_totp_device",
    "profile_of",
    "with_defaults",
]

PROFILES: Mapping[str, Profile] = {profile.name: profile for profile in (NIST_AAL2, ASVS_L2)}


def profile_of(name: str | None) -> Profile | None:
    """Return the profile; None when none is asked for. Raises ValueError for one that does not exist."""
    if name is None:
        return None
    if name not in PROFILES:
        raise ValueError(f"assurance must be one of {', '.join(PROFILES)}, not {name!r}")
    return PROFILES[name]


def with_defaults(given: Mapping[str, Any], known: frozenset[str]) -> dict[str, Any]:
    """Return settings with the defaults of the profile that `given["assurance"]` names, for the `known` ones."""
    profile = profile_of(given.get("assurance"))
    limits = () if profile is None else (limit for _, limit in profile.limits)
    tightened = {item.setting: item.default for item in limits if item.default is not None and item.setting in known}
    return {**tightened, **given}


def of_totp_device(name: str | None, skew: int, period_seconds: int) -> list[Deviation]:
    """Return what is looser than the named profile allows of an authenticator app; None allows everything."""
    profile = profile_of(name)
    timing = {TOTP_DEVICE["skew"]: skew, TOTP_DEVICE["period"]: period_seconds}
    return [] if profile is None else profile.deviations(timing)
