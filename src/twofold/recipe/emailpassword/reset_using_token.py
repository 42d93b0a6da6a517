# SPDX-License-Identifier: Apache-2.0
"""Sends the reset mail, and sets the password with the token that was in it."""

import logging
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from twofold._app_info import AppInfo
from twofold.framework.request import BaseRequest
from twofold.ingredients.exceptions import DeliveryError
from twofold.recipe._base import every_recipe
from twofold.recipe.accountlinking import automatic
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe, find_login_method
from twofold.recipe.session.asyncio import revoke_all_sessions_for_user
from twofold.types.base import RecipeUserId, User, UserContext

from . import types
from .functions import Functions
from .password_reset import SendTo, is_risky

if TYPE_CHECKING:
    from .apis import APIOptions

logger = logging.getLogger("twofold.recipe.emailpassword")


def reset_link(
    app_info: AppInfo, token: str, tenant_id: str, request: BaseRequest | None, user_context: UserContext
) -> str:
    """Return the link for a mail: always on the configured website, whatever host the request named."""
    origin = app_info.get_origin(request, user_context).get_as_string_dangerous()
    path = app_info.website_base_path.get_as_string_dangerous()
    return f"{origin}{path}/reset-password?{urlencode({'token': token, 'tenantId': tenant_id})}"


async def send_mail(
    api_options: "APIOptions", to: SendTo, email: str, tenant_id: str, user_context: UserContext
) -> None:
    """Make a token and mail the link. A user who was deleted meanwhile gets none."""
    token_for = to.user_id if to.recipe_user_id is None else to.recipe_user_id.get_as_string()
    made = await api_options.recipe_implementation.create_reset_password_token(
        token_for, email, tenant_id, user_context
    )
    if isinstance(made, types.UnknownUserIdError):
        return
    link = reset_link(api_options.app_info, made.token, tenant_id, api_options.request, user_context)
    user = types.PasswordResetEmailTemplateVarsUser(to.user_id, to.recipe_user_id, email)
    message = types.PasswordResetEmailTemplateVars(user, link, tenant_id)
    try:
        await api_options.email_delivery.ingredient_interface_impl.send_email(message, user_context)
    except DeliveryError:
        # The answer must not tell that there was an account to write to; the operator learns it from the log.
        logger.exception("a password reset mail could not be sent")


async def set_password(
    functions: Functions, token: str, password: str, tenant_id: str, user_context: UserContext
) -> types.PasswordResetPostOkResult | types.PasswordResetTokenInvalidError | types.PasswordPolicyViolationError:
    """Use a token up and set the password: of the login method it is for, or of a new one of that user.

    Everything that was signed in before ends: whoever knew the old password may have been the reason for the reset.
    """
    consumed = await functions.consume_password_reset_token(token, tenant_id, user_context)
    if isinstance(consumed, types.PasswordResetTokenInvalidError):
        return consumed
    user = await AccountLinkingRecipe.get().functions.get_user(consumed.user_id, user_context)
    if user is None:
        return types.PasswordResetTokenInvalidError()
    own = find_login_method(user, RecipeUserId(consumed.user_id))
    if own is not None and own.recipe_id == "emailpassword":
        return await _set_existing(
            functions, user, own.recipe_user_id, consumed.email, password, tenant_id, user_context
        )
    if not _has_in_tenant(user, consumed.email, tenant_id):
        return types.PasswordResetTokenInvalidError()
    return await _create(functions, consumed.email, password, tenant_id, user_context)


def _has_in_tenant(user: User, email: str, tenant_id: str) -> bool:
    """Tell whether the address is the user's there: a token, which is no tenant's, lets nobody into another tenant."""
    return any(method.has_same_email_as(email) and tenant_id in method.tenant_ids for method in user.login_methods)


async def _set_existing(
    functions: Functions,
    user: User,
    recipe_user_id: RecipeUserId,
    email: str,
    password: str,
    tenant_id: str,
    user_context: UserContext,
) -> types.PasswordResetPostOkResult | types.PasswordResetTokenInvalidError | types.PasswordPolicyViolationError:
    if user.is_primary_user and is_risky(user, email):
        # The account changed since the mail was sent: it is no longer one that this address alone may open.
        return types.PasswordResetTokenInvalidError()
    result = await functions.update_email_or_password(recipe_user_id, None, password, None, tenant_id, user_context)
    if isinstance(result, types.PasswordPolicyViolationError):
        return result
    if not isinstance(result, types.UpdateEmailOrPasswordOkResult):
        return types.PasswordResetTokenInvalidError()
    return await _finished(recipe_user_id, user, email, tenant_id, user_context, link=not user.is_primary_user)


async def _create(
    functions: Functions, email: str, password: str, tenant_id: str, user_context: UserContext
) -> types.PasswordResetPostOkResult | types.PasswordResetTokenInvalidError:
    created = await functions.create_new_recipe_user(email, password, tenant_id, user_context)
    if isinstance(created, types.EmailAlreadyExistsError):
        return types.PasswordResetTokenInvalidError()
    return await _finished(created.recipe_user_id, created.user, email, tenant_id, user_context, link=True)


async def _finished(
    recipe_user_id: RecipeUserId, user: User, email: str, tenant_id: str, user_context: UserContext, *, link: bool
) -> types.PasswordResetPostOkResult:
    try:
        for recipe in every_recipe():
            await recipe.verify_email_without_mail(tenant_id, recipe_user_id, email, user_context)
        if link:
            user = await _linked(user, recipe_user_id, tenant_id, user_context)
    finally:
        # The password is set already; a policy that fails must not keep anybody signed in with the old one.
        await revoke_all_sessions_for_user(user.id, True, None, user_context)
    return types.PasswordResetPostOkResult(email, user)


async def _linked(user: User, recipe_user_id: RecipeUserId, tenant_id: str, user_context: UserContext) -> User:
    read_again = await AccountLinkingRecipe.get().functions.get_user(recipe_user_id.get_as_string(), user_context)
    linked = await automatic.try_linking_by_account_info_or_create_primary_user(
        read_again or user, recipe_user_id, tenant_id, None, user_context
    )
    return user if isinstance(linked, automatic.NotLinked) else linked.user
