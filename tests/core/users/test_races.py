# SPDX-License-Identifier: Apache-2.0
"""Many changes of the same people at once: what is promised of them holds afterwards, whatever the order was."""

import asyncio
from collections.abc import Awaitable
from random import Random

import pytest

from tests.core.users.people import People
from twofold.core.errors import BadRequest
from twofold.core.users.rules import Refused


async def outcome(change: Awaitable[object]) -> str:
    """How a change ended; a rule may refuse it, but nothing else may go wrong."""
    try:
        await change
    except (Refused, BadRequest) as error:
        return str(error)
    return "OK"


async def test_one_of_many_primary_users_has_an_email(people: People) -> None:
    """Twenty users with one e-mail are made primary at once: one is, and the others are told whose it is."""
    user_ids = [await people.create_with_google(f"g-{number}", "a@example.com") for number in range(20)]

    outcomes = await asyncio.gather(*(outcome(people.make_primary(user_id)) for user_id in user_ids))

    assert outcomes.count("OK") == 1
    assert set(outcomes) == {"OK", "ACCOUNT_INFO_ALREADY_ASSOCIATED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR"}
    await people.require_consistent()


async def test_login_method_is_linked_to_one_of_many(people: People) -> None:
    """Ten primary users that one login method is linked to at once: it belongs to one of them."""
    primary_ids = [await people.create(f"{number}@example.com") for number in range(10)]
    for primary_id in primary_ids:
        await people.make_primary(primary_id)
    member = await people.create("m@example.com")

    outcomes = await asyncio.gather(*(outcome(people.link(member, primary_id)) for primary_id in primary_ids))

    assert outcomes.count("OK") == 1
    assert (await people.find(member)).internal_id == primary_ids[outcomes.index("OK")]
    await people.require_consistent()


async def test_two_people_link_each_other(people: People) -> None:
    """Each is made primary and linked to the other at once, and nobody waits for ever."""
    one, two = await people.create("a@example.com"), await people.create("b@example.com")

    await asyncio.gather(
        *(
            outcome(change)
            for _ in range(5)
            for change in (people.group(one, two), people.group(two, one), people.unlink(one), people.unlink(two))
        )
    )

    await people.require_consistent()


@pytest.mark.parametrize("seed", [1, 2, 3, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(4, 44))])
async def test_everything_at_once_leaves_people_consistent(people: People, seed: int) -> None:
    """Linking, parting, making primary, moving, changing and deleting the same few people at once."""
    random = Random(seed)
    user_ids = [await people.create_with_google(f"g-{number}", f"{number % 3}@example.com") for number in range(6)]

    def change() -> Awaitable[object]:
        one, two = random.choice(user_ids), random.choice(user_ids)
        changes: list[Awaitable[object]] = [
            people.make_primary(one),
            people.link(one, two),
            people.link(two, one),
            people.unlink(one),
            people.add_to_tenant("t1", one),
            people.remove_from_tenant("t1", one),
        ]
        chosen = random.randrange(len(changes))
        for other, unused in enumerate(changes):
            if other != chosen:
                unused.close()  # type: ignore[attr-defined]  # a coroutine
        return changes[chosen]

    for _ in range(4):
        outcomes = await asyncio.gather(*(outcome(change()) for _ in range(15)))
        assert "OK" in outcomes
        await people.require_consistent()

    await asyncio.gather(*(outcome(people.delete(user_id, everything=False)) for user_id in user_ids))
    await people.require_consistent()
