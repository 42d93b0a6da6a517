# SPDX-License-Identifier: Apache-2.0
"""`twofold import` on both databases, as an operator types it."""

import json

from tests.cli.conftest import Twofold


def user(email: str) -> str:
    """A line of the file."""
    method = {"recipeId": "emailpassword", "email": email, "plainTextPassword": "a long password"}
    return json.dumps({"loginMethods": [method]}) + "\n"


def test_imports_and_may_be_repeated(twofold: Twofold) -> None:
    """A second run imports who is new, and counts the others."""
    first = twofold("import", "-", typed=user("a@example.com"))
    second = twofold("import", "-", typed=user("a@example.com") + "\n" + user("b@example.com"))

    assert (first.status, first.out) == (0, "1 imported, 0 existed already, 0 failed\n")
    assert (second.status, second.out) == (0, "1 imported, 1 existed already, 0 failed\n")


def test_nothing_is_imported_when_one_line_is_wrong(twofold: Twofold) -> None:
    """The line is named, and the users before it are not made."""
    outcome = twofold("import", "-", typed=user("a@example.com") + '{"loginMethods": []}\n')

    assert "2: At least one loginMethod is required." in str(outcome.status)
    assert twofold("users", "list", "--json").json == []


def test_a_missing_file_is_told(twofold: Twofold) -> None:
    """By its name, and what may be given."""
    told = str(twofold("import", "/no/such/file.json").status)

    assert told.startswith("twofold: /no/such/file.json cannot be read: ")
    assert told.endswith("; give a file, or - for standard input")
