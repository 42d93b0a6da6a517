# SPDX-License-Identifier: Apache-2.0
"""The steps of signing in with a provider: read the request, get the tokens, learn who it is, and whether they may."""

from typing import Any

from twofold.exceptions import BadInputError
from twofold.recipe import _sign_in
from twofold.recipe._api import ApiCall
from twofold.recipe._sign_in import Allowed, Attempt, AuthenticatingUser, NotAllowed
from twofold.recipe.accountlinking.in_session import SignIn
from twofold.recipe.accountlinking.types import AccountInfoWithRecipeId
from twofold.recipe.emailverification.recipe import EmailVerificationRecipe
from twofold.recipe.multifactorauth.types import FactorIds
from twofold.types.account_info import ThirdPartyInfo
from twofold.types.auth_utils import LinkingToSessionUserFailedError
from twofold.types.base import UserContext

from . import results
from .exceptions import ClientTypeNotFoundError
from .provider import Provider, RedirectUriInfo
from .providers.custom import ProviderWithClientAccessTokenCheck
from .types import UserInfo, UserInfoEmail

FIRST_LINKING_CODE = 20
SIGN_IN_NOT_ALLOWED, SIGN_UP_NOT_ALLOWED = (
    _sign_in.support_text(
        "Cannot sign in / up due to security reasons. Please try a different login method or contact support.", code
    )
    for code in (4, 6)
)


async def prepare_authorisation_url(call: ApiCall) -> None:
    """Check the query, and find the provider.

    Raises:
        BadInputError: something is missing, or the tenant has no such provider or client.
    """
    third_party_id, client_type = (_text(call, name) for name in ("thirdPartyId", "clientType"))
    if not third_party_id:
        raise BadInputError("Please provide the thirdPartyId as a GET param")
    uri = _text(call, "redirectURIOnProviderDashboard")
    if not uri:
        raise BadInputError("Please provide the redirectURIOnProviderDashboard as a GET param")
    call.arguments |= {
        "provider": await _provider(call, third_party_id, client_type),
        "redirect_uri_on_provider_dashboard": uri,
    }


async def prepare_sign_in_up(call: ApiCall) -> None:
    """Check the body, and find the provider.

    Raises:
        BadInputError: something is missing or of another type, or the tenant has no such provider or client.
    """
    third_party_id, client_type = (_text(call, name) for name in ("thirdPartyId", "clientType"))
    if not third_party_id:
        raise BadInputError("Please provide the thirdPartyId in request body")
    given, tokens = call.values.get("redirectURIInfo"), call.values.get("oAuthTokens")
    if given is None and tokens is None:
        raise BadInputError("Please provide one of redirectURIInfo or oAuthTokens in the request body")
    if tokens is not None and not isinstance(tokens, dict):
        raise BadInputError("oAuthTokens must be an object")
    call.arguments |= {
        "redirect_uri_info": None if given is None else _redirect_uri_info(given),
        "oauth_tokens": tokens,
        "provider": await _provider(call, third_party_id, client_type),
    }


async def tokens_of(
    provider: Provider,
    redirect_uri_info: RedirectUriInfo | None,
    oauth_tokens: dict[str, Any] | None,
    user_context: UserContext,
) -> dict[str, Any]:
    """Return the provider's tokens: those that the browser's code is worth, else those that the client brought.

    Raises:
        ProviderRefusedError: the code is not good, or a token was made for another application.
    """
    if redirect_uri_info is not None:
        return await provider.exchange_auth_code_for_oauth_tokens(redirect_uri_info, user_context)
    tokens = oauth_tokens or {}
    if isinstance(provider, ProviderWithClientAccessTokenCheck):
        await provider.check_client_tokens(tokens)
    return tokens


async def email_of(
    provider: Provider, info: UserInfo, tenant_id: str, user_context: UserContext
) -> UserInfoEmail | None:
    """Return the address; a made-up one that stands in for it where the configuration requires none; else None."""
    make = provider.config.generate_fake_email
    if info.email is not None or provider.config.require_email is not False or make is None:
        return info.email
    return UserInfoEmail(await make(tenant_id, info.third_party_user_id, user_context), is_verified=True)


async def find_user(sign_in: SignIn, third_party: ThirdPartyInfo) -> AuthenticatingUser | None:
    """Find who has this account at the provider: by the provider's id and the id there, never by the address."""

    async def right_wherever(_tenant_id: str) -> bool:
        # The provider has said who it is; that does not depend on the tenant.
        return True

    info = AccountInfoWithRecipeId("thirdparty", third_party=third_party)
    return await _sign_in.find_authenticating_user(sign_in, info, right_wherever)


async def is_verified(found: AuthenticatingUser | None, email: UserInfoEmail, user_context: UserContext) -> bool:
    """Tell whether the address is verified: by the provider, or by ourselves before."""
    verification = EmailVerificationRecipe.get_or_none()
    if email.is_verified or found is None or verification is None:
        return email.is_verified
    return await verification.functions.is_email_verified(found.login_method.recipe_user_id, email.id, user_context)


async def check_before(
    sign_in: SignIn, info: AccountInfoWithRecipeId, found: AuthenticatingUser | None, *, verified: bool
) -> Allowed | results.SignInUpNotAllowed:
    """Decide before anything is stored whether this may sign in.

    Raises:
        as `_sign_in.check_before`.
    """
    attempt = Attempt(
        info, found, [FactorIds.THIRDPARTY], is_verified=verified, proves="word" if verified else "nothing"
    )
    before = await _sign_in.check_before(sign_in, attempt)
    return before if isinstance(before, Allowed) else not_allowed(before)


def not_allowed(reason: NotAllowed | LinkingToSessionUserFailedError) -> results.SignInUpNotAllowed:
    """Say no with the text that people can tell support."""
    if isinstance(reason, LinkingToSessionUserFailedError):
        return results.SignInUpNotAllowed(_sign_in.linking_text(reason, FIRST_LINKING_CODE))
    is_sign_up = reason.status == "SIGN_UP_NOT_ALLOWED"
    return results.SignInUpNotAllowed(SIGN_UP_NOT_ALLOWED if is_sign_up else SIGN_IN_NOT_ALLOWED)


async def _provider(call: ApiCall, third_party_id: str, client_type: str | None) -> Provider:
    functions = call.options.recipe_implementation
    try:
        provider: Provider | None = await functions.get_provider(
            third_party_id, client_type, call.tenant_id, call.user_context
        )
    except ClientTypeNotFoundError as error:
        raise BadInputError(str(error)) from error
    if provider is None:
        raise BadInputError(f"the provider {third_party_id} could not be found in the configuration")
    return provider


def _redirect_uri_info(given: Any) -> RedirectUriInfo:
    if not isinstance(given, dict) or not isinstance(given.get("redirectURIOnProviderDashboard"), str):
        raise BadInputError("Please provide the redirectURIOnProviderDashboard in request body")
    query, verifier = given.get("redirectURIQueryParams", {}), given.get("pkceCodeVerifier")
    if not isinstance(query, dict):
        raise BadInputError("redirectURIQueryParams must be an object")
    if verifier is not None and not isinstance(verifier, str):
        raise BadInputError("pkceCodeVerifier must be a string")
    return RedirectUriInfo(given["redirectURIOnProviderDashboard"], query, verifier)


def _text(call: ApiCall, name: str) -> str | None:
    value = call.values.get(name)
    if value is None or (isinstance(value, str) and "\0" not in value):
        return value
    raise BadInputError(f"{name} must be a string")
