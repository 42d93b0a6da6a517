# SPDX-License-Identifier: Apache-2.0
"""SQL that finds users, and that creates and moves login methods.

A whole person comes with one statement, whatever it is looked up by: the statement names the people (`target`), joins
all that belongs to them, and the rows are put together here. Ids given to functions are internal unless they say so.
"""

from collections.abc import Callable, Iterable

from twofold.core.storage.database import Connection, Row
from twofold.core.storage.query import Query
from twofold.core.users.model import AccountInfo, Found, LoginMethod, NewLoginMethod, ThirdParty, User, UserIds

WHOLE_USERS = """
SELECT u.user_id, u.is_primary, u.time_joined AS user_time_joined, user_mapping.external_user_id AS user_external_id,
    m.recipe_user_id, m.recipe_id, m.time_joined, m.email, m.phone_number, m.third_party_id, m.third_party_user_id,
    mapping.external_user_id AS external_id, t.tenant_id, v.email AS verified_email,
    c.credential_id, c.created_at AS credential_created_at, active.last_active_at
FROM target
JOIN users u ON u.app_id = :app_id AND u.user_id = target.user_id
JOIN login_methods m ON m.app_id = :app_id AND m.user_id = u.user_id
LEFT JOIN login_method_tenants t ON t.app_id = :app_id AND t.recipe_user_id = m.recipe_user_id
LEFT JOIN user_id_mappings mapping ON mapping.app_id = :app_id AND mapping.user_id = m.recipe_user_id
LEFT JOIN user_id_mappings user_mapping ON user_mapping.app_id = :app_id AND user_mapping.user_id = u.user_id
LEFT JOIN verified_emails v ON v.app_id = :app_id AND v.email = m.email
    AND v.user_id = COALESCE(mapping.external_user_id, m.recipe_user_id)
LEFT JOIN webauthn_credentials c ON c.app_id = :app_id AND c.recipe_user_id = m.recipe_user_id
LEFT JOIN last_active active ON active.app_id = :app_id AND active.user_id = u.user_id
"""
"""The end of a statement that begins `WITH … target AS (SELECT user_id …)`; its rows are read by `read_users`."""

# The id of a primary user may outlive its own login method, hence the look-ups in `users`.
RESOLVED = """
resolved AS (
    SELECT user_id, recipe_user_id, 0 AS place FROM login_methods WHERE app_id = :app_id AND recipe_user_id = :user_id
    UNION ALL SELECT user_id, user_id, 1 FROM users WHERE app_id = :app_id AND user_id = :user_id
    UNION ALL SELECT m.user_id, m.recipe_user_id, 2 FROM user_id_mappings x
        JOIN login_methods m ON m.app_id = :app_id AND m.recipe_user_id = x.user_id
        WHERE x.app_id = :app_id AND x.external_user_id = :user_id
    UNION ALL SELECT u.user_id, u.user_id, 3 FROM user_id_mappings x
        JOIN users u ON u.app_id = :app_id AND u.user_id = x.user_id
        WHERE x.app_id = :app_id AND x.external_user_id = :user_id
), target AS (SELECT user_id, recipe_user_id FROM resolved ORDER BY place LIMIT 1)
"""
"""Finds the `target` of an id, within a statement that begins `WITH`."""
IDS = """
target.user_id AS primary_internal_id, target.recipe_user_id AS internal_id, mapping.external_user_id AS external_id,
    user_mapping.external_user_id AS primary_external_id, active.last_active_at
"""
"""The columns that `read_ids` reads, from a `target` with `OF_IDS`."""
OF_IDS = """
LEFT JOIN user_id_mappings mapping ON mapping.app_id = :app_id AND mapping.user_id = target.recipe_user_id
LEFT JOIN user_id_mappings user_mapping ON user_mapping.app_id = :app_id AND user_mapping.user_id = target.user_id
LEFT JOIN last_active active ON active.app_id = :app_id AND active.user_id = target.user_id
"""
LIVING = """
SELECT 1 FROM (
    SELECT 1 FROM login_methods WHERE app_id = :app_id AND recipe_user_id = :internal_id
        AND user_id = :primary_internal_id FOR SHARE
) AS method
UNION ALL SELECT 1 FROM (
    SELECT 1 FROM users WHERE app_id = :app_id AND user_id = :internal_id
        AND user_id = :primary_internal_id FOR KEY SHARE
) AS person
LIMIT 1
"""
"""One row while ids that were read are still true, locked so that they stay so; the second half is for an id that
outlived its login method. Who deletes, links or unlinks waits for it, and ends what it wrote; or it waits for them."""
FIND_BY_ANY_ID = Query(f"WITH {RESOLVED} {WHOLE_USERS}")
FIND_IDS = Query(f"WITH {RESOLVED} SELECT {IDS} FROM target {OF_IDS}")
FIND_BY_EMAIL = Query(
    "WITH target AS (SELECT user_id FROM login_method_tenants WHERE app_id = :app_id AND tenant_id = :tenant_id"
    " AND email = :email AND recipe_id = :recipe_id)" + WHOLE_USERS
)
FIND_BY_PHONE_NUMBER = Query(
    "WITH target AS (SELECT user_id FROM login_method_tenants WHERE app_id = :app_id AND tenant_id = :tenant_id"
    " AND phone_number = :phone_number AND recipe_id = :recipe_id)" + WHOLE_USERS
)
FIND_BY_THIRD_PARTY = Query(
    "WITH target AS (SELECT user_id FROM login_method_tenants WHERE app_id = :app_id AND tenant_id = :tenant_id"
    " AND third_party_id = :third_party_id AND third_party_user_id = :third_party_user_id)" + WHOLE_USERS
)
LIST_BY_ACCOUNT_INFO = Query(
    """
    WITH target AS (
        SELECT user_id FROM login_method_tenants
            WHERE app_id = :app_id AND tenant_id = :tenant_id AND email = :email
        UNION SELECT user_id FROM login_method_tenants
            WHERE app_id = :app_id AND tenant_id = :tenant_id AND phone_number = :phone_number
        UNION SELECT user_id FROM login_method_tenants WHERE app_id = :app_id AND tenant_id = :tenant_id
            AND third_party_id = :third_party_id AND third_party_user_id = :third_party_user_id
        UNION SELECT t.user_id FROM webauthn_credentials k
            JOIN login_method_tenants t ON t.app_id = k.app_id AND t.recipe_user_id = k.recipe_user_id
            WHERE k.app_id = :app_id AND k.credential_id = :credential_id AND t.tenant_id = :tenant_id
    )
    """
    + WHOLE_USERS
)
LIST_BY_IDS = Query(
    "WITH target AS (SELECT user_id FROM users WHERE app_id = :app_id AND user_id IN (:user_ids*))" + WHOLE_USERS
)
LOCK = Query("SELECT user_id FROM users WHERE app_id = :app_id AND user_id IN (:user_ids*) ORDER BY user_id FOR UPDATE")
IS_INTERNAL_ID = Query(
    "SELECT 1 FROM login_methods WHERE app_id = :app_id AND recipe_user_id = :user_id"
    " UNION ALL SELECT 1 FROM users WHERE app_id = :app_id AND user_id = :user_id"
)

JOIN_TENANT = Query(
    "INSERT INTO login_method_tenants (app_id, tenant_id, recipe_user_id, user_id, user_time_joined, recipe_id, email,"
    " phone_number, third_party_id, third_party_user_id)"
    " VALUES (:app_id, :tenant_id, :recipe_user_id, :user_id, :user_time_joined, :recipe_id, :email,"
    " :phone_number, :third_party_id, :third_party_user_id)"
    " ON CONFLICT DO NOTHING RETURNING recipe_user_id"
)
CREATE_USER = Query(
    "INSERT INTO users (app_id, user_id, is_primary, time_joined) VALUES (:app_id, :user_id, :is_primary, :time_joined)"
)
CREATE_LOGIN_METHOD = Query(
    "INSERT INTO login_methods (app_id, recipe_user_id, user_id, recipe_id, time_joined, email, phone_number,"
    " third_party_id, third_party_user_id) VALUES (:app_id, :recipe_user_id, :recipe_user_id, :recipe_id,"
    " :time_joined, :email, :phone_number, :third_party_id, :third_party_user_id)"
)

LEAVE_TENANT = Query(
    "DELETE FROM login_method_tenants"
    " WHERE app_id = :app_id AND tenant_id = :tenant_id AND recipe_user_id = :recipe_user_id"
)
FIND_TAKEN = Query(
    "SELECT email, phone_number FROM login_method_tenants WHERE app_id = :app_id AND tenant_id IN (:tenant_ids*)"
    " AND recipe_id = :recipe_id AND recipe_user_id <> :recipe_user_id AND ("
    "(email = :email AND recipe_id <> 'thirdparty') OR phone_number = :phone_number"
    " OR (third_party_id = :third_party_id AND third_party_user_id = :third_party_user_id))"
    " LIMIT 1"
)
UPDATE_CONTACT = Query(
    "UPDATE login_methods SET email = :email, phone_number = :phone_number"
    " WHERE app_id = :app_id AND recipe_user_id = :recipe_user_id"
)
UPDATE_CONTACT_IN_TENANTS = Query(
    "UPDATE login_method_tenants SET email = :email, phone_number = :phone_number"
    " WHERE app_id = :app_id AND recipe_user_id = :recipe_user_id"
)


async def find_user_by_any_id(connection: Connection, app_id: str, user_id: str) -> User | None:
    """The whole person that an id belongs to: of the person or a login method, internal (tried first) or external."""
    return _only(await connection.fetch_all(FIND_BY_ANY_ID, app_id=app_id, user_id=user_id))


async def find_user_ids(connection: Connection, app_id: str, user_id: str) -> UserIds | None:
    """What `find_user_by_any_id` would resolve, without reading the person."""
    row = await connection.fetch_one(FIND_IDS, app_id=app_id, user_id=user_id)
    return None if row is None else read_ids(row)


def read_ids(row: Row) -> UserIds:
    """Take the `IDS` of a row."""
    return UserIds(
        internal_id=row["internal_id"],
        id=row["external_id"] or row["internal_id"],
        primary_internal_id=row["primary_internal_id"],
        primary_id=row["primary_external_id"] or row["primary_internal_id"],
        last_active_at=row["last_active_at"],
    )


async def primary_user_id_of(connection: Connection, app_id: str, user_id: str) -> str:
    """The effective id of the person that any id belongs to; the id itself when it is no user's."""
    ids = await find_user_ids(connection, app_id, user_id)
    return user_id if ids is None else ids.primary_id


async def find_by_email(
    connection: Connection, app_id: str, tenant_id: str, recipe_id: str, email: str
) -> Found | None:
    """Who signs in to a tenant with this e-mail and recipe. Not for third parties, where an e-mail may repeat."""
    user = _only(
        await connection.fetch_all(FIND_BY_EMAIL, app_id=app_id, tenant_id=tenant_id, recipe_id=recipe_id, email=email)
    )
    return _found(user, tenant_id, lambda item: item.recipe_id == recipe_id and item.email == email)


async def find_by_phone_number(
    connection: Connection, app_id: str, tenant_id: str, recipe_id: str, phone_number: str
) -> Found | None:
    """Who signs in to a tenant with this phone number and recipe."""
    user = _only(
        await connection.fetch_all(
            FIND_BY_PHONE_NUMBER, app_id=app_id, tenant_id=tenant_id, recipe_id=recipe_id, phone_number=phone_number
        )
    )
    return _found(user, tenant_id, lambda item: item.recipe_id == recipe_id and item.phone_number == phone_number)


async def find_by_third_party(
    connection: Connection, app_id: str, tenant_id: str, third_party: ThirdParty
) -> Found | None:
    """Who signs in to a tenant with this account at a provider."""
    user = _only(
        await connection.fetch_all(
            FIND_BY_THIRD_PARTY,
            app_id=app_id,
            tenant_id=tenant_id,
            third_party_id=third_party.id,
            third_party_user_id=third_party.user_id,
        )
    )
    return _found(user, tenant_id, lambda item: item.third_party == third_party)


async def list_by_account_info(connection: Connection, app_id: str, tenant_id: str, wanted: AccountInfo) -> list[User]:
    """The people with a login method in this tenant that has any of these, first joined first."""
    rows = await connection.fetch_all(
        LIST_BY_ACCOUNT_INFO,
        app_id=app_id,
        tenant_id=tenant_id,
        credential_id=wanted.credential_id,
        **_account_info(wanted),
    )
    return sorted(read_users(rows), key=lambda user: (user.time_joined, user.internal_id))


async def list_users(connection: Connection, app_id: str, user_ids: Iterable[str]) -> dict[str, User]:
    """The people with these ids (their own, internal), by id."""
    rows = await connection.fetch_all(LIST_BY_IDS, app_id=app_id, user_ids=list(user_ids))
    return {user.internal_id: user for user in read_users(rows)}


async def is_internal_id(connection: Connection, app_id: str, user_id: str) -> bool:
    """Whether this is the internal id of a person or a login method."""
    return await connection.fetch_one(IS_INTERNAL_ID, app_id=app_id, user_id=user_id) is not None


async def lock_user(tx: Connection, app_id: str, user_id: str) -> User | None:
    """`find_user_by_any_id`, and nobody else changes this person until the transaction ends."""
    (user,) = await lock_users(tx, app_id, user_id)
    return user


async def lock_users(tx: Connection, app_id: str, *user_ids: str) -> list[User | None]:
    """The people that these ids (of any kind) belong to, locked: always in one order, so that callers cannot block."""
    locked: set[str] = set()
    while True:
        users = [await find_user_by_any_id(tx, app_id, user_id) for user_id in user_ids]
        unlocked = {user.internal_id for user in users if user is not None} - locked
        if not unlocked:
            return users
        # Read again once locked: until then a login method may have been linked elsewhere. Only a row that came back is
        # locked: one that was deleted while we waited (linked) may be there again (unlinked), as another row.
        rows = await tx.fetch_all(LOCK, app_id=app_id, user_ids=sorted(unlocked))
        locked |= {row["user_id"] for row in rows}


async def create_user(tx: Connection, app_id: str, user_id: str, time_joined: int) -> None:
    """Create a person that is not a primary user."""
    await tx.execute(CREATE_USER, app_id=app_id, user_id=user_id, is_primary=False, time_joined=time_joined)


async def create_login_method(tx: Connection, app_id: str, new: NewLoginMethod) -> None:
    """Create a login method of the person with the same id, in no tenant yet."""
    await tx.execute(
        CREATE_LOGIN_METHOD,
        app_id=app_id,
        recipe_user_id=new.internal_id,
        recipe_id=new.recipe_id,
        time_joined=new.time_joined,
        **_account_info(new),
    )


async def join_tenant(
    tx: Connection, app_id: str, tenant_id: str, method: NewLoginMethod | LoginMethod, user: User | None = None
) -> bool:
    """Associate a login method with a tenant; False, and nothing changed, when its account info is taken there.

    user: the person it belongs to, unless it is on its own.
    """
    joined = await tx.fetch_one(
        JOIN_TENANT,
        app_id=app_id,
        tenant_id=tenant_id,
        recipe_user_id=method.internal_id,
        user_id=user.internal_id if user else method.internal_id,
        user_time_joined=user.time_joined if user else method.time_joined,
        recipe_id=method.recipe_id,
        **_account_info(method),
    )
    return joined is not None


async def leave_tenant(tx: Connection, app_id: str, tenant_id: str, recipe_user_id: str) -> bool:
    """End the association of a login method with a tenant; whether there was one."""
    return await tx.execute(LEAVE_TENANT, app_id=app_id, tenant_id=tenant_id, recipe_user_id=recipe_user_id) > 0


async def find_taken(tx: Connection, app_id: str, tenant_ids: tuple[str, ...], method: LoginMethod) -> Row | None:
    """E-mail and phone number of another login method of the recipe that stands in the way in one of the tenants."""
    return await tx.fetch_one(
        FIND_TAKEN,
        app_id=app_id,
        tenant_ids=tenant_ids,
        recipe_id=method.recipe_id,
        recipe_user_id=method.internal_id,
        **_account_info(method),
    )


async def update_contact(
    tx: Connection, app_id: str, recipe_user_id: str, email: str | None, phone_number: str | None
) -> None:
    """Set e-mail and phone number. Raises UniqueViolation when another login method of the recipe has one of them."""
    for query in (UPDATE_CONTACT_IN_TENANTS, UPDATE_CONTACT):
        await tx.execute(query, app_id=app_id, recipe_user_id=recipe_user_id, email=email, phone_number=phone_number)


def read_users(rows: Iterable[Row]) -> list[User]:
    """Put the rows of WHOLE_USERS together; the people are in no particular order."""
    by_user: dict[str, dict[str, list[Row]]] = {}
    for row in rows:
        by_user.setdefault(row["user_id"], {}).setdefault(row["recipe_user_id"], []).append(row)
    return [_user(list(methods.values())) for methods in by_user.values()]


def _user(methods: list[list[Row]]) -> User:
    row = methods[0][0]
    return User(
        internal_id=row["user_id"],
        id=row["user_external_id"] or row["user_id"],
        is_primary=bool(row["is_primary"]),
        time_joined=row["user_time_joined"],
        login_methods=tuple(sorted(map(_login_method, methods), key=lambda item: (item.time_joined, item.internal_id))),
        last_active_at=row["last_active_at"],
    )


def _login_method(rows: list[Row]) -> LoginMethod:
    row = rows[0]
    third_party_id = row["third_party_id"]
    return LoginMethod(
        recipe_id=row["recipe_id"],
        internal_id=row["recipe_user_id"],
        id=row["external_id"] or row["recipe_user_id"],
        time_joined=row["time_joined"],
        tenant_ids=tuple(sorted({item["tenant_id"] for item in rows if item["tenant_id"] is not None})),
        # A phone number without an e-mail was proven by the code that created it.
        is_verified=row["verified_email"] is not None or (row["email"] is None and row["phone_number"] is not None),
        email=row["email"],
        phone_number=row["phone_number"],
        third_party=None if third_party_id is None else ThirdParty(third_party_id, row["third_party_user_id"]),
        credential_ids=tuple(credential_id for _, credential_id in sorted(_credentials(rows))),
    )


def _credentials(rows: list[Row]) -> set[tuple[int, str]]:
    return {(row["credential_created_at"], row["credential_id"]) for row in rows if row["credential_id"] is not None}


def _only(rows: list[Row]) -> User | None:
    users = read_users(rows)
    return users[0] if users else None


def _found(user: User | None, tenant_id: str, matches: Callable[[LoginMethod], bool]) -> Found | None:
    if user is None:
        return None
    method = next(item for item in user.login_methods if tenant_id in item.tenant_ids and matches(item))
    return Found(user, method)


def _account_info(method: NewLoginMethod | LoginMethod | AccountInfo) -> dict[str, str | None]:
    third_party = method.third_party
    return {
        "email": method.email,
        "phone_number": method.phone_number,
        "third_party_id": third_party.id if third_party else None,
        "third_party_user_id": third_party.user_id if third_party else None,
    }
