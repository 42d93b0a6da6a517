# SPDX-License-Identifier: Apache-2.0
"""SQL of passkeys. They are how a login method of WebAuthn is recognised, so they come and go with it."""

from dataclasses import asdict, dataclass

from twofold.core.storage.database import Connection, Row
from twofold.core.storage.query import Query

_COLUMNS = (
    "credential_id, relying_party_id, recipe_user_id, user_handle, public_key, sign_count, is_backup_eligible,"
    " created_at, updated_at"
)
ADD = Query(
    f"INSERT INTO webauthn_credentials (app_id, {_COLUMNS})"  # noqa: S608 - the columns are ours
    " VALUES (:app_id, :credential_id, :relying_party_id, :recipe_user_id, :user_handle, :public_key, :sign_count,"
    " :is_backup_eligible, :created_at, :updated_at) ON CONFLICT DO NOTHING RETURNING credential_id"
)
FIND = Query(
    f"SELECT {_COLUMNS} FROM webauthn_credentials"  # noqa: S608 - the columns are ours
    " WHERE app_id = :app_id AND credential_id = :credential_id AND relying_party_id = :relying_party_id"
)
LIST = Query(
    f"SELECT {_COLUMNS} FROM webauthn_credentials"  # noqa: S608 - the columns are ours
    " WHERE app_id = :app_id AND recipe_user_id = :recipe_user_id ORDER BY created_at, credential_id"
)
# A counter never goes back, also when two assertions arrive at once; an authenticator without one always says 0.
RECORD_USE = Query(
    "UPDATE webauthn_credentials SET sign_count = :sign_count, updated_at = :now_ms WHERE app_id = :app_id"
    " AND credential_id = :credential_id AND relying_party_id = :relying_party_id"
    " AND recipe_user_id = :recipe_user_id"
    " AND (sign_count < :sign_count OR (sign_count = 0 AND :sign_count = 0))"
)
REMOVE = Query(
    "DELETE FROM webauthn_credentials"
    " WHERE app_id = :app_id AND credential_id = :credential_id AND recipe_user_id = :recipe_user_id"
)


@dataclass(frozen=True, slots=True)
class Credential:
    """A passkey of a login method (internal id); times in milliseconds.

    user_handle: by which its authenticator names the account. is_backup_eligible: it may be copied to other devices.
    """

    credential_id: str
    relying_party_id: str
    recipe_user_id: str
    user_handle: str
    public_key: str
    sign_count: int
    is_backup_eligible: bool
    created_at: int
    updated_at: int


async def add_credential(tx: Connection, app_id: str, new: Credential) -> bool:
    """Store a credential; False, and nothing changed, when the relying party knows one with this id already."""
    return await tx.fetch_one(ADD, app_id=app_id, **asdict(new)) is not None


async def find_credential(
    connection: Connection, app_id: str, relying_party_id: str, credential_id: str
) -> Credential | None:
    """The credential that a relying party knows by an id."""
    row = await connection.fetch_one(
        FIND, app_id=app_id, relying_party_id=relying_party_id, credential_id=credential_id
    )
    return None if row is None else _credential(row)


async def list_credentials(connection: Connection, app_id: str, recipe_user_id: str) -> list[Credential]:
    """The credentials of a login method (internal id), the first made first."""
    rows = await connection.fetch_all(LIST, app_id=app_id, recipe_user_id=recipe_user_id)
    return [_credential(row) for row in rows]


async def record_use(tx: Connection, app_id: str, used: Credential, sign_count: int, now_ms: int) -> bool:
    """Store the counter of an assertion; False when it is not beyond the stored one, or the credential is gone."""
    changed = await tx.execute(
        RECORD_USE,
        app_id=app_id,
        credential_id=used.credential_id,
        relying_party_id=used.relying_party_id,
        recipe_user_id=used.recipe_user_id,
        sign_count=sign_count,
        now_ms=now_ms,
    )
    return changed > 0


async def remove_credential(connection: Connection, app_id: str, recipe_user_id: str, credential_id: str) -> bool:
    """Remove a credential of a login method (internal id); whether it had it."""
    removed = await connection.execute(
        REMOVE, app_id=app_id, recipe_user_id=recipe_user_id, credential_id=credential_id
    )
    return removed > 0


def _credential(row: Row) -> Credential:
    return Credential(
        credential_id=row["credential_id"],
        relying_party_id=row["relying_party_id"],
        recipe_user_id=row["recipe_user_id"],
        user_handle=row["user_handle"],
        public_key=row["public_key"],
        sign_count=row["sign_count"],
        is_backup_eligible=bool(row["is_backup_eligible"]),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )
