# SPDX-License-Identifier: Apache-2.0
"""The application with the screens of `supertokens-auth-react`: its website, and recipes for all of them."""

import contextlib
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from examples.harbour_notes import policy
from tests.contract.js.app import FIRST_FACTORS, bundle, listening, local_provider, serving
from twofold.recipe import (
    accountlinking,
    emailpassword,
    emailverification,
    multifactorauth,
    passwordless,
    session,
    thirdparty,
    totp,
    userroles,
    webauthn,
)
from twofold.recipe._base import RecipeInit
from twofold.recipe.multifactorauth.interfaces import RecipeInterface as MultiFactorAuthFunctions
from twofold.recipe.multifactorauth.types import MFARequirementList
from twofold.types import User

PAGE = (
    "<!doctype html><title>Harbour Notes</title><link rel='icon' href='data:,'>"
    "<div id='root'></div><script src='/application.js'></script>"
)
JSX = ("--jsx=automatic", "--minify", '--define:process.env.NODE_ENV="production"')


@contextlib.contextmanager
def running_react_website() -> Iterator[str]:
    """Serve the application of `react/` at each path until the block ends; yield its origin."""
    website = Starlette()

    def script(_request: Request) -> Response:
        return Response(bundle("react/application.jsx", *JSX), media_type="text/javascript")

    def page(_request: Request) -> Response:
        return Response(PAGE, media_type="text/html")

    website.add_route("/application.js", script)
    website.add_route("/{path:path}", page)
    with listening() as (listener, origin), serving(website, listener):
        yield origin


def react_recipes(provider: str) -> list[RecipeInit]:
    """Return every recipe that has screens; addresses must be verified, and say which factors they need."""
    return [
        session.init(anti_csrf="VIA_CUSTOM_HEADER"),
        userroles.init(),
        emailverification.init(mode="REQUIRED"),
        emailpassword.init(),
        thirdparty.init(thirdparty.SignInAndUpFeature([local_provider(provider)])),
        passwordless.init(passwordless.ContactEmailOrPhoneConfig(), flow_type="USER_INPUT_CODE_AND_MAGIC_LINK"),
        webauthn.init(webauthn.WebauthnConfig(get_relying_party_id="localhost")),
        totp.init(),
        accountlinking.init(should_do_automatic_account_linking=policy.link_second_factors),
        multifactorauth.init(
            [*FIRST_FACTORS, "webauthn"], override=multifactorauth.OverrideConfig(functions=_told_by_address)
        ),
    ]


def _told_by_address(original: MultiFactorAuthFunctions) -> MultiFactorAuthFunctions:
    """Require one of the factors after the plus signs of an address: ann+totp+otp-phone@example.com."""

    async def get_mfa_requirements_for_auth(
        tenant_id: str,
        access_token_payload: dict[str, Any],
        completed_factors: dict[str, int],
        user: Callable[[], Awaitable[User]],
        *_sources: Any,
    ) -> MFARequirementList:
        local_parts = [email.split("@")[0] for email in (await user()).emails[:1]]
        return [{"oneOf": part.split("+")[1:]} for part in local_parts]

    original.get_mfa_requirements_for_auth = get_mfa_requirements_for_auth  # type: ignore[assignment,method-assign]
    return original
