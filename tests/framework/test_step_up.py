# SPDX-License-Identifier: Apache-2.0
"""Step-up in one line, in every framework: `verify_session(max_age_seconds=…)`."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from fastapi import Depends, FastAPI
from flask import Flask

from tests.framework.django_project import STEP_UP_SECONDS
from twofold import testing
from twofold._app_info import FrameworkName
from twofold.framework.fastapi import get_middleware
from twofold.framework.flask import Middleware as FlaskMiddleware
from twofold.framework.wsgi import Middleware as WsgiMiddleware
from twofold.framework.wsgi.wsgi_response import StartResponse
from twofold.recipe import emailpassword, multifactorauth, session
from twofold.recipe.emailpassword.asyncio import sign_up as sign_up_async
from twofold.recipe.emailpassword.syncio import sign_up
from twofold.recipe.emailpassword.types import SignUpOkResult
from twofold.recipe.session import SessionContainer
from twofold.recipe.session.framework.fastapi import verify_session as verify_in_fastapi
from twofold.recipe.session.framework.flask import verify_session as verify_in_flask
from twofold.recipe.session.framework.wsgi import verify_session as verify_in_wsgi

ACCOUNT = ("public", "ann@example.com", "a good password 1")
FACTORS = ["emailpassword"]


def fastapi() -> FastAPI:
    """A vault in FastAPI."""
    app = FastAPI()
    app.add_middleware(get_middleware())

    @app.get("/vault")
    async def vault(
        session: SessionContainer = Depends(verify_in_fastapi(max_age_seconds=STEP_UP_SECONDS)),
    ) -> dict[str, str]:
        return {"userId": session.get_user_id()}

    return app


def flask() -> Any:
    """A vault in Flask."""
    app = Flask(__name__)
    FlaskMiddleware(app)

    @app.get("/vault")
    @verify_in_flask(max_age_seconds=STEP_UP_SECONDS)
    def vault() -> dict[str, str]:
        return {}

    return app


def wsgi() -> Any:
    """A vault in WSGI."""

    @verify_in_wsgi(max_age_seconds=STEP_UP_SECONDS)
    def vault(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "application/json")])
        return [b"{}"]

    return WsgiMiddleware(vault)


def app_with(framework: FrameworkName) -> testing.AppUnderTest:
    """An application where the password is all that there is."""
    recipes = [session.init(), emailpassword.init(), multifactorauth.init(FACTORS)]
    return testing.app(recipes, framework=framework)


def asserted(replies: list[Any]) -> None:
    """Open at once, closed when the password is too old, with what front ends need to know."""
    fresh, old = replies
    assert fresh.status_code == 200, fresh.text
    assert (old.status_code, old.json()["message"]) == (403, "invalid claim")
    (error,) = old.json()["claimValidationErrors"]
    assert error["reason"].pop("ageInSeconds") > STEP_UP_SECONDS
    reason = {"message": "A fresh factor is required", "factors": FACTORS, "maxAgeInSeconds": STEP_UP_SECONDS}
    assert error == {"id": "st-mfa", "reason": reason}


@pytest.mark.parametrize(
    ("framework", "make", "path"),
    [("fastapi", fastapi, "/vault"), ("django", get_asgi_application, "/step-up-async")],
)
async def test_a_route_of_an_async_framework(framework: FrameworkName, make: Callable[[], Any], path: str) -> None:
    """FastAPI, and async views of Django."""
    async with app_with(framework) as app, app.client(make()) as browser:
        account = await sign_up_async(*ACCOUNT)
        assert isinstance(account, SignUpOkResult)
        await app.sign_in(browser, account.user.id, factors=FACTORS)

        replies = [await browser.get(path)]
        app.clock.turn(seconds=STEP_UP_SECONDS + 1)
        replies.append(await browser.get(path))

    asserted(replies)


@pytest.mark.parametrize(
    ("framework", "make", "path"),
    [
        ("flask", flask, "/vault"),
        ("wsgi", wsgi, "/vault"),
        ("django", get_wsgi_application, "/step-up"),
        ("django", get_wsgi_application, "/step-up-rest"),
    ],
)
def test_a_route_of_a_blocking_framework(framework: FrameworkName, make: Callable[[], Any], path: str) -> None:
    """Flask, WSGI, Django, and Django REST framework."""
    with app_with(framework) as app, app.sync_client(make()) as browser:
        account = sign_up(*ACCOUNT)
        assert isinstance(account, SignUpOkResult)
        app.sync_sign_in(browser, account.user.id, factors=FACTORS)

        replies = [browser.get(path)]
        app.clock.turn(seconds=STEP_UP_SECONDS + 1)
        replies.append(browser.get(path))

    asserted(replies)
