# SPDX-License-Identifier: Apache-2.0
"""Where a login method may be used: adding it to a tenant and removing it."""

import pytest

from tests.core.users.people import APP, RECIPES, People
from twofold.core._recipe import CoreRecipe, UserData
from twofold.core.storage import Database
from twofold.core.storage.database import Connection
from twofold.core.users import rules, store
from twofold.core.users.rules import Refused

PHONE = "+442079460958"


async def refusal(people: People, user_id: str) -> dict[str, str]:
    """The answer with which an association with t1 is refused; nothing of it stays."""
    before = await people.find(user_id), await people.claims()
    with pytest.raises(Refused) as caught:
        await people.add_to_tenant("t1", user_id)
    assert (await people.find(user_id), await people.claims()) == before
    return caught.value.answer


async def test_only_the_given_login_method_is_added(people: People, database: Database) -> None:
    """It signs in there from now on; the others of its group do not, but all their account infos are claimed."""
    one, two = await people.create("a@example.com"), await people.create_with_google("g", "b@example.com")
    await people.group(one, two)

    assert await people.add_to_tenant("t1", one) is False
    assert await people.add_to_tenant("t1", one) is True

    assert [item.tenant_ids for item in (await people.find(one)).login_methods] == [("public", "t1"), ("public",)]
    assert await store.find_by_email(database, APP, "t1", "emailpassword", "a@example.com") is not None
    assert ("t1", "email:b@example.com", one) in await people.claims()
    await people.require_consistent()


async def test_unknown_user_cannot_be_moved(people: People) -> None:
    """Both changes need a login method's id."""
    with pytest.raises(Refused, match="UNKNOWN_USER_ID_ERROR"):
        await people.add_to_tenant("t1", "nobody")
    with pytest.raises(Refused, match="UNKNOWN_USER_ID_ERROR"):
        await people.remove_from_tenant("t1", "nobody")


async def test_taken_account_info_is_refused(people: People) -> None:
    """The same recipe's account info stands in the way, and the answer says which."""
    await people.create("a@example.com", tenant_id="t1")
    await people.create(phone_number=PHONE, tenant_id="t1")
    await people.create_with_google("g", "c@example.com", tenant_id="t1")

    by_email, by_phone = await people.create("a@example.com"), await people.create(phone_number=PHONE)
    by_google = await people.create_with_google("g", "d@example.com")

    assert await refusal(people, by_email) == {"status": "EMAIL_ALREADY_EXISTS_ERROR"}
    assert await refusal(people, by_phone) == {"status": "PHONE_NUMBER_ALREADY_EXISTS_ERROR"}
    assert await refusal(people, by_google) == {"status": "THIRD_PARTY_USER_ALREADY_EXISTS_ERROR"}


async def test_claims_of_another_primary_user_are_refused(people: People) -> None:
    """A group may not enter a tenant where another primary user has one of its account infos."""
    primary = await people.group(await people.create("a@example.com"), await people.create(phone_number=PHONE))
    other = await people.create_with_google("g", "a@example.com", tenant_id="t1")
    await people.make_primary(other)

    assert await refusal(people, "u2") == {
        "status": "ASSOCIATION_NOT_ALLOWED_ERROR",
        "reason": f"Another primary user with email already exists: {other}",
    }
    assert (await people.find(primary)).tenant_ids == ("public",)


async def test_taken_is_told_before_claimed(people: People) -> None:
    """Two primary users with one phone number: it exists."""
    await people.make_primary(await people.create(phone_number=PHONE, tenant_id="t1"))
    mine = await people.create(phone_number=PHONE)
    await people.make_primary(mine)

    assert await refusal(people, mine) == {"status": "PHONE_NUMBER_ALREADY_EXISTS_ERROR"}


async def test_leaving_a_tenant_releases_what_nobody_needs_there(people: People) -> None:
    """The claims in the tenant end with the last member there; the last tenant can be left."""
    one, two = await people.create("a@example.com"), await people.create_with_google("g", "b@example.com")
    await people.group(one, two)
    await people.add_to_tenant("t1", one)

    assert await people.remove_from_tenant("t1", one) is True
    assert await people.remove_from_tenant("t1", one) is False
    await people.require_consistent()
    await people.remove_from_tenant("public", one)
    await people.remove_from_tenant("public", two)

    assert await people.claims() == set()
    assert (await people.find(one)).tenant_ids == ()


async def test_recipes_forget_what_they_keep_in_the_tenant(people: People, database: Database) -> None:
    """Each recipe is asked, with the effective id; having forgotten something counts as having been associated."""
    asked: list[tuple[str, str]] = []

    async def forget_in_tenant(tx: Connection, app_id: str, tenant_id: str, user_id: str) -> bool:
        asked.append((tenant_id, user_id))
        return True

    async def no(tx: Connection, app_id: str, user_id: str) -> bool:
        return False

    async def nothing(tx: Connection, app_id: str, user_id: str) -> None:
        return None

    recipe = CoreRecipe("x", RECIPES[0].endpoints, user_data=UserData("X", no, nothing, forget_in_tenant))
    user_id = await people.create("a@example.com")
    await people.map(user_id, "ext-1")

    was_any = await database.transaction(lambda tx: rules.remove_from_tenant(tx, (recipe,), APP, "t1", user_id))

    assert was_any
    assert asked == [("t1", "ext-1")]
