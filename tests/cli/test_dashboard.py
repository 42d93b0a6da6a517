# SPDX-License-Identifier: Apache-2.0
"""`twofold dashboard` on both databases, and what it does with passwords."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Twofold

EMAIL, PASSWORD = "Ann@example.com", "correct horse 1"


def test_makes_lists_and_deletes(twofold: Twofold) -> None:
    """The address is kept in lower case, as everywhere."""
    made = twofold("dashboard", "create-user", "--email", EMAIL, typed=f"{PASSWORD}\n")
    listed = twofold("dashboard", "list", "--json").json
    table = twofold("dashboard", "list").out
    deleted = twofold("dashboard", "delete-user", "--email", EMAIL, "--yes")

    assert made.out == f"created {EMAIL}\n"
    assert [user["email"] for user in listed] == ["ann@example.com"]
    assert "ann@example.com" in table
    assert PASSWORD not in table
    assert deleted.out == f"deleted {EMAIL}\n"
    assert twofold("dashboard", "list", "--json").json == []


def test_gives_a_new_password(twofold: Twofold) -> None:
    """Of somebody who has an account."""
    twofold("dashboard", "create-user", "--email", EMAIL, typed=f"{PASSWORD}\n")

    changed = twofold("dashboard", "set-password", "--email", EMAIL, typed="another horse 2\n")
    unknown = twofold("dashboard", "set-password", "--email", "bob@example.com", typed="another horse 2\n")

    assert changed.out == f"changed {EMAIL}\n"
    assert unknown.status == "twofold: the dashboard has no account bob@example.com"


def test_refuses_in_one_sentence(twofold: Twofold) -> None:
    """Short and weak passwords, no addresses, accounts that are there or are not, and nobody to ask."""
    twofold("dashboard", "create-user", "--email", EMAIL, typed=f"{PASSWORD}\n")

    def refused(*arguments: str, typed: str = f"{PASSWORD}\n") -> str:
        return str(twofold("dashboard", *arguments, typed=typed).status)

    assert "at least 8 characters" in refused("create-user", "--email", "b@example.com", typed="short\n")
    assert "twofold: " in refused("create-user", "--email", "b@example.com", typed="onlyletters\n")
    assert refused("create-user", "--email", "nobody") == "twofold: nobody is no address"
    assert "already" in refused("create-user", "--email", EMAIL)
    assert "no account" in refused("delete-user", "--email", "b@example.com", "--yes")
    assert "give --yes" in refused("delete-user", "--email", EMAIL)


def test_a_password_is_no_argument(twofold: Twofold) -> None:
    """There is no option that would show it to everybody on the machine."""
    outcome = twofold("dashboard", "create-user", "--email", EMAIL, "--password", PASSWORD)

    assert outcome.status != 0
    assert PASSWORD not in outcome.out


@pytest.mark.slow
def test_a_typed_password_is_not_seen(tmp_path: Path) -> None:
    """On a terminal it is asked for twice, and not echoed."""
    controller, terminal = pty.openpty()
    command = [sys.executable, "-m", "twofold.cli", "dashboard", "create-user", "--email", EMAIL]
    environment = os.environ | {"TWOFOLD_DB": f"sqlite:///{tmp_path}/twofold.db"}
    process = subprocess.Popen(
        command, stdin=terminal, stdout=terminal, stderr=terminal, env=environment, start_new_session=True
    )
    os.close(terminal)
    seen = b""
    for prompt in (b"Password: ", b"Again: "):
        while not seen.endswith(prompt):
            seen += os.read(controller, 1024)
        os.write(controller, f"{PASSWORD}\n".encode())
    while b"created" not in seen:
        seen += os.read(controller, 1024)
    process.wait(timeout=60)
    os.close(controller)

    assert process.returncode == 0
    assert PASSWORD.encode() not in seen
