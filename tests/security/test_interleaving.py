# SPDX-License-Identifier: Apache-2.0
"""Many people at once: nothing of one reaches another, and one secret has one winner."""

import asyncio
from collections import Counter
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.security.application import ADMIN, PASSWORD, SECRET_CONTENT, Mode, Person, World, front_token, password_form
from twofold.recipe.emailpassword.interfaces import SignInOkResult
from twofold.recipe.emailpassword.syncio import sign_in as sign_in_blocking
from twofold.recipe.session.asyncio import get_all_session_handles_for_user, get_session_information
from twofold.recipe.usermetadata.asyncio import get_user_metadata, update_user_metadata
from twofold.types import RecipeUserId

PEOPLE, REQUESTS_EACH = 25, 8
AT_ONCE = 100


async def signed_in(world: World, number: int) -> Person:
    """Return one of many people, signed in; every second one with cookies."""
    person = world.person("cookie" if number % 2 else "header")
    await person.api("POST", "/signup", password_form(f"person{number}@example.com"))
    return person


async def some_requests(person: Person) -> None:
    """Send what changes and what reads a session, and check that every answer is about this person."""
    own = person.payload()["sub"]
    handle = person.payload()["sessionHandle"]
    for turn in range(REQUESTS_EACH // 4):
        replies = [
            await person.send("GET", "/checked"),
            await person.send("POST", "/protected"),
            await person.api("PUT", "/mfa/info"),
            await person.api("POST", "/session/refresh"),
        ]
        assert [reply.status_code for reply in replies] == [200] * 4, f"turn {turn}"
        assert [reply.json()["user"] for reply in replies[:2]] == [own, own]
        about_this_person(replies, own, person)
        assert (person.payload()["sub"], person.payload()["sessionHandle"]) == (own, handle)


def about_this_person(replies: list[httpx.Response], own: str, person: Person) -> None:
    """Tokens come in this person's way, and name this person."""
    for reply in replies:
        if "front-token" in reply.headers:
            assert front_token(reply)["uid"] == own
        assert not (person.mode == "header" and "set-cookie" in reply.headers)
        assert not (person.mode == "cookie" and "st-refresh-token" in reply.headers)


async def test_requests_of_many_people(world: World) -> None:
    """Attack class 44.

    Class 44: 200 interleaved requests of 25 people on one event loop: no header, claim or cookie crosses.
    """
    people = await asyncio.gather(*(signed_in(world, number) for number in range(PEOPLE)))
    assert len({person.payload()["sub"] for person in people}) == PEOPLE

    await asyncio.gather(*(some_requests(person) for person in people))


async def test_requests_of_many_threads(world: World) -> None:
    """Attack class 44: the same from threads, each with its own event loop, beside blocking calls."""
    people = await asyncio.gather(*(signed_in(world, number) for number in range(8)))

    def one_thread(number: int) -> None:
        person, copied = people[number], Person(world.web, people[number].mode)
        copied.access_token, copied.refresh_token = person.access_token, person.refresh_token
        copied.http.cookies.update(person.http.cookies)
        asyncio.run(some_requests(copied))
        result = sign_in_blocking("public", f"person{number}@example.com", PASSWORD)
        assert isinstance(result, SignInOkResult)
        assert result.user.id == copied.payload()["sub"]

    await asyncio.gather(*(asyncio.to_thread(one_thread, number) for number in range(8)))


async def test_sign_ins_of_many_people(quick_world: World) -> None:
    """Class 44: sign-ins that overlap, wrong ones among them, end in sessions of whoever gave the password."""
    numbers = range(20)
    ids = {number: await quick_world.account(f"person{number}@example.com") for number in numbers}

    async def sign_in(number: int, password: str) -> None:
        person = quick_world.person("header" if number % 2 else "cookie")
        reply = await person.api("POST", "/signin", password_form(f"person{number}@example.com", password))
        if password != PASSWORD:
            assert reply.json()["status"] == "WRONG_CREDENTIALS_ERROR"
            assert "set-cookie" not in reply.headers
            assert "st-access-token" not in reply.headers
            return
        assert reply.json()["user"]["id"] == person.payload()["sub"] == ids[number]

    await asyncio.gather(*(sign_in(number, word) for number in numbers for word in (PASSWORD, "wrong word 1") * 2))


async def test_second_factors_of_many_people(quick_world: World) -> None:
    """Class 44: codes of many people on their way at once: each completes the session it was asked for in."""

    async def go_through(number: int) -> None:
        email, phone = f"p{number}@strict.example.com", f"+1415555{2600 + number}"
        person = quick_world.person("header" if number % 2 else "cookie")
        await person.api("POST", "/signup", password_form(email))
        ids = await person.ask_for_code(phoneNumber=phone)
        assert (await person.send("GET", "/protected")).status_code == 403
        body = {**ids, "userInputCode": quick_world.under_test.outbox.code(phone)}
        reply = await person.api("POST", "/signinup/code/consume", body)
        assert reply.json()["status"] == "OK", reply.text
        opened = (await person.send("GET", "/protected")).json()
        assert opened == {"content": SECRET_CONTENT, "user": person.payload()["sub"]}
        assert phone in reply.json()["user"]["phoneNumbers"]
        assert email in reply.json()["user"]["emails"]

    await asyncio.gather(*(go_through(number) for number in range(20)))


async def test_cached_answers_of_the_core_do_not_cross(quick_world: World) -> None:
    """Class 44: what one request has asked of the core is not another request's answer."""
    ids = [await quick_world.account(f"person{number}@example.com") for number in range(10)]

    async def change_and_read(user_id: str) -> None:
        for number in range(5):
            await update_user_metadata(user_id, {"who": user_id, "number": number})
            metadata = (await get_user_metadata(user_id)).metadata
            assert metadata == {"who": user_id, "number": number}

    await asyncio.gather(*(change_and_read(user_id) for user_id in ids))


def winners(replies: list[httpx.Response]) -> Counter[str]:
    """Count the statuses. Every reply must be an answer, not a failure."""
    assert {reply.status_code for reply in replies} == {200}, [r.text for r in replies if r.status_code != 200][:3]
    return Counter(reply.json()["status"] for reply in replies)


@pytest.mark.parametrize("kind", ["code", "link"])
async def test_one_code_sent_a_hundred_times(world: World, kind: str) -> None:
    """Attack class 09.

    Class 9: a hundred people give the same right code, or open the same link, at once: one is let in.
    """
    ids = await world.person("header").ask_for_code(email="new@example.com", within_session=False)
    link = urlsplit(world.under_test.outbox.link("new@example.com"))
    body: dict[str, Any] = {**ids, "userInputCode": world.under_test.outbox.code("new@example.com")}
    if kind == "link":
        body = {"preAuthSessionId": ids["preAuthSessionId"], "linkCode": link.fragment}
        body["shouldTryLinkingWithSessionUser"] = False
    people = [world.person("header") for _ in range(AT_ONCE)]

    replies = await asyncio.gather(*(person.api("POST", "/signinup/code/consume", body) for person in people))

    assert winners(replies)["OK"] == 1
    assert sum(bool(person.access_token) for person in people) == 1
    assert sum("st-access-token" in reply.headers for reply in replies) == 1
    winner = next(person for person in people if person.access_token)
    handles = await get_all_session_handles_for_user(winner.payload()["sub"])
    assert handles == [winner.payload()["sessionHandle"]]


@pytest.mark.parametrize("mode", ["cookie", "header"])
async def test_one_second_factor_sent_a_hundred_times(world: World, mode: Mode) -> None:
    """Attack class 09: in a hundred sessions of one administrator the same code completes one."""
    half = await world.half_admin(mode)
    sessions = [half, *(world.person("header") for _ in range(19))]
    for person in sessions[1:]:  # one after the other: right passwords, too, are limited at once
        await person.sign_in(ADMIN)
    ids = await half.ask_for_code(email=ADMIN)
    body = {**ids, "userInputCode": world.under_test.outbox.code(ADMIN)}

    replies = await asyncio.gather(
        *(person.api("POST", "/signinup/code/consume", body) for person in sessions for _ in range(5))
    )

    assert sum(reply.status_code == 200 and reply.json()["status"] == "OK" for reply in replies) == 1
    handles = await get_all_session_handles_for_user(half.payload()["sub"])
    informations = [await get_session_information(handle) for handle in handles]
    claims = [item.custom_claims_in_access_token_payload["st-mfa"]["v"] for item in informations if item]
    assert Counter(claims) == {True: 1, False: 19}


async def test_one_authenticator_code_sent_a_hundred_times(world: World) -> None:
    """Attack class 08.

    Classes 8, 9: one code of an authenticator app is accepted once, by however many sessions it is given.
    """
    secret = await world.with_authenticator()
    sessions = [world.person("header") for _ in range(10)]
    await asyncio.gather(*(person.sign_in(ADMIN) for person in sessions))
    code = world.totp_code(secret)

    replies = await asyncio.gather(
        *(person.api("POST", "/totp/verify", {"totp": code}) for person in sessions for _ in range(10))
    )

    assert winners(replies)["OK"] == 1


async def test_one_reset_link_opened_many_times(world: World) -> None:
    """Attack class 09.

    Class 9: of many new passwords given with one link, one is set: that of the one that was told so.
    """
    await world.account("ann@example.com")
    form = {"formFields": [{"id": "email", "value": "ann@example.com"}]}
    await world.person("header").api("POST", "/user/password/reset/token", form)
    token = parse_qs(urlsplit(world.under_test.outbox.link("ann@example.com")).query)["token"][0]
    passwords = [f"new password {number}" for number in range(30)]
    bodies = [
        {"formFields": [{"id": "password", "value": password}], "token": token, "method": "token"}
        for password in passwords
    ]

    replies = await asyncio.gather(
        *(world.person("header").api("POST", "/user/password/reset", body) for body in bodies)
    )

    assert winners(replies) == {"OK": 1, "RESET_PASSWORD_INVALID_TOKEN_ERROR": 29}
    (told,) = [word for word, reply in zip(passwords, replies, strict=True) if reply.json()["status"] == "OK"]
    right = [word for word in passwords if await lets_in(world, word)]
    assert right == [told]


async def lets_in(world: World, password: str) -> bool:
    """Tell whether Ann can sign in with this password."""
    reply = await world.person("header").api("POST", "/signin", password_form("ann@example.com", password))
    return bool(reply.json()["status"] == "OK")


async def test_one_verification_link_opened_many_times(world: World) -> None:
    """Class 9: the link that verifies an address works once."""
    person = world.person("header")
    await person.api("POST", "/signup", password_form("ann@example.com"))
    await person.api("POST", "/user/email/verify/token")
    token = parse_qs(urlsplit(world.under_test.outbox.link("ann@example.com")).query)["token"][0]
    body = {"method": "token", "token": token}

    replies = await asyncio.gather(*(world.person("header").api("POST", "/user/email/verify", body) for _ in range(30)))

    assert winners(replies) == {"OK": 1, "EMAIL_VERIFICATION_INVALID_TOKEN_ERROR": 29}


async def test_sign_ups_of_one_address(world: World) -> None:
    """Class 9: of many sign-ups with one address at once, one makes the account, and one session."""
    people = [world.person("header") for _ in range(30)]

    replies = await asyncio.gather(
        *(person.api("POST", "/signup", password_form("ann@example.com")) for person in people)
    )

    assert winners(replies) == {"OK": 1, "FIELD_ERROR": 29}
    assert sum(bool(person.access_token) for person in people) == 1


async def test_wrong_codes_at_once_are_all_counted(world: World) -> None:
    """Classes 1, 3: a hundred different wrong codes at once: no more are looked at than one after the other."""
    ids = await world.person("header").ask_for_code(email="ann@example.com", within_session=False)
    right = int(world.under_test.outbox.code("ann@example.com"))
    bodies = [{**ids, "userInputCode": f"{(right + offset) % 1_000_000:06}"} for offset in range(1, AT_ONCE + 1)]

    replies = await asyncio.gather(
        *(world.person("header").api("POST", "/signinup/code/consume", body) for body in bodies)
    )

    statuses = winners(replies)
    assert statuses["INCORRECT_USER_INPUT_CODE_ERROR"] <= 4
    assert statuses["INCORRECT_USER_INPUT_CODE_ERROR"] + statuses["RESTART_FLOW_ERROR"] == AT_ONCE
    late = await world.person("header").api("POST", "/signinup/code/consume", {**ids, "userInputCode": f"{right:06}"})
    assert late.json()["status"] == "RESTART_FLOW_ERROR"


def test_recipe_user_ids_are_values() -> None:
    """Class 44: ids compare by value, so that nobody's session is taken for another's."""
    assert RecipeUserId("a") == RecipeUserId("a")
    assert RecipeUserId("a") != RecipeUserId("b")
