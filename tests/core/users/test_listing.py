# SPDX-License-Identifier: Apache-2.0
"""Listing, searching and counting people."""

from tests.core.users.people import APP, People
from twofold.core.storage import Database
from twofold.core.users import listing
from twofold.core.users.listing import Order, PageRequest, Position, Search
from twofold.core.users.model import ThirdParty

PHONE = "+442079460958"


async def page(database: Database, order: Order = "ASC", limit: int = 100, **more: object) -> list[str]:
    """The ids on a page of the public tenant."""
    wanted = PageRequest(order, limit, **more)  # type: ignore[arg-type]  # from a test
    return [user.internal_id for user in await listing.list_page(database, APP, "public", wanted)]


async def found(database: Database, **terms: tuple[str, ...]) -> list[str]:
    """The ids that a search finds in the public tenant."""
    return [user.internal_id for user in await listing.search(database, APP, "public", Search(**terms), "ASC")]


async def test_order_and_ties(people: People, database: Database) -> None:
    """By time of joining in either direction; of those who joined together, the greater id first in both."""
    for number, time_joined in enumerate((10, 20, 20, 20, 30)):
        await people.create(f"{number}@example.com", time_joined=time_joined)

    assert await page(database) == ["u1", "u4", "u3", "u2", "u5"]
    assert await page(database, "DESC") == ["u5", "u4", "u3", "u2", "u1"]


async def test_page_starts_at_its_position(people: People, database: Database) -> None:
    """The position's own user is the first, also in the middle of a tie; if it is gone, the one after it."""
    for number, time_joined in enumerate((10, 20, 20, 20, 30)):
        await people.create(f"{number}@example.com", time_joined=time_joined)
    middle = Position(20, "u3")

    assert await page(database, start=middle) == ["u3", "u2", "u5"]
    assert await page(database, "DESC", start=middle) == ["u3", "u2", "u1"]
    assert await page(database, start=middle, limit=2) == ["u3", "u2"]
    await people.delete("u3")
    assert await page(database, start=middle) == ["u2", "u5"]


async def test_group_is_one_entry_at_its_own_time(people: People, database: Database) -> None:
    """Linked login methods count once, where the first of them joined, in each tenant that any of them is in."""
    early, late = await people.create("a@example.com", tenant_id="t1"), await people.create("b@example.com")
    await people.create("c@example.com")
    await people.group(late, early)

    assert await page(database) == ["u2", "u3"]
    assert (await people.find("u2")).time_joined == 1
    assert await listing.count(database, APP, "public", None) == 2
    assert await listing.count(database, APP, "t1", None) == 1
    assert await listing.count(database, APP, None, None) == 2
    assert await listing.count(database, "other", None, None) == 0


async def test_page_is_full_of_people(people: People, database: Database) -> None:
    """The login methods of a group take one place on a page, of whatever recipes it is."""
    for number in range(6):
        await people.create(f"{number}@example.com")
    await people.group("u1", "u2")
    await people.group("u1", "u3")

    assert await page(database, limit=3) == ["u1", "u4", "u5"]
    assert await page(database, "DESC", limit=4) == ["u6", "u5", "u4", "u1"]
    assert await page(database, limit=3, recipe_ids=["emailpassword"]) == ["u1", "u4", "u5"]


async def test_recipes_filter(people: People, database: Database) -> None:
    """A person counts when it can use one of the recipes in that tenant."""
    await people.group(await people.create("a@example.com"), await people.create(phone_number=PHONE, tenant_id="t1"))
    await people.create_with_google("g", "c@example.com")

    assert await page(database, recipe_ids=["passwordless"]) == []
    assert await page(database, "DESC", recipe_ids=["thirdparty", "emailpassword"]) == ["u3", "u1"]
    assert await listing.count(database, APP, "public", ["passwordless"]) == 0
    assert await listing.count(database, APP, "t1", ["passwordless"]) == 1
    assert await listing.count(database, APP, None, ["passwordless", "thirdparty"]) == 2


async def test_search_by_prefix(people: People, database: Database) -> None:
    """An e-mail matches by its beginning or its domain's, a phone number and a provider by theirs."""
    await people.create("anna@example.com")
    await people.create("bert@anna.example")
    await people.create_with_google("g", "carl@example.com")
    await people.create(phone_number=PHONE)
    await people.create("anna@elsewhere.example", tenant_id="t1")

    assert await found(database, emails=("anna",)) == ["u1", "u2"]
    assert await found(database, emails=("example",)) == ["u1", "u3"]
    assert await found(database, emails=("nna",)) == []
    assert await found(database, emails=("bert", "carl@")) == ["u2", "u3"]
    assert await found(database, phone_numbers=("+4420",)) == ["u4"]
    assert await found(database, providers=("goo",)) == ["u3"]
    assert await found(database, providers=("oogle",)) == []


async def test_search_by_the_domain(people: People, database: Database) -> None:
    """The domain begins after the last @, and who is found twice is there once."""
    await people.create('"anna@home"@example.com')
    await people.create("example@example.com")
    await people.group(await people.create("c@example.com"), await people.create("example@elsewhere.example"))

    assert await found(database, emails=("example",)) == ["u1", "u2", "u3"]
    assert await found(database, emails=("home",)) == []


async def test_prefix_ends_where_its_letters_do(people: People, database: Database) -> None:
    """Any character may follow a prefix, and none but its own may be in it, whatever the server's language."""
    for email in ("müller@example.com", "mu@example.com", "mü@example.com", "mz@example.com", "m-a@example.com"):
        await people.create(email)

    assert await found(database, emails=("mü",)) == ["u1", "u3"]
    assert await found(database, emails=("mu",)) == ["u2"]
    assert await found(database, emails=("m-",)) == ["u5"]


async def test_search_kinds_must_meet_in_one_login_method(people: People, database: Database) -> None:
    """Terms of several kinds are about one login method, not about one person."""
    await people.group(await people.create_with_google("g", "a@example.com"), await people.create(phone_number=PHONE))

    assert await found(database, emails=("a@",), providers=("google",)) == ["u1"]
    assert await found(database, phone_numbers=("+44",), providers=("google",)) == []


async def test_wildcards_are_taken_literally(people: People, database: Database) -> None:
    """What SQL would read as a wildcard, or as our escape, stands for itself."""
    await people.create("a_b%c!d@example.com")
    await people.create("axbxcxd@example.com")

    assert await found(database, emails=("a_b%c!d@",)) == ["u1"]
    assert await found(database, emails=("%",)) == []
    assert await found(database, emails=("a_",)) == ["u1"]


async def test_provider_is_found_in_any_case(people: People, database: Database) -> None:
    """A provider's id may have capitals; terms have none."""
    await people.create("a@example.com", third_party=ThirdParty("Google-Workspaces", "g"))

    assert await found(database, providers=("google",)) == ["u1"]
