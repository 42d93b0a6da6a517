# SPDX-License-Identifier: Apache-2.0
"""What the commands are configured by, in rising order: defaults, a TOML file, `TWOFOLD_*` variables, options.

A key has one name in all of them: `log_level` in the file, `TWOFOLD_LOG_LEVEL`, `--log-level`. No message shows a
value: a secret may have got into the wrong place.
"""

import difflib
import inspect
import os
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import Field, dataclass, fields
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

from cyclopts import Group, Parameter

from twofold.core.config import Between, Level, Settings, kind_of_type, read_value, setting, settings_of
from twofold.core.errors import BadRequest
from twofold.core.http_path import normalise_base_path
from twofold.core.passwords.hasher import processor_count
from twofold.core.recipe.multitenancy.core_config import check_ranges
from twofold.core.storage.sqlite_connection import MEMORY

DEFAULT_FILE: Final = "twofold.toml"
FILE_KEY: Final = "config"
PREFIX: Final = "TWOFOLD_"
AUTO: Final = "auto"

# Kubernetes sets these for a service called `twofold`, TWOFOLD_PORT=tcp://… among them; the others are our tests'.
_NOT_OURS: Final = re.compile(r"TWOFOLD_(SERVICE_(HOST|PORT)|PORT_\d+_|TEST|CHROMIUM$)")
_SERVICE_PORT: Final = re.compile(r"(tcp|udp)://")
_KIND_NAMES: Final = {"String": "text", "long": "a whole number", "double": "a number", "boolean": "true or false"}

Command = TypeVar("Command", bound=Callable[..., Any])


class ConfigurationError(ValueError):
    """Something given by the operator is wrong: where, which key, what, and what is allowed, in one sentence."""


@dataclass(frozen=True, slots=True, repr=False)
class ServerOptions:
    """What is decided before a core is made, and so is no setting of it."""

    db: str = setting(
        "sqlite:///twofold.db",
        Level.BASE,
        "The database: `sqlite:///file.db` or `postgresql://user:password@host/name`.",
        secret=True,
    )
    workers: str = setting("1", Level.BASE, "Processes that share port and database; `auto` for one per processor.")
    trusted_proxies: str = setting(
        "",
        Level.BASE,
        "Comma-separated addresses of proxies whose `X-Forwarded-For` names the caller, for the address rules.",
    )
    log_format: str = setting("text", Level.BASE, "How log lines are written.", allowed=("text", "json"))
    access_log: bool = setting(False, Level.BASE, "Log one line per request, at level INFO.")
    graceful_stop_seconds: int = setting(
        10, Level.BASE, "How long a stop waits for requests that are being answered.", allowed=Between(0, 3600)
    )

    @property
    def worker_count(self) -> int:
        """How many processes are to answer."""
        return processor_count() if self.workers == AUTO else int(self.workers)

    @property
    def database_file(self) -> Path | None:
        """The file of an SQLite database, or None: looking at what is not there must not make it."""
        path = self.db.removeprefix("sqlite:///")
        return None if path in (self.db, MEMORY) else Path(path).absolute()


@dataclass(frozen=True, slots=True)
class Configuration:
    """All that a command needs to know."""

    server: ServerOptions
    settings: Settings


@dataclass(frozen=True, slots=True, repr=False)
class _Given:
    """A value, and where the operator finds it."""

    value: Any
    place: str


FIELDS: Final[dict[str, Field[Any]]] = {item.name: item for item in (*fields(ServerOptions), *fields(Settings))}
SERVER_KEYS: Final = frozenset(item.name for item in fields(ServerOptions))
# A command line is readable by everybody on the machine. The two are asked for there all the same; their help warns.
_SECRET_OPTIONS: Final = frozenset({"db", "api_keys"})
OPTION_KEYS: Final = tuple(key for key, item in FIELDS.items() if not item.metadata["secret"] or key in _SECRET_OPTIONS)

# What most operators decide; the rest follow in the help under a title of their own.
_GENERAL: Final = SERVER_KEYS | {
    "host",
    "port",
    "base_path",
    "api_keys",
    "ip_allow_regex",
    "ip_deny_regex",
    "log_level",
}
_GENERAL_OPTIONS: Final = Group("Options", sort_key=1)
_SETTINGS_OPTIONS: Final = Group("Settings of the core", sort_key=2)


def read(
    options: Mapping[str, Any], environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> Configuration:
    """Put together what holds.

    Args:
        options: of the command line, by key; None for one that was not given.
        environment, folder: those of this process when left out.

    Raises:
        ConfigurationError: a key does not exist, or a value is of a wrong type or out of range.
    """
    variables = os.environ if environment is None else environment
    given = {
        **_from_file(options.get(FILE_KEY) or variables.get(PREFIX + FILE_KEY.upper()), folder or Path.cwd()),
        **_from_environment(variables),
        **_from_options(options),
    }
    values = {key: _value(key, item) for key, item in given.items()}
    server = ServerOptions(**{key: value for key, value in values.items() if key in SERVER_KEYS})
    settings = settings_of({key: value for key, value in values.items() if key not in SERVER_KEYS})
    try:
        check_ranges(settings)
    except BadRequest as error:
        raise ConfigurationError(_placed(error.message, given)) from None
    return Configuration(server, settings)


def configurable(keys: Iterable[str] = OPTION_KEYS) -> Callable[[Command], Command]:
    """Give a command that takes `**options` an option for the file, and one for each key."""
    chosen = tuple(keys)

    def declare(command: Command) -> Command:
        signature = inspect.signature(command)
        own = [item for item in signature.parameters.values() if item.kind is not inspect.Parameter.VAR_KEYWORD]
        made = [
            _option(
                FILE_KEY,
                str,
                f"A TOML file with any of these keys; `{DEFAULT_FILE}` if it is there.",
                "",
                _GENERAL_OPTIONS,
            )
        ]
        made += [_option_for(FIELDS[key]) for key in chosen]
        # The one way to declare parameters to cyclopts that are made from data.
        command.__signature__ = signature.replace(parameters=[*own, *made])  # type: ignore[attr-defined]  # see above
        return command

    return declare


def _from_file(name: str | None, folder: Path) -> dict[str, _Given]:
    path = folder / (name or DEFAULT_FILE)
    if name is None and not path.exists():
        return {}
    shown = name or DEFAULT_FILE
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{shown}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{shown}: is not valid TOML: it is not UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{shown}: is not valid TOML: {error}") from None
    for key in found:
        if key not in FIELDS:
            raise ConfigurationError(f"{shown}: {_unknown(key, FIELDS)}")
    return {key: _Given(value, f"{shown}: {key}") for key, value in found.items()}


def _from_environment(variables: Mapping[str, str]) -> dict[str, _Given]:
    return {key: _Given(value, PREFIX + key.upper()) for key, value in _our_variables(variables)}


def _our_variables(variables: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    names = {PREFIX + key.upper(): key for key in FIELDS}
    for name, value in variables.items():
        if not name.startswith(PREFIX) or name == PREFIX + FILE_KEY.upper() or _NOT_OURS.match(name):
            continue
        if name not in names:
            raise ConfigurationError(_unknown(name, names))
        # Compose files and charts leave a variable empty to mean that it is not set.
        if value != "" and not (names[name] == "port" and _SERVICE_PORT.match(value)):
            yield names[name], value


def _from_options(options: Mapping[str, Any]) -> dict[str, _Given]:
    return {
        key: _Given(value, "--" + key.replace("_", "-"))
        for key, value in options.items()
        if key != FILE_KEY and value is not None
    }


def _unknown(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"{name} is not a setting" + (f"; did you mean {near[0]}?" if near else "; docs/core.md lists them all")


def _value(key: str, given: _Given) -> Any:
    item = FIELDS[key]
    kind = kind_of_type(str(item.type))
    try:
        value = read_value(kind, given.value)
    except (ValueError, OverflowError):
        raise ConfigurationError(f"{given.place} must be {_KIND_NAMES[kind]}") from None
    return _SPECIAL.get(key, _allowed)(value, given.place, item)


def _allowed(value: Any, place: str, item: Field[Any]) -> Any:
    allowed = item.metadata["allowed"]
    if isinstance(allowed, tuple):
        chosen = next((word for word in allowed if word.lower() == value.lower()), None)
        if chosen is None:
            raise ConfigurationError(f"{place} must be one of {', '.join(allowed)}")
        return chosen
    if allowed is not None and value not in allowed:
        raise ConfigurationError(f"{place} must be {allowed}")
    return value


def _keys(value: str, _place: str, _item: Field[Any]) -> str | None:
    return ",".join(key.strip() for key in value.split(",") if key.strip()) or None


def _workers(value: str, place: str, _item: Field[Any]) -> str:
    if value != AUTO and not (value.isascii() and value.isdigit() and int(value) >= 1):
        raise ConfigurationError(f"{place} must be 1 or more, or `{AUTO}`")
    return value


def _base_path(value: str, place: str, _item: Field[Any]) -> str:
    try:
        return normalise_base_path(value)
    except ValueError:
        raise ConfigurationError(f"{place} must be a path without spaces, such as /auth") from None


def _log_level(value: str, place: str, item: Field[Any]) -> str:
    # Python's own word for it; the setting has the incumbent's.
    return str(_allowed("WARN" if value.upper() == "WARNING" else value, place, item))


_SPECIAL: Final[dict[str, Callable[[Any, str, Field[Any]], Any]]] = {
    "api_keys": _keys,
    "base_path": _base_path,
    "encryption_key": _keys,
    "log_level": _log_level,
    "workers": _workers,
}


def _placed(message: str, given: Mapping[str, _Given]) -> str:
    """The text of a rule about settings, after the places of those that it names."""
    named = [
        item.place for key, item in given.items() if key in message or (key == "api_keys" and "API key" in message)
    ]
    return f"{', '.join(named)}: {message.removeprefix('Invalid core config: ')}"


def _option_for(item: Field[Any]) -> inspect.Parameter:
    allowed = item.metadata["allowed"]
    text = item.metadata["help"]
    if allowed is not None:
        text += f" Allowed: {', '.join(allowed) if isinstance(allowed, tuple) else allowed}."
    if item.metadata["secret"]:
        text += f" Others on this machine see options: better {PREFIX}{item.name.upper()} or the file."
    is_flag = kind_of_type(str(item.type)) == "boolean"
    group = _GENERAL_OPTIONS if item.name in _GENERAL else _SETTINGS_OPTIONS
    return _option(item.name, bool if is_flag else str, text, item.default, group)


def _option(name: str, kind: type, text: str, default: Any, group: Group) -> inspect.Parameter:
    def shown(_: object) -> str:
        return str(default)

    parameter = Parameter(help=text, show_default=False if default in (None, "") else shown, group=group)
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind | None, parameter]
    )
