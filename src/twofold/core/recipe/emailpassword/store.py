# SPDX-License-Identifier: Apache-2.0
"""SQL of passwords and reset tokens."""

from dataclasses import dataclass

from twofold.core.batches import Deletion
from twofold.core.recipe.abuse import store as abuse
from twofold.core.recipe.abuse.guessing import subject_of
from twofold.core.storage.database import Connection, Database
from twofold.core.storage.query import Query
from twofold.core.tokens import sha256_hex

# One statement, whether the e-mail is known or not: a sign-in that fails must not tell by its time which it was. The
# guesses at an e-mail that nobody has are limited like those at one that somebody has.
FIND_HASH_BY_EMAIL = Query(
    "WITH found AS (SELECT h.recipe_user_id, h.password_hash FROM login_method_tenants t"
    " JOIN password_hashes h ON h.app_id = t.app_id AND h.recipe_user_id = t.recipe_user_id"
    " WHERE t.app_id = :app_id AND t.tenant_id = :tenant_id AND t.recipe_id = 'emailpassword' AND t.email = :email)"
    " SELECT found.recipe_user_id, found.password_hash, b.budget, b.full_at"
    " FROM (SELECT 1 AS one) always LEFT JOIN found ON always.one = 1"
    " LEFT JOIN abuse_budgets b ON b.app_id = :app_id"
    " AND b.subject = COALESCE('password ' || found.recipe_user_id, :unknown_subject) AND b.budget IN (:budgets*)"
)
SET_HASH = Query(
    "INSERT INTO password_hashes (app_id, recipe_user_id, password_hash)"
    " VALUES (:app_id, :recipe_user_id, :password_hash)"
    " ON CONFLICT (app_id, recipe_user_id) DO UPDATE SET password_hash = excluded.password_hash"
)
# Only in place of the hash that was verified: a new password, set in the meantime, stays.
REPLACE_HASH = Query(
    "UPDATE password_hashes SET password_hash = :password_hash"
    " WHERE app_id = :app_id AND recipe_user_id = :recipe_user_id AND password_hash = :old_hash"
)
FORGET_HASH = Query("DELETE FROM password_hashes WHERE app_id = :app_id AND recipe_user_id = :recipe_user_id")

CREATE_TOKEN = Query(
    "INSERT INTO password_reset_tokens (app_id, token_hash, user_id, email, expires_at)"
    " VALUES (:app_id, :token_hash, :user_id, :email, :expires_at)"
)
# All tokens of the user go with the first that is used. Each row is deleted by one caller alone: who is given the row
# of the token has won.
CONSUME_TOKEN = Query(
    "DELETE FROM password_reset_tokens WHERE app_id = :app_id AND user_id ="
    " (SELECT user_id FROM password_reset_tokens WHERE app_id = :app_id AND token_hash = :token_hash)"
    " RETURNING token_hash, user_id, email, expires_at"
)
FORGET_TOKENS = Query("DELETE FROM password_reset_tokens WHERE app_id = :app_id AND user_id = :user_id")
DELETE_EXPIRED_TOKENS = Deletion(
    "password_reset_tokens", "password_reset_tokens WHERE expires_at < :now_ms ORDER BY expires_at"
)


@dataclass(frozen=True, slots=True, repr=False)
class StoredPassword:
    """A login method (internal id) and its hash."""

    recipe_user_id: str
    password_hash: str


@dataclass(frozen=True, slots=True)
class ResetToken:
    """Whom a token was made for (internal id), the e-mail as it was given, and when it expires."""

    user_id: str
    email: str
    expires_at: int


def subject_of_account(recipe_user_id: str) -> str:
    """Whose budgets those of a login method are."""
    return subject_of("password", recipe_user_id)


def subject_of_unknown(tenant_id: str, email: str) -> str:
    """Whose budgets those of an e-mail are that nobody has in a tenant."""
    return subject_of("password", sha256_hex(f"{tenant_id} {email}"))


async def find_hash(
    connection: Connection, app_id: str, tenant_id: str, email: str, budgets: list[str]
) -> tuple[StoredPassword | None, dict[str, int]]:
    """The hash of who signs in to the tenant with this e-mail, and when their budgets will be full again, by name."""
    rows = await connection.fetch_all(
        FIND_HASH_BY_EMAIL,
        app_id=app_id,
        tenant_id=tenant_id,
        email=email,
        unknown_subject=subject_of_unknown(tenant_id, email),
        budgets=budgets,
    )
    first = rows[0]
    stored = (
        None if first["recipe_user_id"] is None else StoredPassword(first["recipe_user_id"], first["password_hash"])
    )
    return stored, {row["budget"]: row["full_at"] for row in rows if row["budget"] is not None}


async def set_hash(connection: Connection, app_id: str, recipe_user_id: str, password_hash: str) -> None:
    """Store the hash of a login method, whether it had one or not."""
    await connection.execute(SET_HASH, app_id=app_id, recipe_user_id=recipe_user_id, password_hash=password_hash)


async def change_hash(tx: Connection, app_id: str, recipe_user_id: str, password_hash: str) -> None:
    """`set_hash` for a new password: what was guessed of the old one says nothing any more."""
    await set_hash(tx, app_id, recipe_user_id, password_hash)
    await abuse.fill(tx, app_id, subject_of_account(recipe_user_id))


async def replace_hash(connection: Connection, app_id: str, old: StoredPassword, password_hash: str) -> None:
    """Store another hash of the same password, unless the password changed in the meantime."""
    await connection.execute(
        REPLACE_HASH,
        app_id=app_id,
        recipe_user_id=old.recipe_user_id,
        old_hash=old.password_hash,
        password_hash=password_hash,
    )


async def create_reset_token(connection: Connection, app_id: str, token_hash: str, token: ResetToken) -> None:
    """Remember a token by its hash."""
    await connection.execute(
        CREATE_TOKEN,
        app_id=app_id,
        token_hash=token_hash,
        user_id=token.user_id,
        email=token.email,
        expires_at=token.expires_at,
    )


async def consume_reset_token(connection: Connection, app_id: str, token_hash: str) -> ResetToken | None:
    """Delete a token, and with it all of its user. Of several callers at once, one is given it; it may have expired."""
    rows = await connection.fetch_all(CONSUME_TOKEN, app_id=app_id, token_hash=token_hash)
    mine = next((row for row in rows if row["token_hash"] == token_hash), None)
    return None if mine is None else ResetToken(mine["user_id"], mine["email"], mine["expires_at"])


async def delete_expired_reset_tokens(database: Database, now_ms: int) -> None:
    """Delete the expired tokens of all apps."""
    await DELETE_EXPIRED_TOKENS.run(database, now_ms=now_ms)


async def forget_login_method(connection: Connection, app_id: str, recipe_user_id: str) -> None:
    """Delete what is kept for a login method of any recipe: reset tokens may be made for each."""
    await connection.execute(FORGET_HASH, app_id=app_id, recipe_user_id=recipe_user_id)
    await abuse.fill(connection, app_id, subject_of_account(recipe_user_id))
    await forget_reset_tokens(connection, app_id, recipe_user_id)


async def forget_reset_tokens(connection: Connection, app_id: str, user_id: str) -> None:
    """Make the reset tokens of this user (internal id) worthless."""
    await connection.execute(FORGET_TOKENS, app_id=app_id, user_id=user_id)
