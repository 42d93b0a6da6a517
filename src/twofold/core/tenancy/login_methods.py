# SPDX-License-Identifier: Apache-2.0
"""Which ways to sign in a tenant offers, as clients before CDI 5.1 are told; later ones decide by themselves."""

from enum import Enum

from twofold.core.errors import Forbidden
from twofold.core.tenancy.store import TenantRecord
from twofold.core.version import V5_0, V5_1, Version


class LoginKind(Enum):
    """A recipe that old clients may find switched off: as texts call it, its flag, and the factors that it serves."""

    EMAIL_PASSWORD = ("Email password", "email_password_enabled", ("emailpassword",))
    THIRD_PARTY = ("ThirdParty", "third_party_enabled", ("thirdparty",))
    PASSWORDLESS = ("Passwordless", "passwordless_enabled", ("otp-email", "otp-phone", "link-email", "link-phone"))

    def __init__(self, title: str, flag: str, factors: tuple[str, ...]) -> None:
        self.title = title
        self.flag = flag
        self.factors = factors


def has_flag(record: TenantRecord, kind: LoginKind) -> bool:
    """The flag of old clients as it is stored."""
    return bool(getattr(record, kind.flag))


def is_shown_enabled(record: TenantRecord, kind: LoginKind, version: Version) -> bool:
    """Whether the recipe counts as switched on by the flags that clients before CDI 5.1 set and see."""
    if record.first_factors is None:
        return has_flag(record, kind)
    if version >= V5_0:
        return has_flag(record, kind) and bool(record.first_factors)
    return has_flag(record, kind) and any(factor in record.first_factors for factor in kind.factors)


def is_enabled(record: TenantRecord, kind: LoginKind, version: Version) -> bool:
    """Whether a client of this version may sign in with the recipe."""
    return version >= V5_1 or is_shown_enabled(record, kind, version)


def require_enabled(record: TenantRecord, kind: LoginKind, version: Version) -> None:
    """Raise Forbidden where a client of this version finds the recipe switched off."""
    if not is_enabled(record, kind, version):
        raise Forbidden(f"{kind.title} login not enabled for tenant")


def effective_first_factors(record: TenantRecord) -> tuple[str, ...] | None:
    """The first factors as new clients see them: the list, or what the flags of old clients leave; None is no limit."""
    if record.first_factors is not None or all(has_flag(record, kind) for kind in LoginKind):
        return record.first_factors
    return tuple(factor for kind in LoginKind if has_flag(record, kind) for factor in kind.factors)
