# SPDX-License-Identifier: Apache-2.0
"""Changing the e-mail or phone number of a login method."""

import asyncio

import pytest

from tests.core.users.people import People
from twofold.core.errors import BadRequest
from twofold.core.users.rules import Refused

PHONE, OTHER_PHONE = "+442079460958", "+442079460959"


async def refusal(people: People, user_id: str, recipe_id: str = "emailpassword", **contact: str | None) -> str:
    """The status with which a change is refused; nothing of it stays."""
    before = await people.find(user_id), await people.claims()
    with pytest.raises(Refused) as caught:
        await people.change(user_id, recipe_id, **contact)
    assert (await people.find(user_id), await people.claims()) == before
    return str(caught.value.answer["status"])


async def test_email_changes_everywhere(people: People) -> None:
    """The new e-mail signs in, in every tenant, and the old one is free."""
    user_id = await people.create("a@example.com")
    await people.add_to_tenant("t1", user_id)

    await people.change(user_id, email="b@example.com")

    assert (await people.find(user_id)).login_methods[0].email == "b@example.com"
    assert await refusal(people, await people.create("a@example.com"), email="b@example.com") == (
        "EMAIL_ALREADY_EXISTS_ERROR"
    )
    await people.require_consistent()


async def test_same_value_again_is_fine(people: People) -> None:
    """Setting what is set changes nothing and is no error."""
    user_id = await people.create("a@example.com")

    await people.change(user_id, email="a@example.com")

    assert (await people.find(user_id)).login_methods[0].email == "a@example.com"


async def test_only_the_recipes_own_login_methods_are_changed(people: People) -> None:
    """An unknown id, and one of another recipe, are unknown users."""
    user_id = await people.create(phone_number=PHONE)

    assert await refusal(people, user_id, "emailpassword", email="a@example.com") == "UNKNOWN_USER_ID_ERROR"
    with pytest.raises(Refused, match="UNKNOWN_USER_ID_ERROR"):
        await people.change("nobody", email="a@example.com")


async def test_clash_counts_in_shared_tenants_only(people: People) -> None:
    """The same recipe's login method stands in the way in a tenant that both are in, and nowhere else."""
    here = await people.create("a@example.com")
    await people.create("b@example.com", tenant_id="t1")
    await people.create(phone_number=PHONE, tenant_id="public")
    by_code = await people.create("c@example.com", recipe_id="passwordless")

    await people.change(here, email="b@example.com")

    await people.change(by_code, "passwordless", email="b@example.com")
    assert await refusal(people, by_code, "passwordless", phone_number=PHONE) == "PHONE_NUMBER_ALREADY_EXISTS_ERROR"
    await people.require_consistent()


async def test_third_parties_may_share_an_email(people: People) -> None:
    """An account at a provider takes any e-mail."""
    one = await people.create_with_google("g-1", "a@example.com")
    await people.create_with_google("g-2", "b@example.com")

    await people.change(one, "thirdparty", email="b@example.com")

    assert (await people.find(one)).login_methods[0].email == "b@example.com"


async def test_primary_user_may_not_take_what_another_claims(people: People) -> None:
    """A member of a group is told that the change is not allowed; a standalone login method takes the value."""
    member = await people.create("b@example.com")
    await people.make_primary(member)
    await people.make_primary(await people.create("a@example.com", recipe_id="passwordless"))
    standalone = await people.create("c@example.com")

    assert await refusal(people, member, email="a@example.com") == "EMAIL_CHANGE_NOT_ALLOWED_ERROR"
    await people.change(standalone, email="a@example.com")
    await people.require_consistent()


async def test_clash_with_the_same_recipe(people: People) -> None:
    """A clash is "exists" for all but one case: between two primary users it is "not allowed"."""
    primary = await people.create("a@example.com")
    await people.make_primary(primary)
    other = await people.create("b@example.com")
    await people.make_primary(other)
    standalone = await people.create("c@example.com")

    assert await refusal(people, primary, email="b@example.com") == "EMAIL_CHANGE_NOT_ALLOWED_ERROR"
    assert await refusal(people, primary, email="c@example.com") == "EMAIL_ALREADY_EXISTS_ERROR"
    assert await refusal(people, standalone, email="a@example.com") == "EMAIL_ALREADY_EXISTS_ERROR"


async def test_claimed_phone_number_is_not_allowed(people: People) -> None:
    """Phone numbers follow the rule of e-mails."""
    member = await people.create(phone_number=PHONE)
    await people.make_primary(member)
    await people.make_primary(await people.create(phone_number=OTHER_PHONE))

    assert await refusal(people, member, "passwordless", phone_number=OTHER_PHONE) == (
        "PHONE_NUMBER_CHANGE_NOT_ALLOWED_ERROR"
    )


async def test_old_value_stays_claimed_while_a_member_has_it(people: People) -> None:
    """A claim ends with the last member that has the value."""
    one, two = await people.create("a@example.com"), await people.create_with_google("g", "a@example.com")
    await people.group(one, two)

    await people.change(one, email="b@example.com")
    assert ("public", "email:a@example.com", one) in await people.claims()
    await people.change(two, "thirdparty", email="b@example.com")

    assert ("public", "email:a@example.com", one) not in await people.claims()
    await people.require_consistent()


async def test_one_contact_can_be_cleared_but_not_both(people: People) -> None:
    """Without e-mail and phone number nobody could sign in."""
    user_id = await people.create("a@example.com", phone_number=PHONE)

    await people.change(user_id, "passwordless", email=None)

    with pytest.raises(BadRequest, match="cannot clear both"):
        await people.change(user_id, "passwordless", phone_number=None)
    method = (await people.find(user_id)).login_methods[0]
    assert (method.email, method.phone_number) == (None, PHONE)


async def test_too_long_email_is_a_bad_request(people: People) -> None:
    """The limit of sign-up holds here too."""
    user_id = await people.create("a@example.com")

    with pytest.raises(BadRequest, match="'email' is too long"):
        await people.change(user_id, email="a" * 257)


async def test_one_of_many_changes_at_once_wins(people: People) -> None:
    """Twenty users that take one e-mail at once: one has it, the others are told that it exists."""
    user_ids = [await people.create(f"{number}@example.com") for number in range(20)]

    answers = await asyncio.gather(
        *(people.change(user_id, email="new@example.com") for user_id in user_ids), return_exceptions=True
    )

    assert answers.count(None) == 1
    lost = [answer for answer in answers if answer is not None]
    assert all(isinstance(answer, Refused) and str(answer) == "EMAIL_ALREADY_EXISTS_ERROR" for answer in lost)
    await people.require_consistent()


async def test_one_of_many_primary_users_gets_a_claim(people: People) -> None:
    """Ten primary users that take one e-mail through their accounts at once: one claims it."""
    user_ids = [await people.create_with_google(f"g-{number}", f"{number}@example.com") for number in range(10)]
    for user_id in user_ids:
        await people.make_primary(user_id)

    answers = await asyncio.gather(
        *(people.change(user_id, "thirdparty", email="new@example.com") for user_id in user_ids),
        return_exceptions=True,
    )

    assert answers.count(None) == 1
    await people.require_consistent()
