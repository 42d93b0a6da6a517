# SPDX-License-Identifier: Apache-2.0
"""Serves passkeys of the genuine SDK until its input ends: `python serve_passkeys.py http://localhost:3567`.

The test has the authenticator; this prints its own address.
"""

import asyncio
import sys

import application
from supertokens_python.recipe import session, webauthn

RECIPES = [session.init(), webauthn.init(webauthn.WebauthnConfig(email_delivery=application.collected_email))]


async def main() -> None:
    """Serve."""
    async with application.running(RECIPES) as world:
        print(world.api, flush=True)
        await asyncio.to_thread(sys.stdin.read)


asyncio.run(main())
