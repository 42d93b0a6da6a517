# SPDX-License-Identifier: Apache-2.0
"""`twofold audit`: the audit trail."""

import json as encoder
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from cyclopts import Parameter

from twofold.cli._operator import PUBLIC, AppId, AsJson, Operator, day_and_time, print_json, print_table, run
from twofold.cli.configuration import configurable
from twofold.core.recipe.audit import Action

PAGE = 500
Names = Annotated[tuple[str, ...], Parameter(negative=())]
Duration = Annotated[timedelta | None, Parameter(help="Only what is younger: `90m`, `24h`, `7d`.")]


@configurable(["db"])
def audit(
    *,
    app: AppId = PUBLIC,
    user: Names = (),
    action: Names = (),
    actor: str = "",
    tenant: str = "",
    since: Duration = None,
    limit: int = 100,
    json: AsJson = False,
    **options: Any,
) -> None:
    """Show what was done to accounts, by whom, when and why; the newest first.

    Parameters
    ----------
    user
        Only what concerns this user: any id of theirs. Repeat it for several.
    action
        Only this kind of change, such as `factor.removed`. Repeat it for several.
    actor
        Only what this operator, or `application`, did.
    tenant
        Only what was done in this tenant.
    limit
        How many entries at most; 0 for all.
    """
    if limit < 0:
        raise ValueError("--limit is the number of entries to show, or 0 for all")
    unknown = sorted(set(action) - set(Action))
    if unknown:
        raise ValueError(f"there is no action {', '.join(unknown)}; there are: {', '.join(Action)}")
    query = {
        "userId": ",".join(user),
        "action": ",".join(action),
        "actor": actor,
        "tenantId": tenant,
        "since": "" if since is None else str(_ago_ms(since)),
    }
    given = {name: value for name, value in query.items() if value}
    entries = run(options, app, PUBLIC, lambda operator: _entries(operator, limit, given))
    if json:
        print_json(entries)
        return
    print_table(
        ("TIME", "USER", "ACTION", "BY", "TENANT", "REASON", "DETAILS"),
        (
            (
                day_and_time(entry["time"]),
                entry["userId"],
                entry["action"],
                entry["actor"],
                entry["tenantId"],
                entry["reason"],
                encoder.dumps(entry["details"], ensure_ascii=False) if entry["details"] else "",
            )
            for entry in entries
        ),
    )


async def _entries(operator: Operator, limit: int, query: dict[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    token: dict[str, str] = {}
    while True:
        wanted = PAGE if limit == 0 else min(PAGE, limit - len(found))
        page = await operator.get("/recipe/audit", limit=str(wanted), **query, **token)
        found += page["entries"]
        if "nextPaginationToken" not in page or (limit and len(found) >= limit):
            return found
        token = {"paginationToken": page["nextPaginationToken"]}


def _ago_ms(age: timedelta) -> int:
    return int((datetime.now(UTC) - age).timestamp() * 1000)
