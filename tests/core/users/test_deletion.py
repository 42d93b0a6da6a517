# SPDX-License-Identifier: Apache-2.0
"""Deleting a person or one of its login methods, with what recipes keep of it."""

from tests.core.users.people import APP, RECIPES, People
from twofold.core._recipe import CoreRecipe
from twofold.core.recipe.usermetadata import rules as metadata
from twofold.core.storage import Database
from twofold.core.storage.database import Connection
from twofold.core.users import deletion, last_active, verified


async def keep_data(database: Database, *user_ids: str) -> None:
    """Store something of every kind under some ids."""
    for user_id in user_ids:
        await metadata.update_metadata(database, APP, user_id, {"kept": user_id})
        await verified.mark_verified(database, APP, user_id, "a@example.com")
        await last_active.touch_last_active(database, APP, user_id, 1)


async def ids_with_data(database: Database, *user_ids: str) -> list[str]:
    """Those of the ids under which something is stored; all kinds must agree."""
    with_data = []
    for user_id in user_ids:
        kept = bool(await metadata.get_metadata(database, APP, user_id))
        assert await verified.has_verified(database, APP, user_id) == kept
        if kept:
            with_data.append(user_id)
    return with_data


async def test_whole_group_is_deleted_with_its_data(people: People, database: Database) -> None:
    """By any member's id: all login methods, claims, mappings, and the data under every effective id."""
    one, two = await people.create("a@example.com"), await people.create("b@example.com")
    await people.group(one, two)
    await people.map(two, "ext-2")
    await keep_data(database, one, "ext-2", "somebody")

    await people.delete("ext-2")

    assert not await people.exists(one)
    assert not await people.exists("ext-2")
    assert await ids_with_data(database, one, "ext-2", "somebody") == ["somebody"]
    assert await last_active.count_active(database, APP, 0) == 2, "ext-2 and somebody are no users' rows"
    await people.require_consistent()
    await people.create("a@example.com")
    await people.map(await people.create("b@example.com"), "ext-2")


async def test_one_member_is_deleted_alone(people: People, database: Database) -> None:
    """The login method, its data and its part of the claims go; the group joined when the first that is left did."""
    one, two = await people.create("a@example.com"), await people.create("b@example.com")
    await people.group(two, one)
    await keep_data(database, one, two)

    await people.delete(one, everything=False)

    assert not await people.exists(one)
    assert (await people.find(two)).time_joined == 2
    assert await ids_with_data(database, one, two) == [two]
    await people.require_consistent()


async def test_primary_id_keeps_its_data_while_the_group_lives(people: People, database: Database) -> None:
    """Deleting the login method that gave the group its id keeps that id, its mapping and its data to the end."""
    one, two, three = [await people.create(f"{name}@example.com") for name in "abc"]
    await people.group(one, two, three)
    await people.map(one, "ext-1")
    await keep_data(database, "ext-1", two, three)

    await people.delete("ext-1", everything=False)
    assert [item.internal_id for item in (await people.find("ext-1")).login_methods] == [two, three]
    assert await ids_with_data(database, "ext-1", two, three) == ["ext-1", two, three]
    await people.require_consistent()
    await people.delete("ext-1", everything=False)
    assert await people.exists("ext-1"), "there is no login method with this id any more"

    await people.delete(two, everything=False)
    await people.delete(three, everything=False)

    assert await ids_with_data(database, "ext-1", two, three) == []
    assert not await people.exists("ext-1")
    assert not await people.exists(one)
    assert await people.claims() == set()


async def test_data_of_another_user_is_left_alone(people: People, database: Database) -> None:
    """A forced mapping can point to another user's id: what is stored there is the other's."""
    one, two = await people.create("a@example.com"), await people.create("b@example.com")
    await people.map(one, two)
    await keep_data(database, two)

    await people.delete(one)

    assert await ids_with_data(database, two) == [two]
    assert await people.exists(two)


async def test_unknown_user_is_as_good_as_deleted(people: People) -> None:
    """Deleting nobody is no error."""
    await people.delete("nobody")

    assert not await people.exists("nobody")


async def test_recipes_forget_their_login_methods(people: People, database: Database) -> None:
    """Each recipe is told the internal id of each deleted login method, in the same transaction."""
    told: list[str] = []

    async def forget(tx: Connection, app_id: str, recipe_user_id: str) -> None:
        told.append(recipe_user_id)

    recipe = CoreRecipe("x", RECIPES[0].endpoints, forget_login_method=forget)
    one, two = await people.create("a@example.com"), await people.create("b@example.com")
    await people.group(one, two)
    await people.map(two, "ext-2")

    await database.transaction(
        lambda tx: deletion.delete_user(tx, (recipe,), APP, one, 1, remove_all_linked_accounts=True)
    )

    assert told == [one, two]
