# SPDX-License-Identifier: Apache-2.0
"""SQL of dashboard users and their sessions."""

from dataclasses import dataclass

from twofold.core.batches import Deletion
from twofold.core.storage.database import Connection, Database, Row
from twofold.core.storage.query import Query

_COLUMNS = "user_id, email, password_hash, time_joined"

CREATE_USER = Query(
    f"INSERT INTO dashboard_users (app_id, {_COLUMNS})"
    " VALUES (:app_id, :user_id, :email, :password_hash, :time_joined)"
    " ON CONFLICT (app_id, email) DO NOTHING RETURNING user_id"
)
FIND_BY_EMAIL = Query(f"SELECT {_COLUMNS} FROM dashboard_users WHERE app_id = :app_id AND email = :email")
# Locked, so that whoever signs in meanwhile waits, and then finds the new password.
LOCK_BY_ID = Query(f"SELECT {_COLUMNS} FROM dashboard_users WHERE app_id = :app_id AND user_id = :user_id FOR UPDATE")
LOCK_BY_EMAIL = Query(f"{FIND_BY_EMAIL.text} FOR UPDATE")
LIST_USERS = Query(f"SELECT {_COLUMNS} FROM dashboard_users WHERE app_id = :app_id ORDER BY time_joined, user_id")
UPDATE_USER = Query(
    "UPDATE dashboard_users SET email = :email, password_hash = :password_hash"
    " WHERE app_id = :app_id AND user_id = :user_id"
)
DELETE_USER = Query("DELETE FROM dashboard_users WHERE app_id = :app_id AND user_id = :user_id")

CREATE_SESSION = Query(
    "INSERT INTO dashboard_sessions (app_id, session_hash, user_id, created_at, expires_at)"
    " VALUES (:app_id, :session_hash, :user_id, :created_at, :expires_at)"
)
FIND_EMAIL_OF_SESSION = Query(
    "SELECT u.email FROM dashboard_sessions s"
    " JOIN dashboard_users u ON u.app_id = s.app_id AND u.user_id = s.user_id"
    " WHERE s.app_id = :app_id AND s.session_hash = :session_hash AND s.expires_at > :now_ms"
)
LIST_SESSIONS = Query(
    "SELECT session_hash, user_id, created_at, expires_at FROM dashboard_sessions"
    " WHERE app_id = :app_id AND user_id = :user_id AND expires_at > :now_ms ORDER BY created_at, session_hash"
)
DELETE_SESSIONS = Query("DELETE FROM dashboard_sessions WHERE app_id = :app_id AND session_hash IN (:session_hashes*)")
DELETE_SESSIONS_OF_USER = Query("DELETE FROM dashboard_sessions WHERE app_id = :app_id AND user_id = :user_id")
DELETE_EXPIRED_SESSIONS = Deletion("dashboard_sessions", "dashboard_sessions WHERE expires_at <= :now_ms")


@dataclass(frozen=True, slots=True, repr=False)
class DashboardUser:
    """One who may sign in to the dashboard."""

    user_id: str
    email: str
    password_hash: str
    time_joined: int


@dataclass(frozen=True, slots=True)
class DashboardSession:
    """A session, named by the hash of its id."""

    session_hash: str
    user_id: str
    created_at: int
    expires_at: int


async def create_user(connection: Connection, app_id: str, user: DashboardUser) -> bool:
    """Store a new user; False when the e-mail is taken."""
    created = await connection.fetch_one(
        CREATE_USER,
        app_id=app_id,
        user_id=user.user_id,
        email=user.email,
        password_hash=user.password_hash,
        time_joined=user.time_joined,
    )
    return created is not None


async def find_by_email(connection: Connection, app_id: str, email: str) -> DashboardUser | None:
    """The user with this e-mail."""
    return _read_user(await connection.fetch_one(FIND_BY_EMAIL, app_id=app_id, email=email))


async def lock_by_id(tx: Connection, app_id: str, user_id: str) -> DashboardUser | None:
    """The user with this id, locked until the transaction ends."""
    return _read_user(await tx.fetch_one(LOCK_BY_ID, app_id=app_id, user_id=user_id))


async def lock_by_email(tx: Connection, app_id: str, email: str) -> DashboardUser | None:
    """The user with this e-mail, locked until the transaction ends."""
    return _read_user(await tx.fetch_one(LOCK_BY_EMAIL, app_id=app_id, email=email))


async def list_users(connection: Connection, app_id: str) -> list[DashboardUser]:
    """All of an app, those who joined first in front."""
    return [DashboardUser(**dict(row)) for row in await connection.fetch_all(LIST_USERS, app_id=app_id)]


async def update_user(connection: Connection, app_id: str, user: DashboardUser) -> None:
    """Store a changed e-mail and hash. Raises UniqueViolation when another user has the e-mail."""
    await connection.execute(
        UPDATE_USER, app_id=app_id, user_id=user.user_id, email=user.email, password_hash=user.password_hash
    )


async def delete_user(connection: Connection, app_id: str, user_id: str) -> None:
    """Delete a user."""
    await connection.execute(DELETE_USER, app_id=app_id, user_id=user_id)


async def create_session(connection: Connection, app_id: str, session: DashboardSession) -> None:
    """Store a session."""
    await connection.execute(
        CREATE_SESSION,
        app_id=app_id,
        session_hash=session.session_hash,
        user_id=session.user_id,
        created_at=session.created_at,
        expires_at=session.expires_at,
    )


async def find_email_of_session(connection: Connection, app_id: str, session_hash: str, now_ms: int) -> str | None:
    """The e-mail of who holds a session that has not expired."""
    email: str | None = await connection.fetch_value(
        FIND_EMAIL_OF_SESSION, app_id=app_id, session_hash=session_hash, now_ms=now_ms
    )
    return email


async def list_sessions(connection: Connection, app_id: str, user_id: str, now_ms: int) -> list[DashboardSession]:
    """The sessions of a user that have not expired, oldest first."""
    rows = await connection.fetch_all(LIST_SESSIONS, app_id=app_id, user_id=user_id, now_ms=now_ms)
    return [DashboardSession(**dict(row)) for row in rows]


async def delete_sessions(connection: Connection, app_id: str, session_hashes: list[str]) -> None:
    """End sessions."""
    await connection.execute(DELETE_SESSIONS, app_id=app_id, session_hashes=session_hashes)


async def delete_sessions_of_user(connection: Connection, app_id: str, user_id: str) -> None:
    """End all sessions of a user."""
    await connection.execute(DELETE_SESSIONS_OF_USER, app_id=app_id, user_id=user_id)


async def delete_expired_sessions(database: Database, now_ms: int) -> None:
    """Delete the expired sessions of all apps."""
    await DELETE_EXPIRED_SESSIONS.run(database, now_ms=now_ms)


def _read_user(row: Row | None) -> DashboardUser | None:
    return None if row is None else DashboardUser(**dict(row))
