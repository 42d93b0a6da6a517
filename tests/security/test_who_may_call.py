# SPDX-License-Identifier: Apache-2.0
"""Who may call each door of the application, as doors.py says: all of them are tried (class 12)."""

from collections.abc import AsyncIterator
from fnmatch import fnmatch
from typing import Any

import httpx
import pytest

from tests.security.application import ADMIN, Person, World, application, recipes
from tests.security.doors import APIS, PAGES, Caller, Door
from tests.security.rows import everything_stored
from twofold import testing
from twofold.recipe.multifactorauth.asyncio import add_to_required_secondary_factors_for_user

MAX_AGE_SECONDS = 15 * 60
# Codes live as long as the session here: it is its factor that must be too old, not the code.
LONG_CODES = {"passwordless_code_lifetime": 60 * 60 * 1000}
DOORS: dict[str, Door] = {f"API {name}": door for name, door in APIS.items()} | {
    f"page {name}": door for name, door in PAGES.items() if "…" not in name
}
CHANGES = [name for name, door in DOORS.items() if door.change is not None]
PAGES_OF_CHANGES = [name for name, door in DOORS.items() if name.startswith("page ") and door.caller is Caller.FRESH]
SET_UPS = [name for name, door in DOORS.items() if door.caller is Caller.SETS_UP]
FOR_SOMEBODY = {Caller.SESSION, Caller.WHOLE, Caller.FRESH, Caller.SETS_UP, Caller.STAFF}
# What every request may write, and what nobody signs in with.
NO_FACTORS = {"abuse_budgets", "audit_log", "job_runs", "last_active", "sessions", "webauthn_options"}
# Open to anybody, and whoever comes without a flow, a token or a session is led to the page for signing in.
LEAD_TO_SIGN_IN = {
    "page GET /auth",
    "page GET /auth/code",
    "page POST /auth/code",
    "page POST /auth/resend",
    "page POST /auth/cancel",
    "page POST /auth/sign-out",
    "page POST /auth/verify-email",
}
# Without the name of a device it leads to the page before it, which asks who is there.
ASKS_LATER = {"page POST /auth/authenticator/verify"}


@pytest.fixture
async def long_world() -> AsyncIterator[World]:
    """The application in memory, with codes that live long."""
    async with testing.app(recipes(), settings=LONG_CODES) as under_test:
        yield World(under_test, application())


async def knock(person: Person, name: str) -> httpx.Response:
    """Send a door a request that says nothing."""
    kind, method, path = name.split(" ")
    if kind == "API":
        return await person.api(method, path)
    return await person.page(method, path.replace("*", "elsewhere"))


async def test_nobody_passes_where_a_session_is_needed(quick_world: World) -> None:
    """Attack class 12.

    Class 12: without a session, or the dashboard's key, a door is closed, or one of those that need neither.

    ASVS 6.3.4.
    """
    closed: set[str] = set()
    for name in DOORS:
        reply = await knock(quick_world.person(), name)
        if reply.status_code == 401 or _path(reply) == "/auth/sign-in":
            closed.add(name)

    for_somebody = {name for name, door in DOORS.items() if door.caller in FOR_SOMEBODY}
    assert closed == (for_somebody - ASKS_LATER) | LEAD_TO_SIGN_IN


async def test_who_lacks_a_factor_passes_no_door_of_whole_sessions(quick_world: World) -> None:
    """Class 14: the refusal names the factors (`st-mfa`), or the page leads to them."""
    half = await quick_world.half_admin()
    doors = [name for name, door in DOORS.items() if door.caller is Caller.WHOLE and door.change is None]

    for name in [*doors, *PAGES_OF_CHANGES]:
        assert_asked_for_factor(await knock(half, name))


async def test_a_page_asks_for_a_fresh_factor_before_anything_else(quick_world: World) -> None:
    """Attack class 15.

    Class 15: whoever finds a browser signed in learns nothing from a page of changes, and has nothing sent.
    """
    owner = await quick_world.whole_admin()
    quick_world.under_test.clock.turn(seconds=MAX_AGE_SECONDS + 1)
    before = await state_of(quick_world)
    for name in PAGES_OF_CHANGES:
        assert_asked_for_factor(await knock(owner, name), is_fresh=True)
    assert await state_of(quick_world) == before
    await owner.complete_with_code(quick_world, ADMIN)

    for name in PAGES_OF_CHANGES:
        if name.startswith("page GET"):
            assert_done(await knock(owner, name))


@pytest.mark.parametrize("name", CHANGES)
async def test_a_change_needs_a_session_its_factors_and_a_fresh_one(long_world: World, name: str) -> None:
    """Attack class 15.

    Classes 12, 14, 15, 16: a change is refused, and changes nothing, without a session, with the password alone, when
    the factor was given too long ago, and, if it was begun in another session, in that of anybody else. After all that
    its owner gives the factor anew, and the very same request does it.

    ASVS 6.3.4, 7.5.1.
    """
    door, owner = DOORS[name], await long_world.whole_admin()
    assert door.change is not None
    ready = await door.change(long_world, owner)
    cookies = {item.name: item.value or "" for item in owner.http.cookies.jar if item.name.startswith("twofold_")}

    async def refused(person: Person) -> httpx.Response:
        before = await state_of(long_world)
        reply = await ready.step(with_cookies(person, cookies))
        assert await state_of(long_world) == before, reply.text
        return reply

    if door.caller is not Caller.ANYBODY:
        assert_asked_to_sign_in(await refused(long_world.person()))
    half = long_world.person()
    await half.sign_in(ADMIN)
    assert_asked_for_factor(await refused(half), is_bound=ready.is_bound)
    if ready.is_bound:
        other = long_world.person()
        await other.sign_in(ADMIN)
        await other.complete_with_code(long_world, ADMIN)
        await refused(other)
    long_world.under_test.clock.turn(seconds=MAX_AGE_SECONDS + 1)
    if door.caller is not Caller.WHOLE:
        assert_asked_for_factor(await led_on(owner, await refused(owner)), is_fresh=True)
        await owner.complete_with_code(long_world, ADMIN)

    before = await state_of(long_world)
    reply = await ready.step(with_cookies(owner, cookies))

    assert_done(reply)
    assert (await state_of(long_world) != before) is ready.stores
    kind, method, path = name.split(" ")
    assert reply.request.method == method
    assert fnmatch(reply.request.url.path, f"/auth{path}" if kind == "API" else path)


@pytest.mark.parametrize("name", SET_UPS)
async def test_the_factor_that_is_asked_for_next_may_be_set_up(quick_world: World, name: str) -> None:
    """Class 15: by who has given a password alone, and has no other factor; this is how the first one comes to be."""
    user_id = await quick_world.account(ADMIN)
    factor = "webauthn" if "passkey" in name else "totp"
    await add_to_required_secondary_factors_for_user(user_id, factor)
    person = quick_world.person()
    await person.sign_in(ADMIN)
    change = DOORS[name].change
    assert change is not None
    ready = await change(quick_world, person)

    assert_done(await ready.step(person))


def with_cookies(person: Person, cookies: dict[str, str]) -> Person:
    """Return them with what else the owner's browser keeps."""
    for name, value in cookies.items():
        if name in person.http.cookies:
            person.http.cookies.delete(name)
        person.http.cookies.set(name, value)
    return person


async def state_of(world: World) -> Any:
    """Return all that opens accounts, and how many messages were sent."""
    stored = await everything_stored(world.under_test.core)
    factors = {table: rows for table, rows in stored.items() if table not in NO_FACTORS}
    return factors, len(world.under_test.outbox.messages())


async def led_on(person: Person, reply: httpx.Response) -> httpx.Response:
    """Return the answer of the list of login methods, where a page leads there to ask for what is missing."""
    if reply.headers.get("location") == "/auth/settings/login-methods":
        return await person.page("GET", "/auth/settings/login-methods")
    return reply


def assert_asked_to_sign_in(reply: httpx.Response) -> None:
    """It asks who is there."""
    assert reply.status_code == 401 or _path(reply) == "/auth/sign-in", reply.text


def assert_asked_for_factor(reply: httpx.Response, *, is_fresh: bool = False, is_bound: bool = False) -> None:
    """It asks for a factor, a fresh one if said so; or, in a session in which nothing was begun, it is refused."""
    if reply.is_redirect:
        assert _path(reply) == "/auth/factor", reply.headers
        assert ("factors=" in reply.headers["location"]) is is_fresh, reply.headers
        return
    assert reply.status_code == 403, reply.text
    if "html" in reply.headers["content-type"]:
        assert is_bound
        return
    [error] = reply.json()["claimValidationErrors"]
    assert error["id"] == "st-mfa"
    assert (error["reason"]["message"] == "A fresh factor is required") is is_fresh, error


def assert_done(reply: httpx.Response) -> None:
    """It was done, or the page is shown."""
    if reply.is_redirect:
        assert _path(reply) not in ("/auth/factor", "/auth/sign-in"), reply.headers
        return
    assert reply.status_code == 200, reply.text
    if "json" in reply.headers["content-type"]:
        assert reply.json()["status"] == "OK", reply.text


def _path(reply: httpx.Response) -> str:
    path: str = reply.headers.get("location", "").partition("?")[0]
    return path
