# SPDX-License-Identifier: Apache-2.0
"""What the commands are configured by: which source wins, and how each mistake is told."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from twofold.cli.configuration import FIELDS, OPTION_KEYS, ConfigurationError, read
from twofold.core.config import Settings
from twofold.core.passwords.hasher import processor_count

KEY = "a-key-of-more-than-20-characters"


def refusal(folder: Path, options: dict[str, Any] | None = None, text: str = "", **variables: str) -> str:
    """What is told about a wrong configuration."""
    (folder / "twofold.toml").write_text(text)
    with pytest.raises(ConfigurationError) as refused:
        read(options or {}, variables, folder)
    return str(refused.value)


def test_without_anything_the_defaults_hold(tmp_path: Path) -> None:
    """Nothing has to be configured."""
    configuration = read({}, {}, tmp_path)

    assert configuration.settings == Settings()
    assert configuration.server.db == "sqlite:///twofold.db"
    assert configuration.server.worker_count == 1


def test_options_win_over_variables_and_these_over_the_file(tmp_path: Path) -> None:
    """Each source overrides the one before it, key by key."""
    (tmp_path / "twofold.toml").write_text('port = 1\nhost = "127.0.0.1"\nlog_level = "warn"\ndb = "sqlite:///a.db"')
    variables = {"TWOFOLD_PORT": "2", "TWOFOLD_HOST": "127.0.0.2", "TWOFOLD_API_KEYS": KEY}
    configuration = read({"port": "3", "db": None}, variables, tmp_path)

    settings = configuration.settings
    assert (settings.port, settings.host, settings.log_level, settings.api_keys) == (3, "127.0.0.2", "WARN", KEY)
    assert configuration.server.db == "sqlite:///a.db"


@pytest.mark.parametrize("key", sorted(FIELDS))
def test_every_key_has_a_variable(key: str, tmp_path: Path) -> None:
    """There is no setting that an operator cannot reach."""
    default = FIELDS[key].default
    allowed = FIELDS[key].metadata["allowed"]
    free = "5.0" if "cdi" in key else allowed[0] if isinstance(allowed, tuple) else "x" * 40
    given = str(default) if default not in (None, "") else free
    configuration = read({}, {"TWOFOLD_API_KEYS": KEY, f"TWOFOLD_{key.upper()}": given}, tmp_path)

    held = {**dataclasses.asdict(configuration.settings), **dataclasses.asdict(configuration.server)}[key]
    assert str(held).lstrip("/").removesuffix(".0") == given.removesuffix(".0")


def test_secrets_have_no_option() -> None:
    """A command line is read by everybody on the machine; the two exceptions are asked for, and their help warns."""
    secrets = {key for key, item in FIELDS.items() if item.metadata["secret"]}

    assert secrets & set(OPTION_KEYS) == {"db", "api_keys"}
    assert set(FIELDS) - set(OPTION_KEYS) == secrets - {"db", "api_keys"}


def test_the_file_may_be_named(tmp_path: Path) -> None:
    """By the option or by the variable."""
    (tmp_path / "own.toml").write_text("port = 7")

    assert read({"config": "own.toml"}, {}, tmp_path).settings.port == 7
    assert read({}, {"TWOFOLD_CONFIG": str(tmp_path / "own.toml")}, tmp_path).settings.port == 7


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"port = ", "own.toml: is not valid TOML"),
        (b"\xff", "own.toml: is not valid TOML: it is not UTF-8"),
        (None, "own.toml: cannot be read: No such file or directory"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(content: bytes | None, told: str, tmp_path: Path) -> None:
    """A file that was asked for is not passed over."""
    if content is not None:
        (tmp_path / "own.toml").write_bytes(content)
    with pytest.raises(ConfigurationError, match=told):
        read({"config": "own.toml"}, {}, tmp_path)


def test_unknown_keys_are_refused_with_the_nearest(tmp_path: Path) -> None:
    """A misspelt setting would else be believed to hold."""
    assert (
        refusal(tmp_path, text="log_levle = 1") == "twofold.toml: log_levle is not a setting; did you mean log_level?"
    )
    assert "TWOFOLD_API_KEY is not a setting; did you mean TWOFOLD_API_KEYS?" in refusal(tmp_path, TWOFOLD_API_KEY="x")
    assert refusal(tmp_path, text="zzz = 1") == "twofold.toml: zzz is not a setting; docs/core.md lists them all"


def test_what_an_orchestrator_sets_is_passed_over(tmp_path: Path) -> None:
    """Kubernetes gives every container variables named after the services, one of which may be called `twofold`."""
    variables = {
        "TWOFOLD_SERVICE_HOST": "10.0.0.1",
        "TWOFOLD_SERVICE_PORT_HTTP": "3567",
        "TWOFOLD_PORT": "tcp://10.0.0.1:3567",
        "TWOFOLD_PORT_3567_TCP_ADDR": "10.0.0.1",
        "TWOFOLD_HOST": "",
        "TWOFOLD_CHROMIUM": "/usr/bin/chromium",
    }

    assert read({}, variables, tmp_path).settings == Settings()


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("port", "http", "must be a whole number"),
        ("port", "3567.5", "must be a whole number"),
        ("port", "70000", "must be from 1 to 65535"),
        ("refresh_token_validity", "nan", "must be a number"),
        ("disable_telemetry", "perhaps", "must be true or false"),
        ("log_level", "loud", "must be one of DEBUG, INFO, WARN, ERROR, NONE"),
        ("log_format", "xml", "must be one of text, json"),
        ("workers", "0", "must be 1 or more, or `auto`"),
        ("workers", "many", "must be 1 or more, or `auto`"),
        ("base_path", "/a b", "must be a path without spaces, such as /auth"),
        ("argon2_iterations", "0", "must be 1 or more"),
        ("access_token_validity", "0", "'access_token_validity' must be between 1 and 86400000 seconds inclusive."),
        ("api_keys", "short-secret", "One of the API keys is too short. Please use at least 20 characters"),
        ("ip_allow_regex", "(", "Provided regular expression is invalid for ip_allow_regex config"),
    ],
)
def test_a_wrong_value_is_told_with_its_place_and_never_shown(key: str, value: str, told: str, tmp_path: Path) -> None:
    """Which file, variable or option; what is wrong; what is allowed. A secret may have got into the wrong key."""
    variable, option = f"TWOFOLD_{key.upper()}", f"--{key.replace('_', '-')}"
    of_variable = refusal(tmp_path, {}, "", **{variable: value})
    of_option = refusal(tmp_path, {key: value})
    of_file = refusal(tmp_path, text=f"{key} = '{value}'")

    assert of_variable.startswith(variable)
    assert of_option.startswith(option)
    assert of_file.startswith(f"twofold.toml: {key}")
    for text in (of_variable, of_option, of_file):
        assert told in text
        assert value in ("0", "(") or value not in text


def test_a_value_of_another_type_in_the_file(tmp_path: Path) -> None:
    """TOML has types of its own; what cannot be meant is refused."""
    assert refusal(tmp_path, text="api_keys = ['a']") == "twofold.toml: api_keys must be text"
    assert refusal(tmp_path, text="[port]\na = 1") == "twofold.toml: port must be a whole number"
    assert refusal(tmp_path, text="access_log = 1") == "twofold.toml: access_log must be true or false"


def test_auto_is_one_worker_per_processor(tmp_path: Path) -> None:
    """For a machine that does nothing else."""
    assert read({"workers": "auto"}, {}, tmp_path).server.worker_count == processor_count()


def test_words_are_taken_in_any_case(tmp_path: Path) -> None:
    """And kept as the core knows them."""
    assert read({"log_level": "warning"}, {}, tmp_path).settings.log_level == "WARN"  # as Python calls it
    settings = read({"log_level": "debug"}, {"TWOFOLD_PASSWORD_HASHING_ALG": "bcrypt"}, tmp_path).settings

    assert (settings.log_level, settings.password_hashing_alg) == ("DEBUG", "BCRYPT")


def test_nothing_shows_its_values() -> None:
    """Configuration, printed or logged, has no secret in it."""
    assert KEY not in repr(read({"api_keys": KEY}, {"TWOFOLD_DB": f"postgresql://a:{KEY}@b/c"}, Path("/")))
