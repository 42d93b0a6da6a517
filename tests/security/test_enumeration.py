# SPDX-License-Identifier: Apache-2.0
"""Nobody without an account learns who has one: from no answer, and from no time that an answer takes."""

import asyncio
import math
import random
import time
from bisect import bisect_right
from collections.abc import Callable
from typing import Any

import pytest

from tests.security.application import World, application, password_form, recipes
from twofold import testing
from twofold.ingredients.emaildelivery.types import EmailDeliveryConfig, EmailDeliveryInterface
from twofold.recipe import emailpassword, session
from twofold.recipe._abuse import TOO_MANY_QUESTIONS
from twofold.recipe.emailpassword.types import EmailTemplateVars

ANN, NOBODY = "ann@example.com", "nobody@example.com"
PHONE, NO_PHONE = "+442079460958", "+442079460959"
PEER = "8.8.8.8"
SAMPLES = 10_000
AT_ONCE = 5  # so few that the answers do not wait for one another
CHANCE_OF_FALSE_ALARM = 1e-6
UNLIMITED = {
    "password_guess_budget": 10**9,
    "password_stranger_budget": 10**9,
    "send_interval_sec": 1,
    **{f"send_limit_per_{name}": 0 for name in ("address_hour", "address_day", "network_hour", "tenant_hour")},
}
Json = dict[str, Any]


@pytest.mark.parametrize(
    ("path", "body", "of_nobody"),
    [
        ("/signin", password_form(ANN, "wrong"), password_form(NOBODY, "wrong")),
        (
            "/user/password/reset/token",
            {"formFields": [{"id": "email", "value": ANN}]},
            {"formFields": [{"id": "email", "value": NOBODY}]},
        ),
        ("/user/webauthn/reset/token", {"email": ANN}, {"email": NOBODY}),
        ("/signinup/code", {"email": ANN}, {"email": NOBODY}),
        ("/signinup/code", {"phoneNumber": PHONE}, {"phoneNumber": NO_PHONE}),
    ],
)
async def test_answers_are_alike(quick_world: World, path: str, body: Json, of_nobody: Json) -> None:
    """Attack class 34: the same status, the same members and, secrets of the challenge aside, the same values."""
    await quick_world.account(ANN)
    await sign_up_by_phone(quick_world)
    known, unknown = [await quick_world.person().api("POST", path, given) for given in (body, of_nobody)]

    assert known.status_code == unknown.status_code == 200
    assert without_secrets(known.json()) == without_secrets(unknown.json())
    assert set(known.headers) == set(unknown.headers)


@pytest.mark.parametrize(
    ("path", "of_somebody"),
    [
        ("/emailpassword/email/exists", {"email": ANN}),
        ("/signup/email/exists", {"email": ANN}),
        ("/passwordless/email/exists", {"email": ANN}),
        ("/webauthn/email/exists", {"email": ANN}),
        ("/passwordless/phonenumber/exists", {"phoneNumber": PHONE}),
        ("/signup/phonenumber/exists", {"phoneNumber": PHONE}),
    ],
)
async def test_existence_can_be_kept_secret(path: str, of_somebody: Json) -> None:
    """Attack class 34: with the setting, whoever asks is told that there is nobody."""
    for tells in (True, False):
        async with testing.app(recipes(), settings={"tell_existence": tells}) as under_test:
            world = World(under_test, application())
            await world.account(ANN)
            await sign_up_by_phone(world)
            reply = (await world.person().api("GET", path, of_somebody)).json()
            is_known = "phonenumber" in path or path in ("/emailpassword/email/exists", "/signup/email/exists")
            is_told = tells and is_known
            assert reply == {"status": "OK", "exists": is_told}


async def test_questions_are_limited_per_network(quick_world: World) -> None:
    """Attack class 34: after so many a minute there is no answer, whatever the endpoint and the address."""
    limit = 60
    person = quick_world.person()
    person.http._transport.client = (PEER, 1)  # type: ignore[attr-defined]
    replies = [
        (await person.api("GET", "/emailpassword/email/exists", {"email": f"{n}@example.com"})).json()
        for n in range(limit + 1)
    ]

    assert [reply["status"] for reply in replies[:limit]] == ["OK"] * limit
    assert replies[limit] == {"status": "GENERAL_ERROR", "message": TOO_MANY_QUESTIONS}
    by_phone = await person.api("GET", "/passwordless/phonenumber/exists", {"phoneNumber": PHONE})
    assert by_phone.json()["status"] == "GENERAL_ERROR"


def reset_form(email: str) -> Json:
    """The body of a request for a reset mail."""
    return {"formFields": [{"id": "email", "value": email}]}


def wrong_password(email: str) -> Json:
    """The body of a sign-in with a wrong password."""
    return password_form(email, "wrong")


class Nowhere(EmailDeliveryInterface[EmailTemplateVars]):
    """A mail server that takes everything."""

    async def send_email(self, template_vars: EmailTemplateVars, user_context: Json) -> None:
        """Take a mail."""


@pytest.mark.slow
@pytest.mark.timing
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("path", "body"),
    [("/signin", wrong_password), ("/user/password/reset/token", reset_form)],
    ids=["sign-in", "reset"],
)
async def test_times_are_alike(path: str, body: Callable[[str], Json]) -> None:
    """Attack class 34: ten thousand answers each, and no Kolmogorov-Smirnov test tells them apart.

    Without the budgets, which allow a dozen such questions about one address, and with hashes that cost nothing: so
    that what differs is not hidden by their time. Mails go out after the answer, as they do where a delivery is
    configured.
    """
    delivery = EmailDeliveryConfig[EmailTemplateVars](Nowhere())
    recipe_list = [session.init(), emailpassword.init(email_delivery=delivery)]
    async with testing.app(recipe_list, settings=UNLIMITED) as under_test:
        world = World(under_test, application())
        times: dict[str, list[float]] = {"known": [], "unknown": []}
        kinds = ["known", "unknown"] * SAMPLES
        random.shuffle(kinds)

        async def work(number: int) -> None:
            person = world.person()
            await world.account(f"known-{number}@example.com")
            for kind in kinds[number::AT_ONCE]:
                under_test.clock.turn(seconds=1)
                began = time.perf_counter()
                reply = await person.api("POST", path, body(f"{kind}-{number}@example.com"))
                times[kind].append(time.perf_counter() - began)
                assert reply.json()["status"] in ("OK", "WRONG_CREDENTIALS_ERROR")
                person.replies.clear()

        await asyncio.gather(*(work(number) for number in range(AT_ONCE)))

    assert len(times["known"]) == len(times["unknown"]) == SAMPLES
    # The distance that chance reaches with this probability, of two samples of this size from one distribution.
    by_chance = math.sqrt(-math.log(CHANCE_OF_FALSE_ALARM / 2) / SAMPLES)
    assert distance(times["known"], times["unknown"]) < by_chance


def distance(left: list[float], right: list[float]) -> float:
    """The greatest difference between two empirical distribution functions (Kolmogorov and Smirnov)."""
    left, right = sorted(left), sorted(right)
    return max(abs(bisect_right(left, x) / len(left) - bisect_right(right, x) / len(right)) for x in [*left, *right])


def test_distance_tells_distributions_apart() -> None:
    """The measure is right: none between a sample and itself, all of it between samples that do not meet."""
    sample = [random.random() for _ in range(100)]

    assert distance(sample, list(sample)) == 0
    assert distance(sample, [x + 2 for x in sample]) == 1
    assert distance([0, 1, 2, 3], [2, 3, 4, 5]) == 0.5


async def sign_up_by_phone(world: World) -> None:
    """Make an account whose only login method is PHONE, and let time pass for the next message."""
    person = world.person()
    ids = await person.ask_for_code(within_session=False, phoneNumber=PHONE)
    code = world.under_test.outbox.code(PHONE)
    reply = await person.api("POST", "/signinup/code/consume", {**ids, "userInputCode": code})
    assert reply.json()["status"] == "OK"
    world.under_test.clock.turn(seconds=3600)


def without_secrets(reply: Json) -> Json:
    """An answer with the length of what is random in it."""
    return {key: len(value) if key in ("deviceId", "preAuthSessionId") else value for key, value in reply.items()}
