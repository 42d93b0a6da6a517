# SPDX-License-Identifier: Apache-2.0
"""Which ways to sign in a tenant offers, as clients before CDI 5.1 are told; later ones decide by themselves."""

from enum import Enum

from twofold.core.errors import Forbidden
from twofold.core.tenancy.store import TenantRecord
from twofold.core.version import V5_0, V5_1, Version


class LoginKind(Enum):
    """A recipe that old clients may find switched off: as texts call it, and the factors that it serves."""

    EMAIL_PASSWORD = ("Email password", ("emailpassword",))
    THIRD_PARTY = ("ThirdParty", ("thirdparty",))
    PASSWORDLESS = ("Passwordless", ("otp-email", "otp-phone", "link-email", "link-phone"))

    def __init__(self, title: str, factors: tuple[str, ...]) -> None:
        self.title = title
        self.factors = factors


def is_enabled(record: TenantRecord, kind: LoginKind, version: Version) -> bool:
    """Whether a client of this version finds the recipe switched on."""
    if version >= V5_1:
        return True
    if record.first_factors is None:
        return _flag(record, kind)
    if version >= V5_0:
        return _flag(record, kind) and bool(record.first_factors)
    return _flag(record, kind) and any(factor in record.first_factors for factor in kind.factors)


def require_enabled(record: TenantRecord, kind: LoginKind, version: Version) -> None:
    """Raise Forbidden where a client of this version finds the recipe switched off."""
    if not is_enabled(record, kind, version):
        raise Forbidden(f"{kind.title} login not enabled for tenant")


def _flag(record: TenantRecord, kind: LoginKind) -> bool:
    return {
        LoginKind.EMAIL_PASSWORD: record.email_password_enabled,
        LoginKind.THIRD_PARTY: record.third_party_enabled,
        LoginKind.PASSWORDLESS: record.passwordless_enabled,
    }[kind]
