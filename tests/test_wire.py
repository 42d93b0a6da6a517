# SPDX-License-Identifier: Apache-2.0
"""The mapping between dataclasses and JSON, both directions."""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

import pytest

from twofold._wire import WireError, camel_case, from_json, outcome, to_json, wire
from twofold.types.base import RecipeUserId


@dataclass
class Found:
    """An outcome with every kind of field."""

    status: ClassVar[Literal["OK"]] = "OK"
    recipe_user_id: RecipeUserId
    names: list[str]
    note: str | None = None
    url: str = field(default="", metadata=wire("URL"))
    secret: str = field(default="", metadata=wire(hidden=True))
    provider: str | None = field(default=None, metadata=wire(keep_none=True))


@dataclass
class Missing:
    """An outcome without fields."""

    status: ClassVar[Literal["UNKNOWN_USER_ID_ERROR"]] = "UNKNOWN_USER_ID_ERROR"


def test_dataclass_becomes_camel_case_json_with_its_status() -> None:
    """The status is written, None is left out unless kept, and hidden fields never appear."""
    json = to_json(Found(RecipeUserId("u1"), ["a"], url="x", secret="s"))

    assert json == {"status": "OK", "recipeUserId": "u1", "names": ["a"], "URL": "x", "provider": None}


def test_outcome_is_chosen_by_status() -> None:
    """The status of an answer decides which dataclass it becomes, and unknown members are ignored."""
    found = outcome({"status": "OK", "recipeUserId": "u1", "names": [], "newer": 1}, Found, Missing)
    missing = outcome({"status": "UNKNOWN_USER_ID_ERROR"}, Found, Missing)

    assert found == Found(RecipeUserId("u1"), [])
    assert missing == Missing()


def test_unexpected_status_is_an_error() -> None:
    """An answer that no outcome was declared for is not taken for one of them."""
    with pytest.raises(WireError, match="expected one of OK"):
        outcome({"status": "ELSE"}, Found)


@pytest.mark.parametrize(
    ("json", "text"),
    [
        ({"recipeUserId": "u1"}, "names: missing"),
        ({"recipeUserId": 1, "names": []}, "recipeUserId: expected a string"),
        ({"recipeUserId": "u1", "names": "a"}, "names: expected an array"),
        ({"recipeUserId": "u1", "names": [1]}, r"names\[0\]: expected a string"),
        ({"recipeUserId": "u1", "names": [], "note": 1}, "note: expected a string"),
        ([], "Found: expected an object"),
    ],
)
def test_wrong_shape_names_the_member(json: object, text: str) -> None:
    """A member that is missing or of another type is named, and its value is not repeated."""
    with pytest.raises(WireError, match=text):
        from_json(Found, json)


def test_camel_case_keeps_what_is_inside_words() -> None:
    """Only the first letter of a word changes."""
    assert camel_case("qr_code_string") == "qrCodeString"
