# SPDX-License-Identifier: Apache-2.0
"""Which factors a session must have done under a profile of assurance, whatever the application's policy says."""

from collections.abc import Callable, Collection, Mapping

from .types import AssuranceGroup, FactorIds

_KNOWN = (FactorIds.EMAILPASSWORD, FactorIds.THIRDPARTY)
# No mail (NIST SP 800-63B-4, section 3.1.3.1), and no link: nothing carries its secret back into the session that
# asked for it (3.1.3.2). A recovery code is a look-up secret (3.1.2). Factors of the application's own are not known to
# be of any kind.
_HAD = (FactorIds.TOTP, FactorIds.OTP_PHONE, FactorIds.RECOVERY_CODE)
# Under every profile passkeys verify their user, so that one is two factors.
_ALONE = FactorIds.WEBAUTHN

_CHANNELS: Mapping[str, str] = {
    # A mail replaces the password: whoever reads the mailbox has both (OWASP ASVS 6.4.3).
    FactorIds.EMAILPASSWORD: "email",
    FactorIds.OTP_EMAIL: "email",
    FactorIds.LINK_EMAIL: "email",
    FactorIds.OTP_PHONE: "phone",
    FactorIds.LINK_PHONE: "phone",
}
"""Of factors that prove control of the same thing; every other factor is a channel of its own."""


def required_by(profile: str | None, completed: Mapping[str, int], offered: Collection[str]) -> list[AssuranceGroup]:
    """Return what a profile asks of a session beside the policy. What was completed is answered, too.

    A remembered browser is no factor, whatever it stands in for elsewhere.

    Args:
        profile: its name; None asks for nothing.
        completed: factors of the session, with the time.
        offered: factors that the recipes offer as second ones.
    """
    return _RULES[profile](completed, offered) if profile is not None else []


def can_be_met(profile: str, first: Collection[str], offered: Collection[str]) -> bool:
    """Whether whoever begins with one of the `first` factors finds enough among those `offered` as second ones."""
    return all(
        set(item["oneOf"]) & {*offered, factor}
        for factor in first
        for item in required_by(profile, {factor: 0}, offered)
    )


def _two_kinds(completed: Mapping[str, int], offered: Collection[str]) -> list[AssuranceGroup]:
    """NIST SP 800-63B-4, section 2.2.1: something known and something had, or a passkey."""
    usable = {*offered, *completed}
    groups = [[factor for factor in (*kind, _ALONE) if factor in usable] for kind in (_KNOWN, _HAD)]
    # An empty group would ask for nothing.
    return [AssuranceGroup({"oneOf": group or [_ALONE]}) for group in groups]


def _two_channels(completed: Mapping[str, int], offered: Collection[str]) -> list[AssuranceGroup]:
    """OWASP ASVS 6.3.3: any two that are not of one channel, or a passkey."""
    done = [factor for factor in completed if factor != FactorIds.TRUSTED_DEVICE]
    first = min(done, key=lambda factor: completed[factor], default=None)
    if first == _ALONE:
        return []
    others = [factor for factor in dict.fromkeys([*offered, *done]) if _channel(factor) != _channel(first)]
    # An empty group would ask for nothing: who can have no second channel gets no further.
    return [AssuranceGroup({"oneOf": others or [_ALONE]})]


def _channel(factor: str | None) -> str | None:
    return _CHANNELS.get(factor, factor) if factor is not None else None


_RULES: Mapping[str, Callable[[Mapping[str, int], Collection[str]], list[AssuranceGroup]]] = {
    "nist-aal2": _two_kinds,
    "asvs-l2": _two_channels,
}
