# SPDX-License-Identifier: Apache-2.0
"""Consideration: a required factor that is set up comes before any other is; if it is not, only it can be set up."""

import pytest

from tests.security.application import PHONE, Person
from tests.security.considerations.application import OWNER, THIEF, Site, is_open, refused_claim, site
from twofold.recipe.multifactorauth.asyncio import assert_allowed_to_setup_factor_else_throw_invalid_claim_error
from twofold.recipe.session.asyncio import create_new_session_without_request_response
from twofold.recipe.session.exceptions import InvalidClaimsError
from twofold.types import RecipeUserId

EVERYTHING_ELSE = [("email", OWNER), ("email", THIEF), ("phoneNumber", PHONE)]


async def with_device(here: Site) -> Person:
    """Return a thief at an account that has an authenticator app."""
    await here.set_up_totp(await here.sign("signup"))
    return await here.sign("signin")


@pytest.mark.parametrize(("kind", "contact"), EVERYTHING_ELSE)
async def test_attack_another_factor_in_its_place(kind: str, contact: str) -> None:
    """Class 15: the thief, who has the password, has a code sent to wherever they like."""
    async with site(["totp"]) as here:
        thief = await with_device(here)

        body = {kind: contact, "shouldTryLinkingWithSessionUser": True}
        reply = await thief.api("POST", "/signinup/code", body)

        assert refused_claim(reply) == "st-mfa"
        assert here.under_test.outbox.messages() == []


async def test_attack_another_device_beside_it() -> None:
    """Class 15: or sets an authenticator app of their own up, or takes the owner's away."""
    async with site(["totp"]) as here:
        thief = await with_device(here)

        for path, body in (("", {"deviceName": "x"}), ("/remove", {"deviceName": "phone"})):
            assert refused_claim(await thief.api("POST", f"/totp/device{path}", body)) == "st-mfa"
        assert not await is_open(thief)


@pytest.mark.parametrize(("kind", "contact"), EVERYTHING_ELSE)
async def test_attack_without_any_device_the_only_way_is_the_required_one(kind: str, contact: str) -> None:
    """Class 14: an account that has no app yet is opened by setting one up, and by nothing else."""
    async with site(["totp"]) as here:
        person = await here.sign("signup")
        body = {kind: contact, "shouldTryLinkingWithSessionUser": True}
        other = await person.api("POST", "/signinup/code", body)
        closed = not await is_open(person)

        await here.set_up_totp(person)

        assert refused_claim(other) == "st-mfa"
        assert closed
        assert await is_open(person)


async def test_attack_the_factor_after_next() -> None:
    """Class 14: of two steps the second cannot be set up, nor done, before the first."""
    async with site(["totp", "otp-email"]) as here:
        person = await here.sign("signup")
        body = {"email": OWNER, "shouldTryLinkingWithSessionUser": True}
        early = await person.api("POST", "/signinup/code", body)
        await here.set_up_totp(person)
        between = await is_open(person)

        done = await here.give_code(person, email=OWNER)

        assert (refused_claim(early), between, done["status"]) == ("st-mfa", False, "OK")
        assert await is_open(person)


async def test_attack_a_route_of_the_application() -> None:
    """The same rule holds for what applications set up themselves, if they ask the function that is there for it."""
    async with site(["totp"]) as here:
        user_id = (await with_device(here)).payload()["sub"]
        created = await create_new_session_without_request_response("public", RecipeUserId(user_id))

        with pytest.raises(InvalidClaimsError):
            await assert_allowed_to_setup_factor_else_throw_invalid_claim_error(created, "my-own-factor")
