# SPDX-License-Identifier: Apache-2.0
"""APIs to sign in to the dashboard, and what belongs to no user and no tenant."""

from twofold.recipe._api import api
from twofold.types.base import UserContext
from twofold.types.recipe import BaseAPIInterface

from .access import ANALYTICS, API, SIGN_IN, SIGN_OUT, VALIDATE_KEY, bearer
from .results import (
    AnalyticsResponse,
    InvalidCredentialsError,
    OkResponse,
    SearchTagsOK,
    SignInOkResponse,
    SignOutOK,
    UserSuspendedError,
)
from .types import APIOptions


class AccessAPIs(BaseAPIInterface):
    """One method per HTTP API; each may be overridden or disabled."""

    disable_sign_in_post: bool = False
    disable_sign_out_post: bool = False
    disable_validate_key_post: bool = False
    disable_analytics_post: bool = False
    disable_search_tags_get: bool = False

    @api("POST", SIGN_IN)
    async def sign_in_post(
        self, email: str, password: str, api_options: APIOptions, user_context: UserContext
    ) -> SignInOkResponse | InvalidCredentialsError | UserSuspendedError:
        """Begin a session of the dashboard. The only API that asks for nothing first."""
        answer = await api_options.recipe_implementation.sign_in(email, password, user_context)
        if answer["status"] == "OK":
            return SignInOkResponse(answer["sessionId"])
        if answer["status"] == "USER_SUSPENDED_ERROR":
            return UserSuspendedError(answer["message"])
        return InvalidCredentialsError()

    @api("POST", SIGN_OUT)
    async def sign_out_post(self, api_options: APIOptions, user_context: UserContext) -> SignOutOK:
        """End the session with which this is asked. An API key is no session, and stays."""
        session_id = bearer(api_options.request)
        if api_options.config.auth_mode == "email-password" and session_id is not None:
            await api_options.recipe_implementation.sign_out(session_id, user_context)
        return SignOutOK()

    @api("POST", VALIDATE_KEY)
    async def validate_key_post(self, api_options: APIOptions, user_context: UserContext) -> OkResponse:
        """Say that the key, or the session, is good: whoever has none does not get here."""
        return OkResponse()

    @api("POST", ANALYTICS)
    async def analytics_post(self, api_options: APIOptions, user_context: UserContext) -> AnalyticsResponse:
        """Answer front ends that report what they do. Nothing is read, kept or sent."""
        return AnalyticsResponse()

    @api("GET", f"{API}/search/tags")
    async def search_tags_get(self, api_options: APIOptions, user_context: UserContext) -> SearchTagsOK:
        """Return what users can be searched by."""
        return SearchTagsOK(await api_options.recipe_implementation.get_search_tags(user_context))
