# SPDX-License-Identifier: Apache-2.0
"""Somebody who uses every page: an application with all recipes, and how to go through it without a browser."""

import json
import re
from collections.abc import Awaitable, Callable, Sequence
from html import unescape
from typing import Any

import httpx

from tests.ui.conftest import ADDRESS, Start
from twofold import ui
from twofold.core.clock import TurnableClock
from twofold.recipe import (
    accountlinking,
    emailpassword,
    multifactorauth,
    passwordless,
    recoverycodes,
    session,
    totp,
    trusteddevices,
    webauthn,
)
from twofold.recipe._base import RecipeInit
from twofold.recipe.accountlinking.types import ShouldAutomaticallyLink, ShouldNotAutomaticallyLink
from twofold.recipe.multifactorauth import OverrideConfig
from twofold.recipe.multifactorauth.interfaces import RecipeInterface
from twofold.recipe.multifactorauth.types import FactorIds, MFARequirementList
from twofold.recipe.session import SessionContainer
from twofold.testing import VirtualAuthenticator, VirtualTotp
from twofold.types import User

ANN = {"email": "ann@example.com", "password": "correct horse battery"}
HALF_AN_HOUR = 30 * 60
PERIOD_SECONDS = 30
_FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


async def start_all(
    start: Start,
    required: MFARequirementList | None = None,
    *more: RecipeInit,
    first: Sequence[str] = (FactorIds.EMAILPASSWORD, FactorIds.WEBAUTHN),
) -> httpx.AsyncClient:
    """Start an application with every factor. It asks for `required`, or for what its user has set up, if anything."""
    return await start(
        session.init(),
        emailpassword.init(),
        passwordless.init(passwordless.ContactEmailOrPhoneConfig(), flow_type="USER_INPUT_CODE"),
        accountlinking.init(should_do_automatic_account_linking=link_within_a_session),
        multifactorauth.init(list(first), _policy(required)),
        totp.init(),
        webauthn.init(),
        recoverycodes.init(),
        trusteddevices.init(),
        ui.init(home_path="/notes"),
        *more,
    )


async def sign_up(
    start: Start,
    required: MFARequirementList | None = None,
    *more: RecipeInit,
    first: Sequence[str] = (FactorIds.EMAILPASSWORD, FactorIds.WEBAUTHN),
) -> httpx.AsyncClient:
    """Start the application, and sign Ann up with a password."""
    browser = await start_all(start, required, *more, first=first)
    await browser.post("/auth/sign-up", data=ANN)
    return browser


async def set_authenticator_up(
    browser: httpx.AsyncClient, clock: TurnableClock, name: str = "My phone", **fields: str
) -> VirtualTotp:
    """Set an authenticator app up on the pages, and return it."""
    shown = await browser.post("/auth/authenticator/set-up", data={"name": name, **fields})
    shown_fields = hidden_fields(shown)
    app = VirtualTotp(shown_fields["secret"], clock)
    reply = await browser.post("/auth/authenticator/verify", data={**shown_fields, "code": app.code()})
    assert reply.status_code == 200, reply.text
    clock.turn(seconds=PERIOD_SECONDS)
    return app


async def create_recovery_codes(browser: httpx.AsyncClient) -> list[str]:
    """Make recovery codes on the pages, and return them."""
    reply = await browser.post("/auth/settings/recovery-codes")
    return re.findall(r"<li><code>([^<]+)</code>", reply.text)


async def make_passkey(browser: httpx.AsyncClient, path: str, **fields: str) -> VirtualAuthenticator:
    """Make a passkey on the page at this path, and return what holds it."""
    authenticator = VirtualAuthenticator(ADDRESS)
    page = await (browser.post(path, data=fields) if fields else browser.get(path))
    await answer(browser, page, authenticator.create)
    return authenticator


async def answer(
    browser: httpx.AsyncClient, page: httpx.Response, make: Callable[[Any], Any], **fields: str
) -> httpx.Response:
    """Do what the script of a passkey's page does: give the options to the browser, and send what it answers."""
    options = re.search(r'data-options="([^"]*)"', page.text)
    assert options is not None, page.text
    credential = json.dumps(make(json.loads(unescape(options[1]))))
    path = re.search(r'action="([^"]*)" data-passkey', page.text)
    assert path is not None
    return await browser.post(path[1], data={**hidden_fields(page), "credential": credential, **fields})


def hidden_fields(page: httpx.Response) -> dict[str, str]:
    """Return what the forms of a page send beside what people fill in."""
    return {name: unescape(value) for name, value in _FIELD.findall(page.text)}


async def sign_in_again(browser: httpx.AsyncClient) -> httpx.Response:
    """Sign Ann out and in with the password."""
    await browser.post("/auth/sign-out")
    return await browser.post("/auth/sign-in", data=ANN)


async def link_within_a_session(
    _info: Any, user: User | None, session: SessionContainer | None, *_: Any
) -> ShouldAutomaticallyLink | ShouldNotAutomaticallyLink:
    """Link a second factor to the user of the session."""
    if session is not None and (user is None or user.id == session.get_user_id()):
        return ShouldAutomaticallyLink(should_require_verification=False)
    return ShouldNotAutomaticallyLink()


def _policy(required: MFARequirementList | None) -> OverrideConfig:
    def override(original: RecipeInterface) -> RecipeInterface:
        async def get_mfa_requirements_for_auth(
            _tenant_id: str,
            _payload: Any,
            _completed: Any,
            _user: Any,
            set_up: Callable[[], Awaitable[list[str]]],
            *_: Any,
        ) -> MFARequirementList:
            if required is not None:
                return required
            known = await set_up()
            own: list[str] = [factor for factor in (FactorIds.TOTP, FactorIds.WEBAUTHN) if factor in known]
            return [{"oneOf": own}] if own else []

        original.get_mfa_requirements_for_auth = get_mfa_requirements_for_auth  # type: ignore[assignment,method-assign]
        return original

    return OverrideConfig(functions=override)
