# SPDX-License-Identifier: Apache-2.0
"""A session with unfinished factors opens nothing protected, however it was made and whatever is done with it."""

import asyncio
from typing import Any

import pytest

from tests.security.application import (
    ADMIN,
    PHONE,
    PROTECTED,
    SECRET_CONTENT,
    STRICT,
    Mode,
    Person,
    World,
    password_form,
)
from tests.security.doors import APIS, PAGES, Kind
from tests.security.ways import Way
from twofold.recipe.multifactorauth.asyncio import add_to_required_secondary_factors_for_user
from twofold.recipe.session.asyncio import get_session_information
from twofold.recipe.userroles.asyncio import add_role_to_user, create_new_role_or_add_permissions, remove_user_role

WAYS: list[Any] = [
    *(
        pytest.param(door.way, mode, id=f"{name}-{mode}")
        for name, door in APIS.items()
        for mode in ("cookie", "header")
        if door.way is not None
    ),
    *(pytest.param(door.way, "cookie", id=name) for name, door in PAGES.items() if door.way is not None),
]
MODES = pytest.mark.parametrize("mode", ["cookie", "header"])
# What an attacker could hope that some API takes for a completed factor.
HOSTILE = {
    "factorId": "otp-email",
    "factorIds": ["otp-email"],
    "st-mfa": {"c": {"emailpassword": 1, "otp-email": 1}, "v": True},
    "accessTokenPayload": {"st-mfa": {"c": {"otp-email": 1}, "v": True}},
    "userDataInJWT": {"st-mfa": {"c": {"otp-email": 1}, "v": True}},
    "userContext": {"_default": {"request": None}},
    "session": {"handle": "x"},
    "completed": True,
    "method": "token",
    "token": "x",
}


async def assert_closed(person: Person) -> None:
    """The session exists, so the answer is "not enough" (403), for every guard."""
    assert person.payload()["st-mfa"]["v"] is False
    for method, path in PROTECTED:
        reply = await person.send(method, path)
        assert reply.status_code == 403, f"{method} {path}: {reply.status_code} {reply.text}"
        assert [error["id"] for error in reply.json()["claimValidationErrors"]] == ["st-mfa"]
        assert SECRET_CONTENT not in reply.text


async def assert_open(person: Person) -> None:
    """The session is whole."""
    for method, path in PROTECTED:
        reply = await person.send(method, path)
        assert reply.json()["content"] == SECRET_CONTENT, f"{method} {path}: {reply.text}"


@pytest.mark.parametrize(("way", "mode"), WAYS)
async def test_what_comes_through_this_door_opens_nothing(world: World, way: Way, mode: Mode) -> None:
    """Classes 12, 14: through each door that makes or raises sessions comes one that is refused everywhere."""
    person = await way(world, mode)

    await assert_closed(person)


@MODES
async def test_second_factor_opens_everything(world: World, mode: Mode) -> None:
    """Without this, the tests above would pass for an application that is closed to everybody."""
    person = await world.whole_admin(mode)

    await assert_open(person)


@MODES
async def test_no_api_raises_a_session_without_the_factor(world: World, mode: Mode) -> None:
    """Class 14: "completed" cannot be said on the wire: each API is given all that could mean it."""
    person = await world.half_admin(mode)
    for name in APIS:
        method, path = name.split(" ")
        if path in ("/signout", "/session/refresh"):
            continue
        body = {name: str(value) for name, value in HOSTILE.items()} if method == "GET" else HOSTILE
        reply = await person.api(method, path, body)
        assert reply.status_code < 500, f"{name}: {reply.text}"

        assert person.payload()["st-mfa"] == {
            "c": {"emailpassword": person.payload()["st-mfa"]["c"]["emailpassword"]},
            "v": False,
        }, name
    await assert_closed(person)


async def test_no_page_lets_an_unfinished_session_past(quick_world: World) -> None:
    """Class 14: every page is opened and every form is sent; none leads home, and nothing opens afterwards."""
    person = await quick_world.half_admin()
    for name, door in PAGES.items():
        method, path = name.split(" ")
        if "…" in path or path == "/auth/sign-out":
            continue
        reply = await person.page(method, path, {"to": "/protected", "factor": "otp-email", "code": "000000x"})
        led_to = reply.headers.get("location", "")
        if door.kind is not Kind.NONE and not path.endswith("/session/refresh/page"):
            assert led_to not in ("/", "/protected"), f"{name} leads to {led_to}"
        assert reply.status_code < 500, name
    await assert_closed(person)


@MODES
async def test_second_tab_shares_the_state(quick_world: World, mode: Mode) -> None:
    """Class 14: tokens from before the factor stay unfinished; those from after it are whole."""
    person = await quick_world.half_admin(mode)
    other_tab = quick_world.person("header")
    other_tab.access_token, other_tab.refresh_token = person.token("access"), person.token("refresh")
    await assert_closed(other_tab)

    await person.complete_with_code(quick_world, ADMIN)

    await assert_open(person)
    for method, path in (("GET", "/protected"), ("POST", "/optional")):
        assert (await other_tab.send(method, path)).status_code == 403


@MODES
async def test_handle_and_refresh_token_of_the_unfinished_session(quick_world: World, mode: Mode) -> None:
    """Class 14: the session keeps its handle when it becomes whole, but it was never anybody else's: see below.

    Its refresh token of before then belongs to the whole session: it was given to the same person, after the password.
    """
    person = await quick_world.half_admin(mode)
    before = person.payload()["sessionHandle"]
    await person.complete_with_code(quick_world, ADMIN)

    assert person.payload()["sessionHandle"] == before
    information = await get_session_information(before)
    assert information is not None
    assert information.custom_claims_in_access_token_payload["st-mfa"]["v"] is True


@MODES
async def test_first_factor_replaces_the_session_that_was_there(quick_world: World, mode: Mode) -> None:
    """Class 14, fixation: who signs in on top of a planted session gets another; the planted one learns nothing."""
    await quick_world.account("mallory@example.com")
    victim = quick_world.person(mode)
    await victim.sign_in("mallory@example.com")
    planted = quick_world.person("header")
    planted.access_token = victim.token("access")
    handle = victim.payload()["sessionHandle"]
    await quick_world.admin()

    await victim.sign_in(ADMIN)

    assert victim.payload()["sessionHandle"] != handle
    await assert_closed(victim)
    await victim.complete_with_code(quick_world, ADMIN)
    assert (await planted.send("GET", "/checked")).json()["user"] != victim.payload()["sub"]


@MODES
async def test_claims_do_not_come_with_the_wrong_users_code(quick_world: World, mode: Mode) -> None:
    """Class 49: a code that somebody else got for their own sign-in completes nothing in my session."""
    mallory = quick_world.person(mode)
    ids = await mallory.ask_for_code(email="mallory@example.com", within_session=False)
    code = quick_world.under_test.outbox.code("mallory@example.com")
    half = await quick_world.half_admin(mode)
    await half.ask_for_code(email=ADMIN)
    await half.complete_with_code(quick_world, ADMIN)
    second = quick_world.person(mode)
    await second.sign_in(ADMIN)

    body = {**ids, "userInputCode": code, "shouldTryLinkingWithSessionUser": True}
    await second.api("POST", "/signinup/code/consume", body)

    await assert_closed(second)


@MODES
async def test_another_address_cannot_stand_in_for_an_enrolled_factor(quick_world: World, mode: Mode) -> None:
    """Classes 12, 15: who knows the password alone cannot bring an address of their own where one is enrolled."""
    await quick_world.whole_admin(mode)
    thief = quick_world.person(mode)
    await thief.sign_in(ADMIN)
    for contact in ({"email": "thief@example.com"}, {"phoneNumber": PHONE}):
        body = {**contact, "shouldTryLinkingWithSessionUser": True}
        reply = await thief.api("POST", "/signinup/code", body)
        assert reply.status_code == 403, reply.text

    assert quick_world.under_test.outbox.messages("thief@example.com") == []
    await assert_closed(thief)


@MODES
async def test_new_role_counts_at_the_next_factor_step(quick_world: World, mode: Mode) -> None:
    """Class 13: somebody who became an administrator within a session is asked at its next factor step."""
    user_id = await quick_world.account("eve@example.com")
    person = quick_world.person(mode)
    await person.sign_in("eve@example.com")
    await assert_open(person)
    await create_new_role_or_add_permissions("admin", [])
    await add_role_to_user("public", user_id, "admin")

    reply = await person.api("PUT", "/mfa/info")

    assert reply.json()["factors"]["next"] == ["otp-email"]
    await assert_closed(person)


@MODES
async def test_lost_role_counts_at_the_next_factor_step(quick_world: World, mode: Mode) -> None:
    """Class 13: and somebody who is one no longer is let in, by the same step."""
    person = await quick_world.half_admin(mode)
    await remove_user_role("public", person.payload()["sub"], "admin")
    await assert_closed(person)

    await person.api("PUT", "/mfa/info")

    await assert_open(person)


@MODES
async def test_factor_required_of_a_user_counts_from_the_next_sign_in(quick_world: World, mode: Mode) -> None:
    """Class 12: the requirement of a single user closes the next session from its beginning."""
    user_id = await quick_world.account("eve@example.com")
    await add_to_required_secondary_factors_for_user(user_id, "otp-email")
    person = quick_world.person(mode)

    await person.sign_in("eve@example.com")

    await assert_closed(person)


@MODES
async def test_wrong_code_completes_nothing(quick_world: World, mode: Mode) -> None:
    """Class 1: five wrong codes, and the session is as closed as before."""
    person = await quick_world.half_admin(mode)
    ids = await person.ask_for_code(email=ADMIN)
    right = quick_world.under_test.outbox.code(ADMIN)
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    for _ in range(5):
        await person.api("POST", "/signinup/code/consume", {**ids, "userInputCode": wrong})

    reply = await person.api("POST", "/signinup/code/consume", {**ids, "userInputCode": right})

    assert reply.json()["status"] == "RESTART_FLOW_ERROR"
    await assert_closed(person)


@MODES
async def test_expired_code_completes_nothing(quick_world: World, mode: Mode) -> None:
    """Class 32: a code that came too late, by the one clock of core and SDK."""
    person = await quick_world.half_admin(mode)
    ids = await person.ask_for_code(email=ADMIN)
    code = quick_world.under_test.outbox.code(ADMIN)
    quick_world.under_test.clock.turn(seconds=601)

    reply = await person.api("POST", "/signinup/code/consume", {**ids, "userInputCode": code})

    assert reply.json()["status"] == "EXPIRED_USER_INPUT_CODE_ERROR"
    await assert_closed(person)


@MODES
async def test_sign_out_ends_the_unfinished_session(quick_world: World, mode: Mode) -> None:
    """Class 20: after signing out neither the tokens nor the code that was on its way are good for anything."""
    person = await quick_world.half_admin(mode)
    ids = await person.ask_for_code(email=ADMIN)
    code = quick_world.under_test.outbox.code(ADMIN)
    left_behind = quick_world.person("header")
    left_behind.access_token, left_behind.refresh_token = person.token("access"), person.token("refresh")
    await person.api("POST", "/signout")

    reply = await left_behind.api("POST", "/signinup/code/consume", {**ids, "userInputCode": code})

    assert reply.status_code == 401
    assert (await left_behind.send("GET", "/checked")).status_code == 401
    assert (await left_behind.api("POST", "/session/refresh")).status_code == 401


async def test_whole_session_of_one_user_does_not_raise_another(quick_world: World) -> None:
    """Class 44: an administrator's completed factor is nothing to the next session of the same person."""
    await quick_world.whole_admin("header")
    second = quick_world.person("header")

    await second.sign_in(ADMIN)

    await assert_closed(second)


async def test_both_ways_at_once_the_unfinished_one_counts(quick_world: World) -> None:
    """Class 12: tokens by header and by cookie in one request: the one that counts is verified, not the better one."""
    whole = await quick_world.whole_admin("cookie")
    half = quick_world.person("header")
    await half.sign_in(ADMIN)

    reply = await whole.send("GET", "/protected", headers={"authorization": f"Bearer {half.access_token}"})

    assert reply.status_code == 403


async def test_completing_while_the_role_is_taken_and_given(world: World) -> None:
    """Class 13: role changes that race with the factor step end in a session that says what was decided last."""
    person = await world.half_admin("header")
    user_id = person.payload()["sub"]
    await asyncio.gather(
        person.complete_with_code(world, ADMIN),
        remove_user_role("public", user_id, "admin"),
        add_role_to_user("public", user_id, "admin"),
    )
    await person.api("PUT", "/mfa/info")

    assert person.payload()["st-mfa"]["v"] is True
    assert set(person.payload()["st-mfa"]["c"]) == {"emailpassword", "otp-email"}


@MODES
async def test_strict_account_cannot_complete_with_what_it_began_with(quick_world: World, mode: Mode) -> None:
    """Class 13: the first factor given a second time is not the second factor."""
    person = quick_world.person(mode)
    await person.api("POST", "/signup", password_form(STRICT))
    for _ in range(2):
        await person.api("POST", "/signin", {**password_form(STRICT), "shouldTryLinkingWithSessionUser": True})

    await assert_closed(person)
