# SPDX-License-Identifier: Apache-2.0
"""The three decisions that depend on the version of the front-end interface."""

import pytest

from twofold.exceptions import BadInputError
from twofold.recipe import _fdi
from twofold.types.base import LoginMethod, RecipeUserId, User, WebauthnInfo

pytestmark = pytest.mark.without_core


@pytest.mark.parametrize(
    ("header", "modern"),
    [
        (None, True),
        ("", True),
        ("nonsense", True),
        ("1.17", False),
        ("1.17,x", False),
        ("1.18", True),
        ("1.19", True),
        ("2.0", False),
        ("1.19,2.0", False),
        ("3.0", True),
        ("1.16,4.1,3.0", True),
    ],
)
def test_clients_that_know_login_methods(header: str | None, modern: bool) -> None:
    """The highest version of the list counts; no version means the newest."""
    assert _fdi.knows_login_methods(_fdi.effective_version(header)) is modern


@pytest.mark.parametrize(
    ("header", "body", "flag"),
    [
        (None, {}, False),
        ("3.1", {"shouldTryLinkingWithSessionUser": True}, True),
        ("4.0", {"shouldTryLinkingWithSessionUser": False}, False),
        ("3.0", {"shouldTryLinkingWithSessionUser": True}, None),
    ],
)
def test_linking_flag(header: str | None, body: dict[str, object], flag: bool | None) -> None:
    """Clients before 3.1 cannot say whether they want linking."""
    assert _fdi.linking_flag(_fdi.effective_version(header), body) is flag


def test_linking_flag_must_be_a_boolean() -> None:
    """A string is not taken for a wish to link."""
    with pytest.raises(BadInputError, match="must be a boolean"):
        _fdi.linking_flag(None, {"shouldTryLinkingWithSessionUser": "false"})


def test_legacy_reply_shows_the_sessions_login_method() -> None:
    """Old clients get the user's id with the contact of the login method that the session is for."""
    methods = [
        LoginMethod("emailpassword", "r1", ["public"], "a@b.c", None, None, None, 1, True),
        LoginMethod("passwordless", "r2", ["public"], None, "+41791234567", None, None, 2, True),
    ]
    user = User("p1", True, ["public"], ["a@b.c"], ["+41791234567"], [], WebauthnInfo([]), methods, 1)
    json = {"status": "OK", "createdNewRecipeUser": True, "user": user.to_json()}

    reply = _fdi.legacy_reply(json, user, RecipeUserId("r2"))

    assert reply == {
        "status": "OK",
        "createdNewUser": True,
        "user": {"id": "p1", "timeJoined": 1, "phoneNumber": "+41791234567"},
    }
