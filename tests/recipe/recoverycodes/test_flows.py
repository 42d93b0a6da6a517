# SPDX-License-Identifier: Apache-2.0
"""Recovery codes as people use them on a bad day, and as attackers would like to."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.recipe.recoverycodes.application import EMAIL, PASSWORD, Person, recipes
from twofold import testing
from twofold.exceptions import CoreError, GeneralError
from twofold.ingredients.emaildelivery.types import EmailDeliveryConfig, EmailDeliveryInterface
from twofold.ingredients.exceptions import DeliveryError
from twofold.recipe import emailpassword, multifactorauth, recoverycodes, session
from twofold.recipe._own_endpoints import of_our_core
from twofold.recipe.emailpassword.asyncio import sign_up
from twofold.recipe.emailpassword.types import SignUpOkResult
from twofold.recipe.recoverycodes import RecoveryCodesRecipe, notices, syncio
from twofold.recipe.recoverycodes import asyncio as functions
from twofold.recipe.recoverycodes.types import (
    ConsumeCodeOkResult,
    CountCodesOkResult,
    CreateCodesOkResult,
    EmailTemplateVars,
)
from twofold.recipe.session.asyncio import revoke_all_sessions_for_user


@pytest.fixture
async def app() -> AsyncIterator[testing.AppUnderTest]:
    """An application that requires an authenticator app of who has one, with recovery codes."""
    async with testing.app(recipes()) as running:
        yield running


@pytest.fixture
async def owner(app: testing.AppUnderTest) -> Person:
    """Somebody who has just set an authenticator app up."""
    return await (await Person(app).sign("signup")).set_up()


async def codes_of(person: Person) -> list[str]:
    """Make recovery codes."""
    codes: list[str] = (await person.post("/recoverycodes"))["codes"]
    return codes


async def test_a_lost_phone(app: testing.AppUnderTest, owner: Person) -> None:
    """With a code the user is in, removes what was lost, sets another app up, and makes new codes."""
    codes = await codes_of(owner)
    person = await Person(app).sign("signin")
    assert not await person.is_in()

    answer = await person.post("/recoverycodes/consume", code=codes[3].lower().replace("-", " "))

    assert answer == {"status": "OK", "remaining": 9}
    assert await person.is_in()
    assert set(person.browser.reply.json()["factors"]) == {"emailpassword", "recovery-code"}
    assert (await person.info())["factors"]["next"] == []
    assert (await person.post("/recoverycodes"))["message"] == "invalid claim"
    await person.set_up("new phone")
    assert (await person.post("/totp/device/remove", deviceName="phone"))["didDeviceExist"] is True
    assert len(await codes_of(person)) == 10


async def test_codes_are_offered_when_there_is_something_to_lose(app: testing.AppUnderTest) -> None:
    """Not before a second factor is set up, then until there are codes, and again when all are used."""
    person = await Person(app).sign("signup")
    without = (await person.get("/recoverycodes"))["shouldOffer"]
    refused = await person.post("/recoverycodes")
    await person.set_up()
    offered = [(await person.get("/recoverycodes"))["shouldOffer"], (await person.info())["recoveryCodes"]]
    user_id = person.browser.payload()["sub"]
    assert await functions.should_offer_codes(user_id)
    codes = await codes_of(person)

    assert (without, refused) == (False, {"status": "NO_SECOND_FACTOR_ERROR"})
    assert offered == [True, {"remaining": 0, "shouldOffer": True}]
    counted = await person.get("/recoverycodes")
    assert (counted["total"], counted["remaining"], counted["shouldOffer"]) == (10, 10, False)
    for code in codes:
        await functions.consume_code(user_id, code)
    assert await functions.should_offer_codes(user_id)
    with pytest.raises(GeneralError, match="Unknown user id"):
        await functions.should_offer_codes("nobody")


async def test_front_ends_of_others_are_told_of_nothing_that_they_do_not_know(
    app: testing.AppUnderTest, owner: Person
) -> None:
    """The lists of factors have the protocol's factors alone; a recovery code is offered beside them."""
    await codes_of(owner)
    person = await Person(app).sign("signin")

    info = await person.info()

    assert info["factors"]["next"] == info["factors"]["alreadySetup"][-1:] == ["totp"]
    assert "recovery-code" not in [*info["factors"]["alreadySetup"], *info["factors"]["allowedToSetup"]]
    assert info["recoveryCodes"] == {"remaining": 10, "shouldOffer": False}


async def test_a_code_is_right_once_of_many(app: testing.AppUnderTest, owner: Person) -> None:
    """Class 9: whoever reads a code over somebody's shoulder is as late as everybody else."""
    codes = await codes_of(owner)
    people = [await Person(app).sign("signin") for _ in range(5)]

    answers = await asyncio.gather(*(person.post("/recoverycodes/consume", code=codes[0]) for person in people))

    assert sorted(answer["status"] for answer in answers) == ["INVALID_RECOVERY_CODE_ERROR"] * 4 + ["OK"]
    assert [await person.is_in() for person in people].count(True) == 1


async def test_password_alone_makes_no_codes(app: testing.AppUnderTest, owner: Person) -> None:
    """Class 15: who knows the password alone can neither make codes nor learn any."""
    await codes_of(owner)
    thief = await Person(app).sign("signin")

    assert (await thief.post("/recoverycodes"))["message"] == "invalid claim"
    assert "codes" not in await thief.get("/recoverycodes")
    assert not await thief.is_in()


async def test_codes_are_renewed_with_a_fresh_factor_only(app: testing.AppUnderTest, owner: Person) -> None:
    """Class 16: an old session, or one that a recovery code opened, makes none."""
    codes = await codes_of(owner)
    app.clock.turn(seconds=901)
    late = await owner.post("/recoverycodes")
    assert (await owner.give_code())["status"] == "OK"
    renewed = await owner.post("/recoverycodes")
    stranger = await Person(app).sign("signin")

    assert (late["message"], renewed["status"]) == ("invalid claim", "OK")
    assert (await stranger.post("/recoverycodes/consume", code=codes[0]))["status"] == "INVALID_RECOVERY_CODE_ERROR"
    await stranger.post("/recoverycodes/consume", code=renewed["codes"][0])
    assert (await stranger.post("/recoverycodes"))["message"] == "invalid claim"


async def test_codes_go_with_the_last_second_factor(app: testing.AppUnderTest, owner: Person) -> None:
    """Class 11: they do not come back with the next one."""
    codes = await codes_of(owner)
    assert (await owner.post("/totp/device/remove", deviceName="phone"))["didDeviceExist"] is True
    gone = await owner.post("/recoverycodes/consume", code=codes[0])
    await owner.set_up()
    person = await Person(app).sign("signin")

    assert gone == {"status": "NO_RECOVERY_CODES_ERROR"}
    assert (await person.post("/recoverycodes/consume", code=codes[1])) == {"status": "NO_RECOVERY_CODES_ERROR"}
    assert not await person.is_in()


async def test_an_ended_session_uses_no_code_up(app: testing.AppUnderTest, owner: Person) -> None:
    """Class 33: an access token that outlived its session neither makes nor uses codes."""
    codes = await codes_of(owner)
    person = await Person(app).sign("signin")
    user_id = person.browser.payload()["sub"]
    await revoke_all_sessions_for_user(user_id)

    answers = [await person.post("/recoverycodes/consume", code=codes[0]), await owner.post("/recoverycodes")]

    assert answers == [{"message": "unauthorised"}] * 2
    assert (await functions.count_codes(user_id)).remaining == 10


async def test_codes_are_for_their_owner(app: testing.AppUnderTest, owner: Person) -> None:
    """Class 49: whose code it may be is said by the session alone."""
    codes = await codes_of(owner)
    other = await (await Person(app).sign("signup", "bob@example.com")).set_up()
    await codes_of(other)
    user_id = owner.browser.payload()["sub"]
    bob = await Person(app).sign("signin", "bob@example.com")

    answer = await bob.post("/recoverycodes/consume", code=codes[0], userId=user_id)

    assert answer["status"] == "INVALID_RECOVERY_CODE_ERROR"


async def test_guessing_is_stopped_on_every_way(app: testing.AppUnderTest, owner: Person) -> None:
    """Class 10: API and function count together, and new sessions change nothing."""
    codes = await codes_of(owner)
    user_id = owner.browser.payload()["sub"]
    statuses = []
    for _ in range(5):
        thief = await Person(app).sign("signin")
        statuses.append((await thief.post("/recoverycodes/consume", code="0000-0000-0000-0000"))["status"])
        statuses.append((await functions.consume_code(user_id, "1111-1111-1111-1111")).status)

    limited = await (await Person(app).sign("signin")).post("/recoverycodes/consume", code=codes[0])

    assert set(statuses) == {"INVALID_RECOVERY_CODE_ERROR"}
    assert limited["status"] == "LIMIT_REACHED_ERROR"
    assert 0 < limited["retryAfterMs"] <= 900_000


async def test_the_user_is_told(app: testing.AppUnderTest, owner: Person) -> None:
    """A mail says that a code was used, or that there are new ones, in the reader's language and without any code.

    AAL2 4.2.3, 4.6.
    """
    codes = await codes_of(owner)
    assert app.outbox.messages(EMAIL) == []
    person = await Person(app).sign("signin")
    await person.browser.send("POST", "/auth/recoverycodes/consume", {"code": codes[0]}, accept_language="de")
    renewed = await codes_of(owner)

    newest, used = app.outbox.messages(EMAIL)
    assert (used.subject, newest.subject) == (
        "Ein Wiederherstellungscode wurde benutzt",
        "You have new recovery codes",
    )
    assert "Übrige Wiederherstellungscodes: 9." in used.text
    assert "somebody entered" not in newest.text
    assert not [code for code in (*codes, *renewed) if code in f"{used.text} {used.html} {newest.text} {newest.html}"]


class _BrokenMail(EmailDeliveryInterface[EmailTemplateVars]):
    async def send_email(self, template_vars: EmailTemplateVars, user_context: dict[str, Any]) -> None:
        raise DeliveryError("no mail today")


async def test_a_mail_server_that_fails_keeps_nobody_out(caplog: pytest.LogCaptureFixture) -> None:
    """The code is used up by then: the user must be in, and the operator is told."""
    own = [session.init(), emailpassword.init(), *recipes()[2:4]]
    own.append(recoverycodes.init(3, EmailDeliveryConfig(_BrokenMail())))
    async with testing.app(own) as app:
        codes = await codes_of(await (await Person(app).sign("signup")).set_up())
        person = await Person(app).sign("signin")
        with caplog.at_level(logging.ERROR):
            answer = await person.post("/recoverycodes/consume", code=codes[0])

        assert (answer, await person.is_in()) == ({"status": "OK", "remaining": 2}, True)
        assert "a mail about recovery codes could not be sent" in caplog.text
        assert codes[0] not in caplog.text


async def test_who_has_no_address_gets_no_mail(app: testing.AppUnderTest) -> None:
    """An address that only stands in for a missing one is not written to."""
    made_up = "a@stfakeemail.supertokens.com"
    user = await sign_up("public", made_up, PASSWORD)
    assert isinstance(user, SignUpOkResult)

    await notices.send(RecoveryCodesRecipe.get().email_delivery, "CODE_USED", user.user.id, 9, "public", {})

    assert app.outbox.messages() == []


async def test_what_holds_codes_shows_none(app: testing.AppUnderTest, owner: Person) -> None:
    """Class 21: neither the result's repr nor the core's database has a code in it."""
    created = await functions.create_codes(owner.browser.payload()["sub"])

    assert not [code for code in created.codes if code in repr(created) + str(created)]


async def test_functions_without_a_session(app: testing.AppUnderTest, owner: Person) -> None:
    """Applications make, count, use and remove codes themselves."""
    user_id = owner.browser.payload()["sub"]

    created = await functions.create_codes(user_id)
    used = await functions.consume_code(user_id, created.codes[0])
    counted = await functions.count_codes(user_id)
    removed = [(await functions.remove_codes(user_id)).did_codes_exist for _ in range(2)]

    assert (created.did_replace, used) == (False, ConsumeCodeOkResult(9))
    assert counted == CountCodesOkResult(10, 9, True, created.created_at)
    assert removed == [True, False]
    assert await functions.count_codes(user_id) == CountCodesOkResult(0, 0, True)


def test_blocking_functions() -> None:
    """The blocking functions do the same."""
    with testing.app(recipes()):
        created = syncio.create_codes("somebody")
        assert isinstance(created, CreateCodesOkResult)
        assert syncio.consume_code("somebody", created.codes[0]) == ConsumeCodeOkResult(9)
        assert syncio.count_codes("somebody").remaining == 9
        assert syncio.remove_codes("somebody").did_codes_exist


@pytest.mark.parametrize("count", [0, 21])
async def test_a_count_that_cannot_be_is_refused_at_init(count: int) -> None:
    """The text says what can."""
    own = [*recipes()[:4], recoverycodes.init(count)]
    with pytest.raises(GeneralError, match="between 1 and 20"):
        testing.app(own).__enter__()


async def test_recovery_codes_need_multi_factor_authentication() -> None:
    """Without it there is nothing to stand in for."""
    with pytest.raises(GeneralError, match=r"needs multifactorauth\.init"):
        await testing.app([session.init(), emailpassword.init(), recoverycodes.init()]).__aenter__()


@pytest.mark.parametrize("factor", ["recovery-code", "trusted-device"])
async def test_what_stands_in_is_no_first_factor(factor: str) -> None:
    """Nobody signs in with a recovery code, or with a browser, alone."""
    own = [session.init(), emailpassword.init(), multifactorauth.init(["emailpassword", factor])]
    with pytest.raises(GeneralError, match="can be no first factor"):
        await testing.app(own).__aenter__()


@pytest.mark.parametrize(("status", "kind"), [(404, GeneralError), (500, CoreError)])
async def test_a_core_of_others_is_named(status: int, kind: type[Exception]) -> None:
    """The incumbent's core answers 404, for which the error says what to do; other errors stay what they are."""

    async def answer() -> dict[str, Any]:
        raise CoreError("the core said no", status)

    with pytest.raises(kind, match="use Twofold's" if status == 404 else "said no"):
        await of_our_core("recovery codes", answer())
