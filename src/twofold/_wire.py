# SPDX-License-Identifier: Apache-2.0
"""Maps dataclasses (snake_case) to JSON (camelCase) and back; picks the dataclass of an answer by its `status`.

A result is a dataclass with a class variable `status`; the variable is written into its JSON and is how an answer of
the core finds its class::

    @dataclass
    class UnknownRoleError(APIResponse):
        status: ClassVar[Literal["UNKNOWN_ROLE_ERROR"]] = "UNKNOWN_ROLE_ERROR"

    outcome(json, AddRoleToUserOkResult, UnknownRoleError)      # an instance of one of the two

Fields are required unless they have a default. A field that is None is left out of the JSON. Where that, or the name,
is different, the field says so: `field(metadata=wire(name="QRCode", keep_none=True))`.

Classes with `to_json` and `from_json` of their own (`User`, `RecipeUserId`) are mapped by these.
"""

from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache, partial
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints, overload

Json = dict[str, Any]
Reader = Callable[[Any, str], Any]
T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
F = TypeVar("F")
G = TypeVar("G")

_WIRE = "wire"

ALTERNATIVE: Final = "|"
"""Parts the factors of a group of which a person must have one: `totp|webauthn`; lists in queries hold texts alone."""


def canonical_email(email: str) -> str:
    """Return the form in which addresses are kept and compared: trimmed, its ASCII letters in lower case.

    Others stay as they are: U+212A, a sign of its own to a mail server, is a plain `k` in lower case.
    """
    trimmed = email.strip()
    if trimmed.isascii():
        return trimmed.lower()
    return "".join(letter.lower() if letter.isascii() else letter for letter in trimmed)


class WireError(ValueError):
    """JSON does not have the declared shape. The text names the member and what was expected, never its value."""


@dataclass(frozen=True)
class Wire:
    """How a field stands in JSON where its name and type do not say it. Made by `wire`."""

    name: str | None = None
    hidden: bool = False
    keep_none: bool = False


def wire(name: str | None = None, *, hidden: bool = False, keep_none: bool = False) -> dict[str, Wire]:
    """Return field metadata: the JSON name, not in JSON at all, or `null` instead of absent when None."""
    return {_WIRE: Wire(name, hidden, keep_none)}


def camel_case(snake_case: str) -> str:
    """Return `recipeUserId` for `recipe_user_id`."""
    first, *rest = snake_case.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def to_json(value: Any) -> Any:
    """Return the JSON of a dataclass, or of anything made of dataclasses, lists, dicts and plain values."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [to_json(item) for item in value]
    if isinstance(value, dict):
        return {key: to_json(item) for key, item in value.items()}
    own = getattr(value, "to_json", None)
    return own() if own is not None else fields_to_json(value)


def fields_to_json(value: Any) -> Json:
    """Return the JSON of a dataclass by its fields, even when its class has a `to_json` of its own."""
    kind: Any = type(value)
    if not is_dataclass(value):
        raise TypeError(f"{kind.__name__} is neither a dataclass nor has it a to_json method")
    status = getattr(kind, "status", None)
    json: Json = {"status": status} if isinstance(status, str) else {}
    for name, key, keep_none in _written(kind):
        item = getattr(value, name)
        if item is not None or keep_none:
            json[key] = to_json(item)
    return json


def from_json(kind: type[T], json: Any) -> T:
    """Return an instance of a dataclass, or of any supported annotation, made from JSON.

    Raises:
        WireError: a member is missing or has another type. Unknown members are ignored: peers may be newer.
    """
    annotation: Any = kind
    result: T = _reader(annotation)(json, "")
    return result


def fields_from_json(kind: type[T], json: Any, where: str = "") -> T:
    """Return a dataclass made by its fields, even when its class has a `from_json` of its own."""
    if not isinstance(json, dict):
        raise WireError(f"{where or kind.__name__}: expected an object")
    readable: Any = kind
    values = {name: read(json, where) for name, read in _read(readable)}
    return kind(**{name: value for name, value in values.items() if value is not MISSING})


@overload
def outcome(json: Json, a: type[A], /) -> A: ...
@overload
def outcome(json: Json, a: type[A], b: type[B], /) -> A | B: ...
@overload
def outcome(json: Json, a: type[A], b: type[B], c: type[C], /) -> A | B | C: ...
@overload
def outcome(json: Json, a: type[A], b: type[B], c: type[C], d: type[D], /) -> A | B | C | D: ...
@overload
def outcome(json: Json, a: type[A], b: type[B], c: type[C], d: type[D], e: type[E], /) -> A | B | C | D | E: ...
@overload
def outcome(
    json: Json, a: type[A], b: type[B], c: type[C], d: type[D], e: type[E], f: type[F], /
) -> A | B | C | D | E | F: ...
@overload
def outcome(
    json: Json, a: type[A], b: type[B], c: type[C], d: type[D], e: type[E], f: type[F], g: type[G], /
) -> A | B | C | D | E | F | G: ...
def outcome(json: Json, *kinds: type[Any]) -> Any:
    """Return the outcome that the answer's `status` names.

    Raises:
        WireError: the status is none of theirs, or the members do not fit.
    """
    status = json.get("status")
    for kind in kinds:
        if getattr(kind, "status", None) == status:
            return from_json(kind, json)
    expected = ", ".join(str(getattr(kind, "status", "?")) for kind in kinds)
    raise WireError(f"status: expected one of {expected}")


@cache
def _written(kind: Any) -> tuple[tuple[str, str, bool], ...]:
    described = ((item, _wire_of(item)) for item in fields(kind))
    return tuple(
        (item.name, how.name or camel_case(item.name), how.keep_none) for item, how in described if not how.hidden
    )


@cache
def _read(kind: Any) -> tuple[tuple[str, Reader], ...]:
    hints = get_type_hints(kind, include_extras=True)
    return tuple(
        (item.name, _member(_wire_of(item).name or camel_case(item.name), hints[item.name], _is_required(item)))
        for item in fields(kind)
        if item.init and not _wire_of(item).hidden
    )


def _wire_of(item: Any) -> Wire:
    how: Wire = item.metadata.get(_WIRE, Wire())
    return how


def _is_required(item: Any) -> bool:
    return item.default is MISSING and item.default_factory is MISSING


def _member(key: str, annotation: Any, required: bool) -> Reader:
    read = _reader(annotation)
    optional = NoneType in get_args(annotation)

    def member(json: Any, where: str) -> Any:
        path = f"{where}.{key}" if where else key
        value = json.get(key)
        if value is None and not optional:
            if required:
                raise WireError(f"{path}: missing")
            return MISSING
        return MISSING if key not in json and not required else read(value, path)

    return member


@cache
def _reader(annotation: Any) -> Reader:
    """Compile an annotation to a function that checks and converts a JSON value."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _reader(get_args(annotation)[0])
    if origin is Literal:
        return _literal(get_args(annotation))
    if origin in (Union, UnionType):
        return _union(get_args(annotation))
    if origin is list or annotation is list:
        return _list(_reader((get_args(annotation) or (Any,))[0]))
    if origin is dict or annotation is dict:
        return _dict(_reader((get_args(annotation) or (str, Any))[1]))
    return _plain(origin or annotation)


def _plain(kind: Any) -> Reader:
    if kind is Any or kind is object:
        return _anything
    own = getattr(kind, "from_json", None)
    if own is not None:
        return _own(own)
    if isinstance(kind, type) and is_dataclass(kind):
        reader: Reader = partial(fields_from_json, kind)
        return reader
    if kind is float:
        return _exactly("a number", lambda value: isinstance(value, float | int) and not isinstance(value, bool))
    if kind is int:
        return _exactly("an integer", lambda value: isinstance(value, int) and not isinstance(value, bool))
    if kind in (str, bool, NoneType):
        return _exactly(
            {str: "a string", bool: "a boolean", NoneType: "null"}[kind], lambda value: isinstance(value, kind)
        )
    raise TypeError(f"No way to read {kind!r} from JSON")


def _anything(value: Any, _where: str) -> Any:
    return value


def _exactly(expected: str, fits: Callable[[Any], bool]) -> Reader:
    def read(value: Any, where: str) -> Any:
        if not fits(value):
            raise WireError(f"{where}: expected {expected}")
        return value

    return read


def _own(own: Callable[[Any], Any]) -> Reader:
    def read(value: Any, where: str) -> Any:
        try:
            return own(value)
        except (KeyError, TypeError, AttributeError) as error:
            raise WireError(f"{where}: {error}") from error

    return read


def _literal(allowed: tuple[Any, ...]) -> Reader:
    return _exactly(f"one of {allowed}", lambda value: value in allowed)


def _list(read_item: Reader) -> Reader:
    def read(value: Any, where: str) -> Any:
        if not isinstance(value, list):
            raise WireError(f"{where}: expected an array")
        return [read_item(item, f"{where}[{index}]") for index, item in enumerate(value)]

    return read


def _dict(read_item: Reader) -> Reader:
    def read(value: Any, where: str) -> Any:
        if not isinstance(value, dict):
            raise WireError(f"{where}: expected an object")
        return {key: read_item(item, f"{where}.{key}") for key, item in value.items()}

    return read


def _union(members: tuple[Any, ...]) -> Reader:
    readers = [_reader(member) for member in members if member is not NoneType]
    optional = NoneType in members

    def read(value: Any, where: str) -> Any:
        if value is None and optional:
            return None
        for index, read_member in enumerate(readers):
            try:
                return read_member(value, where)
            except WireError:
                if index == len(readers) - 1:
                    raise
        raise WireError(f"{where}: expected null")

    return read
