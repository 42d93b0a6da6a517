# SPDX-License-Identifier: Apache-2.0
"""The HTTP APIs of sessions, as applications may override them: refresh, sign out, and the verification of routes."""

from typing import TYPE_CHECKING, Any

from twofold._wire import Json
from twofold.exceptions import GeneralError
from twofold.normalised_url_path import without_trailing_slash
from twofold.recipe._api import ApiCall, api
from twofold.recipe.session.constants import SESSION_REFRESH, SIGNOUT
from twofold.recipe.session.request_session import get_session_from_request, refresh_session_in_request
from twofold.recipe.session.session_class import SessionContainer
from twofold.recipe.session.types import APIOptions, OverrideGlobalClaimValidators, SignOutOkayResponse
from twofold.types import GeneralErrorResponse
from twofold.types.recipe import BaseAPIInterface

if TYPE_CHECKING:
    from twofold.recipe.session.recipe import SessionRecipe


def _no_content(_session: Any, _call: ApiCall) -> Json:
    return {}


class APIs(BaseAPIInterface):
    """The APIs; `override.apis` may replace any method, and a `disable_…` flag switches one off."""

    disable_refresh_post: bool = False
    disable_signout_post: bool = False

    def __init__(self, recipe: "SessionRecipe") -> None:
        self._recipe = recipe
        self._gateway_path = recipe.app_info.api_gateway_path.get_as_string_dangerous()
        self._refresh_path = recipe.config.refresh_token_path.get_as_string_dangerous()

    @api("POST", SESSION_REFRESH, render=_no_content)
    async def refresh_post(self, api_options: APIOptions, user_context: dict[str, Any]) -> SessionContainer:
        """Exchange the refresh token for new tokens. There is no general error: clients know none of this API."""
        return await refresh_session_in_request(api_options.request, self._recipe, user_context)

    @api("POST", SIGNOUT, session="required")
    async def signout_post(
        self, session: SessionContainer, api_options: APIOptions, user_context: dict[str, Any]
    ) -> SignOutOkayResponse | GeneralErrorResponse:
        """End the session, and make the client forget its tokens whatever the core says."""
        await session.revoke_session(user_context)
        return SignOutOkayResponse()

    async def verify_session(
        self,
        api_options: APIOptions,
        anti_csrf_check: bool | None,
        session_required: bool,
        check_database: bool,
        override_global_claim_validators: OverrideGlobalClaimValidators | None,
        user_context: dict[str, Any],
    ) -> SessionContainer | None:
        """Verify the session of an application's route; a POST to the refresh path refreshes instead.

        Raises:
            GeneralError: A session is required of an OPTIONS or TRACE request, which browsers send without credentials.
        """
        request = api_options.request
        method = request.method().lower()
        if method in ("options", "trace"):
            if session_required:
                raise GeneralError(
                    f"verify_session cannot be used with the {method.upper()} method; "
                    "answer it in the CORS middleware, or pass session_required=False"
                )
            return None
        if method == "post" and self._gateway_path + without_trailing_slash(request.get_path()) == self._refresh_path:
            return await refresh_session_in_request(request, self._recipe, user_context)
        return await get_session_from_request(
            request,
            self._recipe,
            session_required,
            anti_csrf_check,
            check_database,
            override_global_claim_validators,
            user_context,
        )
