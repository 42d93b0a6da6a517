# SPDX-License-Identifier: Apache-2.0
"""Messages in somebody else's name: every API that sends is limited, with one answer for all addresses.

The limits themselves are in `tests/core/recipe/abuse/test_sending.py`.
"""

from typing import Any

import pytest

from tests.security.application import Person, World, application, password_form, recipes
from twofold import testing
from twofold.core.recipe.abuse.sending import IN_A_ROW
from twofold.recipe._abuse import TOO_MANY_MESSAGES

ANN, NOBODY = "ann@example.com", "nobody@example.com"
PHONE = "+442079460958"
LIMITED = {"status": "GENERAL_ERROR", "message": TOO_MANY_MESSAGES}
RESET = "/user/password/reset/token"
WITHIN_SESSION = {"shouldTryLinkingWithSessionUser": True}
Json = dict[str, Any]


async def answers(person: Person, path: str, body: Json, times: int = IN_A_ROW + 1) -> list[Json]:
    """Call an API several times."""
    return [(await person.api("POST", path, body)).json() for _ in range(times)]


def form(email: str) -> Json:
    """The body of a request for a reset mail."""
    return {"formFields": [{"id": "email", "value": email}]}


@pytest.mark.parametrize(
    ("path", "body", "to"),
    [
        ("/signinup/code", {"email": ANN}, ANN),
        ("/signinup/code", {"phoneNumber": PHONE}, PHONE),
        (RESET, form(ANN), ANN),
    ],
)
async def test_repeated_requests_do_not_send(quick_world: World, path: str, body: Json, to: str) -> None:
    """Attack class 24: three in a row are sent, and no more; new browsers do not help."""
    await quick_world.account(ANN)
    replies = [(await answers(quick_world.person(), path, body, 1))[0] for _ in range(IN_A_ROW + 3)]

    assert [reply["status"] for reply in replies[:IN_A_ROW]] == ["OK"] * IN_A_ROW
    assert replies[IN_A_ROW:] == [LIMITED] * 3
    assert len(quick_world.under_test.outbox.messages(to)) == IN_A_ROW


async def test_resend_is_limited_with_the_first(quick_world: World) -> None:
    """Attack class 24: a resend of a challenge is one more message to its address; its earlier codes still work."""
    person = quick_world.person()
    ids = await person.ask_for_code(within_session=False, email=ANN)
    replies = await answers(person, "/signinup/code/resend", ids)
    code = quick_world.under_test.outbox.code(ANN)

    assert [reply["status"] for reply in replies[: IN_A_ROW - 1]] == ["OK"] * (IN_A_ROW - 1)
    assert replies[IN_A_ROW - 1 :] == [LIMITED] * 2
    reply = await person.api("POST", "/signinup/code/consume", {**ids, "userInputCode": code})
    assert reply.json()["status"] == "OK"


async def test_all_kinds_of_mail_count_together(quick_world: World) -> None:
    """Attack class 24: codes, verification and reset mails fill one mailbox."""
    person = quick_world.person("header")
    await person.api("POST", "/signup", password_form(ANN))
    for path, body in (("/user/email/verify/token", {}), (RESET, form(ANN)), ("/signinup/code", {"email": ANN})):
        assert (await answers(person, path, body, 1))[0]["status"] == "OK"

    for path, body in (("/user/email/verify/token", {}), (RESET, form(ANN)), ("/signinup/code", {"email": ANN})):
        assert await answers(person, path, body, 1) == [LIMITED]
    assert await answers(person, "/user/webauthn/reset/token", {"email": ANN}, 1) == [LIMITED]


async def test_limit_tells_nothing_about_accounts(quick_world: World) -> None:
    """Attack classes 24 and 34: the answers to an address that exists and one that does not are the same, in order."""
    await quick_world.account(ANN)
    person = quick_world.person()

    assert await answers(person, RESET, form(ANN)) == await answers(person, RESET, form(NOBODY))
    assert {message.to for message in quick_world.under_test.outbox.messages()} == {ANN}


async def test_pages_are_limited_alike(quick_world: World) -> None:
    """Attack class 10: what the pages ask for is counted with what the API is asked for."""
    await answers(quick_world.person(), "/signinup/code", {"email": ANN}, IN_A_ROW)
    path, outbox = "/auth/sign-in/code?channel=email", quick_world.under_test.outbox
    for email in (ANN, NOBODY):
        await quick_world.person().page("POST", path, {"email": email})

    assert len(outbox.messages(ANN)) == IN_A_ROW
    assert len(outbox.messages(NOBODY)) == 1


async def test_one_session_cannot_write_to_everybody() -> None:
    """Attack class 24: a user who has signed in may ask for messages to so many numbers a day."""
    async with testing.app(recipes(), settings={"send_limit_per_account_day": 3}) as under_test:
        person = World(under_test, application()).person("header")
        await person.api("POST", "/signup", password_form(ANN))
        replies = [
            (await answers(person, "/signinup/code", {"phoneNumber": f"+44207946095{n}", **WITHIN_SESSION}, 1))[0]
            for n in range(5)
        ]

    assert [reply["status"] for reply in replies[:3]] == ["OK"] * 3
    assert replies[3:] == [LIMITED] * 2
