# SPDX-License-Identifier: Apache-2.0
"""Creating login methods: what may exist only once, and where."""

import asyncio

import pytest

from tests.core.users.people import APP, People
from twofold.core.errors import BadRequest
from twofold.core.storage import Database
from twofold.core.users import rules, store
from twofold.core.users.model import NewLoginMethod, ThirdParty, User


async def created(database: Database, new: NewLoginMethod, tenant_id: str = "public", app_id: str = APP) -> User | None:
    """Create a login method."""
    return await database.transaction(lambda tx: rules.create_login_method(tx, app_id, tenant_id, new))


async def test_created_person_is_as_it_is_read(database: Database, people: People) -> None:
    """What creating answers is what every later look-up finds."""
    by_email = await created(database, people.new("a@example.com", has_verified_email=True))
    by_phone = await created(database, people.new(phone_number="+442079460958"))
    by_google = await created(database, people.new("a@example.com", third_party=ThirdParty("google", "g")), "t1")

    for user in (by_email, by_phone, by_google):
        assert user is not None
        assert await store.find_user_by_any_id(database, APP, user.internal_id) == user


@pytest.mark.parametrize(
    "values",
    [
        {"email": "a@example.com"},
        {"email": "a@example.com", "recipe_id": "passwordless"},
        {"phone_number": "+442079460958"},
        {"email": "a@example.com", "third_party": ThirdParty("google", "g-1")},
    ],
)
async def test_same_account_info_twice_is_refused(database: Database, people: People, values: dict[str, str]) -> None:
    """In a tenant, each recipe has an account info once; another tenant, or another app, knows nothing of it."""
    await people.create(**values)

    assert await created(database, people.new(**values)) is None
    assert await created(database, people.new(**values), "t1") is not None
    assert await created(database, people.new(**values), app_id="other") is not None
    await people.require_consistent()


async def test_email_may_repeat_across_recipes_and_third_parties(people: People) -> None:
    """One e-mail signs in with a password, a code, and any number of accounts at providers."""
    await people.create("a@example.com")
    await people.create("a@example.com", recipe_id="passwordless")
    await people.create_with_google("g-1", "a@example.com")
    await people.create_with_google("g-2", "a@example.com")

    await people.require_consistent()


async def test_email_of_a_primary_user_does_not_stop_a_sign_up(people: People) -> None:
    """A login method on its own is never blocked by what primary users claim."""
    await people.make_primary(await people.create("a@example.com"))

    await people.create("a@example.com", recipe_id="passwordless")


async def test_one_of_many_sign_ups_at_once_wins(database: Database, people: People) -> None:
    """Fifty sign-ups of one e-mail make one user, and leave nothing of the others."""
    answers = await asyncio.gather(*(created(database, people.new("a@example.com")) for _ in range(50)))

    winners = [user for user in answers if user is not None]
    assert len(winners) == 1
    assert await people.exists(winners[0].internal_id)
    await people.require_consistent()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"email": "a" * 257}, "email"),
        ({"phone_number": "1" * 257}, "phoneNumber"),
        ({"email": "a", "third_party": ThirdParty("g" * 29, "1")}, "thirdPartyId"),
        ({"email": "a", "third_party": ThirdParty("g", "1" * 257)}, "thirdPartyUserId"),
    ],
)
async def test_too_long_values_are_bad_requests(
    database: Database, people: People, values: dict[str, str], field: str
) -> None:
    """What would not fit the incumbent's columns is refused with the field's name."""
    with pytest.raises(BadRequest, match=f"'{field}' is too long: at most"):
        await created(database, people.new(**values))


async def test_longest_values_fit(people: People) -> None:
    """Values at the limit, of the longest characters, can be stored and claimed on both databases."""
    widest = "\N{GRINNING FACE}"

    user_id = await people.create(widest * 256, third_party=ThirdParty(widest * 28, widest * 256))
    await people.make_primary(user_id)
    await people.map(user_id, widest * 128)

    await people.require_consistent()
