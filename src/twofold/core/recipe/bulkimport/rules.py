# SPDX-License-Identifier: Apache-2.0
"""Rules of bulk import: who waits, and the job that imports them.

A node claims a few users for a time, its lease, and imports one after the other. The transaction that makes a user
deletes what was waiting, if the claim still holds: of any number of nodes, also after one died, one makes the user.
"""

import json
import logging
from typing import Any

from twofold.core._fields import Json
from twofold.core.recipe.bulkimport import importing, store
from twofold.core.recipe.bulkimport.importing import CannotImport
from twofold.core.recipe.bulkimport.reading import InvalidUser, read_user
from twofold.core.recipe.bulkimport.store import Waiting
from twofold.core.sealing import CannotUnseal
from twofold.core.services import Services
from twofold.core.storage.database import Connection, DatabaseUnavailable
from twofold.core.storage.statistics import refresh_statistics
from twofold.core.tenancy.names import PUBLIC
from twofold.core.users.model import User

LEASE_MS = 600_000
# The other jobs of this node wait for this one; what is left is taken up at the next run.
MAX_RUN_MS = 120_000
MANY = 1000
"""So many new users are more than the planner of the database should have to guess at."""
SECRETS_OF_METHODS = ("plainTextPassword", "passwordHash")
SECRETS_OF_DEVICES = ("secretKey",)

logger = logging.getLogger("twofold.core")


class InvalidUsers(Exception):
    """`errors` has what is wrong with each user, by its place in the list."""

    def __init__(self, errors: dict[int, list[str]]) -> None:
        super().__init__("Data has missing or invalid fields. Please check the users field for more details.")
        self.errors = errors


def with_ids(services: Services, value: Any) -> Any:
    """The same user with an id for each login method, by which it is known from now on."""
    methods = value.get("loginMethods") if isinstance(value, dict) else None
    if not isinstance(methods, list):
        return value
    named = [
        item | {"superTokensUserId": services.tokens.uuid()} if isinstance(item, dict) else item for item in methods
    ]
    return value | {"loginMethods": named}


async def add(services: Services, app_id: str, users: list[Any]) -> list[Json]:
    """Store users to be imported, all or, raising InvalidUsers, none; answers with them as stored."""
    settings = (await services.tenants.find(app_id, PUBLIC)).settings
    now_ms = services.clock.now_ms()
    named = [with_ids(services, user) for user in users]
    errors: dict[int, list[str]] = {}
    for index, user in enumerate(named):
        try:
            read_user(user, now_ms, settings)
        except InvalidUser as error:
            errors[index] = error.errors
    if errors:
        raise InvalidUsers(errors)
    sealed = []
    for user in named:
        row_id = services.tokens.uuid()
        sealed.append((row_id, services.sealer.seal(json.dumps(user).encode(), _context(app_id, row_id))))

    async def insert(tx: Connection) -> None:
        for row_id, content in sealed:
            await store.add(tx, app_id, row_id, content, now_ms)

    await services.database.transaction(insert)
    return named


async def import_now(services: Services, app_id: str, user: Any) -> User:
    """Import one user at once. Raises InvalidUser, or CannotImport."""
    settings = (await services.tenants.find(app_id, PUBLIC)).settings
    given = read_user(with_ids(services, user), services.clock.now_ms(), settings)
    prepared = await importing.prepare(services, app_id, given)
    return await services.database.transaction(lambda tx: importing.create(tx, services, app_id, prepared))


async def import_waiting(services: Services) -> None:
    """Import the users who wait, of all apps. Safe on several nodes at once. Raises DatabaseUnavailable."""
    begun_ms = services.clock.now_ms()
    imported = 0
    while (now_ms := services.clock.now_ms()) < begun_ms + MAX_RUN_MS:
        claimed = await store.claim(services.database, now_ms, now_ms + LEASE_MS)
        for waiting in claimed:
            imported += await _import(services, waiting)
        if len(claimed) < store.BATCH:
            break
    await have_imported(services, imported)


async def have_imported(services: Services, users: int) -> None:
    """Let the database know of so many new users, if they are many."""
    if users >= MANY:
        await refresh_statistics(services.database, [table for item in services.recipes for table in item.tables])


def shown(services: Services, waiting: Waiting) -> Json:
    """A user who waits as clients see it: without passwords and secrets, which they gave us and need not read here."""
    user = _read(services, waiting)
    methods = [_without(item, SECRETS_OF_METHODS) for item in user.get("loginMethods", [])]
    described = user | {
        "loginMethods": methods,
        "id": waiting.id,
        "status": waiting.status,
        "createdAt": waiting.created_at,
        "updatedAt": waiting.updated_at,
    }
    if user.get("totpDevices"):
        described["totpDevices"] = [_without(item, SECRETS_OF_DEVICES) for item in user["totpDevices"]]
    return described if waiting.error_message is None else described | {"errorMessage": waiting.error_message}


async def _import(services: Services, waiting: Waiting) -> bool:
    async def move(tx: Connection) -> bool:
        is_ours = await store.take(tx, waiting)
        if is_ours:
            await importing.create(tx, services, waiting.app_id, prepared)
        return is_ours

    try:
        settings = (await services.tenants.find(waiting.app_id, PUBLIC)).settings
        given = read_user(_read(services, waiting), services.clock.now_ms(), settings)
        prepared = await importing.prepare(services, waiting.app_id, given)
        return await services.database.transaction(move)
    except DatabaseUnavailable:
        raise
    except (CannotImport, InvalidUser, CannotUnseal) as error:
        await store.fail(services.database, waiting, str(error), services.clock.now_ms())
    except Exception:  # one user that cannot be imported must not keep the others waiting
        logger.exception("a user of a bulk import could not be imported")
        message = "E000: The import failed for a reason that the log of the core tells."
        await store.fail(services.database, waiting, message, services.clock.now_ms())
    return False


def _read(services: Services, waiting: Waiting) -> Json:
    content = services.sealer.unseal(waiting.content, _context(waiting.app_id, waiting.id))
    user: Json = json.loads(content)
    return user


def _context(app_id: str, row_id: str) -> str:
    return f"bulk_import_users\n{app_id}\n{row_id}"


def _without(item: Json, names: tuple[str, ...]) -> Json:
    return {key: value for key, value in item.items() if key not in names}
