# SPDX-License-Identifier: Apache-2.0
"""`twofold import`: users of another system, from a file straight into the database."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from rich.console import Console
from rich.progress import track

from twofold.cli._operator import PUBLIC, AppId, Operator, printable, run
from twofold.cli.configuration import configurable
from twofold.core.errors import CoreError
from twofold.core.recipe.bulkimport.reading import InvalidUser, read_user
from twofold.core.recipe.bulkimport.rules import have_imported

# How the core begins the text for a user who is there already, by external id or by login.
EXISTS = ("E004:", "E008:")
FileName = Annotated[str, Parameter(allow_leading_hyphen=True)]
Numbered = list[tuple[int, Any]]


@configurable(["db"])
def import_users(file: FileName, /, *, app: AppId = PUBLIC, **options: Any) -> int:
    """Import users in the format of bulk import. Whoever exists already is left as they are, so it may be repeated.

    Nothing is written unless every user of the file is well-formed. Each user is imported as a whole or not at all;
    the exit status is 1 when some could not be.

    Parameters
    ----------
    file
        JSON lines, a user on each, or one JSON list; - for standard input.
    """
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(f"{file} cannot be read: {error.strerror}; give a file, or - for standard input") from None
    except UnicodeDecodeError:
        raise ValueError(f"{file} cannot be read: it is not UTF-8") from None
    users = _read(text)
    outcomes = run(options, app, PUBLIC, lambda operator: _import(operator, users), may_begin=True)
    print(f"{outcomes['imported']} imported, {outcomes['existing']} existed already, {outcomes['failed']} failed")
    return int(bool(outcomes["failed"]))


async def _import(operator: Operator, users: Numbered) -> Counter[str]:
    services = operator.core.services
    settings = (await services.tenants.find(operator.app_id, PUBLIC)).settings
    wrong = []
    for number, user in users:
        try:
            read_user(user, services.clock.now_ms(), settings)
        except InvalidUser as error:
            wrong.append(f"{number}: {printable(str(error))}")
    if wrong:
        raise ValueError("nothing was imported; by line, or place in the list:\n" + "\n".join(wrong))
    outcomes: Counter[str] = Counter()
    console = Console(stderr=True)
    for number, user in track(users, "importing", console=console, disable=not console.is_terminal):
        outcomes[await _import_one(operator, number, user)] += 1
    await have_imported(services, outcomes["imported"])
    return outcomes


async def _import_one(operator: Operator, number: int, user: Any) -> str:
    try:
        await operator.core.call("POST", "/bulk-import/import", app_id=operator.app_id, body=user)
    except CoreError as error:
        (text,) = json.loads(error.message)["errors"]
        print(f"{number}: {printable(text)}", file=sys.stderr)
        return "existing" if text.startswith(EXISTS) else "failed"
    return "imported"


def _read(text: str) -> Numbered:
    if text.lstrip().startswith("["):
        return list(enumerate(json.loads(text), start=1))
    users: Numbered = []
    for number, line in enumerate(text.split("\n"), start=1):
        try:
            if line.strip():
                users.append((number, json.loads(line)))
        except ValueError as error:
            raise ValueError(f"line {number} is no JSON: {error}") from error
    return users
