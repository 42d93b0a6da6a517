# SPDX-License-Identifier: Apache-2.0
"""Sessions for applications: create, verify, refresh, read, change and end them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from twofold import _state
from twofold._user_context import filled, request_context
from twofold.exceptions import GeneralError
from twofold.recipe.session.claim_base_classes.session_claim import SessionClaim, SessionClaimValidator
from twofold.recipe.session.claims_validation import get_required_claim_validators, resolved
from twofold.recipe.session.constants import DEFAULT_TENANT_ID
from twofold.recipe.session.native_request import wrapped
from twofold.recipe.session.recipe import SessionRecipe
from twofold.recipe.session.request_session import (
    create_new_session_in_request,
    get_session_from_request,
    payload_with_claims,
    refresh_session_in_request,
)
from twofold.recipe.session.session_class import SessionContainer
from twofold.recipe.session.types import (
    ClaimsValidationResult,
    GetClaimValueOkResult,
    OverrideGlobalClaimValidators,
    SessionDoesNotExistError,
    SessionInformationResult,
)
from twofold.types import MaybeAwaitable, RecipeUserId

if TYPE_CHECKING:
    from twofold.recipe.jwt.interfaces import (
        CreateJwtOkResult,
        CreateJwtResultUnsupportedAlgorithm,
        GetJWKSResult,
    )
    from twofold.recipe.openid.interfaces import GetOpenIdDiscoveryConfigurationResult

_T = TypeVar("_T")
UserContext = dict[str, Any] | None

__all__ = [
    "SessionContainer",
    "SessionRecipe",
    "create_jwt",
    "create_new_session",
    "create_new_session_without_request_response",
    "fetch_and_set_claim",
    "get_all_session_handles_for_user",
    "get_claim_value",
    "get_jwks",
    "get_open_id_discovery_configuration",
    "get_session",
    "get_session_information",
    "get_session_without_request_response",
    "merge_into_access_token_payload",
    "refresh_session",
    "refresh_session_without_request_response",
    "remove_claim",
    "revoke_all_sessions_for_user",
    "revoke_multiple_sessions",
    "revoke_session",
    "set_claim_value",
    "update_session_data_in_database",
    "validate_claims_for_session_handle",
]


async def create_new_session(
    request: Any,
    tenant_id: str,
    recipe_user_id: RecipeUserId,
    access_token_payload: dict[str, Any] | None = None,
    session_data_in_database: dict[str, Any] | None = None,
    user_context: UserContext = None,
) -> SessionContainer:
    """Sign a user in: create a session and send its tokens with the request's response.

    The caller has checked who the user is. Members of the payload that the core writes itself are left out.
    """
    recipe, base_request = SessionRecipe.get(), wrapped(request)
    context = request_context(base_request, user_context)
    recipe_user_id = _recipe_user_id(recipe_user_id)
    return await create_new_session_in_request(
        base_request,
        recipe,
        tenant_id,
        await _user_id_of(recipe, recipe_user_id, context),
        recipe_user_id,
        access_token_payload or {},
        session_data_in_database or {},
        context,
    )


async def create_new_session_without_request_response(
    tenant_id: str,
    recipe_user_id: RecipeUserId,
    access_token_payload: dict[str, Any] | None = None,
    session_data_in_database: dict[str, Any] | None = None,
    disable_anti_csrf: bool = False,
    user_context: UserContext = None,
) -> SessionContainer:
    """Create a session; the caller sends its tokens (`get_all_session_tokens_dangerously`) to the client."""
    recipe, context = SessionRecipe.get(), filled(user_context)
    recipe_user_id = _recipe_user_id(recipe_user_id)
    user_id = await _user_id_of(recipe, recipe_user_id, context)
    payload = await payload_with_claims(recipe, tenant_id, user_id, recipe_user_id, access_token_payload or {}, context)
    return await recipe.functions.create_new_session(
        user_id, recipe_user_id, payload, session_data_in_database or {}, disable_anti_csrf, tenant_id, context
    )


async def get_session(
    request: Any,
    session_required: bool | None = None,
    anti_csrf_check: bool | None = None,
    check_database: bool | None = None,
    override_global_claim_validators: OverrideGlobalClaimValidators | None = None,
    user_context: UserContext = None,
) -> SessionContainer | None:
    """Return the request's verified session; None only with `session_required=False`.

    Raises:
        UnauthorisedError, TryRefreshTokenError, InvalidClaimsError: The middleware answers them.
    """
    base_request = wrapped(request)
    return await get_session_from_request(
        base_request,
        SessionRecipe.get(),
        session_required is not False,
        anti_csrf_check,
        bool(check_database),
        override_global_claim_validators,
        request_context(base_request, user_context),
    )


async def get_session_without_request_response(
    access_token: str,
    anti_csrf_token: str | None = None,
    anti_csrf_check: bool | None = None,
    session_required: bool | None = None,
    check_database: bool | None = None,
    override_global_claim_validators: OverrideGlobalClaimValidators | None = None,
    user_context: UserContext = None,
) -> SessionContainer | None:
    """Return the verified session of an access token; None only with `session_required=False`.

    With anti-CSRF by custom header the caller checks the header and passes `anti_csrf_check=False`.

    Raises:
        UnauthorisedError, TryRefreshTokenError, InvalidClaimsError: See the exceptions of this recipe.
    """
    recipe, context = SessionRecipe.get(), filled(user_context)
    session = await recipe.functions.get_session(
        access_token,
        anti_csrf_token,
        anti_csrf_check,
        session_required,
        check_database,
        override_global_claim_validators,
        context,
    )
    if session is not None:
        added = recipe.get_claim_validators_added_by_other_recipes()
        validators = await get_required_claim_validators(session, added, override_global_claim_validators, context)
        await session.assert_claims(validators, context)
    return session


async def refresh_session(request: Any, user_context: UserContext = None) -> SessionContainer:
    """Exchange the request's refresh token, and send the new tokens with its response.

    Raises:
        UnauthorisedError, TokenTheftError, ClearDuplicateSessionCookiesError: The middleware answers them.
    """
    base_request = wrapped(request)
    context = request_context(base_request, user_context)
    return await refresh_session_in_request(base_request, SessionRecipe.get(), context)


async def refresh_session_without_request_response(
    refresh_token: str,
    disable_anti_csrf: bool = False,
    anti_csrf_token: str | None = None,
    user_context: UserContext = None,
) -> SessionContainer:
    """Exchange a refresh token; the caller sends the new tokens to the client.

    Raises:
        UnauthorisedError, TokenTheftError: See the exceptions of this recipe.
    """
    functions = SessionRecipe.get().functions
    return await functions.refresh_session(refresh_token, anti_csrf_token, disable_anti_csrf, filled(user_context))


async def revoke_session(session_handle: str, user_context: UserContext = None) -> bool:
    """End a session; returns whether it existed. Its access token works on until it expires (see `check_database`)."""
    return await SessionRecipe.get().functions.revoke_session(session_handle, filled(user_context))


async def revoke_all_sessions_for_user(
    user_id: str,
    revoke_sessions_for_linked_accounts: bool = True,
    tenant_id: str | None = None,
    user_context: UserContext = None,
) -> list[str]:
    """End a user's sessions, in all tenants unless one is given; returns the handles of those that existed."""
    return await SessionRecipe.get().functions.revoke_all_sessions_for_user(
        user_id,
        revoke_sessions_for_linked_accounts,
        tenant_id or DEFAULT_TENANT_ID,
        tenant_id is None,
        filled(user_context),
    )


async def get_all_session_handles_for_user(
    user_id: str,
    fetch_sessions_for_linked_accounts: bool = True,
    tenant_id: str | None = None,
    user_context: UserContext = None,
) -> list[str]:
    """Return the handles of a user's sessions, in all tenants unless one is given."""
    return await SessionRecipe.get().functions.get_all_session_handles_for_user(
        user_id,
        fetch_sessions_for_linked_accounts,
        tenant_id or DEFAULT_TENANT_ID,
        tenant_id is None,
        filled(user_context),
    )


async def revoke_multiple_sessions(session_handles: list[str], user_context: UserContext = None) -> list[str]:
    """End sessions; returns the handles of those that existed."""
    return await SessionRecipe.get().functions.revoke_multiple_sessions(session_handles, filled(user_context))


async def get_session_information(
    session_handle: str, user_context: UserContext = None
) -> SessionInformationResult | None:
    """Return what is stored of a session, or None when it does not exist."""
    return await SessionRecipe.get().functions.get_session_information(session_handle, filled(user_context))


async def update_session_data_in_database(
    session_handle: str, new_session_data: dict[str, Any], user_context: UserContext = None
) -> bool:
    """Replace the data stored with a session; returns whether the session exists."""
    functions = SessionRecipe.get().functions
    return await functions.update_session_data_in_database(session_handle, new_session_data, filled(user_context))


async def merge_into_access_token_payload(
    session_handle: str, new_access_token_payload: dict[str, Any], user_context: UserContext = None
) -> bool:
    """Change members of a session's stored payload, None removes one; returns whether the session exists."""
    functions = SessionRecipe.get().functions
    return await functions.merge_into_access_token_payload(
        session_handle, new_access_token_payload, filled(user_context)
    )


async def fetch_and_set_claim(session_handle: str, claim: SessionClaim[Any], user_context: UserContext = None) -> bool:
    """Fetch a claim's value into a session's stored payload; returns whether the session exists."""
    return await SessionRecipe.get().functions.fetch_and_set_claim(session_handle, claim, filled(user_context))


async def get_claim_value(
    session_handle: str, claim: SessionClaim[_T], user_context: UserContext = None
) -> SessionDoesNotExistError | GetClaimValueOkResult[_T]:
    """Return a claim's value in a session's stored payload."""
    return await SessionRecipe.get().functions.get_claim_value(session_handle, claim, filled(user_context))


async def set_claim_value(
    session_handle: str, claim: SessionClaim[_T], value: _T, user_context: UserContext = None
) -> bool:
    """Put a claim's value into a session's stored payload; returns whether the session exists."""
    return await SessionRecipe.get().functions.set_claim_value(session_handle, claim, value, filled(user_context))


async def remove_claim(session_handle: str, claim: SessionClaim[Any], user_context: UserContext = None) -> bool:
    """Remove a claim from a session's stored payload; returns whether the session exists."""
    return await SessionRecipe.get().functions.remove_claim(session_handle, claim, filled(user_context))


async def validate_claims_for_session_handle(
    session_handle: str,
    override_global_claim_validators: Callable[
        [list[SessionClaimValidator], SessionInformationResult, dict[str, Any]],
        MaybeAwaitable[list[SessionClaimValidator]],
    ]
    | None = None,
    user_context: UserContext = None,
) -> SessionDoesNotExistError | ClaimsValidationResult:
    """Say which requirements a stored session does not satisfy; values that were fetched for it are stored."""
    recipe, context = SessionRecipe.get(), filled(user_context)
    information = await recipe.functions.get_session_information(session_handle, context)
    if information is None:
        return SessionDoesNotExistError()
    added = recipe.get_claim_validators_added_by_other_recipes()
    validators: list[SessionClaimValidator] = await resolved(
        recipe.functions.get_global_claim_validators(
            information.tenant_id, information.user_id, information.recipe_user_id, added, context
        )
    )
    if override_global_claim_validators is not None:
        validators = await resolved(override_global_claim_validators(validators, information, context))
    payload = {**information.custom_claims_in_access_token_payload, "tId": information.tenant_id}
    result = await recipe.functions.validate_claims(
        information.user_id, information.recipe_user_id, payload, validators, context
    )
    update = result.access_token_payload_update
    if update is not None and not await recipe.functions.merge_into_access_token_payload(
        session_handle, update, context
    ):
        return SessionDoesNotExistError()
    return ClaimsValidationResult(result.invalid_claims)


async def create_jwt(
    payload: dict[str, Any],
    validity_seconds: int | None = None,
    use_static_signing_key: bool | None = None,
    user_context: UserContext = None,
) -> "CreateJwtOkResult | CreateJwtResultUnsupportedAlgorithm":
    """Sign a JWT of the application's own with the core's keys. It is no access token."""
    result: CreateJwtOkResult | CreateJwtResultUnsupportedAlgorithm = await _openid().create_jwt(
        payload, validity_seconds, use_static_signing_key, filled(user_context)
    )
    return result


async def get_jwks(user_context: UserContext = None) -> "GetJWKSResult":
    """Return the public keys that verify access tokens and JWTs."""
    result: GetJWKSResult = await _openid().get_jwks(filled(user_context))
    return result


async def get_open_id_discovery_configuration(
    user_context: UserContext = None,
) -> "GetOpenIdDiscoveryConfigurationResult":
    """Return the discovery document of this application as an issuer."""
    result: GetOpenIdDiscoveryConfigurationResult = await _openid().get_open_id_discovery_configuration(
        filled(user_context)
    )
    return result


def _openid() -> Any:
    recipe = _state.current_app().recipe("openid")
    if recipe is None:
        raise GeneralError("Initialisation not done. Did you forget to call the OpenId.init function?")
    return recipe.functions


def _recipe_user_id(given: RecipeUserId | str) -> RecipeUserId:
    # Applications of older ages pass the plain user id.
    return RecipeUserId(given) if isinstance(given, str) else given


async def _user_id_of(recipe: SessionRecipe, recipe_user_id: RecipeUserId, user_context: dict[str, Any]) -> str:
    """Return the id of the user whose login method this is; sessions for ids that are no user's are allowed."""
    linking = _state.current_app().recipe("accountlinking")
    recipe_user_id_text = recipe_user_id.get_as_string()
    if linking is not None:
        user = await linking.functions.get_user(recipe_user_id_text, user_context)
        return recipe_user_id_text if user is None else str(user.id)
    response = await recipe.client.get("/user/id", None, {"userId": recipe_user_id_text}, user_context)
    return str(response["user"]["id"]) if response["status"] == "OK" else recipe_user_id_text
