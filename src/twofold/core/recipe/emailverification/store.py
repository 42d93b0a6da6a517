# SPDX-License-Identifier: Apache-2.0
"""SQL of e-mail verification tokens. What is verified is kept with the users (`users/verified.py`)."""

from dataclasses import dataclass

from twofold.core.batches import Deletion
from twofold.core.storage.database import Connection, Database
from twofold.core.storage.query import Query

CREATE = Query(
    "INSERT INTO email_verification_tokens (app_id, tenant_id, token_hash, user_id, email, expires_at)"
    " VALUES (:app_id, :tenant_id, :token_hash, :user_id, :email, :expires_at)"
)
# All tokens of the pair go with the first that is used. Each row is deleted by one caller alone: who is given the row
# of the token has won.
CONSUME = Query(
    "DELETE FROM email_verification_tokens WHERE app_id = :app_id AND tenant_id = :tenant_id AND (user_id, email) ="
    " (SELECT user_id, email FROM email_verification_tokens"
    " WHERE app_id = :app_id AND tenant_id = :tenant_id AND token_hash = :token_hash)"
    " RETURNING token_hash, user_id, email, expires_at"
)
DELETE_OF_PAIR = Query(
    "DELETE FROM email_verification_tokens"
    " WHERE app_id = :app_id AND tenant_id = :tenant_id AND user_id = :user_id AND email = :email"
)
DELETE_EXPIRED = Deletion(
    "email_verification_tokens", "email_verification_tokens WHERE expires_at < :now_ms ORDER BY expires_at"
)
FIND_ANY = Query("SELECT 1 FROM email_verification_tokens WHERE app_id = :app_id AND user_id = :user_id LIMIT 1")
MOVE = Query(
    "UPDATE email_verification_tokens SET user_id = :new_user_id WHERE app_id = :app_id AND user_id = :user_id"
)
FORGET = Query("DELETE FROM email_verification_tokens WHERE app_id = :app_id AND user_id = :user_id")
FORGET_IN_TENANT = Query(
    "DELETE FROM email_verification_tokens WHERE app_id = :app_id AND tenant_id = :tenant_id AND user_id = :user_id"
)


@dataclass(frozen=True, slots=True)
class VerificationToken:
    """Whose e-mail a token verifies, and when it expires."""

    user_id: str
    email: str
    expires_at: int


async def create(
    connection: Connection, app_id: str, tenant_id: str, token_hash: str, token: VerificationToken
) -> None:
    """Remember a token by its hash."""
    await connection.execute(
        CREATE,
        app_id=app_id,
        tenant_id=tenant_id,
        token_hash=token_hash,
        user_id=token.user_id,
        email=token.email,
        expires_at=token.expires_at,
    )


async def consume(connection: Connection, app_id: str, tenant_id: str, token_hash: str) -> VerificationToken | None:
    """Delete a token and all of its pair. Of several callers at once, one is given it; it may have expired."""
    rows = await connection.fetch_all(CONSUME, app_id=app_id, tenant_id=tenant_id, token_hash=token_hash)
    mine = next((row for row in rows if row["token_hash"] == token_hash), None)
    return None if mine is None else VerificationToken(mine["user_id"], mine["email"], mine["expires_at"])


async def delete_of_pair(connection: Connection, app_id: str, tenant_id: str, user_id: str, email: str) -> None:
    """Delete the tokens of this e-mail of this user in a tenant."""
    await connection.execute(DELETE_OF_PAIR, app_id=app_id, tenant_id=tenant_id, user_id=user_id, email=email)


async def delete_expired(database: Database, now_ms: int) -> None:
    """Delete the expired tokens of all apps."""
    await DELETE_EXPIRED.run(database, now_ms=now_ms)


async def is_used(connection: Connection, app_id: str, user_id: str) -> bool:
    """Whether a token is kept under this id."""
    return await connection.fetch_one(FIND_ANY, app_id=app_id, user_id=user_id) is not None


async def move(connection: Connection, app_id: str, user_id: str, new_user_id: str) -> None:
    """Give the tokens of one id to another."""
    await connection.execute(MOVE, app_id=app_id, user_id=user_id, new_user_id=new_user_id)


async def forget(connection: Connection, app_id: str, user_id: str) -> None:
    """Delete the tokens of this id."""
    await connection.execute(FORGET, app_id=app_id, user_id=user_id)


async def forget_in_tenant(connection: Connection, app_id: str, tenant_id: str, user_id: str) -> bool:
    """Delete the tokens of this id in one tenant; whether there were any."""
    return bool(await connection.execute(FORGET_IN_TENANT, app_id=app_id, tenant_id=tenant_id, user_id=user_id))
