# SPDX-License-Identifier: Apache-2.0
"""Verified e-mails: app-wide marks on (user id, e-mail). The id is effective, or any string that a client uses."""

from twofold.core.storage.database import Connection
from twofold.core.storage.query import Query
from twofold.core.users import normalise

MARK = Query(
    "INSERT INTO verified_emails (app_id, user_id, email) VALUES (:app_id, :user_id, :email) ON CONFLICT DO NOTHING"
)
FIND = Query("SELECT 1 FROM verified_emails WHERE app_id = :app_id AND user_id = :user_id AND email = :email")
FIND_ANY = Query("SELECT 1 FROM verified_emails WHERE app_id = :app_id AND user_id = :user_id LIMIT 1")
UNMARK = Query("DELETE FROM verified_emails WHERE app_id = :app_id AND user_id = :user_id AND email = :email")
FORGET = Query("DELETE FROM verified_emails WHERE app_id = :app_id AND user_id = :user_id")
COPY = Query(
    "INSERT INTO verified_emails (app_id, user_id, email) SELECT app_id, :new_user_id, email FROM verified_emails"
    " WHERE app_id = :app_id AND user_id = :user_id ON CONFLICT DO NOTHING"
)


async def mark_verified(connection: Connection, app_id: str, user_id: str, email: str) -> None:
    """Remember that this e-mail of this user is verified; harmless when repeated. BadRequest for what is too long."""
    normalise.require_length("userId", user_id, normalise.MAX_USER_ID_LENGTH)
    normalise.require_length("email", email, normalise.MAX_EMAIL_LENGTH)
    await connection.execute(MARK, app_id=app_id, user_id=user_id, email=email)


async def is_verified(connection: Connection, app_id: str, user_id: str, email: str) -> bool:
    """Whether this e-mail of this user is verified."""
    return await connection.fetch_one(FIND, app_id=app_id, user_id=user_id, email=email) is not None


async def unverify(connection: Connection, app_id: str, user_id: str, email: str) -> None:
    """Forget that this e-mail of this user is verified."""
    await connection.execute(UNMARK, app_id=app_id, user_id=user_id, email=email)


async def has_verified(connection: Connection, app_id: str, user_id: str) -> bool:
    """Whether any e-mail is verified under this id."""
    return await connection.fetch_one(FIND_ANY, app_id=app_id, user_id=user_id) is not None


async def forget_verified(connection: Connection, app_id: str, user_id: str) -> None:
    """Forget all marks under this id."""
    await connection.execute(FORGET, app_id=app_id, user_id=user_id)


async def move_verified(tx: Connection, app_id: str, user_id: str, new_user_id: str) -> None:
    """Give all marks under one id to another."""
    await tx.execute(COPY, app_id=app_id, user_id=user_id, new_user_id=new_user_id)
    await forget_verified(tx, app_id, user_id)
