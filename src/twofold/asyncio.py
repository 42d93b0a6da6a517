# SPDX-License-Identifier: Apache-2.0
"""Users for async code: find, list, count and delete them, and give them ids of your own.

Reading and deleting go through the (overridable) functions of account linking: a user is one or more login methods.
"""

from typing import TYPE_CHECKING

from twofold import _state
from twofold._core_client import PUBLIC_TENANT, CoreClient
from twofold._user_context import filled
from twofold._wire import Json, outcome
from twofold.interfaces import (
    CreateUserIdMappingOkResult,
    DeleteUserIdMappingOkResult,
    GetUserIdMappingOkResult,
    UnknownMappingError,
    UnknownSupertokensUserIDError,
    UpdateOrDeleteUserIdMappingInfoOkResult,
    UserIdMappingAlreadyExistsError,
    UserIDTypes,
)
from twofold.recipe._first_factors import BUILT_IN_FACTORS, valid_first_factors
from twofold.recipe.accountlinking.interfaces import GetUsersResult, RecipeInterface
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe
from twofold.types.base import AccountInfoInput, User, UserContext

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer


async def get_users_oldest_first(
    tenant_id: str,
    limit: int | None = None,
    pagination_token: str | None = None,
    include_recipe_ids: list[str] | None = None,
    query: dict[str, str] | None = None,
    user_context: UserContext | None = None,
) -> GetUsersResult:
    """Return a page of a tenant's users, those who joined first on top.

    Args:
        tenant_id: The tenant.
        limit: Size of the page; the core's default when None.
        pagination_token: `next_pagination_token` of the page before.
        include_recipe_ids: Only users with a login method of one of these recipes.
        query: Only users who match: `email`, `phone`, `provider`; alternatives are separated by `;`.
        user_context: Passed on to overrides.
    """
    return await _users().get_users(
        tenant_id, "ASC", limit, pagination_token, include_recipe_ids, query, filled(user_context)
    )


async def get_users_newest_first(
    tenant_id: str,
    limit: int | None = None,
    pagination_token: str | None = None,
    include_recipe_ids: list[str] | None = None,
    query: dict[str, str] | None = None,
    user_context: UserContext | None = None,
) -> GetUsersResult:
    """Return a page of a tenant's users, those who joined last on top; see `get_users_oldest_first`."""
    return await _users().get_users(
        tenant_id, "DESC", limit, pagination_token, include_recipe_ids, query, filled(user_context)
    )


async def get_user_count(
    include_recipe_ids: list[str] | None = None, tenant_id: str | None = None, user_context: UserContext | None = None
) -> int:
    """Return how many users a tenant has, or all tenants together when `tenant_id` is None."""
    question = {
        "includeRecipeIds": None if include_recipe_ids is None else ",".join(include_recipe_ids),
        "includeAllTenants": tenant_id is None,
    }
    answer = await _core().get("/users/count", tenant_id or PUBLIC_TENANT, question, filled(user_context))
    return int(answer["count"])


async def get_user(user_id: str, user_context: UserContext | None = None) -> User | None:
    """Return a user by the id of the user or of one of the login methods; None when there is none."""
    return await _users().get_user(user_id, filled(user_context))


async def list_users_by_account_info(
    tenant_id: str,
    account_info: AccountInfoInput,
    do_union_of_account_info: bool = False,
    user_context: UserContext | None = None,
) -> list[User]:
    """Return the users of a tenant who have all of the given email, phone number, … — or any, for the union."""
    return await _users().list_users_by_account_info(
        tenant_id, account_info, do_union_of_account_info, filled(user_context)
    )


async def delete_user(
    user_id: str, remove_all_linked_accounts: bool = True, user_context: UserContext | None = None
) -> None:
    """Delete a user with all login methods, or only the one with this id. Unknown ids are fine."""
    await _users().delete_user(user_id, remove_all_linked_accounts, filled(user_context))


async def create_user_id_mapping(
    supertokens_user_id: str,
    external_user_id: str,
    external_user_id_info: str | None = None,
    force: bool | None = None,
    user_context: UserContext | None = None,
) -> CreateUserIdMappingOkResult | UnknownSupertokensUserIDError | UserIdMappingAlreadyExistsError:
    """Give a user an id of your own: from now on it is the user's id everywhere.

    Args:
        supertokens_user_id: The user's id now.
        external_user_id: The id of your own.
        external_user_id_info: Kept beside it, for you.
        force: Also when there are data under the id already, which then cannot be reached: metadata, roles, and the
            authenticator apps of a user who signed in with them, whose other factors are then enough.
        user_context: Passed on to the core client.
    """
    body: Json = {
        "superTokensUserId": supertokens_user_id,
        "externalUserId": external_user_id,
        "externalUserIdInfo": external_user_id_info,
        **_given(force=force),
    }
    answer = await _core().post("/recipe/userid/map", None, body, filled(user_context))
    return outcome(answer, CreateUserIdMappingOkResult, UnknownSupertokensUserIDError, UserIdMappingAlreadyExistsError)


async def get_user_id_mapping(
    user_id: str, user_id_type: UserIDTypes | None = None, user_context: UserContext | None = None
) -> GetUserIdMappingOkResult | UnknownMappingError:
    """Return both ids of a user. `user_id_type` says which of the two `user_id` is; None means either."""
    question = {"userId": user_id, "userIdType": user_id_type}
    answer = await _core().get("/recipe/userid/map", None, question, filled(user_context))
    return outcome(answer, GetUserIdMappingOkResult, UnknownMappingError)


async def delete_user_id_mapping(
    user_id: str,
    user_id_type: UserIDTypes | None = None,
    force: bool | None = None,
    user_context: UserContext | None = None,
) -> DeleteUserIdMappingOkResult:
    """Take the id of your own from a user; `force` also when data under it can then not be reached."""
    body: Json = {"userId": user_id, **_given(userIdType=user_id_type, force=force)}
    answer = await _core().post("/recipe/userid/map/remove", None, body, filled(user_context))
    return outcome(answer, DeleteUserIdMappingOkResult)


async def update_or_delete_user_id_mapping_info(
    user_id: str,
    user_id_type: UserIDTypes | None = None,
    external_user_id_info: str | None = None,
    user_context: UserContext | None = None,
) -> UpdateOrDeleteUserIdMappingInfoOkResult | UnknownMappingError:
    """Replace what is kept beside a user's own id; None deletes it."""
    body: Json = {"userId": user_id, "externalUserIdInfo": external_user_id_info, **_given(userIdType=user_id_type)}
    answer = await _core().put("/recipe/userid/external-user-id-info", None, body, filled(user_context))
    return outcome(answer, UpdateOrDeleteUserIdMappingInfoOkResult, UnknownMappingError)


async def get_available_first_factors(
    tenant_id: str,
    session: "SessionContainer | None",  # noqa: ARG001  # published
    user_context: UserContext,
) -> list[str]:
    """Return the built-in factors that may begin a session on the tenant; none for an unknown tenant.

    `session` is part of the published signature and does not change the answer.
    """
    return await valid_first_factors(tenant_id, BUILT_IN_FACTORS, user_context) or []


def _users() -> RecipeInterface:
    return AccountLinkingRecipe.get().functions


def _core() -> CoreClient:
    return _state.current_app().client


def _given(**members: object) -> Json:
    return {name: value for name, value in members.items() if value is not None}
