# SPDX-License-Identifier: Apache-2.0
"""Consideration: a login method whose address is not confirmed is neither set up nor used as a second factor.

Unless the session's user has a login method with the same address, which is confirmed.
"""

from tests.security.application import PASSWORD
from tests.security.considerations.application import OWNER, THIEF, is_open, refused_claim, site
from twofold.recipe.multifactorauth.asyncio import get_factors_setup_for_user

SECOND_PASSWORD = {
    "formFields": [{"id": "email", "value": THIEF}, {"id": "password", "value": PASSWORD}],
    "shouldTryLinkingWithSessionUser": True,
}


async def test_attack_an_address_that_nobody_confirmed() -> None:
    """Classes 17, 25: a password with an address of the attacker's choice does not become the second factor."""
    async with site(["totp"], verification="OPTIONAL", links_verified_only=True) as here:
        owner = await here.sign("signup")
        await here.verify_email(owner)
        await here.set_up_totp(owner)

        answer = (await owner.api("POST", "/signup", SECOND_PASSWORD)).json()

        assert answer["status"] == "SIGN_UP_NOT_ALLOWED"
        assert "ERR_CODE_013" in answer["reason"]


async def test_attack_an_existing_account_with_an_unconfirmed_address() -> None:
    """Class 25: nor is an account that exists already, and whose address nobody confirmed, linked as one."""
    async with site(["totp"], verification="OPTIONAL", links_verified_only=True) as here:
        await here.sign("signup", THIEF)
        owner = await here.sign("signup")
        await here.verify_email(owner)
        await here.set_up_totp(owner)

        answer = (await owner.api("POST", "/signin", SECOND_PASSWORD)).json()

        assert answer["status"] == "SIGN_IN_NOT_ALLOWED"


async def test_attack_no_factor_before_the_first_address_is_confirmed() -> None:
    """Class 17: who signs up with somebody else's address sets no factor up that would keep the owner out later."""
    async with site([], verification="REQUIRED") as here:
        attacker = await here.sign("signup")

        made = await attacker.api("POST", "/totp/device", {"deviceName": "attacker's"})
        ids = await attacker.ask_for_code(email=THIEF)
        body = {**ids, "userInputCode": here.under_test.outbox.code(THIEF)}
        coded = await attacker.api("POST", "/signinup/code/consume", body)

        assert (refused_claim(made), refused_claim(coded)) == ("st-ev", "st-ev")
        assert await get_factors_setup_for_user(attacker.payload()["sub"]) == ["emailpassword"]


async def test_who_confirms_the_address_goes_on() -> None:
    """Class 17: the owner of the address verifies it, and then sets the factor up."""
    async with site(["totp"], verification="REQUIRED") as here:
        owner = await here.sign("signup")
        await here.verify_email(owner)

        await here.set_up_totp(owner)

        assert await is_open(owner)


async def test_the_code_that_confirms_the_address_is_a_factor() -> None:
    """A code to the password's own address confirms it, so nothing must be confirmed before."""
    async with site(["otp-email"], verification="REQUIRED") as here:
        owner = await here.sign("signup")

        answer = await here.give_code(owner, email=OWNER)
        here.under_test.clock.turn(seconds=11)  # for so long, sessions remember that an address is not confirmed

        assert answer["status"] == "OK"
        assert await is_open(owner)


async def test_a_confirmed_address_of_the_user_will_do() -> None:
    """The same address as that of a confirmed login method counts as confirmed."""
    async with site(["otp-email"], verification="OPTIONAL", links_verified_only=True) as here:
        owner = await here.sign("signup")
        await here.verify_email(owner)

        answer = await here.give_code(owner, email=OWNER)

        assert answer["status"] == "OK"
        assert len(answer["user"]["loginMethods"]) == 2
        assert await is_open(owner)
