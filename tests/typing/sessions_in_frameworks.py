# SPDX-License-Identifier: Apache-2.0
# pyright: strict, reportMissingTypeStubs=false, reportUnusedFunction=false
"""`verify_session` in each framework; Django is published without types."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from fastapi import Depends, FastAPI
from flask import Flask, g

from twofold.framework.fastapi import get_middleware
from twofold.framework.flask import Middleware
from twofold.recipe.session import SessionContainer
from twofold.recipe.session.framework.django.asyncio import verify_session as verify_in_async_django
from twofold.recipe.session.framework.django.syncio import verify_session as verify_in_django
from twofold.recipe.session.framework.fastapi import verify_session
from twofold.recipe.session.framework.flask import verify_session as verify_in_flask
from twofold.recipe.session.interfaces import SessionClaimValidator
from twofold.recipe.userroles import UserRoleClaim


class SignedInRequest(HttpRequest):  # type: ignore[misc]  # Django is published without types
    """A request after `verify_session`."""

    supertokens: SessionContainer


def admins_only(
    validators: list[SessionClaimValidator], session: SessionContainer, user_context: dict[str, Any]
) -> list[SessionClaimValidator]:
    """Require a role besides what every route requires."""
    return [*validators, UserRoleClaim.validators.includes("admin")]


def with_fastapi(app: FastAPI) -> None:
    """Add a route for administrators."""
    app.add_middleware(get_middleware())

    @app.get("/")
    async def home(
        session: SessionContainer = Depends(verify_session(override_global_claim_validators=admins_only)),
    ) -> dict[str, str]:
        roles = await session.get_claim_value(UserRoleClaim)
        return {"user": session.get_user_id(), "roles": ", ".join(roles or [])}


def with_flask(app: Flask) -> None:
    """Add a route for everybody."""
    Middleware(app)

    @app.get("/")
    @verify_in_flask(session_required=False)
    def home() -> dict[str, str]:
        session: SessionContainer | None = g.supertokens
        return {"user": "nobody" if session is None else session.get_user_id()}


@verify_in_django()
def view(request: SignedInRequest) -> HttpResponse:
    """Change the session from a sync view."""
    request.supertokens.sync_merge_into_access_token_payload({"seen": True})
    return HttpResponse(request.supertokens.get_user_id().encode())


@verify_in_async_django()
async def async_view(request: SignedInRequest) -> HttpResponse:
    """Change the session from an async view."""
    await request.supertokens.merge_into_access_token_payload({"seen": True})
    return HttpResponse(request.supertokens.get_user_id().encode())
