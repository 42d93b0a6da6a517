# SPDX-License-Identifier: Apache-2.0
"""`twofold users` on both databases, as an operator types it."""

import json
import unicodedata
from pathlib import Path

import pytest

from tests.cli.conftest import Twofold
from twofold.cli._operator import print_json

PASSWORD = "a long enough password\n"


def create(twofold: Twofold, email: str, *more: str) -> str:
    """Make a user with a password; its id."""
    outcome = twofold("users", "create", "--email", email, *more, typed=PASSWORD)
    assert outcome.status == 0, outcome
    return outcome.out.strip()


def test_makes_a_user_who_can_be_found_by_everything_that_names_them(twofold: Twofold) -> None:
    """By id, and by address in any case."""
    user_id = create(twofold, "Ann@example.com", "--verified")

    by_id = twofold("users", "show", user_id, "--json").json
    by_email = twofold("users", "show", "ann@Example.com", "--json").json

    assert by_id == by_email
    assert by_id["user"]["emails"] == ["ann@example.com"]
    assert by_id["user"]["loginMethods"][0]["verified"] is True
    assert "ann@example.com" in twofold("users", "show", user_id).out


def test_makes_users_without_password(twofold: Twofold) -> None:
    """By number, and by address when asked for; a second one is refused."""
    by_phone = twofold("users", "create", "--phone", "+14155552671", "--json").json
    by_email = twofold("users", "create", "--email", "b@example.com", "--without-password", "--json").json
    again = twofold("users", "create", "--phone", "+14155552671")

    assert by_phone["loginMethods"][0]["recipeId"] == by_email["loginMethods"][0]["recipeId"] == "passwordless"
    assert again.status == "twofold: +14155552671 belongs to a user already"


def test_lists_all_or_some(twofold: Twofold) -> None:
    """Who joined last comes first; the limit is kept, 0 is everybody, and a search narrows."""
    ids = [create(twofold, f"{name}@example.com") for name in ("ann", "bob", "cid")]

    assert [user["id"] for user in twofold("users", "list", "--json").json] == ids[::-1]
    assert [user["id"] for user in twofold("users", "list", "--order", "oldest", "--limit", "2", "--json").json] == ids[
        :2
    ]
    assert len(twofold("users", "list", "--limit", "0", "--json").json) == 3
    assert [user["id"] for user in twofold("users", "list", "--email", "bo", "--json").json] == [ids[1]]
    assert twofold("users", "list").out.count("@example.com") == 3


def test_gives_and_takes_roles(twofold: Twofold) -> None:
    """A role that does not exist is named, and made only when asked for."""
    user_id = create(twofold, "ann@example.com")

    unknown = twofold("users", "roles", user_id, "--add", "admin")
    given = twofold("users", "roles", user_id, "--add", "admin", "--add", "editor", "--create-roles", "--json")
    left = twofold("users", "roles", "ann@example.com", "--remove", "admin", "--json")
    twice = twofold("users", "roles", "ann@example.com", "--remove", "admin")

    assert "there is no role admin" in str(unknown.status)
    assert (given.json, left.json) == (["admin", "editor"], ["editor"])
    assert twice.status == "twofold: ann@example.com does not have the role admin"


def test_a_misspelt_role_makes_no_half_made_user(twofold: Twofold) -> None:
    """The role is looked at before the user is made."""
    twofold("migrate")

    refused = twofold("users", "create", "--email", "ann@example.com", "--role", "amdin", typed=PASSWORD)

    assert "there is no role amdin" in str(refused.status)
    assert twofold("users", "list", "--json").json == []


def test_deletes_only_when_told_so(twofold: Twofold) -> None:
    """Where nobody can be asked, `--yes` must be given."""
    user_id = create(twofold, "ann@example.com")

    asked = twofold("users", "delete", user_id)
    done = twofold("users", "delete", "ann@example.com", "--yes")

    assert "give --yes" in str(asked.status)
    assert done.status == 0
    assert twofold("users", "show", user_id).status == f"twofold: there is no user {user_id} in the tenant public"


def test_says_what_is_wrong_with_what_was_typed(twofold: Twofold) -> None:
    """One sentence each, and nothing is made."""
    twofold("migrate")

    assert "either --email or --phone" in str(twofold("users", "create").status)
    assert "at least 8 characters" in str(
        twofold("users", "create", "--email", "a@example.com", typed="short\n").status
    )
    assert "is no e-mail address" in str(twofold("users", "create", "--email", "nonsense").status)
    assert "such as +14155552671" in str(twofold("users", "create", "--phone", "12").status)
    assert "0 for all" in str(twofold("users", "list", "--limit", "-1").status)
    assert "there is no tenant nowhere in the app public" in str(twofold("users", "list", "--tenant", "nowhere").status)
    assert twofold("users", "list", "--app", "a2").status == "twofold: there is no app a2"
    assert twofold("users", "list", "--json").json == []


def test_a_misspelt_file_is_told_and_not_made(twofold: Twofold, tmp_path: Path) -> None:
    """By whatever only looks, and by what deletes."""
    typo = tmp_path / "typo.db"

    for arguments in (("list",), ("show", "x"), ("roles", "x"), ("delete", "x", "--yes")):
        refused = twofold("users", *arguments, "--db", f"sqlite:///{typo}")
        assert refused.status == f"twofold: there is no file {typo}; `twofold migrate` and `twofold serve` make it"

    assert not typo.exists()


def test_what_users_chose_does_not_steer_the_terminal(twofold: Twofold) -> None:
    """An escape sequence in a role's name is shown as replacement characters (attack class 13)."""
    user_id = create(twofold, "ann@example.com", "--role", "a\x1b[2Jb", "--create-roles")

    assert "a\N{REPLACEMENT CHARACTER}[2Jb" in twofold("users", "roles", user_id).out


def test_json_does_not_steer_the_terminal_either(capsys: pytest.CaptureFixture[str]) -> None:
    """It says what it is: the characters are escaped, and read back by programs."""
    value = {"reason": "a\x1b[2J\x9b31m\u202eé\U000e0001"}
    print_json(value)
    out = capsys.readouterr().out

    assert json.loads(out) == value
    assert "é" in out
    assert not [c for c in out if c != "\n" and unicodedata.category(c) in ("Cc", "Cf")]


def test_lets_somebody_in_again_who_is_kept_waiting(twofold: Twofold) -> None:
    """By id or address; who is not limited is said not to be."""
    user_id = create(twofold, "ann@example.com")

    assert twofold("users", "unlock", "ann@example.com", "--reason", "she called").out == f"{user_id} was not limited\n"
    assert "there is no user" in str(twofold("users", "unlock", "bob@example.com").status)
