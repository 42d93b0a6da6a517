# SPDX-License-Identifier: Apache-2.0
"""APIs to find users, to look at one, to change and to delete one."""

import asyncio
from typing import Annotated, Any, Literal

from twofold.asyncio import get_user_count
from twofold.exceptions import BadInputError
from twofold.recipe._api import ApiCall, Parse, Supplied, Texts, api
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe
from twofold.recipe.usermetadata.recipe import UserMetadataRecipe
from twofold.types.base import RecipeUserId, User, UserContext
from twofold.types.recipe import BaseAPIInterface

from . import contact_update
from .access import API, UNLINK
from .login_methods import require_login_method
from .results import (
    DashboardUsersGetResponse,
    OkResponse,
    UserCountGetAPIResponse,
    UserDeleteAPIResponse,
    UserGetAPINoUserFoundError,
    UserGetAPIOkResponse,
    UserPutAPIOkResponse,
    UserWithMetadata,
)

FIRST_NAME, LAST_NAME = "first_name", "last_name"
_SEARCH_TAGS = ("email", "phone", "provider")
_ORDERS = ("ASC", "DESC")


def read_limit(value: Any) -> int:
    """Read how many users a page has, from the text in the query."""
    if value is None:
        raise BadInputError("Missing required parameter 'limit'")
    if not (isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10):
        raise BadInputError("limit must be a number")
    return int(value)


def read_order(value: Any) -> Literal["ASC", "DESC"]:
    """Read which users come first; those who joined last when nothing is said."""
    if value is None:
        return "DESC"
    if value not in _ORDERS:
        raise BadInputError(f"timeJoinedOrder must be one of {', '.join(_ORDERS)}")
    return "ASC" if value == "ASC" else "DESC"


def read_all_or_one(value: Any) -> bool:
    """Read whether a user goes as a whole; so it does when nothing is said."""
    return value is None or value == "true"


async def read_search(call: ApiCall) -> None:
    """Read what users are searched by: each tag of the query that says something."""
    call.arguments["query"] = {tag: call.values[tag] for tag in _SEARCH_TAGS if call.values.get(tag)}


class UserAPIs(BaseAPIInterface):
    """One method per HTTP API; each may be overridden or disabled."""

    disable_users_get: bool = False
    disable_users_count_get: bool = False
    disable_user_get: bool = False
    disable_user_put: bool = False
    disable_user_delete: bool = False
    disable_user_unlink_get: bool = False

    @api("GET", f"{API}/users", prepare=read_search)
    async def users_get(
        self,
        tenant_id: str,
        limit: Annotated[int, Parse(read_limit)],
        time_joined_order: Annotated[Literal["ASC", "DESC"], Parse(read_order)],
        pagination_token: str | None,
        query: Annotated[dict[str, str], Supplied],
        user_context: UserContext,
    ) -> DashboardUsersGetResponse:
        """Return a page of the tenant's users, all or those who match every tag."""
        found = await AccountLinkingRecipe.get().functions.get_users(
            tenant_id, time_joined_order, limit, pagination_token, None, query, user_context
        )
        users = await asyncio.gather(*(_with_names(user, user_context) for user in found.users))
        return DashboardUsersGetResponse(users, found.next_pagination_token)

    @api("GET", f"{API}/users/count")
    async def users_count_get(self, tenant_id: str, user_context: UserContext) -> UserCountGetAPIResponse:
        """Return how many users the tenant has."""
        return UserCountGetAPIResponse(await get_user_count(None, tenant_id, user_context))

    @api("GET", f"{API}/user")
    async def user_get(
        self, user_id: Annotated[str, Texts("Missing required parameter 'userId'")], user_context: UserContext
    ) -> UserGetAPIOkResponse | UserGetAPINoUserFoundError:
        """Return a user."""
        user = await AccountLinkingRecipe.get().functions.get_user(user_id, user_context)
        if user is None:
            return UserGetAPINoUserFoundError()
        return UserGetAPIOkResponse(await _with_names(user, user_context))

    @api("PUT", f"{API}/user")
    async def user_put(
        self,
        recipe_user_id: str,
        recipe_id: str,
        first_name: str,
        last_name: str,
        email: str,
        phone: str,
        tenant_id: str,
        user_context: UserContext,
    ) -> UserPutAPIOkResponse | contact_update.Refusal:
        """Change the contacts of a login method, and its user's names; what is empty stays. Names come last."""
        found = await require_login_method(recipe_user_id, user_context)
        if recipe_id not in ("", found.method.recipe_id):
            raise BadInputError(f"The login method is one of {found.method.recipe_id}, not of {recipe_id}")
        refusal = await contact_update.change_contacts(
            found.method, email.strip(), phone.strip(), tenant_id, user_context
        )
        if refusal is not None:
            return refusal
        names = {key: name.strip() for key, name in ((FIRST_NAME, first_name), (LAST_NAME, last_name)) if name.strip()}
        if names:
            await UserMetadataRecipe.get().functions.update_user_metadata(found.user.id, names, user_context)
        return UserPutAPIOkResponse()

    @api("DELETE", f"{API}/user")
    async def user_delete(
        self,
        user_id: Annotated[str, Texts("Missing required parameter 'userId'")],
        remove_all_linked_accounts: Annotated[bool, Parse(read_all_or_one)],
        user_context: UserContext,
    ) -> UserDeleteAPIResponse:
        """Delete a user, or one login method of theirs."""
        await AccountLinkingRecipe.get().functions.delete_user(user_id, remove_all_linked_accounts, user_context)
        return UserDeleteAPIResponse()

    @api("GET", UNLINK)
    async def user_unlink_get(
        self,
        recipe_user_id: Annotated[str, Texts("Missing required parameter 'recipeUserId'")],
        user_context: UserContext,
    ) -> OkResponse:
        """Separate a login method from its user; its sessions end. It is a GET by the published interface alone."""
        await AccountLinkingRecipe.get().functions.unlink_account(RecipeUserId(recipe_user_id), user_context)
        return OkResponse()


async def _with_names(user: User, user_context: UserContext) -> UserWithMetadata:
    stored = await UserMetadataRecipe.get().functions.get_user_metadata(user.id, user_context)
    first_name, last_name = (stored.metadata.get(key) for key in (FIRST_NAME, LAST_NAME))
    return UserWithMetadata(
        user, first_name if isinstance(first_name, str) else None, last_name if isinstance(last_name, str) else None
    )
