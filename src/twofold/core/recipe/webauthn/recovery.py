# SPDX-License-Identifier: Apache-2.0
"""Rules of recovery: a token, sent by mail, lets who has lost all passkeys register another. Hashed at rest, once."""

from dataclasses import dataclass

from twofold.core._endpoint import Call
from twofold.core._fields import Json
from twofold.core.jwt import encode_base64url
from twofold.core.recipe.webauthn import store
from twofold.core.recipe.webauthn.store import RecoveryToken
from twofold.core.services import Services
from twofold.core.tokens import sha256_hex
from twofold.core.users import store as users_store
from twofold.core.users.model import User

TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Recovering:
    """Whom a token was made for. `recipe_user_id` (effective) is None for a primary user without that login method."""

    user: User
    recipe_user_id: str | None


async def create_token(call: Call, user_id: str, email: str) -> str | None:
    """Make a token for any user, also one without a passkey, and an e-mail (normalised); None for an unknown id."""
    ids = await users_store.find_user_ids(call.database, call.app_id, user_id)
    if ids is None:
        return None
    token = encode_base64url(call.services.tokens.bytes(TOKEN_BYTES))
    expires_at = call.now_ms() + call.settings.webauthn_recover_account_token_lifetime
    record = RecoveryToken(ids.internal_id, email, expires_at)
    await store.create_recovery_token(call.database, call.app_id, call.tenant_id, sha256_hex(token), record)
    return token


async def find_user(call: Call, token: str) -> Recovering | None:
    """Whom a token was made for; it stays valid. None when it is unknown, used or expired."""
    found = await store.find_recovery_token(call.database, call.app_id, call.tenant_id, sha256_hex(token))
    if found is None or found.expires_at <= call.now_ms():
        return None
    user = await users_store.find_user_by_any_id(call.database, call.app_id, found.user_id)
    if user is None:
        return None
    method = user.method(found.user_id)
    return Recovering(user, None if method is None else method.id)


async def consume_token(call: Call, token: str) -> Json | None:
    """Use up a token, and with it all tokens of its e-mail in the tenant. None when it is unknown, used or expired.

    Of any number of callers at once, one is given the user's id (effective) and the e-mail.
    """
    found = await store.consume_recovery_token(call.database, call.app_id, call.tenant_id, sha256_hex(token))
    if found is None or found.expires_at <= call.now_ms():
        return None
    ids = await users_store.find_user_ids(call.database, call.app_id, found.user_id)
    return None if ids is None else {"userId": ids.id, "email": found.email}


async def delete_expired_tokens(services: Services) -> None:
    """Housekeeping: expired tokens are refused anyhow."""
    await store.delete_expired_tokens(services.database, services.clock.now_ms())
