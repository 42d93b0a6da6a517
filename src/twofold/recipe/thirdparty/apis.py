# SPDX-License-Identifier: Apache-2.0
"""The HTTP APIs of sign-in by other providers: where to go, coming back, and Apple's way of coming back."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from twofold._app_info import AppInfo
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.recipe import _sign_in
from twofold.recipe._api import ApiCall, Parse, Supplied, api
from twofold.recipe._sign_in import Allowed
from twofold.recipe.accountlinking.in_session import SignIn
from twofold.recipe.accountlinking.types import AccountInfoWithRecipeId
from twofold.recipe.multifactorauth.types import FactorIds
from twofold.types.account_info import ThirdPartyInfo
from twofold.types.auth_utils import LinkingToSessionUserFailedError
from twofold.types.base import UserContext
from twofold.types.recipe import BaseAPIInterface
from twofold.types.response import GeneralErrorResponse

from . import results, signing_in
from .functions import Functions
from .provider import Provider, ProviderInput, RedirectUriInfo
from .redirect_uri import checked_redirect_uri, with_posted_fields
from .utils import NormalisedThirdPartyConfig

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer


@dataclass
class APIOptions:
    """What the APIs get beside their arguments."""

    request: BaseRequest
    response: BaseResponse
    recipe_id: str
    config: NormalisedThirdPartyConfig
    recipe_implementation: Functions
    providers: list[ProviderInput]
    app_info: AppInfo


def _as_given(value: Any) -> Any:
    """Leave it to `prepare`, which says what is missing in the right order."""
    return value


async def _take_form(call: ApiCall) -> None:
    call.arguments["form_post_info"] = call.values


class APIs(BaseAPIInterface):
    """One method per HTTP API."""

    disable_authorisation_url_get: bool = False
    disable_sign_in_up_post: bool = False
    disable_apple_redirect_handler_post: bool = False

    @api("GET", "/authorisationurl", prepare=signing_in.prepare_authorisation_url)
    async def authorisation_url_get(
        self,
        provider: Annotated[Provider, Supplied],
        redirect_uri_on_provider_dashboard: Annotated[str, Parse(_as_given, "redirectURIOnProviderDashboard")],
        api_options: APIOptions,
        user_context: UserContext,
    ) -> results.AuthorisationUrlGetOkResult | GeneralErrorResponse:
        """Return where the browser goes to sign in at the provider. The browser makes and checks the `state`."""
        redirect = await provider.get_authorisation_redirect_url(redirect_uri_on_provider_dashboard, user_context)
        return results.AuthorisationUrlGetOkResult(redirect.url_with_query_params, redirect.pkce_code_verifier)

    @api("POST", "/signinup", session="auth", prepare=signing_in.prepare_sign_in_up)
    async def sign_in_up_post(
        self,
        provider: Annotated[Provider, Supplied],
        redirect_uri_info: Annotated[RedirectUriInfo | None, Supplied],
        oauth_tokens: Annotated[dict[str, Any] | None, Supplied],
        session: "SessionContainer | None",
        should_try_linking_with_session_user: bool | None,
        tenant_id: str,
        api_options: APIOptions,
        user_context: UserContext,
    ) -> (
        results.SignInUpPostOkResult
        | results.SignInUpPostNoEmailGivenByProviderResponse
        | results.SignInUpNotAllowed
        | GeneralErrorResponse
    ):
        """Sign in or up whom the provider names.

        Raises:
            ProviderRefusedError: the provider does not accept what the browser brought.
            ProviderUnavailableError: the provider does not answer.
        """
        tokens = await signing_in.tokens_of(provider, redirect_uri_info, oauth_tokens, user_context)
        person = await provider.get_user_info(tokens, user_context)
        email = await signing_in.email_of(provider, person, tenant_id, user_context)
        if email is None:
            return results.SignInUpPostNoEmailGivenByProviderResponse()
        sign_in = SignIn(session, should_try_linking_with_session_user, tenant_id, user_context)
        account = ThirdPartyInfo(person.third_party_user_id, provider.id)
        found = await signing_in.find_user(sign_in, account)
        verified = await signing_in.is_verified(found, email, user_context)
        info = AccountInfoWithRecipeId("thirdparty", email=email.id, third_party=account)
        before = await signing_in.check_before(sign_in, info, found, verified=verified)
        if not isinstance(before, Allowed):
            return before
        result = await api_options.recipe_implementation.sign_in_up(
            provider.id,
            person.third_party_user_id,
            email.id,
            verified,
            tokens,
            person.raw_user_info_from_provider,
            session,
            should_try_linking_with_session_user,
            tenant_id,
            user_context,
        )
        if isinstance(result, results.SignInUpNotAllowed):
            return result
        if isinstance(result, LinkingToSessionUserFailedError):
            return signing_in.not_allowed(result)
        made = await _sign_in.finish(
            sign_in, api_options.request, result.user, result.recipe_user_id, FactorIds.THIRDPARTY
        )
        return results.SignInUpPostOkResult(
            result.user,
            result.created_new_recipe_user,
            made,
            result.oauth_tokens,
            result.raw_user_info_from_provider,
        )

    @api("POST", "/callback/apple", body="form", prepare=_take_form)
    async def apple_redirect_handler_post(
        self,
        form_post_info: Annotated[dict[str, Any], Parse(_as_given)],
        api_options: APIOptions,
        user_context: UserContext,
    ) -> BaseResponse:
        """Send the browser on to the website with what Apple posted.

        Raises:
            BadInputError: the `state` does not lead to the application's website.
        """
        uri = await checked_redirect_uri(form_post_info.get("state"), api_options, user_context)
        response = api_options.response
        response.set_header("Location", with_posted_fields(uri, form_post_info))
        response.set_status_code(303)
        response.set_html_content("")
        return response
