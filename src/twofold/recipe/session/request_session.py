# SPDX-License-Identifier: Apache-2.0
"""Sessions of requests: which token counts, the anti-CSRF check, and what a response must set or clear.

The request's part of verification, creation and refresh; the functions of the recipe do the rest.
"""

from typing import TYPE_CHECKING, Any, NoReturn

from twofold.exceptions import GeneralError
from twofold.framework.request import BaseRequest
from twofold.recipe._base import every_recipe
from twofold.recipe.session.claims_validation import get_required_claim_validators
from twofold.recipe.session.config import get_auth_mode_from_header, require_secure_cookies
from twofold.recipe.session.constants import (
    ACCESS_TOKEN_COOKIE_KEY,
    ANTI_CSRF_HEADER_KEY,
    RID_HEADER_KEY,
    AllowedTransferMethod,
    TokenTransferMethod,
    TokenType,
    available_token_transfer_methods,
    protected_props,
)
from twofold.recipe.session.cookies import (
    ResponseMutator,
    clear_legacy_id_refresh_token_mutator,
    clear_older_domain_cookie_mutator,
    clear_session_response_mutator,
    cookie_header,
    get_token,
    has_legacy_id_refresh_token,
    has_multiple_cookies_for_token_type,
    read_cookie,
)
from twofold.recipe.session.exceptions import (
    TokenTheftError,
    UnauthorisedError,
    raise_clear_duplicate_session_cookies_exception,
    raise_try_refresh_token_exception,
    raise_unauthorised_exception,
)
from twofold.recipe.session.session_class import SessionContainer
from twofold.recipe.session.types import OverrideGlobalClaimValidators
from twofold.types import RecipeUserId

if TYPE_CHECKING:
    from twofold.recipe.session.recipe import SessionRecipe

_CUSTOM_HEADER_MISSING = (
    "anti-csrf check failed. Please pass 'rid: \"session\"' header in the request, "
    "or set doAntiCsrfCheck to false for this API"
)
_CUSTOM_HEADER_MISSING_AT_REFRESH = "anti-csrf check failed. Please pass 'rid: \"session\"' header in the request."
_DUPLICATE_COOKIES = (
    "The request contains multiple session cookies. We are clearing the cookie from older_cookie_domain. "
    "Session will be refreshed in the next refresh call."
)
_OLDER_DOMAIN_UNKNOWN = (
    "The request contains multiple session cookies. This may happen if you've changed the 'cookie_domain' value in "
    "your configuration. To clear tokens from the previous domain, set 'older_cookie_domain' in your config."
)


async def get_session_from_request(
    request: BaseRequest,
    recipe: "SessionRecipe",
    session_required: bool,
    anti_csrf_check: bool | None,
    check_database: bool,
    override_global_claim_validators: OverrideGlobalClaimValidators | None,
    user_context: dict[str, Any],
) -> SessionContainer | None:
    """Verify the request's session and its claims, and attach it to the request.

    Returns None when there is none and none is required.

    Raises:
        UnauthorisedError, TryRefreshTokenError, InvalidClaimsError: See the exceptions of this recipe.
    """
    cookies = cookie_header(request)
    if has_legacy_id_refresh_token(cookies):
        raise_try_refresh_token_exception("using legacy session, please call the refresh API")
    allowed = recipe.config.get_token_transfer_method(request, False, user_context)
    token, transfer_method = _access_token(request, cookies, recipe, allowed)
    check_anti_csrf = _must_check_anti_csrf(request, recipe, anti_csrf_check, transfer_method, user_context)
    session = await recipe.recipe_implementation.get_session(
        token,
        request.get_header(ANTI_CSRF_HEADER_KEY) if transfer_method == "cookie" else None,
        check_anti_csrf,
        session_required,
        check_database,
        override_global_claim_validators,
        user_context,
    )
    if session is None:
        return None
    validators = await get_required_claim_validators(
        session, recipe.get_claim_validators_added_by_other_recipes(), override_global_claim_validators, user_context
    )
    if validators:
        await session.assert_claims(validators, user_context)
    # An override may have found a session without any token in the request.
    used = transfer_method or ("cookie" if allowed == "cookie" else "header")
    await session.attach_to_request_response(request, used, user_context)
    return session


async def create_new_session_in_request(
    request: BaseRequest,
    recipe: "SessionRecipe",
    tenant_id: str,
    user_id: str,
    recipe_user_id: RecipeUserId,
    access_token_payload: dict[str, Any],
    session_data_in_database: dict[str, Any],
    user_context: dict[str, Any],
) -> SessionContainer:
    """Create a session, and send its tokens with the request's response.

    Tokens that the request carried in another way are cleared. Nothing of an older session is kept: no token of before
    the sign-in is worth anything after it (session fixation).
    """
    payload = await payload_with_claims(recipe, tenant_id, user_id, recipe_user_id, access_token_payload, user_context)
    transfer_method = _transfer_method_of_new_session(request, recipe, user_context)
    if transfer_method == "cookie":
        require_secure_cookies(recipe.config, recipe.app_info, request, user_context)
    of_recipes = {key: value for other in every_recipe() for key, value in other.session_data(request).items()}
    session = await recipe.recipe_implementation.create_new_session(
        user_id,
        recipe_user_id,
        payload,
        {**of_recipes, **session_data_in_database},
        transfer_method == "header",
        tenant_id,
        user_context,
    )
    for other in available_token_transfer_methods:
        if other != transfer_method and get_token(request, "access", other) is not None:
            session.response_mutators.append(clear_session_response_mutator(recipe.config, other, request))
    await session.attach_to_request_response(request, transfer_method, user_context)
    return session


async def payload_with_claims(
    recipe: "SessionRecipe",
    tenant_id: str,
    user_id: str,
    recipe_user_id: RecipeUserId,
    access_token_payload: dict[str, Any],
    user_context: dict[str, Any],
) -> dict[str, Any]:
    """Return the payload of a new session: the application's, the issuer, and the claims of other recipes."""
    payload = {key: value for key, value in access_token_payload.items() if key not in protected_props}
    app_info = recipe.app_info
    payload["iss"] = app_info.api_domain.get_as_string_dangerous() + app_info.api_base_path.get_as_string_dangerous()
    for claim in recipe.get_claims_added_by_other_recipes():
        payload.update(await claim.build(user_id, recipe_user_id, tenant_id, payload, user_context))
    return payload


async def refresh_session_in_request(
    request: BaseRequest, recipe: "SessionRecipe", user_context: dict[str, Any]
) -> SessionContainer:
    """Exchange the request's refresh token, and send the new tokens with its response.

    Raises:
        UnauthorisedError, TokenTheftError, ClearDuplicateSessionCookiesError: See the exceptions of this recipe.
    """
    allowed = recipe.config.get_token_transfer_method(request, False, user_context)
    if allowed != "header":
        _clear_cookies_of_older_domain(request, recipe)
    found = {method: get_token(request, "refresh", method) for method in available_token_transfer_methods}
    transfer_method: TokenTransferMethod = "header" if found["header"] and allowed != "cookie" else "cookie"
    refresh_token = found[transfer_method]
    if not refresh_token or (transfer_method == "cookie" and allowed == "header"):
        _refuse_without_refresh_token(request, recipe, allowed)
    try:
        session = await recipe.recipe_implementation.refresh_session(
            refresh_token,
            request.get_header(ANTI_CSRF_HEADER_KEY),
            _anti_csrf_is_settled_at_refresh(request, recipe, transfer_method, user_context),
            user_context,
        )
    except (TokenTheftError, UnauthorisedError) as error:
        if isinstance(error, TokenTheftError) or error.clear_tokens:
            error.response_mutators += _legacy_cookie_mutators(request, recipe)
        raise
    await session.attach_to_request_response(request, transfer_method, user_context)
    for method in available_token_transfer_methods:
        if method != transfer_method and found[method]:
            session.response_mutators.append(clear_session_response_mutator(recipe.config, method, request))
    session.response_mutators += _legacy_cookie_mutators(request, recipe)
    return session


def _access_token(
    request: BaseRequest, cookies: str, recipe: "SessionRecipe", allowed: AllowedTransferMethod
) -> tuple[str | None, TokenTransferMethod | None]:
    """Return the session token that counts. Other tokens are the application's own, and as good as absent."""
    if allowed != "cookie":
        token = get_token(request, "access", "header")
        if token is not None and recipe.verification.is_session_token(token):
            return token, "header"
    if allowed != "header":
        token = read_cookie(cookies, ACCESS_TOKEN_COOKIE_KEY)
        if token is not None and recipe.verification.is_session_token(token):
            if has_multiple_cookies_for_token_type(cookies, "access"):
                raise_try_refresh_token_exception("Multiple access tokens present in the request cookies.")
            return token, "cookie"
    return None, None


def _must_check_anti_csrf(
    request: BaseRequest,
    recipe: "SessionRecipe",
    anti_csrf_check: bool | None,
    transfer_method: TokenTransferMethod | None,
    user_context: dict[str, Any],
) -> bool:
    """Say whether the token's anti-CSRF value must still be checked; the custom header is checked here."""
    # A page of another site can make a browser send cookies, but not an Authorization header.
    if transfer_method != "cookie":
        return False
    wanted = request.method().lower() != "get" if anti_csrf_check is None else anti_csrf_check
    if not wanted:
        return False
    if recipe.config.anti_csrf_mode(request, user_context) != "VIA_CUSTOM_HEADER":
        return True
    if request.get_header(RID_HEADER_KEY) is None:
        raise_try_refresh_token_exception(_CUSTOM_HEADER_MISSING)
    return False


def _anti_csrf_is_settled_at_refresh(
    request: BaseRequest, recipe: "SessionRecipe", transfer_method: TokenTransferMethod, user_context: dict[str, Any]
) -> bool:
    if transfer_method == "header":
        return True
    if recipe.config.anti_csrf_mode(request, user_context) != "VIA_CUSTOM_HEADER":
        return False
    if request.get_header(RID_HEADER_KEY) is None:
        raise_unauthorised_exception(_CUSTOM_HEADER_MISSING_AT_REFRESH, clear_tokens=True)
    return True


def _transfer_method_of_new_session(
    request: BaseRequest, recipe: "SessionRecipe", user_context: dict[str, Any]
) -> TokenTransferMethod:
    allowed = recipe.config.get_token_transfer_method(request, True, user_context)
    if allowed != "any":
        return allowed
    return "cookie" if get_auth_mode_from_header(request) == "cookie" else "header"


def _clear_cookies_of_older_domain(request: BaseRequest, recipe: "SessionRecipe") -> None:
    token_types: tuple[TokenType, ...] = ("access", "refresh")
    doubled: list[TokenType] = [
        kind for kind in token_types if has_multiple_cookies_for_token_type(cookie_header(request), kind)
    ]
    if not doubled:
        return
    if recipe.config.older_cookie_domain is None:
        raise GeneralError(_OLDER_DOMAIN_UNKNOWN)
    mutators = [clear_older_domain_cookie_mutator(recipe.config, kind, request) for kind in doubled]
    raise_clear_duplicate_session_cookies_exception(_DUPLICATE_COOKIES, mutators)


def _refuse_without_refresh_token(
    request: BaseRequest, recipe: "SessionRecipe", allowed: AllowedTransferMethod
) -> NoReturn:
    mutators = _legacy_cookie_mutators(request, recipe)
    if allowed != "header" and get_token(request, "access", "cookie") is not None:
        message = "Refresh token not found but access token is present. Clearing all tokens."
        raise_unauthorised_exception(message, clear_tokens=True, response_mutators=mutators)
    message = "Refresh token not found. Are you sending the refresh token in the request?"
    raise_unauthorised_exception(message, clear_tokens=True, response_mutators=mutators)


def _legacy_cookie_mutators(request: BaseRequest, recipe: "SessionRecipe") -> list[ResponseMutator]:
    if not has_legacy_id_refresh_token(cookie_header(request)):
        return []
    return [clear_legacy_id_refresh_token_mutator(recipe.config, request)]
