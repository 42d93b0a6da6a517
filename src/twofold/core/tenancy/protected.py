# SPDX-License-Identifier: Apache-2.0
"""Settings of a tenant that are the operator's alone, on a core that several customers share."""

from collections.abc import Iterable, Mapping
from typing import Any

from twofold.core.errors import Forbidden

DATABASE_PREFIX = "postgresql_"
_KEYS = frozenset(
    {
        "ip_allow_regex",
        "ip_deny_regex",
        "oauth_provider_public_service_url",
        "oauth_provider_admin_service_url",
        "oauth_provider_consent_login_base_url",
        "oauth_provider_url_configured_in_oauth_provider",
        "saml_legacy_acs_url",
    }
)


def is_protected(key: str) -> bool:
    """Whether only the operator may see and change this setting."""
    return key in _KEYS or key.startswith(DATABASE_PREFIX)


def check_protected(changes: Iterable[str]) -> None:
    """Refuse protected keys, also to remove them: the caller is not the operator. Raises Forbidden."""
    for key in changes:
        if key.startswith(DATABASE_PREFIX):
            raise Forbidden("Not allowed to modify DB related configs.")
        if key in _KEYS:
            raise Forbidden("Not allowed to modify protected configs.")


def without_protected(overrides: Mapping[str, Any]) -> dict[str, Any]:
    """What others than the operator may see of a tenant's overrides."""
    return {key: value for key, value in overrides.items() if not is_protected(key)}
