# SPDX-License-Identifier: Apache-2.0
"""SQL of devices and codes."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from twofold.core.batches import Deletion
from twofold.core.recipe.abuse import store as abuse
from twofold.core.recipe.abuse.budgets import Budget
from twofold.core.recipe.passwordless.values import Contact, read_contact
from twofold.core.storage.database import Connection, Database, Dialect, Row
from twofold.core.storage.query import Query, Value

CREATE_DEVICE = Query(
    "INSERT INTO passwordless_devices (app_id, tenant_id, device_id_hash, contact, link_code_salt, failed_attempts)"
    " VALUES (:app_id, :tenant_id, :device_id_hash, :contact, :link_code_salt, 0)"
)
CREATE_CODE = Query(
    "INSERT INTO passwordless_codes"
    " (app_id, tenant_id, code_id, device_id_hash, link_code_hash, created_at, expires_at)"
    " VALUES (:app_id, :tenant_id, :code_id, :device_id_hash, :link_code_hash, :created_at, :expires_at)"
    " ON CONFLICT DO NOTHING RETURNING code_id"
)
# One round trip, and a transaction of its own, where a statement may write to two tables: SQLite's may not.
CREATE_DEVICE_WITH_CODE = {"postgres": Query(f"WITH device AS ({CREATE_DEVICE.text}) {CREATE_CODE.text}")}
FIND_DEVICE = Query(
    "SELECT device_id_hash, contact, link_code_salt, failed_attempts FROM passwordless_devices"
    " WHERE app_id = :app_id AND tenant_id = :tenant_id AND device_id_hash = :device_id_hash"
)
LOCK_DEVICE = Query(FIND_DEVICE.text + " FOR UPDATE")
FIND_DEVICE_OF_LINK = Query(
    "SELECT d.device_id_hash, d.contact, d.link_code_salt, d.failed_attempts, c.created_at FROM passwordless_codes c"
    " JOIN passwordless_devices d"
    " ON d.app_id = c.app_id AND d.tenant_id = c.tenant_id AND d.device_id_hash = c.device_id_hash"
    " WHERE c.app_id = :app_id AND c.tenant_id = :tenant_id AND c.link_code_hash = :link_code_hash"
)
LOCK_DEVICE_WITH_CODE = Query(
    "SELECT d.failed_attempts, c.created_at FROM passwordless_devices d"
    " LEFT JOIN passwordless_codes c ON c.app_id = d.app_id AND c.tenant_id = d.tenant_id"
    " AND c.device_id_hash = d.device_id_hash AND c.link_code_hash = :link_code_hash"
    " WHERE d.app_id = :app_id AND d.tenant_id = :tenant_id AND d.device_id_hash = :device_id_hash FOR UPDATE OF d"
)
COUNT_FAILED_ATTEMPT = Query(
    "UPDATE passwordless_devices SET failed_attempts = failed_attempts + 1"
    " WHERE app_id = :app_id AND tenant_id = :tenant_id AND device_id_hash = :device_id_hash"
)
LIST = """
SELECT d.device_id_hash, d.contact, d.failed_attempts, c.code_id, c.created_at FROM passwordless_devices d
JOIN passwordless_codes c ON c.app_id = d.app_id AND c.tenant_id = d.tenant_id AND c.device_id_hash = d.device_id_hash
WHERE d.app_id = :app_id AND d.tenant_id = :tenant_id
"""
LIST_BY_DEVICE = Query(LIST + "AND d.device_id_hash = :device_id_hash ORDER BY c.created_at, c.code_id")
LIST_BY_CONTACT = Query(LIST + "AND d.contact = :contact ORDER BY c.created_at, c.code_id")

DELETE_DEVICE = Query(
    "DELETE FROM passwordless_devices"
    " WHERE app_id = :app_id AND tenant_id = :tenant_id AND device_id_hash = :device_id_hash"
)
DELETE_DEVICES_OF_CONTACTS = Query(
    "DELETE FROM passwordless_devices WHERE app_id = :app_id AND tenant_id IN (:tenant_ids*)"
    " AND contact IN (:contacts*) RETURNING device_id_hash"
)
DELETE_CODES_OF_DEVICES = Query(
    "DELETE FROM passwordless_codes WHERE app_id = :app_id AND tenant_id IN (:tenant_ids*)"
    " AND device_id_hash IN (:device_id_hashes*)"
)
# The same in one round trip, with the guesses that a sign-in gives back. A code that somebody adds at this moment is
# left to housekeeping: without its device it is worth nothing.
END_FLOWS = {
    "postgres": Query(
        f"WITH guesses AS ({abuse.GIVE_BACK.text}), devices AS ({DELETE_DEVICES_OF_CONTACTS.text})"
        " DELETE FROM passwordless_codes WHERE app_id = :app_id AND tenant_id IN (:tenant_ids*)"
        " AND device_id_hash IN (SELECT device_id_hash FROM devices)"
    )
}
DELETE_CODE = Query(
    "DELETE FROM passwordless_codes WHERE app_id = :app_id AND tenant_id = :tenant_id AND code_id = :code_id"
    " RETURNING device_id_hash"
)
DELETE_DEVICE_WITHOUT_CODES = Query(
    DELETE_DEVICE.text + " AND NOT EXISTS (SELECT 1 FROM passwordless_codes"
    " WHERE app_id = :app_id AND tenant_id = :tenant_id AND device_id_hash = :device_id_hash)"
)
KEEP_NEWEST_CODES = Query(
    "DELETE FROM passwordless_codes WHERE app_id = :app_id AND tenant_id = :tenant_id"
    " AND device_id_hash = :device_id_hash AND code_id NOT IN (SELECT code_id FROM passwordless_codes"
    " WHERE app_id = :app_id AND tenant_id = :tenant_id AND device_id_hash = :device_id_hash"
    " ORDER BY CASE WHEN code_id = :newest_code_id THEN 0 ELSE 1 END, created_at DESC LIMIT :count)"
)
# A device always has a code: it comes with its first and goes with its last. Subqueries with an aggregate are answered
# for each of the expired codes; with NOT EXISTS, PostgreSQL would read all that have not expired.
DELETE_EXPIRED_DEVICES = Deletion(
    "passwordless_devices",
    "passwordless_codes expired JOIN passwordless_devices ON passwordless_devices.app_id = expired.app_id"
    " AND passwordless_devices.tenant_id = expired.tenant_id"
    " AND passwordless_devices.device_id_hash = expired.device_id_hash"
    " WHERE expired.expires_at < :now_ms AND (SELECT MAX(c.expires_at) FROM passwordless_codes c"
    " WHERE c.app_id = expired.app_id AND c.tenant_id = expired.tenant_id"
    " AND c.device_id_hash = expired.device_id_hash) < :now_ms ORDER BY expired.expires_at",
)
DELETE_CODES_WITHOUT_DEVICE = Deletion(
    "passwordless_codes",
    "passwordless_codes WHERE expires_at < :now_ms AND (SELECT COUNT(*) FROM passwordless_devices d"
    " WHERE d.app_id = passwordless_codes.app_id AND d.tenant_id = passwordless_codes.tenant_id"
    " AND d.device_id_hash = passwordless_codes.device_id_hash) = 0 ORDER BY expires_at",
)


@dataclass(frozen=True, slots=True)
class Device:
    """A flow for one contact. Only `failed_attempts` ever changes."""

    device_id_hash: str
    contact: Contact
    link_code_salt: bytes
    failed_attempts: int


@dataclass(frozen=True, slots=True)
class NewCode:
    """A code to be created on a device."""

    code_id: str
    device_id_hash: str
    link_code_hash: str
    created_at: int
    expires_at: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A code of a device, as it is listed."""

    device_id_hash: str
    contact: Contact
    failed_attempts: int
    code_id: str
    created_at: int


@dataclass(frozen=True, slots=True)
class LockedDevice:
    """What an attempt is decided by; `code_created_at` is None when the device has no such code."""

    failed_attempts: int
    code_created_at: int | None


async def create_device_with_code(
    database: Database, app_id: str, tenant_id: str, device: Device, code: NewCode
) -> None:
    """Begin a flow with its first code: both are there, or neither."""
    of_device: dict[str, Value] = {"contact": device.contact.key, "link_code_salt": device.link_code_salt}
    shared: dict[str, Value] = {"app_id": app_id, "tenant_id": tenant_id, "device_id_hash": device.device_id_hash}
    if database.dialect in CREATE_DEVICE_WITH_CODE:
        await database.execute(CREATE_DEVICE_WITH_CODE[database.dialect], **shared, **of_device, **_of_code(code))
        return

    async def create(tx: Connection) -> None:
        await tx.execute(CREATE_DEVICE, **shared, **of_device)
        await tx.execute(CREATE_CODE, **shared, **_of_code(code))

    await database.transaction(create)


async def create_code(tx: Connection, app_id: str, tenant_id: str, code: NewCode) -> bool:
    """Add a code to a device; False when the device has it already."""
    created = await tx.fetch_one(
        CREATE_CODE, app_id=app_id, tenant_id=tenant_id, device_id_hash=code.device_id_hash, **_of_code(code)
    )
    return created is not None


async def find_device(connection: Connection, app_id: str, tenant_id: str, device_id_hash: str) -> Device | None:
    """A device by its public name."""
    row = await connection.fetch_one(FIND_DEVICE, app_id=app_id, tenant_id=tenant_id, device_id_hash=device_id_hash)
    return None if row is None else _device(row)


async def lock_device(tx: Connection, app_id: str, tenant_id: str, device_id_hash: str) -> Device | None:
    """A device that stays until the transaction ends."""
    row = await tx.fetch_one(LOCK_DEVICE, app_id=app_id, tenant_id=tenant_id, device_id_hash=device_id_hash)
    return None if row is None else _device(row)


async def find_device_of_link(
    connection: Connection, app_id: str, tenant_id: str, link_code_hash: str
) -> tuple[Device, int] | None:
    """The device that a link code belongs to, and when the code was created."""
    row = await connection.fetch_one(
        FIND_DEVICE_OF_LINK, app_id=app_id, tenant_id=tenant_id, link_code_hash=link_code_hash
    )
    return None if row is None else (_device(row), row["created_at"])


async def lock_device_with_code(
    tx: Connection, app_id: str, tenant_id: str, device_id_hash: str, link_code_hash: str
) -> LockedDevice | None:
    """A device as it is now, with one of its codes; nobody else decides about it until the transaction ends."""
    row = await tx.fetch_one(
        LOCK_DEVICE_WITH_CODE,
        app_id=app_id,
        tenant_id=tenant_id,
        device_id_hash=device_id_hash,
        link_code_hash=link_code_hash,
    )
    return None if row is None else LockedDevice(row["failed_attempts"], row["created_at"])


async def count_failed_attempt(tx: Connection, app_id: str, tenant_id: str, device_id_hash: str) -> None:
    """Count a wrong code of a locked device."""
    await tx.execute(COUNT_FAILED_ATTEMPT, app_id=app_id, tenant_id=tenant_id, device_id_hash=device_id_hash)


async def list_of_device(connection: Connection, app_id: str, tenant_id: str, device_id_hash: str) -> list[Listed]:
    """The codes of a device, expired ones too, oldest first."""
    rows = await connection.fetch_all(LIST_BY_DEVICE, app_id=app_id, tenant_id=tenant_id, device_id_hash=device_id_hash)
    return _listed(rows)


async def list_of_contact(connection: Connection, app_id: str, tenant_id: str, contact: Contact) -> list[Listed]:
    """The codes of all devices of a contact, expired ones too, oldest first."""
    rows = await connection.fetch_all(LIST_BY_CONTACT, app_id=app_id, tenant_id=tenant_id, contact=contact.key)
    return _listed(rows)


async def delete_device(tx: Connection, app_id: str, tenant_id: str, device_id_hash: str) -> None:
    """End a flow with all its codes."""
    await tx.execute(DELETE_DEVICE, app_id=app_id, tenant_id=tenant_id, device_id_hash=device_id_hash)
    await _delete_codes(tx, app_id, [tenant_id], [device_id_hash])


async def delete_devices_of(
    tx: Connection, app_id: str, tenant_ids: Collection[str], contacts: Iterable[Contact]
) -> None:
    """End every flow of these contacts in these tenants."""
    deleted = await tx.fetch_all(
        DELETE_DEVICES_OF_CONTACTS,
        app_id=app_id,
        tenant_ids=list(tenant_ids),
        contacts=[contact.key for contact in contacts],
    )
    await _delete_codes(tx, app_id, tenant_ids, [row["device_id_hash"] for row in deleted])


async def end_flows(  # noqa: PLR0913 - one round trip
    tx: Connection,
    dialect: Dialect,
    app_id: str,
    tenant_id: str,
    contacts: Iterable[Contact],
    guesses: Budget,
    given_back: int,
) -> None:
    """After a sign-in: end every flow of these contacts in the tenant, and give so many guesses back."""
    if dialect not in END_FLOWS:
        await delete_devices_of(tx, app_id, [tenant_id], contacts)
        await abuse.give_back(tx, app_id, guesses, given_back)
        return
    await tx.execute(
        END_FLOWS[dialect],
        app_id=app_id,
        subject=guesses.subject,
        budget=guesses.name,
        given_back_ms=given_back * guesses.limit.refill_ms,
        tenant_ids=[tenant_id],
        contacts=[item.key for item in contacts],
    )


async def delete_code(tx: Connection, app_id: str, tenant_id: str, code_id: str) -> None:
    """Make a code worthless; the device goes with its last code."""
    device_id_hash = await tx.fetch_value(DELETE_CODE, app_id=app_id, tenant_id=tenant_id, code_id=code_id)
    if device_id_hash is None:
        return
    # Whoever adds a code holds the same lock.
    if await lock_device(tx, app_id, tenant_id, device_id_hash) is not None:
        await tx.execute(DELETE_DEVICE_WITHOUT_CODES, app_id=app_id, tenant_id=tenant_id, device_id_hash=device_id_hash)


async def keep_newest_codes(
    tx: Connection, app_id: str, tenant_id: str, device_id_hash: str, newest_code_id: str, count: int
) -> None:
    """Make all codes of a locked device worthless but the `count` newest."""
    await tx.execute(
        KEEP_NEWEST_CODES,
        app_id=app_id,
        tenant_id=tenant_id,
        device_id_hash=device_id_hash,
        newest_code_id=newest_code_id,
        count=count,
    )


async def delete_expired(database: Database, now_ms: int) -> None:
    """Delete, in all apps, the devices all of whose codes are expired: until then "expired" and "wrong" differ."""
    await DELETE_EXPIRED_DEVICES.run(database, now_ms=now_ms)
    await DELETE_CODES_WITHOUT_DEVICE.run(database, now_ms=now_ms)


async def _delete_codes(
    tx: Connection, app_id: str, tenant_ids: Collection[str], device_id_hashes: Collection[str]
) -> None:
    if device_id_hashes:
        await tx.execute(
            DELETE_CODES_OF_DEVICES,
            app_id=app_id,
            tenant_ids=list(tenant_ids),
            device_id_hashes=list(device_id_hashes),
        )


def _of_code(code: NewCode) -> dict[str, Value]:
    return {
        "code_id": code.code_id,
        "link_code_hash": code.link_code_hash,
        "created_at": code.created_at,
        "expires_at": code.expires_at,
    }


def _device(row: Row) -> Device:
    return Device(
        row["device_id_hash"], read_contact(row["contact"]), bytes(row["link_code_salt"]), row["failed_attempts"]
    )


def _listed(rows: Iterable[Row]) -> list[Listed]:
    return [
        Listed(
            row["device_id_hash"],
            read_contact(row["contact"]),
            row["failed_attempts"],
            row["code_id"],
            row["created_at"],
        )
        for row in rows
    ]
