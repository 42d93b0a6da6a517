# SPDX-License-Identifier: Apache-2.0
"""Functions of users and of linking; every one may be overridden, and each is one call to the core."""

from collections.abc import Awaitable, Callable
from typing import Literal

from twofold._core_client import CoreClient
from twofold._wire import from_json, outcome
from twofold.recipe._keeping import asked_of_unlinking, refuse_last
from twofold.recipe.notices.telling import tell_of_login_method, user_to_tell
from twofold.types.base import AccountInfoInput, RecipeUserId, User, UserContext
from twofold.types.recipe import BaseRecipeInterface

from . import types

AfterLinking = Callable[[str, RecipeUserId, UserContext], Awaitable[None]]


class Functions(BaseRecipeInterface):
    """What account linking can do. The user functions of `twofold.asyncio` go through here as well."""

    def __init__(self, client: CoreClient, after_linking: AfterLinking) -> None:
        self._client = client
        self._after_linking = after_linking

    async def get_users(
        self,
        tenant_id: str,
        time_joined_order: Literal["ASC", "DESC"],
        limit: int | None,
        pagination_token: str | None,
        include_recipe_ids: list[str] | None,
        query: dict[str, str] | None,
        user_context: UserContext,
    ) -> types.GetUsersResult:
        """Return a page of a tenant's users, by the time they joined."""
        parameters = {
            "limit": limit,
            "paginationToken": pagination_token,
            "timeJoinedOrder": time_joined_order,
            "includeRecipeIds": None if include_recipe_ids is None else ",".join(include_recipe_ids),
            **(query or {}),
        }
        answer = await self._client.get("/users", tenant_id, parameters, user_context)
        return from_json(types.GetUsersResult, answer)

    async def can_create_primary_user(
        self, recipe_user_id: RecipeUserId, user_context: UserContext
    ) -> (
        types.CanCreatePrimaryUserOkResult
        | types.CanCreatePrimaryUserRecipeUserIdAlreadyLinkedError
        | types.CanCreatePrimaryUserAccountInfoAlreadyAssociatedError
    ):
        """Tell whether `create_primary_user` would succeed now."""
        return outcome(
            await self._client.get(
                "/recipe/accountlinking/user/primary/check",
                None,
                {"recipeUserId": recipe_user_id.get_as_string()},
                user_context,
            ),
            types.CanCreatePrimaryUserOkResult,
            types.CanCreatePrimaryUserRecipeUserIdAlreadyLinkedError,
            types.CanCreatePrimaryUserAccountInfoAlreadyAssociatedError,
        )

    async def create_primary_user(
        self, recipe_user_id: RecipeUserId, user_context: UserContext
    ) -> (
        types.CreatePrimaryUserOkResult
        | types.CreatePrimaryUserRecipeUserIdAlreadyLinkedError
        | types.CreatePrimaryUserAccountInfoAlreadyAssociatedError
    ):
        """Make a login method a primary user, to which others can be linked."""
        return outcome(
            await self._client.post(
                "/recipe/accountlinking/user/primary",
                None,
                {"recipeUserId": recipe_user_id.get_as_string()},
                user_context,
            ),
            types.CreatePrimaryUserOkResult,
            types.CreatePrimaryUserRecipeUserIdAlreadyLinkedError,
            types.CreatePrimaryUserAccountInfoAlreadyAssociatedError,
        )

    async def can_link_accounts(
        self, recipe_user_id: RecipeUserId, primary_user_id: str, user_context: UserContext
    ) -> (
        types.CanLinkAccountsOkResult
        | types.CanLinkAccountsRecipeUserIdAlreadyLinkedError
        | types.CanLinkAccountsAccountInfoAlreadyAssociatedError
        | types.CanLinkAccountsInputUserNotPrimaryError
    ):
        """Tell whether `link_accounts` would succeed now."""
        return outcome(
            await self._client.get(
                "/recipe/accountlinking/user/link/check",
                None,
                {"recipeUserId": recipe_user_id.get_as_string(), "primaryUserId": primary_user_id},
                user_context,
            ),
            types.CanLinkAccountsOkResult,
            types.CanLinkAccountsRecipeUserIdAlreadyLinkedError,
            types.CanLinkAccountsAccountInfoAlreadyAssociatedError,
            types.CanLinkAccountsInputUserNotPrimaryError,
        )

    async def link_accounts(
        self, recipe_user_id: RecipeUserId, primary_user_id: str, user_context: UserContext
    ) -> (
        types.LinkAccountsOkResult
        | types.LinkAccountsRecipeUserIdAlreadyLinkedError
        | types.LinkAccountsAccountInfoAlreadyAssociatedError
        | types.LinkAccountsInputUserNotPrimaryError
    ):
        """Link a login method to a primary user; its sessions end.

        A new link is told to `on_account_linked`, and to the user; see `notices`.
        """
        told = await user_to_tell(primary_user_id, user_context)
        owner = None if told is None else await self.get_user(recipe_user_id.get_as_string(), user_context)
        result = outcome(
            await self._client.post(
                "/recipe/accountlinking/user/link",
                None,
                {"recipeUserId": recipe_user_id.get_as_string(), "primaryUserId": primary_user_id},
                user_context,
            ),
            types.LinkAccountsOkResult,
            types.LinkAccountsRecipeUserIdAlreadyLinkedError,
            types.LinkAccountsAccountInfoAlreadyAssociatedError,
            types.LinkAccountsInputUserNotPrimaryError,
        )
        if not isinstance(result, types.LinkAccountsOkResult) or result.accounts_already_linked:
            return result
        await tell_of_login_method(told, "added", owner, recipe_user_id, user_context)
        await self._after_linking(primary_user_id, recipe_user_id, user_context)
        # What was told of the link may have verified an email, so the user is read again.
        user = await self.get_user(primary_user_id, user_context)
        return result if user is None else types.LinkAccountsOkResult(accounts_already_linked=False, user=user)

    async def unlink_account(
        self, recipe_user_id: RecipeUserId, user_context: UserContext
    ) -> types.UnlinkAccountOkResult:
        """Separate a login method from its primary user; its sessions end. The user is told; see `notices`.

        Raises:
            RemovalRefusedError: who called this asked to keep some factors, and it is the last of them.
        """
        user = await user_to_tell(recipe_user_id.get_as_string(), user_context)
        body = {"recipeUserId": recipe_user_id.get_as_string(), **asked_of_unlinking(user_context)}
        answer = await self._client.post("/recipe/accountlinking/user/unlink", None, body, user_context)
        result = from_json(types.UnlinkAccountOkResult, refuse_last(answer))
        if result.was_linked:
            await tell_of_login_method(user, "removed", user, recipe_user_id, user_context)
        return result

    async def get_user(self, user_id: str, user_context: UserContext) -> User | None:
        """Return the whole user that an id belongs to, a primary's or a login method's; None when there is none."""
        answer = await self._client.get("/user/id", None, {"userId": user_id}, user_context)
        return User.from_json(answer["user"]) if answer["status"] == "OK" else None

    async def list_users_by_account_info(
        self,
        tenant_id: str,
        account_info: AccountInfoInput,
        do_union_of_account_info: bool,
        user_context: UserContext,
    ) -> list[User]:
        """Return the tenant's users that have any (union) or all of the given infos."""
        third_party, webauthn = account_info.third_party, account_info.webauthn
        query = {
            "doUnionOfAccountInfo": do_union_of_account_info,
            "email": account_info.email,
            "phoneNumber": account_info.phone_number,
            "thirdPartyId": third_party and third_party.id,
            "thirdPartyUserId": third_party and third_party.user_id,
            "webauthnCredentialId": webauthn and webauthn.credential_id,
        }
        answer = await self._client.get("/users/by-accountinfo", tenant_id, query, user_context)
        return [User.from_json(user) for user in answer["users"]]

    async def delete_user(self, user_id: str, remove_all_linked_accounts: bool, user_context: UserContext) -> None:
        """Delete a user with everything kept of them; a user who does not exist is no error.

        Of a login method that is deleted alone the user is told; see `notices`.
        """
        user = None if remove_all_linked_accounts else await user_to_tell(user_id, user_context)
        await self._client.post(
            "/user/remove",
            None,
            {"userId": user_id, "removeAllLinkedAccounts": remove_all_linked_accounts},
            user_context,
        )
        if user is not None and len(user.login_methods) > 1:
            await tell_of_login_method(user, "removed", user, RecipeUserId(user_id), user_context)
