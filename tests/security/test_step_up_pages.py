# SPDX-License-Identifier: Apache-2.0
"""A page that needs a fresh factor: its visitor is led through the factor and back, and nowhere else."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import Depends, FastAPI

from tests.security.application import NAVIGATION, PASSWORD
from twofold import testing, ui
from twofold.framework.fastapi import get_middleware
from twofold.recipe import emailpassword, multifactorauth, session, totp
from twofold.recipe.emailpassword.asyncio import sign_up
from twofold.recipe.emailpassword.types import SignUpOkResult
from twofold.recipe.session.framework.fastapi import verify_session
from twofold.recipe.totp.asyncio import create_device, verify_device
from twofold.recipe.totp.types import CreateDeviceOkResult

EMAIL = "ann@example.com"


def web() -> FastAPI:
    """An application with a page that needs a fresh factor."""
    app = FastAPI()
    app.add_middleware(get_middleware())

    @app.get("/vault")
    async def vault(_: Any = Depends(verify_session(max_age_seconds=300))) -> Any:
        return {"gold": True}

    return app


def recipes() -> list[Any]:
    """A password, authenticator apps, and pages."""
    return [session.init(), emailpassword.init(), totp.init(), multifactorauth.init(["emailpassword"]), ui.init()]


async def follow(browser: httpx.AsyncClient, path: str) -> httpx.Response:
    """Open a page and go where it leads, as a browser does."""
    reply = await browser.get(path, headers=NAVIGATION)
    while reply.is_redirect:
        assert reply.headers["location"].startswith("/")
        reply = await browser.get(reply.headers["location"], headers=NAVIGATION)
    return reply


@pytest.mark.parametrize("has_device", [False, True])
async def test_through_the_factor_and_back(has_device: bool) -> None:
    """The password for who has nothing else, the code for who has an app; then the page that was wanted."""
    async with testing.app(recipes()) as app, app.client(web()) as browser:
        made = await sign_up("public", EMAIL, PASSWORD)
        assert isinstance(made, SignUpOkResult)
        secret = await with_device(app, made.user.id) if has_device else ""
        await app.sign_in(browser, made.user.id, factors=["emailpassword"])
        app.clock.turn(seconds=400)

        form = await follow(browser, "/vault?of=mine")
        address = urlsplit(str(form.url))
        code = {"code": testing.VirtualTotp(secret, app.clock).code()} if secret else {"password": PASSWORD}
        fields = {**{name: value for name, (value,) in parse_qs(address.query).items()}, **code}
        sent = await browser.post(address.path, data=fields, headers=NAVIGATION)

        assert address.path == ("/auth/authenticator" if has_device else "/auth/password")
        assert sent.headers["location"] == "/vault?of=mine"
        assert (await browser.get("/vault", headers=NAVIGATION)).json() == {"gold": True}


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example", "/%2e%2e//evil.example"])
async def test_back_is_never_elsewhere(to: str) -> None:
    """Class 45: whatever the address says, the way back is a path of this site."""
    async with testing.app(recipes()) as app, app.client(web()) as browser:
        made = await sign_up("public", EMAIL, PASSWORD)
        assert isinstance(made, SignUpOkResult)
        await app.sign_in(browser, made.user.id, factors=["emailpassword"])
        app.clock.turn(seconds=400)
        fields = {"to": to, "factors": "emailpassword", "password": PASSWORD}

        opened = await browser.get("/auth/factor", params={"to": to, "factors": "emailpassword"}, headers=NAVIGATION)
        sent = await browser.post("/auth/password", data=fields, headers=NAVIGATION)

        assert "evil" not in opened.headers.get("location", "")
        assert sent.headers["location"] == "/"


async def with_device(app: testing.AppUnderTest, user_id: str) -> str:
    """Set an authenticator app up, and return its secret."""
    device = await create_device(user_id)
    assert isinstance(device, CreateDeviceOkResult)
    await verify_device("public", user_id, device.device_name, testing.VirtualTotp(device.secret, app.clock).code())
    app.clock.turn(seconds=60)
    return device.secret
