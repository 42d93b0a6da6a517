# SPDX-License-Identifier: Apache-2.0
"""Account infos that primary users hold: in a tenant, each belongs to at most one of them. The table's key decides.

Whoever claims holds the lock of the claiming person (`store.lock_user`). Other people may claim the same at the same
time; then one waits for the other, and sees what it did.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from twofold.core.storage.database import Connection, Row
from twofold.core.storage.query import Query
from twofold.core.users.model import LoginMethod, ThirdParty, User

EMAIL = "email"
PHONE_NUMBER = "phone_number"
THIRD_PARTY = "third_party"
# When several are taken, a third party is reported first.
_REPORTED = (THIRD_PARTY, EMAIL, PHONE_NUMBER)

# A claim that another person holds is locked and told, not passed over: passed over, it could be released before it is
# looked up, and then nobody would hold it.
CLAIM = Query(
    "INSERT INTO primary_claims (app_id, tenant_id, account_info, primary_user_id)"
    " SELECT app_id, tenant_id, :account_info, :primary_user_id FROM tenants"
    " WHERE app_id = :app_id AND tenant_id IN (:tenant_ids*)"
    " ON CONFLICT (app_id, tenant_id, account_info) DO UPDATE SET primary_user_id = primary_claims.primary_user_id"
    " RETURNING account_info, primary_user_id"
)
FIND_OTHERS = Query(
    "SELECT account_info, primary_user_id FROM primary_claims WHERE app_id = :app_id AND tenant_id IN (:tenant_ids*)"
    " AND account_info IN (:account_infos*) AND primary_user_id <> :primary_user_id"
)
RELEASE = Query(
    "DELETE FROM primary_claims WHERE app_id = :app_id AND primary_user_id = :primary_user_id"
    " AND (tenant_id NOT IN (:tenant_ids*) OR account_info NOT IN (:account_infos*))"
)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Another primary user (internal id) holds an account info of this kind."""

    kind: str
    primary_internal_id: str


def email_info(email: str) -> str:
    """An e-mail as it is claimed."""
    return f"{EMAIL}:{email}"


def phone_number_info(phone_number: str) -> str:
    """A phone number as it is claimed."""
    return f"{PHONE_NUMBER}:{phone_number}"


def third_party_info(third_party: ThirdParty) -> str:
    """An account at a provider as it is claimed."""
    # Not escaped to ASCII: that could outgrow what PostgreSQL takes as a key.
    return f"{THIRD_PARTY}:{json.dumps([third_party.id, third_party.user_id], ensure_ascii=False)}"


def account_infos(methods: Iterable[LoginMethod]) -> list[str]:
    """What these login methods claim for their person."""
    infos: dict[str, None] = {}
    for method in methods:
        if method.email is not None:
            infos[email_info(method.email)] = None
        if method.phone_number is not None:
            infos[phone_number_info(method.phone_number)] = None
        if method.third_party is not None:
            infos[third_party_info(method.third_party)] = None
    return list(infos)


async def claim(
    tx: Connection, app_id: str, primary_user_id: str, tenant_ids: Collection[str], infos: Collection[str]
) -> Conflict | None:
    """Claim each info in each tenant. After a Conflict some are claimed: the transaction must be rolled back."""
    holders: list[Row] = []
    for info in sorted(infos):
        holders += await tx.fetch_all(
            CLAIM, app_id=app_id, tenant_ids=list(tenant_ids), account_info=info, primary_user_id=primary_user_id
        )
    return _first_conflict(row for row in holders if row["primary_user_id"] != primary_user_id)


async def find_conflict(
    connection: Connection, app_id: str, primary_user_id: str, tenant_ids: Collection[str], infos: Collection[str]
) -> Conflict | None:
    """Who else holds one of these infos in one of these tenants."""
    rows = await connection.fetch_all(
        FIND_OTHERS,
        app_id=app_id,
        tenant_ids=list(tenant_ids),
        account_infos=list(infos),
        primary_user_id=primary_user_id,
    )
    return _first_conflict(rows)


async def keep_only(tx: Connection, app_id: str, user: User) -> None:
    """Release what a primary user, as it is now, has no login method or tenant for any more."""
    await tx.execute(
        RELEASE,
        app_id=app_id,
        primary_user_id=user.internal_id,
        tenant_ids=user.tenant_ids,
        account_infos=account_infos(user.login_methods),
    )


async def release_all(tx: Connection, app_id: str, primary_user_id: str) -> None:
    """Release everything: the person is no primary user any more."""
    await tx.execute(RELEASE, app_id=app_id, primary_user_id=primary_user_id, tenant_ids=(), account_infos=())


def _first_conflict(rows: Iterable[Row]) -> Conflict | None:
    found = [Conflict(row["account_info"].partition(":")[0], row["primary_user_id"]) for row in rows]
    return min(found, key=lambda item: (_REPORTED.index(item.kind), item.primary_internal_id), default=None)
