# SPDX-License-Identifier: Apache-2.0
"""Consideration: at sign-up the front end says where the code goes: it may go to another address than the password's.

It is a second factor all the same, but it proves nothing about the password's address: whoever takes it for a
verification of that address must require the verification, too.
"""

from tests.security.considerations.application import OWNER, THIEF, is_open, refused_claim, site
from twofold.recipe.emailverification.asyncio import is_email_verified
from twofold.recipe.multifactorauth.asyncio import get_factors_setup_for_user
from twofold.types import RecipeUserId


async def test_attack_verifying_somebody_elses_address() -> None:
    """Class 23: the thief signs up with the owner's address, and gives a code that went to their own."""
    async with site(["otp-email"], verification="REQUIRED") as here:
        thief = await here.sign("signup")

        ids = await thief.ask_for_code(email=THIEF)
        body = {**ids, "userInputCode": here.under_test.outbox.code(THIEF)}
        reply = await thief.api("POST", "/signinup/code/consume", body)

        assert refused_claim(reply) == "st-ev"
        assert await get_factors_setup_for_user(thief.payload()["sub"]) == ["emailpassword"]
        assert not await is_open(thief)
        assert not await is_email_verified(RecipeUserId(thief.payload()["sub"]), OWNER)


async def test_attack_where_verification_is_not_required() -> None:
    """Class 23: the code is a factor there, by design of the protocol; the password's address stays unverified."""
    async with site(["otp-email"], verification="OPTIONAL") as here:
        thief = await here.sign("signup")

        answer = await here.give_code(thief, email=THIEF)

        assert answer["status"] == "OK"
        assert await is_open(thief)
        assert not await is_email_verified(RecipeUserId(thief.payload()["sub"]), OWNER)


async def test_attack_at_sign_in_it_goes_where_it_was_set_up() -> None:
    """Class 15: only at sign-up: once an address is set up, another one is refused to who has the password alone."""
    async with site(["otp-email"]) as here:
        owner = await here.sign("signup")
        await here.give_code(owner, email=OWNER)
        thief = await here.sign("signin")

        body = {"email": THIEF, "shouldTryLinkingWithSessionUser": True}
        reply = await thief.api("POST", "/signinup/code", body)

        assert refused_claim(reply) == "st-mfa"
        assert here.under_test.outbox.messages(THIEF) == []
        assert await get_factors_setup_for_user(owner.payload()["sub"]) == ["emailpassword", "otp-email"]
