# SPDX-License-Identifier: Apache-2.0
"""Reads the declared parameters of an endpoint from a JSON body or a query.

An endpoint declares what it takes as ordinary parameters:

    async def sign_up(call: Call, email: str, password: str) -> Json: ...
    async def remove(call: Call, user_id: UserId, remove_all_linked_accounts: bool = True) -> Json: ...

A name is written in camelCase on the wire unless `Field` gives another; a parameter with a default is optional, and a
JSON null counts as absent unless the annotation names `Absent`.
"""

import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Any, Literal, NewType

from twofold.core.errors import BadRequest, empty_field, invalid_field
from twofold.core.version import V4_0, Version

Json = dict[str, Any]
Source = Literal["body", "query"]
Reader = Callable[[str, Any], Any]

Long = NewType("Long", int)
"""An integer that error texts call a long."""


class Absent:
    """Marks a parameter for which an absent field and a null mean different things; its default is ABSENT."""


ABSENT = Absent()


@dataclass(frozen=True, slots=True)
class Field:
    """How a parameter stands on the wire, where its name alone does not say it.

    name: the key. name_before / renamed_in: the key in versions before `renamed_in`. required_since: optional before
    that version, required from it on. since: ignored before that version. trim: white space around a string does not
    count. not_blank: a string of white space alone is refused.
    """

    name: str | None = None
    name_before: str | None = None
    renamed_in: Version = V4_0
    required_since: Version | None = None
    since: Version | None = None
    trim: bool = False
    not_blank: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """One declared parameter, ready to be read. is_plain: a value that is there need only be read, in any version."""

    python_name: str
    key: str
    field: Field
    read: Reader
    default: Any
    null_has_meaning: bool
    is_plain: bool

    def key_in(self, version: Version) -> str:
        """The wire name in this version."""
        before = self.field.name_before
        return before if before is not None and version < self.field.renamed_in else self.key


def declared(function: Callable[..., Any], source: Source) -> tuple[Parameter, ...]:
    """The parameters of an endpoint after the first (the call)."""
    hints = typing.get_type_hints(function, include_extras=True)
    parameters = list(inspect.signature(function).parameters.values())[1:]
    return tuple(_parameter(item, hints[item.name], source) for item in parameters)


def read_all(
    parameters: tuple[Parameter, ...],
    values: Mapping[str, Any],
    version: Version,
    source: Source,
) -> Json:
    """The arguments for an endpoint. Raises BadRequest for the first field that is missing or wrong."""
    arguments: Json = {}
    for item in parameters:
        value = values.get(item.key) if item.is_plain else None
        arguments[item.python_name] = (
            _read(item, values, version, source) if value is None or value == "" else item.read(item.key, value)
        )
    return arguments


def _parameter(item: inspect.Parameter, annotation: Any, source: Source) -> Parameter:
    field = Field()
    if typing.get_origin(annotation) is typing.Annotated:
        annotation, *extras = typing.get_args(annotation)
        field = next((extra for extra in extras if isinstance(extra, Field)), field)
    kinds = set(typing.get_args(annotation)) if _is_union(annotation) else {annotation}
    wanted = kinds - {NoneType, Absent}
    if len(wanted) != 1:
        raise TypeError(f"{item.name}: a parameter of an endpoint has one type")
    kind = wanted.pop()
    reader = (_BODY_READERS if source == "body" else _QUERY_READERS)[_name_of(kind)]
    return Parameter(
        item.name,
        field.name or _camel_case(item.name),
        field,
        reader,
        item.default,
        null_has_meaning=Absent in kinds,
        is_plain=field == Field(name=field.name, required_since=field.required_since),
    )


def _read(item: Parameter, values: Mapping[str, Any], version: Version, source: Source) -> Any:
    key = item.key_in(version)
    value = values.get(key, ABSENT)
    if item.field.since is not None and version < item.field.since:
        value = ABSENT
    if item.null_has_meaning:
        return value if value is None or value is ABSENT else item.read(key, value)
    missing = value is ABSENT or value is None or (source == "query" and value == "")
    if missing and not _is_required(item, version):
        return item.default
    if value is ABSENT or value is None:
        raise (BadRequest(f"Field name '{key}' is missing in GET request") if source == "query" else invalid_field(key))
    return _checked(item.field, key, item.read(key, value))


def _is_required(item: Parameter, version: Version) -> bool:
    since = item.field.required_since
    return item.default is inspect.Parameter.empty if since is None else version >= since


def _checked(field: Field, key: str, value: Any) -> Any:
    if field.trim or field.not_blank:
        value = value.strip()
    if field.not_blank and not value:
        raise empty_field(key)
    return value


def _string(key: str, value: Any) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise invalid_field(key)
    return value


def _boolean(key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise invalid_field(key)
    return value


def _integer(key: str, value: Any) -> int:
    """Numbers lose their fraction, and a string of digits is a number: clients of all ages send both."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise invalid_field(key)
    try:
        number = int(value)
    except (ValueError, OverflowError):
        raise invalid_field(key) from None
    if not -(2**63) <= number < 2**63:
        raise invalid_field(key)
    return number


def _object(key: str, value: Any) -> Json:
    if not isinstance(value, dict):
        raise invalid_field(key)
    return value


def _list(key: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise invalid_field(key)
    return value


def _list_of_strings(key: str, value: Any) -> list[str]:
    return [_string(key, item) for item in _list(key, value)]


def _query_string(key: str, value: Any) -> str:
    return _string(key, str(value).lower() if isinstance(value, bool) else str(value))


def _query_boolean(key: str, value: Any) -> bool:
    return str(value).lower() == "true"


def _query_integer(key: str, value: Any) -> int:
    return _query_number(key, value, "an int")


def _query_long(key: str, value: Any) -> int:
    return _query_number(key, value, "a long")


def _query_number(key: str, value: Any, kind: str) -> int:
    try:
        number = int(str(value))
    except ValueError:
        number = 2**63
    if not -(2**63) <= number < 2**63:
        raise BadRequest(f"Field name '{key}' must be {kind} in the GET request")
    return number


def _query_list(key: str, value: Any) -> list[str]:
    parts = value if isinstance(value, list) else str(value).split(",")
    return [part.strip() for part in parts if part.strip()]


def _anything(key: str, value: Any) -> Any:
    return value


_BODY_READERS: dict[str, Reader] = {
    "str": _string,
    "bool": _boolean,
    "int": _integer,
    "dict": _object,
    "list": _list,
    "list[str]": _list_of_strings,
    "object": _anything,
}
_QUERY_READERS: dict[str, Reader] = {
    "str": _query_string,
    "bool": _query_boolean,
    "int": _query_integer,
    "Long": _query_long,
    "list[str]": _query_list,
}


def _is_union(annotation: Any) -> bool:
    return typing.get_origin(annotation) in (UnionType, typing.Union)


def _name_of(kind: Any) -> str:
    origin = typing.get_origin(kind)
    if origin is list:
        return "list[str]" if typing.get_args(kind) == (str,) else "list"
    return str((origin or kind).__name__)


def _camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
