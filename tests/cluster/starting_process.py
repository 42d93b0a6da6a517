# SPDX-License-Identifier: Apache-2.0
"""An application with an embedded core: waits for a line, then has many first requests at once; prints what failed."""

import asyncio
import sys

from twofold.core.app import create_core

REQUESTS = 20


async def main(database_url: str) -> None:
    """Answer the requests."""
    core = create_core(database_url)
    sys.stdin.readline()
    body = {"userId": "u", "userDataInJWT": {}, "userDataInDatabase": {}, "enableAntiCsrf": False}
    calls = [core.call("POST", "/recipe/session", body=body) for _ in range(REQUESTS)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    await core.stop()
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            sys.stdout.write(f"{outcome!r}\n")


asyncio.run(main(sys.argv[1]))
