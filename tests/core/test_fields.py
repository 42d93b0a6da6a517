# SPDX-License-Identifier: Apache-2.0
"""Parameters of endpoints: how they are read, and what is said about bad ones."""

from typing import Annotated, Any

import pytest

from twofold.core._fields import ABSENT, Absent, Field, Json, Long, Source, declared, read_all
from twofold.core.errors import BadRequest
from twofold.core.version import V3_0, V4_0, V5_0, V5_4, Version


def read(function: Any, values: Json, source: Source = "body", version: Version = V5_4) -> Json:
    """The arguments that an endpoint would get."""
    return read_all(declared(function, source), values, version, source)


async def example(
    call: object,
    user_id: str,
    skew: int = 1,
    is_forced: bool = False,
    names: list[str] | None = None,
    info: Json | None = None,
    first_factors: list[str] | Absent | None = ABSENT,
) -> None:
    """An endpoint."""


def test_names_are_in_camel_case_and_defaults_hold() -> None:
    """What is absent has its default; unknown fields do not matter."""
    assert read(example, {"userId": "u", "other": 1}) == {
        "user_id": "u",
        "skew": 1,
        "is_forced": False,
        "names": None,
        "info": None,
        "first_factors": ABSENT,
    }


def test_null_is_absent_unless_it_has_a_meaning() -> None:
    """Clients send null for what they leave out."""
    found = read(example, {"userId": "u", "skew": None, "names": None, "firstFactors": None})

    assert (found["skew"], found["names"], found["first_factors"]) == (1, None, None)


@pytest.mark.parametrize(("value", "number"), [(5, 5), (5.9, 5), ("7", 7), (-1, -1)])
def test_numbers_are_read_as_clients_send_them(value: object, number: int) -> None:
    """Fractions are cut off, and text that is a number is one."""
    assert read(example, {"userId": "u", "skew": value})["skew"] == number


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("userId", None),
        ("userId", 5),
        ("userId", "a\x00b"),
        ("skew", True),
        ("skew", "x"),
        ("skew", 2**63),
        ("skew", float("inf")),
        ("skew", []),
        ("isForced", "true"),
        ("isForced", 1),
        ("names", "a"),
        ("names", [1]),
        ("info", []),
        ("firstFactors", "x"),
    ],
)
def test_a_wrong_type_is_said_by_name(field: str, value: object) -> None:
    """With the text that clients know."""
    with pytest.raises(BadRequest, match=f"Field name '{field}' is invalid in JSON input"):
        read(example, {"userId": "u", field: value})


async def listing(
    call: object, since: Long, limit: int = 10, is_all: bool = False, recipe_ids: list[str] | None = None
) -> None:
    """An endpoint with a query."""


def test_queries_are_read_from_text() -> None:
    """Lists are separated by commas, and an empty one is none at all."""
    found = read(listing, {"since": "5", "isAll": "TRUE", "recipeIds": "a, b,,"}, "query")

    assert found == {"since": 5, "limit": 10, "is_all": True, "recipe_ids": ["a", "b"]}
    assert read(listing, {"since": "5", "recipeIds": ""}, "query")["recipe_ids"] is None


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({}, "Field name 'since' is missing in GET request"),
        ({"since": "x"}, "Field name 'since' must be a long in the GET request"),
        ({"since": str(2**63)}, "Field name 'since' must be a long in the GET request"),
        ({"since": "1", "limit": "1.5"}, "Field name 'limit' must be an int in the GET request"),
    ],
)
def test_bad_queries_are_said_by_name(query: Json, text: str) -> None:
    """With the text that clients know."""
    with pytest.raises(BadRequest, match=text):
        read(listing, query, "query")


async def renamed(
    call: object,
    recipe_user_id: Annotated[str, Field(name_before="userId")],
    key_kind: Annotated[bool | None, Field(required_since=V5_0)] = None,
    factors: Annotated[list[str] | None, Field(since=V5_0)] = None,
    role: Annotated[str, Field(not_blank=True)] = "r",
) -> None:
    """An endpoint that changed with the versions."""


def test_fields_change_with_the_version() -> None:
    """A name, a need and a field of their time."""
    old = read(renamed, {"userId": "u", "factors": ["x"]}, version=V3_0)
    new = read(renamed, {"recipeUserId": "u", "keyKind": True, "factors": ["x"]})

    assert (old["recipe_user_id"], old["key_kind"], old["factors"]) == ("u", None, None)
    assert (new["recipe_user_id"], new["key_kind"], new["factors"]) == ("u", True, ["x"])
    with pytest.raises(BadRequest, match="'recipeUserId' is invalid"):
        read(renamed, {"userId": "u"}, version=V4_0)
    with pytest.raises(BadRequest, match="'keyKind' is invalid"):
        read(renamed, {"recipeUserId": "u"}, version=V5_0)


def test_blank_text_is_refused_where_it_must_say_something() -> None:
    """And white space around it does not count."""
    body = {"recipeUserId": "u", "keyKind": True}

    assert read(renamed, body | {"role": " admin "})["role"] == "admin"
    with pytest.raises(BadRequest, match="Field name 'role' cannot be an empty String"):
        read(renamed, body | {"role": " \t"})


def test_a_parameter_has_one_type() -> None:
    """Anything else is a mistake of ours, seen when the module is imported."""

    async def unclear(call: object, value: str | int) -> None: ...

    with pytest.raises(TypeError, match="value"):
        declared(unclear, "body")
