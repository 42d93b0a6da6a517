# SPDX-License-Identifier: Apache-2.0
"""`twofold doctor`: what is wrong with an installation, and what to do about it."""

import asyncio
from typing import Annotated, Any

from cyclopts import Parameter

from twofold.cli._checks import Finding, Level, examine
from twofold.cli._operator import AsJson, print_json, printable
from twofold.cli.configuration import Configuration, configurable, read
from twofold.core.app import create_core


@configurable()
def doctor(
    *,
    mail: Annotated[str, Parameter(help="Look at a mail server, too: `smtp://host:587` or `smtps://host:465`.")] = "",
    json: AsJson = False,
    **options: Any,
) -> int:
    """Look at the configuration, database, schema, clock, keys and password hash. Changes nothing.

    Give it the same options, variables and file as `twofold serve`. Exits with status 1 if there is a problem.
    """
    return asyncio.run(_doctor(read(options), mail, as_json=json))


async def _doctor(configuration: Configuration, mail: str, *, as_json: bool) -> int:
    core = create_core(configuration.server.db, configuration.settings)
    findings: list[Finding] = []
    try:
        async for finding in examine(configuration, core.services, mail):
            findings.append(finding)
            if not as_json:
                _print(finding)
    finally:
        await core.stop()
    if as_json:
        print_json([{"level": it.level, "subject": it.subject, "what": it.what, "mend": it.mend} for it in findings])
    return int(any(finding.level is Level.PROBLEM for finding in findings))


def _print(finding: Finding) -> None:
    print(f"{finding.level:<8} {finding.subject:<14} {printable(finding.what)}", flush=True)
    if finding.mend:
        print(f"{'':<23} → {finding.mend}", flush=True)
