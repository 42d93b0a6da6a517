# SPDX-License-Identifier: Apache-2.0
"""SQL of ceremonies that have begun, and of recovery tokens."""

from collections.abc import Sequence
from dataclasses import dataclass

from twofold.core.batches import Deletion
from twofold.core.storage.database import Connection, Database
from twofold.core.storage.query import Query

_COLUMNS = (
    "tenant_id, options_id, relying_party_id, relying_party_name, origin, challenge, timeout, user_verification,"
    " user_presence, created_at, expires_at, email, user_handle, algorithms, assertion_hash"
)
CREATE_OPTIONS = Query(
    f"INSERT INTO webauthn_options (app_id, {_COLUMNS})"
    " VALUES (:app_id, :tenant_id, :options_id, :relying_party_id, :relying_party_name, :origin, :challenge, :timeout,"
    " :user_verification, :user_presence, :created_at, :expires_at, :email, :user_handle, :algorithms, NULL)"
)
FIND_OPTIONS = Query(
    f"SELECT {_COLUMNS} FROM webauthn_options"
    " WHERE app_id = :app_id AND tenant_id IN (:tenant_ids*) AND options_id = :options_id"
)
DELETE_OPTIONS = Query(
    "DELETE FROM webauthn_options WHERE app_id = :app_id AND tenant_id = :tenant_id AND options_id = :options_id"
)
# Only while nobody has used the challenge: of several answers to it, the first that gets here counts.
CONSUME_OPTIONS = Query(f"{DELETE_OPTIONS.text} AND assertion_hash IS NULL AND expires_at > :now_ms")
KEEP_FOR_REPETITION = Query(
    "UPDATE webauthn_options SET assertion_hash = :assertion_hash WHERE app_id = :app_id AND tenant_id = :tenant_id"
    " AND options_id = :options_id AND assertion_hash IS NULL AND expires_at > :now_ms"
)
CONSUME_REPETITION = Query(f"{DELETE_OPTIONS.text} AND assertion_hash = :assertion_hash AND expires_at > :now_ms")
DELETE_EXPIRED_OPTIONS = Deletion("webauthn_options", "webauthn_options WHERE expires_at < :now_ms ORDER BY expires_at")

CREATE_TOKEN = Query(
    "INSERT INTO webauthn_recovery_tokens (app_id, tenant_id, token_hash, user_id, email, expires_at)"
    " VALUES (:app_id, :tenant_id, :token_hash, :user_id, :email, :expires_at)"
)
FIND_TOKEN = Query(
    "SELECT user_id, email, expires_at FROM webauthn_recovery_tokens"
    " WHERE app_id = :app_id AND tenant_id = :tenant_id AND token_hash = :token_hash"
)
# All tokens of the e-mail go with the first that is used. Each row is deleted by one caller alone: who is given the row
# of the token has won.
CONSUME_TOKEN = Query(
    "DELETE FROM webauthn_recovery_tokens WHERE app_id = :app_id AND tenant_id = :tenant_id AND email ="
    " (SELECT email FROM webauthn_recovery_tokens"
    " WHERE app_id = :app_id AND tenant_id = :tenant_id AND token_hash = :token_hash)"
    " RETURNING token_hash, user_id, email, expires_at"
)
FORGET_TOKENS = Query("DELETE FROM webauthn_recovery_tokens WHERE app_id = :app_id AND user_id = :user_id")
DELETE_EXPIRED_TOKENS = Deletion(
    "webauthn_recovery_tokens", "webauthn_recovery_tokens WHERE expires_at < :now_ms ORDER BY expires_at"
)


@dataclass(frozen=True, slots=True)
class Options:
    """A ceremony that has begun in a tenant; times in milliseconds.

    email, user_handle and algorithms (COSE identifiers): of a registration; None and empty for a sign-in.
    assertion_hash: what has been accepted already, where it may be presented once more.
    """

    tenant_id: str
    options_id: str
    relying_party_id: str
    relying_party_name: str
    origin: str
    challenge: str
    timeout: int
    user_verification: str
    user_presence: bool
    created_at: int
    expires_at: int
    email: str | None = None
    user_handle: str | None = None
    algorithms: tuple[int, ...] = ()
    assertion_hash: str | None = None


@dataclass(frozen=True, slots=True)
class RecoveryToken:
    """Whom a token was made for (internal id), their e-mail, and when it expires."""

    user_id: str
    email: str
    expires_at: int


async def create_options(connection: Connection, app_id: str, options: Options) -> None:
    """Remember a ceremony that begins."""
    await connection.execute(
        CREATE_OPTIONS,
        app_id=app_id,
        tenant_id=options.tenant_id,
        options_id=options.options_id,
        relying_party_id=options.relying_party_id,
        relying_party_name=options.relying_party_name,
        origin=options.origin,
        challenge=options.challenge,
        timeout=options.timeout,
        user_verification=options.user_verification,
        user_presence=options.user_presence,
        created_at=options.created_at,
        expires_at=options.expires_at,
        email=options.email,
        user_handle=options.user_handle,
        algorithms=",".join(map(str, options.algorithms)),
    )


async def find_options(
    connection: Connection, app_id: str, tenant_ids: Sequence[str], options_id: str
) -> Options | None:
    """The ceremony that began in one of these tenants; it may have expired."""
    row = await connection.fetch_one(FIND_OPTIONS, app_id=app_id, tenant_ids=tenant_ids, options_id=options_id)
    if row is None:
        return None
    return Options(
        tenant_id=row["tenant_id"],
        options_id=row["options_id"],
        relying_party_id=row["relying_party_id"],
        relying_party_name=row["relying_party_name"],
        origin=row["origin"],
        challenge=row["challenge"],
        timeout=row["timeout"],
        user_verification=row["user_verification"],
        user_presence=bool(row["user_presence"]),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        email=row["email"],
        user_handle=row["user_handle"],
        algorithms=tuple(int(item) for item in row["algorithms"].split(",") if item),
        assertion_hash=row["assertion_hash"],
    )


async def delete_options(connection: Connection, app_id: str, tenant_id: str, options_id: str) -> bool:
    """End a ceremony; whether there was one."""
    deleted = await connection.execute(DELETE_OPTIONS, app_id=app_id, tenant_id=tenant_id, options_id=options_id)
    return deleted > 0


async def consume_options(tx: Connection, app_id: str, options: Options, now_ms: int) -> bool:
    """Use up a challenge. Of several callers at once, one is told True."""
    deleted = await tx.execute(
        CONSUME_OPTIONS, app_id=app_id, tenant_id=options.tenant_id, options_id=options.options_id, now_ms=now_ms
    )
    return deleted > 0


async def use_for_one_assertion(
    tx: Connection, app_id: str, options: Options, assertion_hash: str, now_ms: int
) -> bool:
    """Use a challenge for an assertion that may come once more, and use it up when it does.

    At most two callers are told True, both with the same assertion.
    """
    query = KEEP_FOR_REPETITION if options.assertion_hash is None else CONSUME_REPETITION
    changed = await tx.execute(
        query,
        app_id=app_id,
        tenant_id=options.tenant_id,
        options_id=options.options_id,
        assertion_hash=assertion_hash,
        now_ms=now_ms,
    )
    return changed > 0


async def delete_expired_options(database: Database, now_ms: int) -> None:
    """Delete the expired ceremonies of all apps."""
    await DELETE_EXPIRED_OPTIONS.run(database, now_ms=now_ms)


async def create_recovery_token(
    connection: Connection, app_id: str, tenant_id: str, token_hash: str, token: RecoveryToken
) -> None:
    """Remember a token by its hash."""
    await connection.execute(
        CREATE_TOKEN,
        app_id=app_id,
        tenant_id=tenant_id,
        token_hash=token_hash,
        user_id=token.user_id,
        email=token.email,
        expires_at=token.expires_at,
    )


async def find_recovery_token(
    connection: Connection, app_id: str, tenant_id: str, token_hash: str
) -> RecoveryToken | None:
    """A token that is kept; it may have expired."""
    row = await connection.fetch_one(FIND_TOKEN, app_id=app_id, tenant_id=tenant_id, token_hash=token_hash)
    return None if row is None else RecoveryToken(row["user_id"], row["email"], row["expires_at"])


async def consume_recovery_token(
    connection: Connection, app_id: str, tenant_id: str, token_hash: str
) -> RecoveryToken | None:
    """Delete a token, and with it all of its e-mail. Of several callers, one is given it; it may have expired."""
    rows = await connection.fetch_all(CONSUME_TOKEN, app_id=app_id, tenant_id=tenant_id, token_hash=token_hash)
    mine = next((row for row in rows if row["token_hash"] == token_hash), None)
    return None if mine is None else RecoveryToken(mine["user_id"], mine["email"], mine["expires_at"])


async def forget_recovery_tokens(connection: Connection, app_id: str, user_id: str) -> None:
    """Make the tokens of this user (internal id) worthless, in every tenant."""
    await connection.execute(FORGET_TOKENS, app_id=app_id, user_id=user_id)


async def delete_expired_tokens(database: Database, now_ms: int) -> None:
    """Delete the expired tokens of all apps."""
    await DELETE_EXPIRED_TOKENS.run(database, now_ms=now_ms)
