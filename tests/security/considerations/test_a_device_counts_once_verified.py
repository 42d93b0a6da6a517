# SPDX-License-Identifier: Apache-2.0
"""Consideration: a new TOTP device is worth nothing before its first code was given."""

from tests.security.considerations.application import is_open, site
from twofold.recipe.multifactorauth.asyncio import get_factors_setup_for_user


async def test_attack_the_code_of_an_unverified_device() -> None:
    """Class 12: right codes of a device that nobody has verified complete nothing, and count as wrong ones."""
    async with site(["totp"]) as here:
        person = await here.sign("signup")
        secret = (await person.api("POST", "/totp/device", {"deviceName": "phone"})).json()["secret"]

        answer = (await person.api("POST", "/totp/verify", {"totp": here.totp_code(secret)})).json()

        assert (answer["status"], answer["currentNumberOfFailedAttempts"]) == ("INVALID_TOTP_ERROR", 1)
        assert await get_factors_setup_for_user(person.payload()["sub"]) == ["emailpassword"]
        assert not await is_open(person)


async def test_attack_an_unverified_device_beside_the_owners() -> None:
    """Class 15: a device that was begun in a stolen session and never verified does not work at the next sign-in."""
    async with site(["totp"]) as here:
        owner = await here.sign("signup")
        secret = await here.set_up_totp(owner)
        begun = (await owner.api("POST", "/totp/device", {"deviceName": "thief's"})).json()["secret"]
        thief = await here.sign("signin")

        answer = (await thief.api("POST", "/totp/verify", {"totp": here.totp_code(begun)})).json()
        await owner.api("POST", "/totp/verify", {"totp": here.totp_code(secret)})

        assert answer["status"] == "INVALID_TOTP_ERROR"
        assert not await is_open(thief)
        assert await is_open(owner)


async def test_its_first_code_makes_it_count() -> None:
    """Verifying completes the factor, and from then on the device works."""
    async with site(["totp"]) as here:
        person = await here.sign("signup")
        secret = await here.set_up_totp(person)
        again = await here.sign("signin")

        answer = (await again.api("POST", "/totp/verify", {"totp": here.totp_code(secret)})).json()

        assert await is_open(person)
        assert answer == {"status": "OK"}
        assert await is_open(again)


async def test_a_verified_device_is_not_replaced_by_a_new_one_of_its_name() -> None:
    """Class 15: only one that nobody verified is made anew, with another secret."""
    async with site(["totp"]) as here:
        person = await here.sign("signup")
        first = (await person.api("POST", "/totp/device", {"deviceName": "phone"})).json()["secret"]
        second = (await person.api("POST", "/totp/device", {"deviceName": "phone"})).json()["secret"]
        body = {"deviceName": "phone", "totp": here.totp_code(second)}
        await person.api("POST", "/totp/device/verify", body)

        answer = (await person.api("POST", "/totp/device", {"deviceName": "phone"})).json()

        assert first != second
        assert answer == {"status": "DEVICE_ALREADY_EXISTS_ERROR"}
