# SPDX-License-Identifier: Apache-2.0
"""The application under load: passwords, and an e-mailed code for addresses that begin with `otp`; one worker."""

import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn
from fastapi import Depends, FastAPI, Request
from fastapi.responses import HTMLResponse

from benchmarks.flows import CODE
from twofold import InputAppInfo, SupertokensConfig, init
from twofold.framework.fastapi import get_middleware
from twofold.ingredients.emaildelivery.types import EmailDeliveryConfig, EmailDeliveryInterface
from twofold.recipe import accountlinking, emailpassword, multifactorauth, passwordless, session
from twofold.recipe.accountlinking.types import ShouldAutomaticallyLink
from twofold.recipe.multifactorauth.interfaces import RecipeInterface
from twofold.recipe.multifactorauth.types import FactorIds, MFARequirementList, OverrideConfig
from twofold.recipe.session import SessionContainer
from twofold.recipe.session.framework.fastapi import verify_session
from twofold.types import User


class Nowhere(EmailDeliveryInterface[Any]):
    """Mail servers are not measured."""

    async def send_email(self, template_vars: Any, user_context: dict[str, Any]) -> None:
        """Send nothing."""


async def link(*_: Any) -> ShouldAutomaticallyLink:
    """Link second factors without further questions."""
    return ShouldAutomaticallyLink(should_require_verification=False)


async def fixed_code(_tenant_id: str, _user_context: dict[str, Any]) -> str:
    """One code for every challenge."""
    return CODE


def policy(original: RecipeInterface) -> RecipeInterface:
    """Ask for a code from addresses that begin with `otp`."""

    async def get_mfa_requirements_for_auth(
        tenant_id: str,
        access_token_payload: dict[str, Any],
        completed_factors: dict[str, int],
        user: Callable[[], Awaitable[User]],
        *_: Any,
    ) -> MFARequirementList:
        is_asked = any(email.startswith("otp") for email in (await user()).emails)
        return [FactorIds.OTP_EMAIL] if is_asked else []

    original.get_mfa_requirements_for_auth = get_mfa_requirements_for_auth  # type: ignore[method-assign, assignment]
    return original


mail: EmailDeliveryConfig[Any] = EmailDeliveryConfig(service=Nowhere())
init(
    app_info=InputAppInfo("Benchmark", api_domain="http://localhost:8000", website_domain="http://localhost:8000"),
    supertokens_config=SupertokensConfig(connection_uri=os.environ["BENCH_CORE"]),
    framework="fastapi",
    recipe_list=[
        session.init(),
        emailpassword.init(email_delivery=mail),
        passwordless.init(
            contact_config=passwordless.ContactEmailOnlyConfig(),
            flow_type="USER_INPUT_CODE",
            get_custom_user_input_code=fixed_code,
            email_delivery=mail,
        ),
        multifactorauth.init(first_factors=[FactorIds.EMAILPASSWORD], override=OverrideConfig(functions=policy)),
        accountlinking.init(should_do_automatic_account_linking=link),
    ],
)

app = FastAPI()
app.add_middleware(get_middleware())


@app.get("/open")
async def open_route() -> dict[str, bool]:
    """A route that Twofold has nothing to do with."""
    return {"open": True}


@app.get("/protected")
async def protected(session: SessionContainer = Depends(verify_session())) -> dict[str, str]:
    """A protected route."""
    return {"user": session.get_user_id()}


@app.get("/page")
async def page(request: Request, session: SessionContainer = Depends(verify_session())) -> HTMLResponse:
    """A protected page."""
    return HTMLResponse(f"<!doctype html><title>Page</title><p>{session.get_user_id()} at {request.url.path}")


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)
