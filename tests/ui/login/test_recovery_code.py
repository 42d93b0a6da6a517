# SPDX-License-Identifier: Apache-2.0
"""Recovery codes on the pages: offered, shown once, used once."""

import re

import httpx
import pytest

from tests.ui.conftest import Start
from tests.ui.person import (
    ANN,
    HALF_AN_HOUR,
    create_recovery_codes,
    set_authenticator_up,
    sign_in_again,
    sign_up,
)
from twofold.core.clock import TurnableClock
from twofold.recipe.multifactorauth.types import FactorIds


@pytest.fixture
async def ann(start: Start, clock: TurnableClock) -> httpx.AsyncClient:
    """A browser in which Ann is signed in, who has an authenticator app."""
    browser = await sign_up(start)
    await set_authenticator_up(browser, clock)
    return browser


async def test_they_are_offered_when_the_first_second_factor_is_set_up(start: Start, clock: TurnableClock) -> None:
    """Once: not beside the second one. Whoever does not want them goes on to what was wanted."""
    browser = await sign_up(start, [FactorIds.TOTP])
    seen: list[str] = []

    async def remember(request: httpx.Request) -> None:
        seen.append(str(request.url))

    browser.event_hooks["request"] = [remember]

    await set_authenticator_up(browser, clock, to="/notes?id=7")
    assert seen[-1] == "http://localhost:8000/auth/settings/recovery-codes?to=/notes%3Fid%3D7"
    assert 'href="/notes?id=7"' in (await browser.get(seen[-1])).text
    await create_recovery_codes(browser)
    await set_authenticator_up(browser, clock, "My other phone", to="/notes?id=7")

    assert seen[-1] == "http://localhost:8000/notes?id=7"


async def test_they_are_shown_once_to_keep(ann: httpx.AsyncClient) -> None:
    """Ten, with a file to download that has the same ones; the page afterwards only counts them."""
    reply = await ann.post("/auth/settings/recovery-codes")
    codes = re.findall(r"<li><code>([^<]+)</code>", reply.text)
    assert len(set(codes)) == 10
    assert reply.headers["cache-control"] == "no-store"
    file = re.search(r'href="(data:text/plain[^"]+)" download="recovery-codes.txt"', reply.text)
    assert file is not None
    assert all(code in file[1] for code in codes)

    page = await ann.get("/auth/settings/recovery-codes")

    assert "10 of 10" in page.text
    assert not any(code in page.text for code in codes)


async def test_one_lets_in_whoever_lost_the_app(ann: httpx.AsyncClient) -> None:
    """In the place of its code, once."""
    codes = await create_recovery_codes(ann)
    page = await sign_in_again(ann)
    assert 'href="/auth/recovery-code' in page.text

    wrong = await ann.post("/auth/recovery-code", data={"recovery_code": "nonsense"})
    assert wrong.status_code == 422
    assert "That code is not right, or was used before." in wrong.text
    missing = await ann.post("/auth/recovery-code")
    assert "Enter a recovery code." in missing.text
    reply = await ann.post("/auth/recovery-code", data={"recovery_code": f" {codes[0].lower()} ", "to": "/notes?id=7"})
    assert str(reply.url) == "http://localhost:8000/notes?id=7"

    await sign_in_again(ann)
    again = await ann.post("/auth/recovery-code", data={"recovery_code": codes[0]})
    assert again.status_code == 422
    assert "9 of 10" not in again.text


async def test_after_one_the_lost_app_is_removed(ann: httpx.AsyncClient) -> None:
    """That is what it is for: no fresh code of the lost app is asked for."""
    codes = await create_recovery_codes(ann)
    await sign_in_again(ann)
    await ann.post("/auth/recovery-code", data={"recovery_code": codes[0]})

    await ann.post("/auth/settings/authenticators/remove", data={"device": "My phone"})

    assert "None yet" in (await ann.get("/auth/settings/authenticators")).text


async def test_new_ones_need_a_fresh_factor(ann: httpx.AsyncClient, clock: TurnableClock) -> None:
    """And a recovery code is none (attack: whoever found one makes ten)."""
    codes = await create_recovery_codes(ann)
    clock.turn(seconds=HALF_AN_HOUR)
    assert (await ann.post("/auth/settings/recovery-codes")).url.path == "/auth/authenticator"
    await sign_in_again(ann)
    await ann.post("/auth/recovery-code", data={"recovery_code": codes[0]})

    reply = await ann.post("/auth/settings/recovery-codes")

    assert reply.url.path == "/auth/authenticator"


async def test_who_has_none_is_not_asked_for_one(ann: httpx.AsyncClient) -> None:
    """The link is not there, and the address leads to the factor; who needs no factor is sent on."""
    assert (await ann.get("/auth/recovery-code")).url.path == "/notes"
    page = await sign_in_again(ann)
    assert "recovery code" not in page.text

    for reply in (
        await ann.get("/auth/recovery-code"),
        await ann.post("/auth/recovery-code", data={"recovery_code": "x"}),
    ):
        assert reply.url.path == "/auth/authenticator"


async def test_too_many_wrong_ones_lock_them(ann: httpx.AsyncClient) -> None:
    """The page says so, and the app still works."""
    codes = await create_recovery_codes(ann)
    await sign_in_again(ann)
    wrong = codes[1][:4] + codes[0][4:]
    replies = [await ann.post("/auth/recovery-code", data={"recovery_code": wrong}) for _ in range(10)]
    assert "Too many wrong codes" in replies[-1].text

    reply = await ann.post("/auth/recovery-code", data={"recovery_code": codes[0]})

    assert reply.status_code == 429
    assert 'href="/auth/factor"' in reply.text


async def test_without_a_second_factor_there_are_none(start: Start) -> None:
    """They stand in for it."""
    browser = await sign_up(start)

    reply = await browser.post("/auth/settings/recovery-codes")

    assert reply.status_code == 422
    assert "Set up an authenticator app or a passkey first." in reply.text
    assert ANN["email"] not in reply.text
