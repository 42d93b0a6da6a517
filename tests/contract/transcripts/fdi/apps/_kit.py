# SPDX-License-Identifier: Apache-2.0
"""What the applications of this folder share: settings, an outbox instead of mail and SMS, and test-only routes.

Nothing below `/test` belongs to an ordinary application: these routes let a replay read the messages that were
sent, and bring users, roles, tenants and sessions into a state that a browser alone cannot reach.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fastapi import Body, Depends, FastAPI
from starlette.middleware.cors import CORSMiddleware

from twofold import InputAppInfo, SupertokensConfig, get_all_cors_headers
from twofold import init as sdk_init
from twofold.asyncio import delete_user, get_user
from twofold.framework.fastapi import get_middleware
from twofold.ingredients.emaildelivery.types import EmailDeliveryConfig, EmailDeliveryInterface
from twofold.ingredients.smsdelivery.types import SMSDeliveryConfig, SMSDeliveryInterface
from twofold.recipe.multitenancy.asyncio import associate_user_to_tenant, create_or_update_tenant
from twofold.recipe.multitenancy.interfaces import TenantConfigCreateOrUpdate
from twofold.recipe.session import SessionContainer
from twofold.recipe.session.asyncio import revoke_all_sessions_for_user, revoke_session
from twofold.recipe.session.framework.fastapi import verify_session
from twofold.types import RecipeUserId

SETTINGS: dict[str, Any] = json.loads(os.environ.get("FDI_SETTINGS", "{}"))
PORT = os.environ.get("FDI_PORT", "8000")
WEBSITE = SETTINGS.get("websiteDomain", "http://localhost:3000")
# Codes of the original live for 15 minutes, ours for 10 (NIST SP 800-63B-4); the recordings show its lifetime.
CORE_CONFIG: dict[str, Any] = {"passwordless_code_lifetime": 900_000} | SETTINGS.get("coreConfig", {})
OUTBOX: list[dict[str, Any]] = []


def start_sdk(recipes: list[Any]) -> None:
    """Initialise the SDK with this process's settings."""
    sdk_init(
        app_info=InputAppInfo(
            app_name="Example",
            api_domain=SETTINGS.get("apiDomain", "http://localhost:8000"),
            website_domain=WEBSITE,
            api_base_path=SETTINGS.get("apiBasePath", "/auth"),
            api_gateway_path=SETTINGS.get("apiGatewayPath", ""),
            website_base_path=SETTINGS.get("websiteBasePath", "/auth"),
        ),
        supertokens_config=SupertokensConfig(connection_uri=os.environ.get("FDI_CONNECTION_URI", "")),
        framework="fastapi",
        mode="asgi",
        telemetry=False,
        recipe_list=recipes,
    )


def _remember(message: Any, channel: str) -> None:
    """Keep what a message tells its reader: code, link, and the parts of the link."""
    user = getattr(message, "user", None)
    entry: dict[str, Any] = {
        "channel": channel,
        "to": getattr(message, "email", None) or getattr(message, "phone_number", None) or getattr(user, "email", None),
        "purpose": "signInUp",
    }
    for source, key in (
        ("user_input_code", "code"),
        ("pre_auth_session_id", "preAuthSessionId"),
        ("code_life_time", "lifetimeMs"),
        ("is_first_factor", "isFirstFactor"),
        ("tenant_id", "tenantId"),
    ):
        if getattr(message, source, None) is not None:
            entry[key] = getattr(message, source)
    for source, purpose in (
        ("url_with_link_code", "signInUp"),
        ("password_reset_link", "passwordReset"),
        ("email_verify_link", "emailVerification"),
    ):
        link = getattr(message, source, None)
        if link:
            parts = urlsplit(link)
            entry["purpose"] = purpose
            entry["link"] = link
            entry["token"] = parts.fragment or parse_qs(parts.query)["token"][0]
    OUTBOX.append(entry)


class OutboxEmail(EmailDeliveryInterface[Any]):
    """Puts e-mails into the outbox."""

    async def send_email(self, template_vars: Any, user_context: dict[str, Any]) -> None:
        """Keep the message."""
        _remember(template_vars, "email")


class OutboxSMS(SMSDeliveryInterface[Any]):
    """Puts text messages into the outbox."""

    async def send_sms(self, template_vars: Any, user_context: dict[str, Any]) -> None:
        """Keep the message."""
        _remember(template_vars, "sms")


def email_delivery() -> EmailDeliveryConfig[Any]:
    """A delivery configuration for any recipe that sends e-mail."""
    return EmailDeliveryConfig(service=OutboxEmail())


def sms_delivery() -> SMSDeliveryConfig[Any]:
    """A delivery configuration for any recipe that sends text messages."""
    return SMSDeliveryConfig(service=OutboxSMS())


@asynccontextmanager
async def _configure_core(_app: FastAPI) -> AsyncIterator[None]:
    await create_or_update_tenant("public", TenantConfigCreateOrUpdate(core_config=CORE_CONFIG))
    yield


def make_app() -> FastAPI:
    """An application with the SDK's middleware, CORS for the website, `/me` and the test-only routes."""
    app = FastAPI(lifespan=_configure_core)
    app.add_middleware(get_middleware())
    _add_me(app)
    _add_test_routes(app)
    return app


def with_cors(app: FastAPI) -> CORSMiddleware:
    """Wrap the finished application, as the outermost layer, in CORS for the website."""
    return CORSMiddleware(
        app,
        allow_origins=[WEBSITE],
        allow_credentials=True,
        allow_methods=["GET", "PUT", "POST", "DELETE", "OPTIONS", "PATCH"],
        allow_headers=["Content-Type", *get_all_cors_headers()],
    )


def describe(session: SessionContainer | None) -> dict[str, Any]:
    """What a protected route of these applications answers."""
    if session is None:
        return {"session": None}
    return {
        "userId": session.get_user_id(),
        "recipeUserId": session.get_recipe_user_id().get_as_string(),
        "tenantId": session.get_tenant_id(),
        "handle": session.get_handle(),
    }


def _no_validators(*_: Any) -> list[Any]:
    return []


def _add_me(app: FastAPI) -> None:
    @app.get("/me")
    @app.post("/me")
    async def me(session: SessionContainer = Depends(verify_session())) -> Any:
        return describe(session)

    @app.get("/me/unchecked")
    async def unchecked(
        session: SessionContainer = Depends(verify_session(override_global_claim_validators=_no_validators)),
    ) -> Any:
        return describe(session)

    @app.get("/me/optional")
    async def optional(session: SessionContainer | None = Depends(verify_session(session_required=False))) -> Any:
        return describe(session)

    @app.get("/me/database")
    async def database(session: SessionContainer = Depends(verify_session(check_database=True))) -> Any:
        return describe(session)

    @app.get("/fallback/{rest:path}")
    async def fallback(rest: str) -> Any:
        return {"application": rest}


def _add_test_routes(app: FastAPI) -> None:
    def route(path: str) -> Callable[[Any], Any]:
        return app.post("/test" + path)

    @app.get("/test/ready")
    async def ready() -> Any:
        return {"ready": True}

    @app.get("/test/outbox")
    async def outbox(to: str) -> Any:
        return {"messages": [entry for entry in OUTBOX if entry["to"] == to][-1:]}

    @app.get("/test/outbox/count")
    async def outbox_count(to: str) -> Any:
        return {"count": sum(entry["to"] == to for entry in OUTBOX)}

    @app.get("/test/user")
    async def user(id: str) -> Any:
        found = await get_user(id)
        return {"user": found.to_json() if found else None}

    @route("/delete-user")
    async def remove_user(body: Any = Body()) -> Any:
        await delete_user(body["userId"], body.get("removeAllLinkedAccounts", True))
        return {"done": True}

    @route("/revoke")
    async def revoke(body: Any = Body()) -> Any:
        if "sessionHandle" in body:
            return {"revoked": await revoke_session(body["sessionHandle"])}
        return {"revoked": len(await revoke_all_sessions_for_user(body["userId"]))}

    @route("/tenant")
    async def tenant(body: Any = Body()) -> Any:
        names = {"firstFactors": "first_factors", "requiredSecondaryFactors": "required_secondary_factors"}
        config = TenantConfigCreateOrUpdate(**{names[key]: body[key] for key in names if key in body})
        return {"createdNew": (await create_or_update_tenant(body["tenantId"], config)).created_new}

    @route("/associate")
    async def associate(body: Any = Body()) -> Any:
        result = await associate_user_to_tenant(body["tenantId"], RecipeUserId(body["recipeUserId"]))
        return {"status": result.status}
