# SPDX-License-Identifier: Apache-2.0
"""`twofold dashboard`: the accounts of those who sign in to the dashboard."""

import sys
from typing import Annotated, Any

from cyclopts import App, Parameter

from twofold.cli._operator import (
    PUBLIC,
    AppId,
    AsJson,
    Operator,
    confirmed,
    day_and_time,
    print_json,
    print_table,
    printable,
    run,
)
from twofold.cli._passwords import read_password
from twofold.cli.configuration import configurable

PATH = "/recipe/dashboard/user"
# The core's rule says more; nobody should type a password twice to learn that it is too short.
SHORTEST_PASSWORD = 8
Email = Annotated[str, Parameter(name="--email", help="The address to sign in with.")]

app = App(name="dashboard", help="Look after the accounts of the dashboard. They are none of your users'.")


@app.command
@configurable(["db"])
def create_user(*, email: Email, app: AppId = PUBLIC, **options: Any) -> None:
    """Let somebody sign in to the dashboard. The password is asked for, or read from standard input."""
    password = read_password(SHORTEST_PASSWORD)
    run(options, app, PUBLIC, lambda operator: _create(operator, email, password), may_begin=True)
    print(f"created {printable(email)}")


@app.command
@configurable(["db"])
def set_password(*, email: Email, app: AppId = PUBLIC, **options: Any) -> None:
    """Give somebody a new password, which is asked for, or read from standard input. Their sessions end."""
    password = read_password(SHORTEST_PASSWORD)
    run(options, app, PUBLIC, lambda operator: _set_password(operator, email, password))
    print(f"changed {printable(email)}")


@app.command(name="list")
@configurable(["db"])
def list_users(*, app: AppId = PUBLIC, json: AsJson = False, **options: Any) -> None:
    """List who may sign in to the dashboard, in the order in which they joined."""
    found = run(options, app, PUBLIC, lambda operator: operator.get(f"{PATH}s"))["users"]
    if json:
        print_json(found)
        return
    print_table(("ADDRESS", "SINCE"), ((user["email"], day_and_time(user["timeJoined"])) for user in found))


@app.command
@configurable(["db"])
def delete_user(
    *,
    email: Email,
    app: AppId = PUBLIC,
    yes: Annotated[bool, Parameter(name=["--yes", "-y"], negative=())] = False,
    **options: Any,
) -> int:
    """End somebody's access to the dashboard, and their sessions.

    Parameters
    ----------
    yes
        Do not ask.
    """
    if not yes and not confirmed(f"Delete the dashboard's account {email}?"):
        print("nothing was deleted", file=sys.stderr)
        return 1
    if not run(options, app, PUBLIC, lambda operator: operator.delete(PATH, email=email))["didUserExist"]:
        raise ValueError(f"the dashboard has no account {printable(email)}")
    print(f"deleted {printable(email)}")
    return 0


async def _create(operator: Operator, email: str, password: str) -> None:
    _require_ok(await operator.post(PATH, email=email, password=password), email)


async def _set_password(operator: Operator, email: str, password: str) -> None:
    _require_ok(await operator.put(PATH, email=email, newPassword=password), email)


def _require_ok(answer: dict[str, Any], email: str) -> None:
    reasons = {
        "EMAIL_ALREADY_EXISTS_ERROR": f"the dashboard has an account {printable(email)} already",
        "INVALID_EMAIL_ERROR": f"{printable(email)} is no address",
        "PASSWORD_WEAK_ERROR": answer.get("message", ""),
        "UNKNOWN_USER_ERROR": f"the dashboard has no account {printable(email)}",
    }
    if answer["status"] != "OK":
        raise ValueError(reasons[answer["status"]])
