# SPDX-License-Identifier: Apache-2.0
"""Guessing through the doors that browsers have: passwords, codes, authenticator apps, and who still gets in.

What the budgets themselves do, exactly and at once, is in `tests/core/recipe/abuse`, `emailpassword/test_guessing.py`,
`passwordless/test_attempts.py` and `totp/test_totp.py` there.
"""

import asyncio
from typing import Any

import pytest

from scripts.guess_figures import PAGE, default_risks, with_table
from tests.security.application import ADMIN, PASSWORD, Person, World, password_form
from twofold.core.app import create_core
from twofold.core.config import Settings
from twofold.core.recipe.abuse.budgets import Limit
from twofold.recipe._abuse import TOO_MANY_PASSWORDS

BUDGET = Settings().password_guess_budget
CODE_BUDGET = Settings().guess_budget
ANN = "ann@example.com"
MANY = 100
Json = dict[str, Any]


async def guess_password(person: Person, email: str = ANN, password: str = "wrong") -> Json:
    """Sign in by the API."""
    reply: Json = (await person.api("POST", "/signin", password_form(email, password))).json()
    return reply


async def guess_code(world: World, times: int, email: str = ANN, code: str = "000000") -> list[str]:
    """Type wrong codes of as many challenges as it takes, each in a browser of its own; return the statuses."""
    statuses: list[str] = []
    while len(statuses) < times:
        person = world.person()
        ids = await begin(world, person, email)
        for _ in range(min(4, times - len(statuses))):
            reply = await person.api("POST", "/signinup/code/consume", {**ids, "userInputCode": code})
            statuses.append(reply.json()["status"])
    return statuses


async def begin(world: World, person: Person, email: str) -> Json:
    """Ask for a code to sign in with, when enough time has passed for another one."""
    world.under_test.clock.turn(seconds=3600)
    return await person.ask_for_code(within_session=False, email=email)


async def wrong_totp(world: World, person: Person, times: int) -> list[str]:
    """Type wrong codes of an authenticator app, with the time that the short lock wants; return the statuses."""
    statuses = []
    for _ in range(times):
        world.under_test.clock.turn(seconds=Settings().totp_rate_limit_cooldown_sec)
        statuses.append((await person.api("POST", "/totp/verify", {"totp": "000000"})).json()["status"])
    return statuses


@pytest.mark.slow
async def test_passwords_that_are_looked_at_are_limited(world: World) -> None:
    """Attack class 01: in any browser, with or without a session, so many and not one more (AAL2 3.2.2; ASVS 6.3.1)."""
    await world.account(ANN)
    answers = [await guess_password(world.person("header" if n % 2 else "cookie")) for n in range(BUDGET + 1)]

    assert [answer["status"] for answer in answers[:BUDGET]] == ["WRONG_CREDENTIALS_ERROR"] * BUDGET
    assert answers[BUDGET] == {"status": "GENERAL_ERROR", "message": TOO_MANY_PASSWORDS}
    assert (await guess_password(world.person(), password=PASSWORD))["status"] == "GENERAL_ERROR"


@pytest.mark.slow
async def test_codes_that_are_looked_at_are_limited(world: World) -> None:
    """Attack class 02: new challenges, browsers and resends lower no count; then codes are too long to be guessed."""
    statuses = await guess_code(world, CODE_BUDGET + 1)
    assert statuses == ["INCORRECT_USER_INPUT_CODE_ERROR"] * CODE_BUDGET + ["RESTART_FLOW_ERROR"]

    owner = world.person()
    ids = await begin(world, owner, ANN)
    code = world.under_test.outbox.code(ANN)

    assert len(code) == 12
    reply = await owner.api("POST", "/signinup/code/consume", {**ids, "userInputCode": code})
    assert reply.json()["status"] == "OK"


@pytest.mark.slow
async def test_authenticator_codes_that_are_looked_at_are_limited(world: World) -> None:
    """Attack class 02: an attacker who knows the password signs in again and again, and waits for the owner's codes."""
    secret = await world.with_authenticator()
    owner = world.person("header")
    looked_at = 0
    for _ in range(CODE_BUDGET // 2 + 1):
        attacker = world.person("header")
        await attacker.sign_in(ADMIN)
        looked_at += (await wrong_totp(world, attacker, 2)).count("INVALID_TOTP_ERROR")
        await owner.sign_in(ADMIN)
        await owner.api("POST", "/totp/verify", {"totp": world.totp_code(secret)})

    assert looked_at == CODE_BUDGET


@pytest.mark.slow
async def test_owner_mistypes_as_often_as_owners_do(world: World) -> None:
    """Attack class 06: a year of mistakes, each followed by the right code, locks nobody out."""
    secret = await world.with_authenticator()
    for _ in range(CODE_BUDGET + 3):
        world.under_test.clock.turn(seconds=3600)
        owner = world.person("header")
        await owner.sign_in(ADMIN)
        assert (await owner.api("POST", "/totp/verify", {"totp": "000000"})).json()["status"] == "INVALID_TOTP_ERROR"
        reply = await owner.api("POST", "/totp/verify", {"totp": world.totp_code(secret)})
        assert reply.json()["status"] == "OK"


@pytest.mark.slow
async def test_spelling_makes_no_other_account(world: World) -> None:
    """Attack class 04: however the address is written, it is one account with one budget."""
    await world.account(ANN)
    spellings = [ANN, " ann@example.com ", "Ann@Example.com", "ANN@EXAMPLE.COM"]

    answers = [await guess_password(world.person(), spellings[n % len(spellings)]) for n in range(BUDGET + 1)]

    assert [answer["status"] for answer in answers] == ["WRONG_CREDENTIALS_ERROR"] * BUDGET + ["GENERAL_ERROR"]


@pytest.mark.slow
async def test_limited_password_opens_no_door(world: World) -> None:
    """Attack classes 05 and 10: neither the API, nor the page, nor a session of somebody else, nor the core."""
    await world.account(ANN)
    for _ in range(BUDGET):
        await guess_password(world.person())
    other = world.person("header")
    await other.api("POST", "/signup", password_form("bob@example.com"))

    within = await other.api("POST", "/signin", {**password_form(ANN), "shouldTryLinkingWithSessionUser": True})
    pages = [
        await world.person().page("POST", "/auth/sign-in", {"email": email, "password": PASSWORD})
        for email in ("bob@example.com", ANN)
    ]
    core = await world.under_test.core.call("POST", "/recipe/signin", body={"email": ANN, "password": PASSWORD})

    assert within.json()["status"] != "OK"
    assert (await guess_password(world.person(), password=PASSWORD))["status"] == "GENERAL_ERROR"
    assert core["status"] == "WRONG_CREDENTIALS_ERROR"
    assert ["sAccessToken" in page.headers.get("set-cookie", "") for page in pages] == [True, False]


@pytest.mark.slow
async def test_guessing_locks_no_owner_out(world: World) -> None:
    """Attack class 06: without credentials, an attacker leaves code, link and a new password by mail to the owner."""
    await world.account(ANN)
    for _ in range(BUDGET + 1):
        await guess_password(world.person())
    await guess_code(world, CODE_BUDGET + 1)

    by_link = world.person()
    await begin(world, by_link, ANN)
    link = world.under_test.outbox.link(ANN)
    body = {
        "linkCode": link.partition("#")[2],
        "preAuthSessionId": link.partition("preAuthSessionId=")[2].split("&")[0],
    }
    assert (await by_link.api("POST", "/signinup/code/consume", body)).json()["status"] == "OK"

    world.under_test.clock.turn(seconds=60)
    form = {"formFields": [{"id": "email", "value": ANN}]}
    assert (await world.person().api("POST", "/user/password/reset/token", form)).json() == {"status": "OK"}
    token = world.under_test.outbox.link(ANN).partition("token=")[2].split("&")[0]
    reset = {"formFields": [{"id": "password", "value": "another correct horse 2"}], "token": token}
    assert (await world.person().api("POST", "/user/password/reset", reset)).json()["status"] == "OK"
    assert (await guess_password(world.person(), password="another correct horse 2"))["status"] == "OK"


@pytest.mark.slow
async def test_success_of_one_renews_no_other(world: World) -> None:
    """Attack class 07: who signs in to their own account in between gets no more guesses at somebody else's."""
    await world.account(ANN)
    await world.account("mallory@example.com")
    looked_at = 0
    for _ in range(BUDGET + 3):
        looked_at += (await guess_password(world.person()))["status"] == "WRONG_CREDENTIALS_ERROR"
        own = await guess_password(world.person(), "mallory@example.com", PASSWORD)
        assert own["status"] == "OK"

    assert looked_at == BUDGET


@pytest.mark.slow
async def test_step_is_accepted_once_for_ever(world: World, database_url: str) -> None:
    """Attack class 08: not again by this node, not by another one, not after a restart."""
    secret = await world.with_authenticator()
    person = await signed_in(world, ADMIN)
    code = world.totp_code(secret)
    assert (await person.api("POST", "/totp/verify", {"totp": code})).json()["status"] == "OK"
    body = {"userId": person.payload()["sub"], "totp": code}
    node = create_core(database_url, clock=world.under_test.clock)
    try:
        replayed = await node.call("POST", "/recipe/totp/verify", body=body)
    finally:
        await node.stop()

    assert replayed["status"] == "INVALID_TOTP_ERROR"
    assert (await person.api("POST", "/totp/verify", {"totp": code})).json()["status"] == "INVALID_TOTP_ERROR"


@pytest.mark.slow
async def test_one_of_many_at_once_on_two_nodes_wins(world: World, database_url: str) -> None:
    """Attack class 09: a hundred submissions of one code, fifty to each of two nodes: one success."""
    secret = await world.with_authenticator()
    person = await signed_in(world, ADMIN)
    body = {"userId": person.payload()["sub"], "totp": world.totp_code(secret)}
    first, second = world.under_test.core, create_core(database_url, clock=world.under_test.clock)
    try:
        await second.start()
        flow = await first.call("POST", "/recipe/signinup/code", body={"email": ANN})
        typed = {name: flow[name] for name in ("preAuthSessionId", "deviceId", "userInputCode")}
        for path, content in (("totp/verify", body), ("signinup/code/consume", typed)):
            calls = [
                node.call("POST", f"/recipe/{path}", body=content) for node in (first, second) for _ in range(MANY // 2)
            ]
            answers = await asyncio.gather(*calls)
            assert [answer["status"] for answer in answers].count("OK") == 1, path
    finally:
        await second.stop()


async def signed_in(world: World, email: str) -> Person:
    """Return a person who has given the password."""
    person = world.person("header")
    assert (await person.sign_in(email)).json()["status"] == "OK"
    return person


@pytest.mark.parametrize("risk", default_risks(), ids=lambda risk: risk.factor)
def test_a_year_of_guessing_is_in_vain(risk: Any) -> None:
    """Attack class 01: under the defaults, no factor is guessed within a year with a probability of 1 in 10,000."""
    assert 0 < risk.probability < 1e-4


def test_guesses_of_a_year_are_those_of_the_limit() -> None:
    """The figure is what an attacker gets who takes all there is at once, and each one as soon as it comes back."""
    assert Limit(burst=12, refill_ms=20 * 86_400_000).most_in(365 * 86_400_000) == 30


def test_documented_figures_are_those_of_the_code() -> None:
    """`python -m scripts.guess_figures` writes them anew (ASVS 6.1.1)."""
    page = PAGE.read_text(encoding="utf-8")

    assert page == with_table(page)
