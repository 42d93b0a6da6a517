# SPDX-License-Identifier: Apache-2.0
"""Support cases from the user's side: the mail, the objection, the dashboard of those who help."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.recipe.dashboard.application import KEY, Caller
from tests.recipe.recoverycodes.application import EMAIL, Person, recipes, routes
from twofold import testing
from twofold.exceptions import GeneralError
from twofold.ingredients.emaildelivery.types import EmailDeliveryConfig, EmailDeliveryInterface
from twofold.recipe import dashboard, emailpassword, factorreset, session
from twofold.recipe.factorreset import asyncio as resets
from twofold.recipe.factorreset import syncio
from twofold.recipe.factorreset.types import (
    CancelResetOkResult,
    EmailTemplateVars,
    ResetFactorsOkResult,
    UnknownUserIdError,
)
from twofold.recipe.session.asyncio import get_all_session_handles_for_user
from twofold.recipe.totp.asyncio import list_devices

DAY_SECONDS = 86_400
REASON = "phone lost, passport seen"


@pytest.fixture
async def app() -> AsyncIterator[testing.AppUnderTest]:
    """An application with recovery codes, resets and a dashboard."""
    async with testing.app(recipes(factorreset.init(), dashboard.init(api_key=KEY))) as running:
        yield running


@pytest.fixture
async def owner(app: testing.AppUnderTest) -> Person:
    """Somebody who has just set an authenticator app up."""
    return await (await Person(app).sign("signup")).set_up()


async def id_of(person: Person) -> str:
    """The user's id."""
    return str((await person.browser.send("GET", "/me")).json()["user"])


async def devices(user_id: str) -> int:
    """How many authenticator apps a user has."""
    return len((await list_devices(user_id)).devices)


async def test_a_lost_phone(app: testing.AppUnderTest, owner: Person) -> None:
    """The app is gone, every session ends, the user reads why, and signs in with the password alone."""
    user_id = await id_of(owner)

    result = await resets.reset_factors("public", user_id, REASON, actor="eve@example.com")

    assert isinstance(result, ResetFactorsOkResult)
    assert (result.due_at, result.objection_token) == (None, None)
    assert await devices(user_id) == 0
    assert await get_all_session_handles_for_user(user_id) == []
    (mail,) = app.outbox.messages(EMAIL)
    assert mail.subject == "Your second factors were reset"
    assert REASON in mail.text
    assert await (await Person(app).sign("signin")).is_in()


async def test_an_attacker_asks_and_the_user_objects(app: testing.AppUnderTest, owner: Person) -> None:
    """Class 15: nothing happens before the delay; the link asks, its button cancels, once (AAL2 4.2.3, 4.6)."""
    user_id = await id_of(owner)
    await resets.reset_factors("public", user_id, REASON, after_seconds=DAY_SECONDS)
    (mail,) = app.outbox.messages(EMAIL)
    link = re.search(r"http\S+/auth/factor-reset/object\?token=(\w+)", mail.text)
    assert link is not None
    path, token = link[0].removeprefix(testing.ADDRESS), link[1]

    page = await owner.browser.send("GET", path)
    assert "<form" in page.text
    assert (await resets.find_reset(user_id)) is not None
    assert page.headers["referrer-policy"] == "no-referrer"
    replies = [await send_form(app, token) for _ in range(2)]

    assert [reply.status_code for reply in replies] == [200, 400]
    assert await resets.find_reset(user_id) is None
    assert await devices(user_id) == 1


async def send_form(app: testing.AppUnderTest, token: str) -> Any:
    """Press the button of the page, without a session."""
    async with app.client(routes()) as browser:
        return await browser.post("/auth/factor-reset/object", data={"token": token})


async def test_a_found_phone(app: testing.AppUnderTest, owner: Person) -> None:
    """Signing in with the factor that was said to be lost cancels its reset; with the password alone does not."""
    user_id = await id_of(owner)
    app.clock.turn(seconds=60)
    await resets.reset_factors("public", user_id, REASON, after_seconds=DAY_SECONDS)
    person = await Person(app).sign("signin")
    person.secret = owner.secret
    assert await resets.find_reset(user_id) is not None

    assert (await person.give_code())["status"] == "OK"

    assert await resets.find_reset(user_id) is None


async def test_the_dashboard_helps(app: testing.AppUnderTest, owner: Person) -> None:
    """Its API resets, says what waits, cancels, and shows the trail with who did it; the token is the user's alone."""
    staff, user_id = Caller(app), await id_of(owner)
    body = {"userId": user_id, "factors": ["totp"], "reason": REASON}
    waiting = await staff.call("POST", "/user/factors/reset", {**body, "afterSeconds": DAY_SECONDS})
    shown = (await staff.call("GET", "/user/factors/reset", {"userId": user_id}))["waiting"]
    cancelled = await staff.call("POST", "/user/factors/reset/cancel", {"userId": user_id, "reason": "found"})
    done = await staff.call("POST", "/user/factors/reset", body)
    trail = await staff.call("GET", "/audit", {"userId": user_id, "limit": "2"})
    rest = await staff.call("GET", "/audit", {"userId": user_id, "paginationToken": trail["nextPaginationToken"]})

    assert waiting.keys() == {"status", "dueAt"}
    assert (shown["actor"], shown["reason"], shown["dueAt"]) == ("dashboard key", REASON, waiting["dueAt"])
    assert cancelled == {"status": "OK", "wasWaiting": True}
    assert done == {"status": "OK"}
    entries = trail["entries"] + rest["entries"]
    assert [(entry["action"], entry["actor"]) for entry in entries[:3]] == [
        ("factor_reset.done", "dashboard key"),
        ("factor_reset.cancelled", "dashboard key"),
        ("factor_reset.requested", "dashboard key"),
    ]
    assert rest["nextPaginationToken"] is None


@pytest.mark.parametrize(
    ("method", "path", "values"),
    [
        ("POST", "/user/factors/reset", {"factors": []}),
        ("POST", "/user/factors/reset", {"factors": ["totp"], "afterSeconds": -1}),
        ("POST", "/user/factors/reset", {"factors": ["totp"], "reason": ""}),
        ("GET", "/audit", {"limit": "0"}),
        ("GET", "/audit", {"limit": "x"}),
    ],
)
async def test_what_makes_no_sense_is_refused(
    app: testing.AppUnderTest, method: str, path: str, values: dict[str, Any]
) -> None:
    """As a bad request."""
    user = await Caller(app).user()
    reply = await Caller(app).send(method, path, {"userId": user["id"], "reason": REASON, **values})

    assert reply.status_code in (400, 500), reply.text
    assert not await resets.find_reset(user["id"])


async def test_without_the_recipe() -> None:
    """The dashboard says that it is not there."""
    board = [session.init(), emailpassword.init(), dashboard.init(api_key=KEY)]
    async with testing.app(board) as running:
        staff = Caller(running)
        body = {"userId": "u", "factors": ["totp"], "reason": "r"}
        answers = [
            await staff.call("POST", "/user/factors/reset", body),
            await staff.call("GET", "/user/factors/reset", {"userId": "u"}),
            await staff.call("POST", "/user/factors/reset/cancel", {"userId": "u", "reason": "r"}),
        ]

    assert [answer["status"] for answer in answers] == ["FEATURE_NOT_ENABLED_ERROR"] * 3


async def test_no_mail_goes_out() -> None:
    """What happened stays done; an unknown user is told to nobody."""

    def broken(original: EmailDeliveryInterface[EmailTemplateVars]) -> EmailDeliveryInterface[EmailTemplateVars]:
        async def send_email(template_vars: EmailTemplateVars, user_context: Any) -> None:
            raise GeneralError("no mail server")

        original.send_email = send_email  # type: ignore[method-assign]  # as applications override
        return original

    reset = factorreset.init(EmailDeliveryConfig(override=broken))
    async with testing.app(recipes(reset)) as running:
        person = await (await Person(running).sign("signup")).set_up()
        user_id = await id_of(person)
        result = await resets.reset_factors("public", user_id, REASON)
        unknown = await resets.reset_factors("public", "nobody", REASON)

        assert isinstance(result, ResetFactorsOkResult)
        assert isinstance(unknown, UnknownUserIdError)
        assert await devices(user_id) == 0


def test_blocking_twins() -> None:
    """They answer as the others do."""
    with testing.app(recipes(factorreset.init())):
        assert syncio.cancel_reset("nobody", REASON) == CancelResetOkResult(was_waiting=False)
        assert syncio.find_reset("nobody") is None
