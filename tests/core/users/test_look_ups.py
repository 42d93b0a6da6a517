# SPDX-License-Identifier: Apache-2.0
"""Finding people, by every id and by every account info."""

import pytest

from tests.core.users.people import APP, People
from twofold.core.errors import BadRequest
from twofold.core.storage import Database, Query
from twofold.core.storage.database import Connection, Row
from twofold.core.users import last_active, rules, store, verified
from twofold.core.users.model import AccountInfo, Found, ThirdParty, User, UserIds

PHONE = "+442079460958"


class Counting:
    """A connection that counts its statements."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.statements = 0

    async def fetch_all(self, query: Query, /, **values: str) -> list[Row]:
        """Pass on a query."""
        self.statements += 1
        return await self.connection.fetch_all(query, **values)


async def test_every_id_leads_to_the_whole_person(people: People) -> None:
    """Internal and external ids, of the person and of its members, all find the same."""
    one, two = await people.create("a@example.com"), await people.create("b@example.com")
    await people.group(one, two)
    await people.map(one, "ext-1")
    await people.map(two, "ext-2")

    user = await people.find(one)

    assert (user.internal_id, user.id, user.is_primary) == (one, "ext-1", True)
    assert [item.id for item in user.login_methods] == ["ext-1", "ext-2"]
    for user_id in (two, "ext-1", "ext-2"):
        assert await people.find(user_id) == user
    assert user.every_id == {one, two, "ext-1", "ext-2"}


async def test_internal_id_is_tried_before_an_external_one(people: People) -> None:
    """An external id that is another's internal id names that other."""
    one, two = await people.create("a@example.com"), await people.create("b@example.com")
    await people.map(two, one)

    assert (await people.find(one)).internal_id == one


async def test_id_of_a_group_outlives_its_login_method(people: People, database: Database) -> None:
    """The primary id, and its external id, go on naming the group."""
    primary = await people.group(await people.create("a@example.com"), await people.create("b@example.com"))
    await people.map(primary, "ext-1")
    await people.delete(primary, everything=False)

    assert [item.internal_id for item in (await people.find("ext-1")).login_methods] == ["u2"]
    assert await store.find_user_ids(database, APP, primary) == UserIds(primary, "ext-1", primary, "ext-1")
    assert await store.find_user_ids(database, APP, "u2") == UserIds("u2", "u2", primary, "ext-1")
    assert await store.primary_user_id_of(database, APP, "u2") == "ext-1"


async def test_unknown_id_finds_nobody(people: People, database: Database) -> None:
    """An unknown id, or one of another app, is nobody's."""
    await people.create("a@example.com")

    assert not await people.exists("nobody")
    assert await store.find_user_by_any_id(database, "other", "u1") is None
    assert await store.find_user_ids(database, APP, "nobody") is None
    assert await store.primary_user_id_of(database, APP, "nobody") == "nobody"


async def test_whole_person_costs_one_statement(people: People, database: Database) -> None:
    """Three login methods in two tenants come with one round trip."""
    primary = await people.group(
        await people.create("a@example.com"),
        await people.create(phone_number=PHONE),
        await people.create_with_google("g", "c@example.com"),
    )
    await people.add_to_tenant("t1", primary)
    counting = Counting(database)

    user = await store.find_user_by_any_id(counting, APP, "u3")  # type: ignore[arg-type]  # one method is enough

    assert user is not None
    assert [item.tenant_ids for item in user.login_methods] == [("public", "t1"), ("public",), ("public",)]
    assert counting.statements == 1


async def test_sign_in_finds_the_login_method_in_its_tenant(people: People, database: Database) -> None:
    """A look-up for sign-in names the whole person and the login method that matched, in that tenant only."""
    primary = await people.group(
        await people.create("a@example.com"),
        await people.create("a@example.com", phone_number=PHONE),
        await people.create_with_google("g", "a@example.com"),
    )
    user = await people.find(primary)
    by_password, by_code, by_google = user.login_methods

    async def everything(tenant_id: str) -> list[Found | None]:
        return [
            await store.find_by_email(database, APP, tenant_id, "emailpassword", "a@example.com"),
            await store.find_by_email(database, APP, tenant_id, "passwordless", "a@example.com"),
            await store.find_by_phone_number(database, APP, tenant_id, "passwordless", PHONE),
            await store.find_by_third_party(database, APP, tenant_id, ThirdParty("google", "g")),
        ]

    assert await everything("public") == [
        Found(user, by_password),
        Found(user, by_code),
        Found(user, by_code),
        Found(user, by_google),
    ]
    assert await everything("t1") == [None] * 4
    assert await store.find_by_email(database, APP, "public", "webauthn", "a@example.com") is None


async def listed(database: Database, *, is_union: bool, tenant_id: str = "public", **wanted: object) -> list[str]:
    """The ids of those with these account infos."""
    info = AccountInfo(**wanted)  # type: ignore[arg-type]  # from a test
    users = await rules.list_by_account_info(database, APP, tenant_id, info, is_union=is_union)
    return [user.internal_id for user in users]


async def test_people_are_listed_by_account_info(people: People, database: Database) -> None:
    """A union has all who match something, first joined first; without it, all must match, in any tenant and method."""
    await people.group(await people.create("a@example.com"), await people.create(phone_number=PHONE, tenant_id="t1"))
    await people.create("a@example.com", recipe_id="passwordless")
    await people.create_with_google("g", "c@example.com")
    google = ThirdParty("google", "g")

    assert await listed(database, is_union=True, email="a@example.com") == ["u1", "u3"]
    assert await listed(database, is_union=True, email="a@example.com", third_party=google) == ["u1", "u3", "u4"]
    assert await listed(database, is_union=False, email="a@example.com", phone_number=PHONE) == ["u1"]
    assert await listed(database, is_union=False, email="a@example.com", third_party=google) == []
    assert await listed(database, is_union=False, email="a@example.com", credential_id="x") == []
    assert await listed(database, is_union=True, phone_number=PHONE) == []
    assert await listed(database, is_union=True, phone_number=PHONE, tenant_id="t1") == ["u1"]
    assert await listed(database, is_union=True) == []


async def test_verified_follows_effective_id_and_email(people: People, database: Database) -> None:
    """A login method is verified when its own e-mail is marked under its effective id."""

    async def is_shown_verified(user_id: str) -> bool:
        return (await people.find(user_id)).login_methods[0].is_verified

    user_id = await people.create("a@example.com", has_verified_email=True)
    assert await is_shown_verified(user_id)
    assert await verified.is_verified(database, APP, user_id, "a@example.com")

    await people.map(user_id, "ext-1")
    assert not await is_shown_verified(user_id)
    await verified.move_verified(database, APP, user_id, "ext-1")
    assert await is_shown_verified(user_id)
    assert not await verified.has_verified(database, APP, user_id)

    await people.change(user_id, email="b@example.com")
    assert not await is_shown_verified(user_id)
    await verified.mark_verified(database, APP, "ext-1", "b@example.com")
    assert await is_shown_verified(user_id)
    await verified.unverify(database, APP, "ext-1", "b@example.com")
    assert not await is_shown_verified(user_id)


async def test_phone_number_alone_is_verified(people: People) -> None:
    """A phone number was proven by the code that made the user; an e-mail beside it is another matter."""
    alone = await people.create(phone_number=PHONE)
    with_email = await people.create("a@example.com", phone_number="+442079460959")

    assert (await people.find(alone)).login_methods[0].is_verified
    assert not (await people.find(with_email)).login_methods[0].is_verified


@pytest.mark.parametrize(("later_ms", "expected"), [(0, 0), (300_000, 0), (300_001, 1)])
async def test_last_active_is_written_every_five_minutes(database: Database, later_ms: int, expected: int) -> None:
    """Within five minutes of the last write, nothing is written."""
    await last_active.touch_last_active(database, APP, "u1", 1_000_000)

    await last_active.touch_last_active(database, APP, "u1", 1_000_000 + later_ms)

    assert await last_active.count_active(database, APP, 1_000_001) == expected
    assert await last_active.count_active(database, APP, 1_000_000) == 1
    assert await last_active.count_active(database, "other", 0) == 0


async def test_too_long_ids_are_bad_requests(database: Database) -> None:
    """Any string may be an id that clients ask about, up to the limit of external ids."""
    with pytest.raises(BadRequest, match="'userId' is too long"):
        await verified.mark_verified(database, APP, "u" * 129, "a@example.com")
    with pytest.raises(BadRequest, match="'email' is too long"):
        await verified.mark_verified(database, APP, "u" * 128, "a" * 257)
    with pytest.raises(BadRequest, match="'userId' is too long"):
        await last_active.touch_last_active(database, APP, "u" * 129, 1)


async def test_shown_with_one_login_method(people: People) -> None:
    """A person can be narrowed to one of its login methods."""
    user = await people.find(await people.group(await people.create("a@x.io"), await people.create("b@x.io")))
    narrowed: User = user.only(user.login_methods[1])

    assert (narrowed.internal_id, narrowed.login_methods) == ("u1", user.login_methods[1:])
    assert user.without(user.login_methods[1]).login_methods == user.login_methods[:1]
    assert user.login_methods[0].is_named("u1")
    assert not user.login_methods[0].is_named("u2")
