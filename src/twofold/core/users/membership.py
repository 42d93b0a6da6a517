# SPDX-License-Identifier: Apache-2.0
"""SQL that changes which login methods make up a person. Callers hold the lock of everyone concerned."""

from twofold.core.storage.database import Connection
from twofold.core.storage.query import Query

SET_PRIMARY = Query("UPDATE users SET is_primary = :is_primary WHERE app_id = :app_id AND user_id = :user_id")
MOVE_LOGIN_METHOD = Query(
    "UPDATE login_methods SET user_id = :user_id WHERE app_id = :app_id AND recipe_user_id = :recipe_user_id"
)
MOVE_LOGIN_METHOD_TENANTS = Query(
    "UPDATE login_method_tenants SET user_id = :user_id WHERE app_id = :app_id AND recipe_user_id = :recipe_user_id"
)
REFRESH_TIME_JOINED = Query(
    "UPDATE users SET time_joined = COALESCE((SELECT MIN(m.time_joined) FROM login_methods m"
    " WHERE m.app_id = :app_id AND m.user_id = :user_id), time_joined)"
    " WHERE app_id = :app_id AND user_id = :user_id"
)
REFRESH_TIME_JOINED_IN_TENANTS = Query(
    "UPDATE login_method_tenants SET user_time_joined = (SELECT u.time_joined FROM users u"
    " WHERE u.app_id = :app_id AND u.user_id = :user_id) WHERE app_id = :app_id AND user_id = :user_id"
)
DELETE_USER = Query("DELETE FROM users WHERE app_id = :app_id AND user_id = :user_id")
DELETE_LOGIN_METHOD = Query("DELETE FROM login_methods WHERE app_id = :app_id AND recipe_user_id = :recipe_user_id")
DELETE_LOGIN_METHOD_TENANTS = Query(
    "DELETE FROM login_method_tenants WHERE app_id = :app_id AND recipe_user_id = :recipe_user_id"
)
DELETE_CREDENTIALS = Query(
    "DELETE FROM webauthn_credentials WHERE app_id = :app_id AND recipe_user_id = :recipe_user_id"
)
DELETE_MAPPING = Query("DELETE FROM user_id_mappings WHERE app_id = :app_id AND user_id = :user_id")


async def set_primary(tx: Connection, app_id: str, user_id: str, *, is_primary: bool) -> None:
    """Make a person a primary user, or end that."""
    await tx.execute(SET_PRIMARY, app_id=app_id, user_id=user_id, is_primary=is_primary)


async def move_login_method(tx: Connection, app_id: str, recipe_user_id: str, user_id: str) -> None:
    """Give a login method to a person. `refresh_time_joined` of both people is still to be done."""
    for query in (MOVE_LOGIN_METHOD, MOVE_LOGIN_METHOD_TENANTS):
        await tx.execute(query, app_id=app_id, recipe_user_id=recipe_user_id, user_id=user_id)


async def refresh_time_joined(tx: Connection, app_id: str, user_id: str) -> None:
    """A person joined when the first of its login methods did."""
    for query in (REFRESH_TIME_JOINED, REFRESH_TIME_JOINED_IN_TENANTS):
        await tx.execute(query, app_id=app_id, user_id=user_id)


async def delete_user(tx: Connection, app_id: str, user_id: str) -> None:
    """Delete the row of a person that has no login methods any more."""
    await tx.execute(DELETE_USER, app_id=app_id, user_id=user_id)


async def delete_login_method(tx: Connection, app_id: str, recipe_user_id: str) -> None:
    """Delete a login method, its place in tenants and its credentials."""
    for query in (DELETE_CREDENTIALS, DELETE_LOGIN_METHOD_TENANTS, DELETE_LOGIN_METHOD):
        await tx.execute(query, app_id=app_id, recipe_user_id=recipe_user_id)


async def delete_mapping(tx: Connection, app_id: str, user_id: str) -> None:
    """Delete the external id of an internal one."""
    await tx.execute(DELETE_MAPPING, app_id=app_id, user_id=user_id)
