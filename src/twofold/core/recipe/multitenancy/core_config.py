# SPDX-License-Identifier: Apache-2.0
"""What a tenant may override: which keys, of which type, in which range; an app's key has one value in all of it."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from twofold.core.config import LEVELS, Level, Settings, deviations, kind_of, read_override
from twofold.core.errors import BadRequest
from twofold.core.tenancy.protected import DATABASE_PREFIX
from twofold.core.version import SUPPORTED, parse

MIN_API_KEY_LENGTH = 20
MIN_OPERATOR_KEY_LENGTH = 40
# Settings of groups that are not there yet, and of the bulk import, which needs none: kept without effect, so that a
# tenant's configuration can be moved here.
KEPT_KEYS = frozenset(
    {
        "oauth_provider_public_service_url",
        "oauth_provider_admin_service_url",
        "oauth_provider_consent_login_base_url",
        "oauth_provider_url_configured_in_oauth_provider",
        "saml_legacy_acs_url",
        "saml_sp_entity_id",
        "saml_claims_validity",
        "saml_relay_state_validity",
        "bulk_migration_parallelism",
        "bulk_migration_batch_size",
        "bulk_migration_sleep_between_rounds_in_batch_ms",
    }
)
# Settings of the incumbent's server that ours does not need.
_BASE_KEYS_THERE = frozenset(
    {
        "core_config_version",
        "deadlock_logger_enable",
        "error_log_path",
        "info_log_path",
        "oauth_client_secret_encryption_key",
        "otel_collector_connection_uri",
        "webserver_https_enabled",
    }
)
_OLD_NAMES = {"access_token_signing_key_update_interval": "access_token_dynamic_signing_key_update_interval"}
_API_KEY = re.compile("[A-Za-z0-9=-]*")


def check_overrides(changes: Mapping[str, Any], public_overrides: Mapping[str, Any], *, is_public: bool) -> None:
    """Refuse keys that do not exist or do not belong to a tenant, and values of a wrong type.

    Args:
        changes: what is to be stored; null removes a key.
        public_overrides: what holds for the app above the core's own settings.
        is_public: whether the tenant is that public tenant.

    Raises:
        BadRequest: naming the first key that is wrong.
    """
    for key, value in changes.items():
        if key.startswith(DATABASE_PREFIX) or key in KEPT_KEYS:
            continue
        level = LEVELS.get(key, Level.BASE if key in _BASE_KEYS_THERE else None)
        if level is None:
            raise _invalid(f"Invalid config key: {key}")
        if level is Level.BASE:
            raise _invalid(f"{key} can only be set via the core's base config setting")
        if value is None:
            continue
        converted = _convert(key, value)
        if level is Level.APP and not is_public:
            _require_same(key, converted, _converted_or_none(key, public_overrides.get(key)))


def renamed(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The same changes under the names that keys have now."""
    return {_OLD_NAMES.get(key, key): value for key, value in changes.items()}


def check_same_in_app(changes: Mapping[str, Any], tenant_overrides: Mapping[str, Any]) -> None:
    """Refuse an app's new value for a key that one of its tenants repeats with another one. Raises BadRequest."""
    for key, value in changes.items():
        repeated = tenant_overrides.get(key)
        if LEVELS.get(key) is Level.APP and repeated is not None:
            _require_same(key, _convert(key, repeated), _converted_or_none(key, value))


def check_ranges(settings: Settings) -> None:
    """Refuse effective settings that cannot work. Raises BadRequest with the text of the first rule that is broken."""
    for is_wrong, text in _RULES:
        if is_wrong(settings):
            raise _invalid(text)
    for key in _POSITIVE:
        if getattr(settings, key) <= 0:
            raise _invalid(f"'{key}' must be > 0")
    for key in _NOT_NEGATIVE:
        if getattr(settings, key) < 0:
            raise _invalid(f"'{key}' must be >= 0")
    for key in ("ip_allow_regex", "ip_deny_regex"):
        _check_pattern(key, getattr(settings, key))
    _check_api_keys(settings.api_keys)
    _check_operator_key(settings)
    _check_versions(settings)
    for deviation in deviations(settings):
        raise _invalid(str(deviation))


def _require_same(key: str, of_tenant: Any, of_app: Any) -> None:
    if of_tenant != of_app:
        raise _invalid(f"You cannot set different values for {key} for the same appId")


def _invalid(detail: str) -> BadRequest:
    return BadRequest(f"Invalid core config: {detail}")


def _convert(key: str, value: Any) -> Any:
    try:
        return read_override(key, value)
    except (ValueError, OverflowError):
        raise _invalid(f"'{key}' must be of type {kind_of(key)}") from None


def _converted_or_none(key: str, value: Any) -> Any:
    return None if value is None else read_override(key, value)


# Budgets: none at all would shut everybody out, and nothing would ever come back.
_POSITIVE = (
    "guess_budget",
    "guess_refill_hours",
    "password_guess_budget",
    "password_guess_refill_sec",
    "password_stranger_budget",
    "password_stranger_refill_sec",
    "send_interval_sec",
)
_NOT_NEGATIVE = (
    "send_limit_per_address_hour",
    "send_limit_per_address_day",
    "send_limit_per_account_day",
    "send_limit_per_network_hour",
    "send_limit_per_country_hour",
    "send_limit_per_tenant_hour",
    "existence_limit_per_network_minute",
)

Rule = tuple[Callable[[Settings], bool], str]

_RULES: tuple[Rule, ...] = (
    (
        lambda s: not 1 <= s.access_token_validity <= 86_400_000,
        "'access_token_validity' must be between 1 and 86400000 seconds inclusive.",
    ),
    (
        lambda s: s.refresh_token_validity * 60 <= s.access_token_validity,
        "'refresh_token_validity' must be strictly greater than 'access_token_validity'.",
    ),
    (
        lambda s: s.access_token_dynamic_signing_key_update_interval < 1,
        "'access_token_dynamic_signing_key_update_interval' must be greater than, equal to 1 hour.",
    ),
    (
        lambda s: not 0 <= s.refresh_token_rotation_grace_period <= 300,
        "'refresh_token_rotation_grace_period' must be between 0 and 300 seconds inclusive.",
    ),
    (
        lambda s: not 0 <= s.access_token_validity_jitter <= 0.25,
        "'access_token_validity_jitter' must be between 0 and 0.25 inclusive.",
    ),
    (lambda s: s.password_reset_token_lifetime <= 0, "'password_reset_token_lifetime' must be >= 0"),
    (lambda s: s.email_verification_token_lifetime <= 0, "'email_verification_token_lifetime' must be >= 0"),
    (lambda s: s.passwordless_code_lifetime <= 0, "'passwordless_code_lifetime' must be > 0"),
    (lambda s: s.passwordless_max_code_input_attempts <= 0, "'passwordless_max_code_input_attempts' must be > 0"),
    (lambda s: s.totp_max_attempts <= 0, "'totp_max_attempts' must be > 0"),
    (lambda s: s.totp_rate_limit_cooldown_sec <= 0, "'totp_rate_limit_cooldown_sec' must be > 0"),
    (
        lambda s: s.webauthn_recover_account_token_lifetime <= 0,
        "Provided webauthn_recover_account_token_lifetime must be > 0",
    ),
    (
        lambda s: s.password_hashing_alg.upper() not in ("ARGON2", "BCRYPT"),
        "'password_hashing_alg' must be one of 'ARGON2' or 'BCRYPT'",
    ),
    (
        lambda s: s.argon2_memory_kb < 8 * s.argon2_parallelism,
        "'argon2_memory_kb' must be at least 8 times 'argon2_parallelism'",
    ),
)


def _check_pattern(key: str, expression: str | None) -> None:
    try:
        re.compile(expression or "")
    except re.error:
        raise _invalid(f"Provided regular expression is invalid for {key} config") from None


def _check_api_keys(keys: str | None) -> None:
    for key in (keys or "").split(",") if keys is not None else []:
        if len(key.strip()) < MIN_API_KEY_LENGTH:
            raise _invalid("One of the API keys is too short. Please use at least 20 characters")
        if not _API_KEY.fullmatch(key.strip()):
            raise _invalid(
                "Invalid characters in API key. Please only use '=', '-' and alpha-numeric (including capitals)"
            )


def _check_operator_key(settings: Settings) -> None:
    key = settings.supertokens_saas_secret
    if key is None:
        return
    if not settings.api_keys:
        raise _invalid("supertokens_saas_secret needs api_keys: those of the customers, who are not the operator")
    if len(key) < MIN_OPERATOR_KEY_LENGTH or not _API_KEY.fullmatch(key):
        raise _invalid(
            f"supertokens_saas_secret must have at least {MIN_OPERATOR_KEY_LENGTH} letters, digits, '=' or '-'"
        )


def _check_versions(settings: Settings) -> None:
    limits = []
    for key in ("supertokens_max_cdi_version", "supertokens_min_cdi_version"):
        written = getattr(settings, key)
        if written is None:
            continue
        try:
            version = parse(written)
        except BadRequest:
            raise _invalid(f"{key} is not a valid semantic version") from None
        if version not in SUPPORTED:
            raise _invalid(f"{key} is not a supported version")
        limits.append(version)
    if len(limits) == 2 and limits[1] > limits[0]:
        raise _invalid("supertokens_min_cdi_version cannot be greater than supertokens_max_cdi_version")
