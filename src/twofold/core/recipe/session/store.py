# SPDX-License-Identifier: Apache-2.0
"""SQL of sessions."""

from collections.abc import Iterable, Sequence

import msgspec

from twofold.core._fields import Json
from twofold.core._record import Record
from twofold.core.batches import Deletion
from twofold.core.errors import BadRequest
from twofold.core.storage.database import Connection, Database, Row
from twofold.core.storage.query import Query, Value
from twofold.core.tenancy.names import PUBLIC
from twofold.core.users.deleted import WAS_DELETED
from twofold.core.users.model import UserIds
from twofold.core.users.store import IDS, LIVING, OF_IDS, RESOLVED, read_ids


class Session(Record, frozen=True):
    """A row of `sessions`."""

    tenant_id: str
    handle: str
    user_id: str
    current_hash_2: str
    previous_hash_2: str | None
    rotated_at_ms: int | None
    data_in_database: Json
    data_in_jwt: Json
    expires_at_ms: int
    created_at_ms: int
    uses_static_key: bool


class Rotation(Record, frozen=True):
    """A change of the current refresh token. `seen_current` is the hash that the decision was based on."""

    seen_current: str
    current: str
    previous: str
    now_ms: int
    expires_at_ms: int
    uses_static_key: bool


_COLUMNS = (
    "tenant_id, session_handle, user_id, refresh_token_hash_2, previous_refresh_token_hash_2, rotated_at,"
    " user_data_in_database, user_data_in_jwt, expires_at, created_at, uses_static_key"
)
_THIS = "app_id = :app_id AND tenant_id = :tenant_id AND session_handle = :handle"

_CREATE = (
    f"INSERT INTO sessions (app_id, {_COLUMNS}) SELECT :app_id, :tenant_id, :handle, :user_id, :current, NULL, NULL,"
    " :data_in_database, :data_in_jwt, :expires_at, :created_at, :uses_static_key"
)
CREATE_FOR_USER = Query(f"{_CREATE} FROM ({LIVING}) AS living")
# For a login method that is a person of its own, with no id of the application's: nothing need be known of it before.
CREATE_FOR_LONE_USER = Query(
    f"{_CREATE} FROM (SELECT 1 FROM login_methods WHERE app_id = :app_id AND recipe_user_id = :user_id"
    " AND user_id = :user_id FOR SHARE) AS living"
    " WHERE NOT EXISTS (SELECT 1 FROM user_id_mappings WHERE app_id = :app_id AND user_id = :user_id)"
    " RETURNING (SELECT last_active_at FROM last_active WHERE app_id = :app_id AND user_id = :user_id)"
    " AS last_active_at"
)
CREATE_FOR_NOBODY = Query(f"{_CREATE} WHERE NOT {WAS_DELETED}")
FIND = Query(f"SELECT {_COLUMNS} FROM sessions WHERE {_THIS}")
LOCK = Query(FIND.text + " FOR UPDATE")
FIND_WITH_USER = Query(
    f"WITH this AS (SELECT {_COLUMNS} FROM sessions WHERE {_THIS}),"
    + RESOLVED.replace(":user_id", "(SELECT user_id FROM this)")
    + f"SELECT this.*, {IDS} FROM this LEFT JOIN target ON TRUE {OF_IDS}"
)
# The condition on the hash decides who won: of any number of rotations from one state, one changes the row.
ROTATE = Query(
    "UPDATE sessions SET refresh_token_hash_2 = :current, previous_refresh_token_hash_2 = :previous,"
    " rotated_at = :now_ms, expires_at = :expires_at, uses_static_key = :uses_static_key"
    f" WHERE {_THIS} AND refresh_token_hash_2 = :seen_current RETURNING session_handle"
)
ROTATE_AGAIN = Query(
    "UPDATE sessions SET refresh_token_hash_2 = :current, uses_static_key = :uses_static_key"
    f" WHERE {_THIS} AND previous_refresh_token_hash_2 = :presented AND rotated_at >= :rotated_since"
    " RETURNING session_handle"
)
SET_KEY_KIND = Query(f"UPDATE sessions SET uses_static_key = :uses_static_key WHERE {_THIS}")
SET_DATA_IN_DATABASE = Query(
    f"UPDATE sessions SET user_data_in_database = :data WHERE {_THIS} AND expires_at > :now_ms"
)
_SET_DATA_IN_JWT = f"UPDATE sessions SET user_data_in_jwt = :data WHERE {_THIS} AND expires_at > :now_ms"
SET_DATA_IN_JWT = Query(f"{_SET_DATA_IN_JWT} RETURNING {_COLUMNS}")
SET_DATA_IN_JWT_WITHOUT = Query(f"{_SET_DATA_IN_JWT} AND user_data_in_jwt NOT LIKE :pattern RETURNING {_COLUMNS}")
LIST_OF_USER = Query(
    "SELECT session_handle FROM sessions WHERE app_id = :app_id AND user_id IN (:user_ids*) AND expires_at > :now_ms"
)
LIST_OF_USER_IN_TENANT = Query(LIST_OF_USER.text + " AND tenant_id = :tenant_id")
CLAIMS_OF_USER = Query(
    "SELECT session_handle, user_data_in_jwt FROM sessions WHERE app_id = :app_id AND user_id IN (:user_ids*)"
)
CLAIMS_OF_USER_IN_TENANT = Query(CLAIMS_OF_USER.text + " AND tenant_id = :tenant_id")
_RETURNING = " RETURNING session_handle, expires_at"
DELETE = Query(
    "DELETE FROM sessions WHERE app_id = :app_id AND tenant_id IN (:tenant_ids*) AND session_handle IN (:handles*)"
    + _RETURNING
)
_DELETE_OF_USER = "DELETE FROM sessions WHERE app_id = :app_id AND user_id IN (:user_ids*)"
DELETE_OF_USER = Query(_DELETE_OF_USER + _RETURNING)
DELETE_OF_USER_IN_TENANT = Query(_DELETE_OF_USER + " AND tenant_id = :tenant_id" + _RETURNING)
EXISTS = Query("SELECT 1 AS one FROM sessions WHERE app_id = :app_id AND user_id = :user_id LIMIT 1")
DELETE_EXPIRED = Deletion("sessions", "sessions WHERE expires_at < :now_ms ORDER BY expires_at")


def tenant_of(handle: str) -> str:
    """The tenant that a handle names: `<uuid>` is one of the public tenant, `<uuid>_<tenant id>` of another."""
    return handle.partition("_")[2] or PUBLIC


async def create(connection: Connection, app_id: str, session: Session, ids: UserIds | None) -> bool:
    """Store a new session; False, and nothing stored, when its user is not, or no longer, there as given.

    ids: whose it is, as just read; changes of that person wait for the session, or it for them. None: a string that is
    no user's id, and was none's lately.
    """
    owner = {} if ids is None else {"internal_id": ids.internal_id, "primary_internal_id": ids.primary_internal_id}
    query = CREATE_FOR_NOBODY if ids is None else CREATE_FOR_USER
    return await connection.execute(query, app_id=app_id, **_of(session), **owner) > 0


async def create_for_lone_user(connection: Connection, app_id: str, session: Session) -> UserIds | None:
    """Store a new session of a login method that is a person of its own, and under no id of the application's.

    None, and nothing stored, when `session.user_id` is anything else.
    """
    row = await connection.fetch_one(CREATE_FOR_LONE_USER, app_id=app_id, **_of(session))
    user_id = session.user_id
    return None if row is None else UserIds(user_id, user_id, user_id, user_id, row["last_active_at"])


async def find(connection: Connection, app_id: str, handle: str) -> Session | None:
    """The session, expired or not."""
    row = await connection.fetch_one(FIND, app_id=app_id, tenant_id=tenant_of(handle), handle=handle)
    return None if row is None else _read(row)


async def lock(connection: Connection, app_id: str, handle: str) -> Session | None:
    """The session, expired or not, locked until the transaction ends."""
    row = await connection.fetch_one(LOCK, app_id=app_id, tenant_id=tenant_of(handle), handle=handle)
    return None if row is None else _read(row)


async def find_with_user(connection: Connection, app_id: str, handle: str) -> tuple[Session, UserIds] | None:
    """The session, expired or not, and whose it is."""
    row = await connection.fetch_one(FIND_WITH_USER, app_id=app_id, tenant_id=tenant_of(handle), handle=handle)
    if row is None:
        return None
    session = _read(row)
    return session, UserIds.of_nobody(session.user_id) if row["internal_id"] is None else read_ids(row)


async def rotate(connection: Connection, app_id: str, handle: str, rotation: Rotation) -> bool:
    """Replace the current token's hash, and remember which it displaced, unless the row changed since it was seen."""
    changed = await connection.fetch_one(
        ROTATE,
        app_id=app_id,
        tenant_id=tenant_of(handle),
        handle=handle,
        seen_current=rotation.seen_current,
        current=rotation.current,
        previous=rotation.previous,
        now_ms=rotation.now_ms,
        expires_at=rotation.expires_at_ms,
        uses_static_key=rotation.uses_static_key,
    )
    return changed is not None


async def rotate_again(
    connection: Connection, app_id: str, handle: str, rotation: Rotation, rotated_since_ms: int
) -> bool:
    """Replace the current token's hash while `rotation.previous` is the previous one, displaced not before a time."""
    changed = await connection.fetch_one(
        ROTATE_AGAIN,
        app_id=app_id,
        tenant_id=tenant_of(handle),
        handle=handle,
        presented=rotation.previous,
        current=rotation.current,
        rotated_since=rotated_since_ms,
        uses_static_key=rotation.uses_static_key,
    )
    return changed is not None


async def set_key_kind(connection: Connection, app_id: str, handle: str, *, uses_static_key: bool) -> None:
    """Note which kind of key signs the session's tokens from now on."""
    await connection.execute(
        SET_KEY_KIND, app_id=app_id, tenant_id=tenant_of(handle), handle=handle, uses_static_key=uses_static_key
    )


async def set_data_in_database(connection: Connection, app_id: str, handle: str, data: Json, now_ms: int) -> bool:
    """Replace the data that stays in the core; False when there is no such session, or it has expired."""
    changed = await connection.execute(
        SET_DATA_IN_DATABASE,
        app_id=app_id,
        tenant_id=tenant_of(handle),
        handle=handle,
        data=_json(data),
        now_ms=now_ms,
    )
    return changed > 0


async def set_data_in_jwt(
    connection: Connection, app_id: str, handle: str, data: Json, now_ms: int, *, without: str | None = None
) -> Session | None:
    """Replace the claims for access tokens; the session as it is then, None when missing or expired.

    without: only where the stored claims are sure not to have this one; None as well when they may have it.
    """
    row = await connection.fetch_one(
        SET_DATA_IN_JWT if without is None else SET_DATA_IN_JWT_WITHOUT,
        app_id=app_id,
        tenant_id=tenant_of(handle),
        handle=handle,
        data=_json(data),
        now_ms=now_ms,
        **({} if without is None else {"pattern": f'%"{without}"%'}),
    )
    return None if row is None else _read(row)


async def list_of_user(
    connection: Connection, app_id: str, tenant_id: str | None, user_ids: Iterable[str], now_ms: int
) -> list[str]:
    """The handles of sessions under these ids that have not expired, in one tenant or (None) in all."""
    if tenant_id is None:
        rows = await connection.fetch_all(LIST_OF_USER, app_id=app_id, user_ids=sorted(user_ids), now_ms=now_ms)
    else:
        rows = await connection.fetch_all(
            LIST_OF_USER_IN_TENANT, app_id=app_id, tenant_id=tenant_id, user_ids=sorted(user_ids), now_ms=now_ms
        )
    return [row["session_handle"] for row in rows]


async def claims_of_user(
    connection: Connection, app_id: str, tenant_id: str | None, user_ids: Iterable[str]
) -> dict[str, Json]:
    """The claims of the sessions under these ids by their handles, in one tenant or (None) in all."""
    if tenant_id is None:
        rows = await connection.fetch_all(CLAIMS_OF_USER, app_id=app_id, user_ids=sorted(user_ids))
    else:
        rows = await connection.fetch_all(
            CLAIMS_OF_USER_IN_TENANT, app_id=app_id, tenant_id=tenant_id, user_ids=sorted(user_ids)
        )
    return {row["session_handle"]: msgspec.json.decode(row["user_data_in_jwt"]) for row in rows}


async def delete(connection: Connection, app_id: str, handles: Sequence[str], now_ms: int) -> list[str]:
    """End sessions; returns those that were there and had not expired."""
    tenant_ids = sorted({tenant_of(handle) for handle in handles})
    rows = await connection.fetch_all(DELETE, app_id=app_id, tenant_ids=tenant_ids, handles=list(handles))
    return _live(rows, now_ms)


async def delete_of_user(
    connection: Connection, app_id: str, tenant_id: str | None, user_ids: Iterable[str], now_ms: int
) -> list[str]:
    """End the sessions under these ids, in one tenant or (None) in all; returns those that had not expired."""
    if tenant_id is None:
        rows = await connection.fetch_all(DELETE_OF_USER, app_id=app_id, user_ids=sorted(user_ids))
    else:
        rows = await connection.fetch_all(
            DELETE_OF_USER_IN_TENANT, app_id=app_id, tenant_id=tenant_id, user_ids=sorted(user_ids)
        )
    return _live(rows, now_ms)


async def exists(connection: Connection, app_id: str, user_id: str) -> bool:
    """Whether there is a session under this id."""
    return await connection.fetch_one(EXISTS, app_id=app_id, user_id=user_id) is not None


async def forget(connection: Connection, app_id: str, user_id: str) -> None:
    """End all sessions under this id."""
    await connection.execute(DELETE_OF_USER, app_id=app_id, user_ids=[user_id])


async def forget_in_tenant(connection: Connection, app_id: str, tenant_id: str, user_id: str) -> bool:
    """End the sessions under this id in one tenant; whether there were any."""
    ended = await connection.execute(DELETE_OF_USER_IN_TENANT, app_id=app_id, tenant_id=tenant_id, user_ids=[user_id])
    return ended > 0


async def delete_expired(database: Database, now_ms: int) -> None:
    """Delete the expired sessions of all apps: housekeeping."""
    await DELETE_EXPIRED.run(database, now_ms=now_ms)


def _live(rows: list[Row], now_ms: int) -> list[str]:
    return [row["session_handle"] for row in rows if row["expires_at"] > now_ms]


def _of(session: Session) -> dict[str, Value]:
    return {
        "tenant_id": session.tenant_id,
        "handle": session.handle,
        "user_id": session.user_id,
        "current": session.current_hash_2,
        "data_in_database": _json(session.data_in_database),
        "data_in_jwt": _json(session.data_in_jwt),
        "expires_at": session.expires_at_ms,
        "created_at": session.created_at_ms,
        "uses_static_key": session.uses_static_key,
    }


def _json(data: Json) -> str:
    try:
        return msgspec.json.encode(data).decode()
    except UnicodeEncodeError:
        raise BadRequest("The user payload is invalid: it holds text that is not valid Unicode") from None


def _read(row: Row) -> Session:
    return Session(
        tenant_id=row["tenant_id"],
        handle=row["session_handle"],
        user_id=row["user_id"],
        current_hash_2=row["refresh_token_hash_2"],
        previous_hash_2=row["previous_refresh_token_hash_2"],
        rotated_at_ms=row["rotated_at"],
        data_in_database=msgspec.json.decode(row["user_data_in_database"]),
        data_in_jwt=msgspec.json.decode(row["user_data_in_jwt"]),
        expires_at_ms=row["expires_at"],
        created_at_ms=row["created_at"],
        uses_static_key=bool(row["uses_static_key"]),
    )
