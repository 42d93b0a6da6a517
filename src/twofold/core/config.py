# SPDX-License-Identifier: Apache-2.0
"""Settings of the core: one frozen dataclass, every field documented, with the level at which it may be overridden.

The names are the configuration keys that operators and tenants already use. Where our default differs from the
incumbent's, the reason stands beside it.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from typing import Any

from twofold._assurance import Deviation, profile_of, with_defaults


class Level(StrEnum):
    """Where a setting may be given: for the whole core, once per app, or per tenant."""

    BASE = "base"
    APP = "app"
    TENANT = "tenant"


@dataclass(frozen=True, slots=True)
class Between:
    """The numbers from `least` to `most`, both included."""

    least: float
    most: float = math.inf

    def __contains__(self, value: float) -> bool:
        return self.least <= value <= self.most

    def __str__(self) -> str:
        return f"{self.least} or more" if self.most == math.inf else f"from {self.least} to {self.most}"


def setting(
    default: Any,
    level: Level,
    help: str,
    *,
    hidden: bool = False,
    secret: bool = False,
    allowed: Between | tuple[str, ...] | None = None,
) -> Any:
    """A field of Settings.

    hidden: not shown in the dashboard's list of the configuration. secret: opens something for whoever reads it.
    allowed: what the operator may give, for what no tenant may override (that is in multitenancy's `core_config`).
    """
    metadata = {"level": level, "help": help, "hidden": hidden, "secret": secret, "allowed": allowed}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting of the core with its safe default."""

    # Ours alone. Which limits and defaults of the settings below it changes: docs/assurance.md.
    assurance: str | None = setting(
        None,
        Level.BASE,
        "A standard that the settings below must meet, and whose defaults they get: docs/assurance.md.",
        allowed=("nist-aal2", "asvs-l2"),
    )
    access_token_validity: int = setting(3600, Level.APP, "Lifetime of an access token, in seconds.")
    access_token_validity_jitter: float = setting(
        0.05,
        Level.APP,
        "Access tokens live up to this fraction shorter, so that they do not all expire at once.",
    )
    refresh_token_validity: float = setting(144_000, Level.APP, "Lifetime of a refresh token, in minutes.")
    # Ours alone. A year: nobody who signs in anew once in a while meets it, but a session that was stolen and is kept
    # alive by refreshing ends (OWASP ASVS 7.3.2; `refresh_token_validity` is the idle limit of 7.3.1).
    session_absolute_lifetime: float = setting(
        525_600,
        Level.APP,
        "How long a session lives at most, however often it is refreshed, in minutes; 0 for no limit.",
    )
    refresh_token_rotation_grace_period: int = setting(
        30,
        Level.APP,
        "For how many seconds the previous refresh token is still accepted (CDI 5.6).",
    )
    recent_token_reuse_behaviour: str = setting(
        "TOKEN_THEFT",
        Level.BASE,
        "What reuse of a recently replaced refresh token means.",
        allowed=("TOKEN_THEFT", "UNAUTHORISED"),
    )
    access_token_dynamic_signing_key_update_interval: float = setting(
        168, Level.APP, "After how many hours a new dynamic signing key is made."
    )
    access_token_blacklisting: bool = setting(False, Level.APP, "Only for CDI before 2.21.", hidden=True)
    access_token_signing_key_dynamic: bool = setting(True, Level.APP, "Only for CDI before 2.21.", hidden=True)
    password_reset_token_lifetime: int = setting(
        3_600_000, Level.TENANT, "Lifetime of a password reset token, in milliseconds."
    )
    email_verification_token_lifetime: int = setting(
        86_400_000,
        Level.TENANT,
        "Lifetime of an e-mail verification token, in milliseconds.",
    )
    passwordless_max_code_input_attempts: int = setting(
        5, Level.TENANT, "How many wrong codes end a one-time-code challenge."
    )
    # 10 minutes instead of 15: NIST SP 800-63B-4, section 3.1.3.2, and OWASP ASVS 6.5.5.
    passwordless_code_lifetime: int = setting(
        600_000,
        Level.TENANT,
        "Lifetime of a one-time code and of a magic link, in milliseconds.",
    )
    totp_max_attempts: int = setting(5, Level.TENANT, "How many wrong authenticator codes lock the factor.")
    totp_rate_limit_cooldown_sec: int = setting(900, Level.TENANT, "How long that lock lasts, in seconds.")
    # Ours alone, like the other budgets. 12 and one in 20 days are 30 wrong codes a year; of a million codes, of which
    # three are right at any time, a year of guessing finds one with a probability of 9 in 100,000.
    guess_budget: int = setting(
        12,
        Level.APP,
        "How many wrong codes (typed codes, authenticator codes) are looked at per account and factor, besides those"
        " that their owner mistyped before a right one. New codes, sessions, tenants and nodes do not renew it.",
    )
    guess_refill_hours: int = setting(480, Level.APP, "After how many hours one more wrong code is looked at.")
    password_guess_budget: int = setting(
        10,
        Level.APP,
        "How many wrong passwords are looked at per account and network of the client.",
    )
    password_guess_refill_sec: int = setting(
        900, Level.APP, "After how many seconds one more wrong password is looked at there."
    )
    # 100: NIST SP 800-63B-4, section 3.2.2.
    password_stranger_budget: int = setting(
        100,
        Level.APP,
        "How many wrong passwords are looked at per account from all networks where nobody signed in to it lately.",
    )
    password_stranger_refill_sec: int = setting(
        3600, Level.APP, "After how many seconds one more of those is looked at."
    )
    send_interval_sec: int = setting(
        20, Level.TENANT, "After three messages in a row to one address, how many seconds lie between two at least."
    )
    send_limit_per_address_hour: int = setting(
        10, Level.TENANT, "How many messages an hour are sent to one address; 0 for no limit."
    )
    send_limit_per_address_day: int = setting(
        30, Level.TENANT, "How many messages a day are sent to one address; 0 for no limit."
    )
    send_limit_per_account_day: int = setting(
        50, Level.TENANT, "How many messages a day are sent to one user who has signed in; 0 for no limit."
    )
    send_limit_per_network_hour: int = setting(
        200, Level.TENANT, "How many messages an hour clients of one network may ask for; 0 for no limit."
    )
    send_limit_per_country_hour: int = setting(
        500, Level.TENANT, "How many messages an hour are sent to phone numbers of one country; 0 for no limit."
    )
    send_limit_per_tenant_hour: int = setting(
        10_000, Level.TENANT, "How many messages an hour a tenant sends; 0 for no limit."
    )
    existence_limit_per_network_minute: int = setting(
        60,
        Level.TENANT,
        "How many times a minute clients of one network are told whether an address or number has an account; 0 for no"
        " limit.",
    )
    tell_existence: bool = setting(
        True,
        Level.TENANT,
        "Whether clients are told, before they sign up, that an address or number has an account. If not, the answer is"
        " always that it has none.",
    )
    webauthn_recover_account_token_lifetime: int = setting(
        3_600_000, Level.APP, "Lifetime of a passkey recovery token, in milliseconds."
    )
    # Ours alone, like all of the audit trail.
    audit_retention_days: int = setting(
        365, Level.BASE, "For how many days the audit trail is kept; 0 keeps it for ever.", allowed=Between(0)
    )
    audit_sign_ins: bool = setting(
        False, Level.APP, "Whether each session that is created is written to the audit trail."
    )
    # Argon2id instead of bcrypt, at OWASP's first choice (m=19 MiB, t=2, p=1); imported bcrypt hashes still verify.
    password_hashing_alg: str = setting(
        "ARGON2", Level.APP, "How new passwords are hashed.", allowed=("ARGON2", "BCRYPT")
    )
    bcrypt_log_rounds: int = setting(11, Level.BASE, "Cost of new bcrypt hashes.", allowed=Between(4, 31))
    argon2_iterations: int = setting(2, Level.BASE, "Passes of Argon2id over its memory.", allowed=Between(1))
    argon2_memory_kb: int = setting(
        19_456, Level.BASE, "Memory of one Argon2id hash, in KiB; at least 8 per lane.", allowed=Between(8)
    )
    argon2_parallelism: int = setting(1, Level.BASE, "Lanes of Argon2id.", allowed=Between(1))
    argon2_hashing_pool_size: int = setting(1, Level.BASE, "Not used: hashing runs on one thread per core.")
    firebase_password_hashing_pool_size: int = setting(1, Level.BASE, "Not used: hashing runs on one thread per core.")
    firebase_password_hashing_signer_key: str | None = setting(
        None,
        Level.APP,
        "Signer key of the Firebase project whose scrypt hashes were imported.",
        secret=True,
    )
    api_keys: str | None = setting(
        None,
        Level.APP,
        "Comma-separated keys, one of which callers of the HTTP core must send in the header `api-key`.",
        hidden=True,
        secret=True,
    )
    # Ours alone. Against those who see backups, replicas or disks; they would else hold keys that sign access tokens.
    encryption_key: str | None = setting(
        None,
        Level.BASE,
        "Key that encrypts stored secrets (signing keys, shared secrets): at least 32 random characters. Several,"
        " separated by commas: the first encrypts, all of them decrypt.",
        hidden=True,
        secret=True,
    )
    disable_telemetry: bool = setting(False, Level.APP, "Not used: there is no telemetry.")
    ip_allow_regex: str | None = setting(None, Level.TENANT, "Only peers whose address matches are answered.")
    ip_deny_regex: str | None = setting(None, Level.TENANT, "Peers whose address matches are refused.")
    port: int = setting(3567, Level.BASE, "Port of the HTTP core.", allowed=Between(1, 65_535))
    host: str = setting(
        "localhost", Level.BASE, "Address that the HTTP core listens on. Beyond loopback it needs `api_keys`."
    )
    base_path: str = setting("", Level.BASE, "Prefix of every path of the HTTP core.")
    max_server_pool_size: int = setting(10, Level.BASE, "Not used: requests share one event loop per worker.")
    log_level: str = setting(
        "INFO",
        Level.BASE,
        "From which level on log lines are written.",
        allowed=("DEBUG", "INFO", "WARN", "ERROR", "NONE"),
    )
    supertokens_saas_secret: str | None = setting(
        None, Level.BASE, "Key of the operator of a shared core.", secret=True
    )
    supertokens_saas_load_only_cud: str | None = setting(
        None, Level.BASE, "Serve only this connection URI domain (and the default one)."
    )
    supertokens_max_cdi_version: str | None = setting(
        None,
        Level.APP,
        "Newest version of the interface that is answered.",
        hidden=True,
    )
    supertokens_min_cdi_version: str | None = setting(
        None,
        Level.APP,
        "Oldest version of the interface that is answered.",
        hidden=True,
    )

    # Behind HTTP the operator's configuration is not a caller's to change. Embedded, the application is the operator.
    base_config_modifiable: bool = setting(
        False, Level.BASE, "Whether the public tenant of the public app may override settings, too."
    )

    def __repr__(self) -> str:
        """Names only: some values are secrets."""
        return "Settings(…)"


KEYS = frozenset(item.name for item in fields(Settings))
LEVELS: dict[str, Level] = {item.name: item.metadata["level"] for item in fields(Settings)}

_INT_KEYS = frozenset(
    {
        "refresh_token_rotation_grace_period",
        "passwordless_max_code_input_attempts",
        "totp_max_attempts",
        "totp_rate_limit_cooldown_sec",
    }
)
_KINDS = {"int": "long", "float": "double", "bool": "boolean", "str": "String"}
# Of settings that are one word of a few: the word, in whatever case it is written.
_CHOICES: dict[str, dict[str, str]] = {
    item.name: {word.upper(): word for word in item.metadata["allowed"]}
    for item in fields(Settings)
    if isinstance(item.metadata["allowed"], tuple)
}
_PYTHON_TYPES: dict[str, str] = {item.name: str(item.type) for item in fields(Settings)}


def settings_of(given: Mapping[str, Any]) -> Settings:
    """The settings that hold when these are given: under a profile of assurance, with its defaults.

    Raises:
        ValueError: there is no such profile.
        TypeError: there is no such setting.
    """
    return Settings(**with_defaults(given, KEYS))


def deviations(settings: Settings) -> list[Deviation]:
    """What is looser than the profile of assurance allows, if there is one."""
    profile = profile_of(settings.assurance)
    return [] if profile is None else profile.deviations(asdict(settings))


def kept_within(settings: Settings) -> Settings:
    """The same settings, those that deviate made as strict as the profile asks."""
    strict = {found.limit.setting: found.limit.strictest for found in deviations(settings)}
    return replace(settings, **strict) if strict else settings


def kind_of(key: str) -> str:
    """The type of a setting as error texts call it: String, int, long, double or boolean."""
    return "int" if key in _INT_KEYS else kind_of_type(_PYTHON_TYPES[key])


def kind_of_type(annotation: str) -> str:
    """The same for the type of a field, as `dataclasses` has it in text."""
    return _KINDS[annotation.removeprefix("<class '").removesuffix("'>").split(" | ")[0]]


def read_override(key: str, value: Any) -> Any:
    """An override in the setting's own type; numbers and booleans may come as text. Raises ValueError."""
    read = read_value(kind_of(key), value)
    return _CHOICES[key].get(str(read).upper(), read) if key in _CHOICES else read


def read_value(kind: str, value: Any) -> Any:
    """A value in the type that `kind_of` names; numbers and booleans may come as text. Raises ValueError."""
    if kind == "boolean":
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if isinstance(value, bool):
            return value
    elif kind == "String":
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return str(value)
    elif isinstance(value, int | float | str) and not isinstance(value, bool):
        return _read_number(value, is_whole=kind != "double")
    raise ValueError(kind)


def _read_number(value: float | str, *, is_whole: bool) -> float:
    number = float(value)
    if not math.isfinite(number) or (is_whole and number != int(number)):
        raise ValueError("not a number of this kind")
    if is_whole:
        return int(value) if isinstance(value, str) else int(number)
    return number
