# SPDX-License-Identifier: Apache-2.0
"""Sessions: who is signed in, proved by short-lived access tokens that rotate through refresh tokens."""

from typing import Any, Literal

from twofold._app_info import AppInfo
from twofold.recipe._base import RecipeInit, open_to_plugins
from twofold.recipe.session import exceptions
from twofold.recipe.session.config import GetTokenTransferMethod, SessionConfig
from twofold.recipe.session.constants import TokenTransferMethod
from twofold.recipe.session.error_handlers import InputErrorHandlers
from twofold.recipe.session.recipe import SessionOverrideConfig, SessionRecipe
from twofold.recipe.session.session_class import SessionContainer

InputOverrideConfig = SessionOverrideConfig

__all__ = [
    "InputErrorHandlers",
    "InputOverrideConfig",
    "SessionContainer",
    "SessionOverrideConfig",
    "SessionRecipe",
    "TokenTransferMethod",
    "exceptions",
    "init",
]


@open_to_plugins("session")
def init(
    cookie_domain: str | None = None,
    older_cookie_domain: str | None = None,
    cookie_secure: bool | None = None,
    cookie_same_site: Literal["lax", "none", "strict"] | None = None,
    session_expired_status_code: int | None = None,
    anti_csrf: Literal["VIA_TOKEN", "VIA_CUSTOM_HEADER", "NONE"] | None = None,
    get_token_transfer_method: GetTokenTransferMethod | None = None,
    error_handlers: InputErrorHandlers | None = None,
    override: SessionOverrideConfig | None = None,
    invalid_claim_status_code: int | None = None,
    use_dynamic_access_token_signing_key: bool | None = None,
    expose_access_token_to_frontend_in_cookie_based_auth: bool | None = None,
    jwks_refresh_interval_sec: int | None = None,
) -> RecipeInit:
    """Configure sessions.

    Args:
        cookie_domain: Domain attribute of the cookies; default: the API's host alone.
        older_cookie_domain: The domain of earlier cookies, which a refresh clears when a browser sends both; `""`
            when they were set for the host alone.
        cookie_secure: Send cookies over https alone; default: when the API domain is https.
        cookie_same_site: SameSite attribute; default: `lax` when API and website are the same site, else `none`.
        session_expired_status_code: Status that makes front ends refresh; default 401.
        anti_csrf: How requests with cookies prove that our website sent them; default: by a custom header when the
            cookies are SameSite `none`, else SameSite protects.
        get_token_transfer_method: Says per request whether tokens travel in cookies or headers; default: as the client
            asks.
        error_handlers: Replaces what errors of sessions answer.
        override: Replaces functions or APIs.
        invalid_claim_status_code: Status that says "not enough"; default 403; must differ from the other one.
        use_dynamic_access_token_signing_key: Sign access tokens with a key that rotates; default true.
        expose_access_token_to_frontend_in_cookie_based_auth: Let scripts of the website read the access token of cookie
            sessions; default false: a script that was injected could read it, too.
        jwks_refresh_interval_sec: Age from which the core's public keys are fetched again; default 4 hours.
    """
    config = SessionConfig(
        cookie_domain=cookie_domain,
        older_cookie_domain=older_cookie_domain,
        cookie_secure=cookie_secure,
        cookie_same_site=cookie_same_site,
        session_expired_status_code=session_expired_status_code,
        anti_csrf=anti_csrf,
        get_token_transfer_method=get_token_transfer_method,
        error_handlers=error_handlers,
        override=override,
        invalid_claim_status_code=invalid_claim_status_code,
        use_dynamic_access_token_signing_key=use_dynamic_access_token_signing_key,
        expose_access_token_to_frontend_in_cookie_based_auth=expose_access_token_to_frontend_in_cookie_based_auth,
        jwks_refresh_interval_sec=jwks_refresh_interval_sec,
    )

    def make(app_info: AppInfo, plugins: list[Any]) -> SessionRecipe:  # part of RecipeInit
        return SessionRecipe(app_info, config)

    return make
