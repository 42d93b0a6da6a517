# SPDX-License-Identifier: Apache-2.0
"""Rules of e-mail verification: a token belongs to a tenant, what it verifies to the app."""

from twofold.core._endpoint import Call
from twofold.core.recipe.emailverification import store
from twofold.core.recipe.emailverification.store import VerificationToken
from twofold.core.services import Services
from twofold.core.storage.database import Connection
from twofold.core.tokens import sha256_hex
from twofold.core.users.verified import is_verified, mark_verified


async def create_token(call: Call, user_id: str, email: str) -> str | None:
    """Make a token for an e-mail (normalised); None when it is verified already."""
    if await is_verified(call.database, call.app_id, user_id, email):
        return None
    token = call.services.tokens.link_token()
    expires_at = call.now_ms() + call.settings.email_verification_token_lifetime
    record = VerificationToken(user_id, email, expires_at)
    await store.create(call.database, call.app_id, call.tenant_id, sha256_hex(token), record)
    return token


async def verify(call: Call, token: str) -> VerificationToken | None:
    """Use up a token, with all of its pair, and mark the e-mail verified. None when it is unknown, used or expired.

    Of any number of callers at once, one is answered.
    """

    async def consume(tx: Connection) -> VerificationToken | None:
        found = await store.consume(tx, call.app_id, call.tenant_id, sha256_hex(token))
        if found is None or found.expires_at <= call.now_ms():
            return None
        await mark_verified(tx, call.app_id, found.user_id, found.email)
        return found

    return await call.database.transaction(consume)


async def delete_expired_tokens(services: Services) -> None:
    """Housekeeping: expired tokens are refused anyhow."""
    await store.delete_expired(services.database, services.clock.now_ms())
