# SPDX-License-Identifier: Apache-2.0
"""The first second factor of a user who has none, where a verified contact must be proven first."""

from typing import Any

import pytest

from tests.security.application import Person
from tests.security.considerations.application import OWNER, THIEF, Site, is_open, refused_claim, site
from twofold import testing
from twofold.exceptions import GeneralError
from twofold.recipe import emailpassword, multifactorauth, session, totp

BY_CONTACT: dict[str, Any] = {"verification": "OPTIONAL", "enrolment": "verified-contact"}


async def never_enrolled(here: Site) -> None:
    """Make the owner's account, with a verified address and no second factor."""
    await here.verify_email(await here.sign("signup"))
    here.under_test.outbox.clear()


async def next_factors(person: Person) -> Any:
    """Ask what comes next."""
    return (await person.api("PUT", "/mfa/info")).json()["factors"]["next"]


async def test_the_password_alone_enrols_nothing() -> None:
    """Class 15: the thief has the password of somebody who never set a factor up, and brings an app of their own."""
    async with site(["totp"], **BY_CONTACT) as here:
        await never_enrolled(here)
        thief = await here.sign("signin")

        made = await thief.api("POST", "/totp/device", {"deviceName": "thief's"})
        elsewhere = {"email": THIEF, "shouldTryLinkingWithSessionUser": True}
        coded = await thief.api("POST", "/signinup/code", elsewhere)

        assert (refused_claim(made), refused_claim(coded)) == ("st-mfa", "st-mfa")
        assert here.under_test.outbox.messages() == []
        assert not await is_open(thief)


async def test_the_owner_is_led_through_it() -> None:
    """Front ends see the mailed code as the next factor, then the required one, as with any two steps."""
    async with site(["totp"], **BY_CONTACT) as here:
        await never_enrolled(here)
        owner = await here.sign("signin")
        first = await next_factors(owner)
        await here.give_code(owner, email=OWNER)
        second = await next_factors(owner)
        await here.set_up_totp(owner)

        assert (first, second, await next_factors(owner)) == (["otp-email"], ["totp"], [])
        assert await is_open(owner)


async def test_later_sign_ins_ask_for_the_required_factor_alone() -> None:
    """The mailed code was for enrolling; it does not become another requirement."""
    async with site(["totp"], **BY_CONTACT) as here:
        await never_enrolled(here)
        owner = await here.sign("signin")
        await here.give_code(owner, email=OWNER)
        await here.set_up_totp(owner)

        assert await next_factors(await here.sign("signin")) == ["totp"]


async def test_enrolling_by_choice() -> None:
    """Class 15: where nothing is required, settings ask for the mailed code, too."""
    async with site([], **BY_CONTACT) as here:
        await never_enrolled(here)
        person = await here.sign("signin")

        refused = await person.api("POST", "/totp/device", {"deviceName": "phone"})
        await here.give_code(person, email=OWNER)
        await here.set_up_totp(person)

        assert refused.json()["claimValidationErrors"][0]["reason"]["factors"] == ["otp-email"]
        assert await is_open(person)


async def test_without_a_time_the_code_is_asked_for_all_the_same() -> None:
    """How fresh it must be is another setting than whether it must be."""
    async with site([], **BY_CONTACT, factor_change_max_age_seconds=None) as here:
        await never_enrolled(here)
        person = await here.sign("signin")

        refused = await person.api("POST", "/totp/device", {"deviceName": "phone"})
        await here.give_code(person, email=OWNER)
        here.under_test.clock.turn(seconds=1800)
        await here.set_up_totp(person)

        assert refused_claim(refused) == "st-mfa"


async def test_who_has_no_verified_contact_enrols_as_ever() -> None:
    """Nothing can be proven to somebody who never proved anything: sign-up goes on as the protocol has it."""
    async with site(["totp"], **BY_CONTACT) as here:
        person = await here.sign("signup")

        assert await next_factors(person) == ["totp"]
        await here.set_up_totp(person)
        assert await is_open(person)


async def test_by_default_a_fresh_password_will_do() -> None:
    """The protocol's rule, which genuine front ends were made for."""
    async with site(["totp"], verification="OPTIONAL") as here:
        await never_enrolled(here)
        person = await here.sign("signin")

        await here.set_up_totp(person)

        assert await is_open(person)


@pytest.mark.parametrize("enrolment", ["verified-contact", "whatever"])
async def test_what_cannot_work_is_refused(enrolment: Any) -> None:
    """Without codes nobody could prove a contact; a word that is none of the two is a mistake."""
    with pytest.raises(GeneralError, match="enrolment"):
        async with testing.app(
            [session.init(), emailpassword.init(), totp.init(), multifactorauth.init(enrolment=enrolment)]
        ):
            pass
