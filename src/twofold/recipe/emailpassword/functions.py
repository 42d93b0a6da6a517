# SPDX-License-Identifier: Apache-2.0
"""Functions of the e-mail and password recipe; every one may be overridden."""

from typing import TYPE_CHECKING, Any

from twofold import _state
from twofold._client_network import network_field
from twofold._core_client import CoreClient
from twofold._wire import outcome
from twofold.recipe._base import every_recipe
from twofold.recipe.accountlinking import permissions
from twofold.recipe.accountlinking.in_session import SignIn, link_to_session_user_or_by_account_info
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe, find_login_method
from twofold.recipe.notices.telling import tell, tell_of_contacts, user_to_tell
from twofold.types.auth_utils import LinkingToSessionUserFailedError
from twofold.types.base import AccountInfoInput, RecipeUserId, UserContext
from twofold.types.recipe import BaseRecipeInterface

from . import types
from .types import NormalisedFormField

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer


class Functions(BaseRecipeInterface):
    """What can be done with addresses and passwords."""

    def __init__(self, client: CoreClient, password_field: NormalisedFormField) -> None:
        self._client = client
        self._password_field = password_field

    async def sign_up(
        self,
        email: str,
        password: str,
        tenant_id: str,
        session: "SessionContainer | None",
        should_try_linking_with_session_user: bool | None,
        user_context: UserContext,
    ) -> types.SignUpOkResult | types.EmailAlreadyExistsError | LinkingToSessionUserFailedError:
        """Create a login method and link it as the policy says. The password is not checked against any rule."""
        created = await self.create_new_recipe_user(email, password, tenant_id, user_context)
        if isinstance(created, types.EmailAlreadyExistsError):
            return created
        sign_in = SignIn(session, should_try_linking_with_session_user, tenant_id, user_context)
        user = await link_to_session_user_or_by_account_info(sign_in, created.user, created.recipe_user_id)
        if isinstance(user, LinkingToSessionUserFailedError):
            return user
        return types.SignUpOkResult(user, created.recipe_user_id)

    async def create_new_recipe_user(
        self, email: str, password: str, tenant_id: str, user_context: UserContext
    ) -> types.SignUpOkResult | types.EmailAlreadyExistsError:
        """Create a login method and link nothing."""
        answer = await self._client.post(
            "/recipe/signup", tenant_id, {"email": email, "password": password}, user_context
        )
        return outcome(answer, types.SignUpOkResult, types.EmailAlreadyExistsError)

    async def sign_in(
        self,
        email: str,
        password: str,
        tenant_id: str,
        session: "SessionContainer | None",
        should_try_linking_with_session_user: bool | None,
        user_context: UserContext,
    ) -> types.SignInOkResult | types.WrongCredentialsError | LinkingToSessionUserFailedError:
        """Check credentials and link as the policy says. No session is made."""
        checked = await self.verify_credentials(email, password, tenant_id, user_context)
        if isinstance(checked, types.WrongCredentialsError):
            return checked
        linking = AccountLinkingRecipe.get()
        await linking.verify_email_if_another_method_has_it_verified(checked.user, checked.recipe_user_id, user_context)
        # The verification may have changed what the policy sees.
        user = await linking.functions.get_user(checked.recipe_user_id.get_as_string(), user_context)
        sign_in = SignIn(session, should_try_linking_with_session_user, tenant_id, user_context)
        linked = await link_to_session_user_or_by_account_info(
            sign_in, checked.user if user is None else user, checked.recipe_user_id
        )
        if isinstance(linked, LinkingToSessionUserFailedError):
            return linked
        return types.SignInOkResult(linked, checked.recipe_user_id)

    async def verify_credentials(
        self, email: str, password: str, tenant_id: str, user_context: UserContext
    ) -> types.SignInOkResult | types.WrongCredentialsError:
        """Check credentials and do nothing else. Costs one password hash, whether the address is known or not."""
        body = {"email": email, "password": password, **network_field(user_context)}
        for recipe in every_recipe():
            body |= recipe.fields_of_password(user_context)
        answer = await self._client.post("/recipe/signin", tenant_id, body, user_context)
        return outcome(answer, types.SignInOkResult, types.WrongCredentialsError)

    async def create_reset_password_token(
        self, user_id: str, email: str, tenant_id: str, user_context: UserContext
    ) -> types.CreateResetPasswordOkResult | types.UnknownUserIdError:
        """Make a token with which the password can be set once."""
        answer = await self._client.post(
            "/recipe/user/password/reset/token", tenant_id, {"userId": user_id, "email": email}, user_context
        )
        return outcome(answer, types.CreateResetPasswordOkResult, types.UnknownUserIdError)

    async def consume_password_reset_token(
        self, token: str, tenant_id: str, user_context: UserContext
    ) -> types.ConsumePasswordResetTokenOkResult | types.PasswordResetTokenInvalidError:
        """Use a token up. Of many calls with one token, one succeeds."""
        answer = await self._client.post(
            "/recipe/user/password/reset/token/consume", tenant_id, {"token": token}, user_context
        )
        return outcome(answer, types.ConsumePasswordResetTokenOkResult, types.PasswordResetTokenInvalidError)

    async def update_email_or_password(
        self,
        recipe_user_id: RecipeUserId,
        email: str | None,
        password: str | None,
        apply_password_policy: bool | None,
        tenant_id_for_password_policy: str,
        user_context: UserContext,
    ) -> (
        types.UpdateEmailOrPasswordOkResult
        | types.EmailAlreadyExistsError
        | types.UnknownUserIdError
        | types.UpdateEmailOrPasswordEmailChangeNotAllowedError
        | types.PasswordPolicyViolationError
    ):
        """Change address, password, or both at once. Sessions go on; end them where that is wanted.

        The user is told of each; see `notices`.
        """
        if email is not None:
            refusal = await _refusal_of_email(recipe_user_id, email, user_context)
            if refusal is not None:
                return refusal
        if password is not None and apply_password_policy is not False:
            error = await self._password_field.validate(password, tenant_id_for_password_policy)
            if error is not None:
                return types.PasswordPolicyViolationError(error)
        user = await user_to_tell(recipe_user_id.get_as_string(), user_context)
        body = {"recipeUserId": recipe_user_id.get_as_string(), "email": email, "password": password}
        answer = await self._client.put(
            "/recipe/user", None, {key: value for key, value in body.items() if value is not None}, user_context
        )
        result = outcome(
            answer,
            types.UpdateEmailOrPasswordOkResult,
            types.EmailAlreadyExistsError,
            types.UnknownUserIdError,
            types.UpdateEmailOrPasswordEmailChangeNotAllowedError,
        )
        if not isinstance(result, types.UpdateEmailOrPasswordOkResult):
            return result
        await tell_of_contacts(user, recipe_user_id, user_context, email=email)
        if password is not None:
            await tell(user, "changed", "password", None, user_context)
        if email is not None:
            await _carry_verification_over(recipe_user_id, user_context)
        return result


async def _refusal_of_email(
    recipe_user_id: RecipeUserId, email: str, user_context: UserContext
) -> types.UnknownUserIdError | types.UpdateEmailOrPasswordEmailChangeNotAllowedError | None:
    user = await AccountLinkingRecipe.get().functions.get_user(recipe_user_id.get_as_string(), user_context)
    if user is None:
        return types.UnknownUserIdError()
    method = find_login_method(user, recipe_user_id)
    is_verified = method is not None and method.verified and method.has_same_email_as(email)
    verification: Any = _state.current_app().recipe("emailverification")
    if verification is not None and not is_verified:
        is_verified = await verification.functions.is_email_verified(recipe_user_id, email, user_context)
    refused = await permissions.refusal_of_contact_change(
        user, AccountInfoInput(email=email), is_verified, None, user_context
    )
    return None if refused is None else types.UpdateEmailOrPasswordEmailChangeNotAllowedError(refused.text)


async def _carry_verification_over(recipe_user_id: RecipeUserId, user_context: UserContext) -> None:
    linking = AccountLinkingRecipe.get()
    user = await linking.functions.get_user(recipe_user_id.get_as_string(), user_context)
    if user is not None:
        await linking.verify_email_if_another_method_has_it_verified(user, recipe_user_id, user_context)
