# SPDX-License-Identifier: Apache-2.0
"""Functions of the e-mail verification recipe; every one may be overridden."""

from twofold._core_client import CoreClient
from twofold._wire import Json
from twofold.recipe.accountlinking import automatic
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe, find_login_method
from twofold.types.base import RecipeUserId, UserContext
from twofold.types.recipe import BaseRecipeInterface

from . import types


class Functions(BaseRecipeInterface):
    """What can be done with addresses of login methods."""

    def __init__(self, client: CoreClient) -> None:
        self._client = client

    async def create_email_verification_token(
        self, recipe_user_id: RecipeUserId, email: str, tenant_id: str, user_context: UserContext
    ) -> types.CreateEmailVerificationTokenOkResult | types.CreateEmailVerificationTokenEmailAlreadyVerifiedError:
        """Make a token that verifies this address once."""
        answer = await self._client.post(
            "/recipe/user/email/verify/token", tenant_id, _pair(recipe_user_id, email), user_context
        )
        if answer["status"] == "OK":
            return types.CreateEmailVerificationTokenOkResult(answer["token"])
        return types.CreateEmailVerificationTokenEmailAlreadyVerifiedError()

    async def verify_email_using_token(
        self, token: str, tenant_id: str, attempt_account_linking: bool, user_context: UserContext
    ) -> types.VerifyEmailUsingTokenOkResult | types.VerifyEmailUsingTokenInvalidTokenError:
        """Use a token up; then link the login method as the policy says, if the address is still its own."""
        answer = await self._client.post(
            "/recipe/user/email/verify", tenant_id, {"method": "token", "token": token}, user_context
        )
        if answer["status"] != "OK":
            return types.VerifyEmailUsingTokenInvalidTokenError()
        recipe_user_id = RecipeUserId(answer["userId"])
        if attempt_account_linking:
            await _link(recipe_user_id, answer["email"], tenant_id, user_context)
        return types.VerifyEmailUsingTokenOkResult(types.EmailVerificationUser(recipe_user_id, answer["email"]))

    async def is_email_verified(self, recipe_user_id: RecipeUserId, email: str, user_context: UserContext) -> bool:
        """Tell whether the address of this login method is verified."""
        answer = await self._client.get("/recipe/user/email/verify", None, _pair(recipe_user_id, email), user_context)
        return answer["isVerified"] is True

    async def revoke_email_verification_tokens(
        self, recipe_user_id: RecipeUserId, email: str, tenant_id: str, user_context: UserContext
    ) -> types.RevokeEmailVerificationTokensOkResult:
        """Make every token of this address useless."""
        await self._client.post(
            "/recipe/user/email/verify/token/remove", tenant_id, _pair(recipe_user_id, email), user_context
        )
        return types.RevokeEmailVerificationTokensOkResult()

    async def unverify_email(
        self, recipe_user_id: RecipeUserId, email: str, user_context: UserContext
    ) -> types.UnverifyEmailOkResult:
        """Let the address count as unverified."""
        await self._client.post("/recipe/user/email/verify/remove", None, _pair(recipe_user_id, email), user_context)
        return types.UnverifyEmailOkResult()


def _pair(recipe_user_id: RecipeUserId, email: str) -> Json:
    return {"userId": recipe_user_id.get_as_string(), "email": email}


async def _link(recipe_user_id: RecipeUserId, email: str, tenant_id: str, user_context: UserContext) -> None:
    user = await AccountLinkingRecipe.get().functions.get_user(recipe_user_id.get_as_string(), user_context)
    method = None if user is None else find_login_method(user, recipe_user_id)
    if user is not None and method is not None and method.has_same_email_as(email):
        await automatic.try_linking_by_account_info_or_create_primary_user(
            user, recipe_user_id, tenant_id, None, user_context
        )
