# SPDX-License-Identifier: Apache-2.0
"""Account recovery: who is sent a link, and what its token may do. Section 19.8 and 19.9 of the front-end interface.

A mail to an address proves that its reader owns the address, nothing more. It must not open an account that its reader
has not proved to own in that way.
"""

import logging
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from twofold._app_info import AppInfo
from twofold._wire import canonical_email
from twofold.framework.request import BaseRequest
from twofold.ingredients.exceptions import DeliveryError
from twofold.recipe import _steps_of_time
from twofold.recipe._base import every_recipe
from twofold.recipe.accountlinking import automatic, permissions
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe, find_login_method
from twofold.recipe.accountlinking.types import AccountInfoWithRecipeId, ShouldNotAutomaticallyLink
from twofold.recipe.emailpassword.password_reset import Decision, SendTo, is_risky
from twofold.recipe.session.asyncio import revoke_all_sessions_for_user
from twofold.types.base import AccountInfoInput, LoginMethod, RecipeUserId, User, UserContext

from . import results
from .payloads import RegistrationPayload
from .recipe_implementation import RecipeImplementation, RegistrationFailed

if TYPE_CHECKING:
    from .apis import APIOptions

RECIPE: Final = "webauthn"

logger = logging.getLogger("twofold.recipe.webauthn")

Failed = results.RecoverAccountTokenInvalidErrorResponse | RegistrationFailed


def get_recover_account_link(
    app_info: AppInfo, token: str, tenant_id: str, request: BaseRequest | None, user_context: UserContext
) -> str:
    """Return the link for a mail: always on the configured website, whatever host the request named."""
    origin = app_info.get_origin(request, user_context).get_as_string_dangerous()
    path = app_info.website_base_path.get_as_string_dangerous()
    return f"{origin}{path}/webauthn/recover?{urlencode({'token': token, 'tenantId': tenant_id})}"


async def decide_and_send(options: "APIOptions", email: str, tenant_id: str, user_context: UserContext) -> Decision:
    """Decide whether a mail is sent to this address, and have it sent, taking as long whether it is or not."""
    began = _steps_of_time.now()
    decision = await decide(email, tenant_id, user_context)
    if isinstance(decision, SendTo):
        await options.email_delivery.send_unobserved(send_mail(options, decision, email, tenant_id, user_context))
    await _steps_of_time.next_step(began)
    return decision


async def decide(email: str, tenant_id: str, user_context: UserContext) -> Decision:
    """Decide whether, and for whom, a mail is sent to this address."""
    functions = AccountLinkingRecipe.get().functions
    users = await functions.list_users_by_account_info(tenant_id, AccountInfoInput(email=email), False, user_context)
    own = _own_method(users, email, tenant_id)
    primary = next((user for user in users if user.is_primary_user), None)
    if primary is None:
        return "SEND_NOTHING" if own is None else _alone(own)
    if is_risky(primary, email):
        return "NOT_ALLOWED"
    if own is not None and find_login_method(primary, own.recipe_user_id) is not None:
        return SendTo(primary.id, own.recipe_user_id)
    return await _by_policy(email, own, primary, tenant_id, user_context)


async def send_mail(options: "APIOptions", to: SendTo, email: str, tenant_id: str, user_context: UserContext) -> None:
    """Make a token and mail the link. A user who was deleted meanwhile gets none."""
    token_for = to.user_id if to.recipe_user_id is None else to.recipe_user_id.get_as_string()
    made = await options.recipe_implementation.generate_recover_account_token(
        user_id=token_for, email=email, tenant_id=tenant_id, user_context=user_context
    )
    if isinstance(made, results.UnknownUserIdErrorResponse):
        return
    link = get_recover_account_link(options.app_info, made.token, tenant_id, options.req, user_context)
    user = results.WebauthnRecoverAccountEmailDeliveryUser(to.user_id, to.recipe_user_id, email)
    message = results.TypeWebauthnRecoverAccountEmailDeliveryInput(user, link, tenant_id)
    try:
        await options.email_delivery.ingredient_interface_impl.send_email(message, user_context)
    except DeliveryError:
        # The answer must not tell that there was an account to write to; the operator learns it from the log.
        logger.exception("an account recovery mail could not be sent")


async def recover(
    functions: RecipeImplementation,
    token: str,
    options_id: str,
    credential: RegistrationPayload,
    tenant_id: str,
    user_context: UserContext,
) -> results.RecoverAccountPOSTResponse | Failed:
    """Use a token up and register a passkey: for the login method it is for, or for a new one of that user."""
    begun = await functions.get_generated_options(
        webauthn_generated_options_id=options_id, tenant_id=tenant_id, user_context=user_context
    )
    if isinstance(begun, results.OptionsNotFoundErrorResponse):
        return begun
    consumed = await functions.consume_recover_account_token(
        token=token, tenant_id=tenant_id, user_context=user_context
    )
    if isinstance(consumed, results.RecoverAccountTokenInvalidErrorResponse):
        return consumed
    email = consumed.email
    if canonical_email(begun.email or "") != canonical_email(email):
        return results.InvalidOptionsErrorResponse()
    user = await AccountLinkingRecipe.get().functions.get_user(consumed.user_id, user_context)
    if user is None:
        return results.RecoverAccountTokenInvalidErrorResponse()
    own = find_login_method(user, RecipeUserId(consumed.user_id))
    if own is not None and own.recipe_id == RECIPE:
        return await _register_again(functions, user, own, email, options_id, credential, tenant_id, user_context)
    return await _create(functions, user, email, options_id, credential, tenant_id, user_context)


def _own_method(users: list[User], email: str, tenant_id: str) -> LoginMethod | None:
    methods = (
        method
        for user in users
        for method in user.login_methods
        if method.recipe_id == RECIPE and method.has_same_email_as(email) and tenant_id in method.tenant_ids
    )
    return next(methods, None)


def _alone(own: LoginMethod) -> SendTo:
    return SendTo(own.recipe_user_id.get_as_string(), own.recipe_user_id)


async def _by_policy(
    email: str, own: LoginMethod | None, primary: User, tenant_id: str, user_context: UserContext
) -> Decision:
    new_user = AccountInfoWithRecipeId(RECIPE, email=email)
    decision = await automatic.ask_policy(own or new_user, primary, None, tenant_id, user_context)
    may_link = not isinstance(decision, ShouldNotAutomaticallyLink)
    if own is not None:
        return SendTo(primary.id, own.recipe_user_id) if may_link else _alone(own)
    root = find_login_method(primary, RecipeUserId(primary.id))
    # The token names the primary user alone; the e-mail to register for is then that of its own login method.
    if not may_link or root is None or not root.has_same_email_as(email):
        return "SEND_NOTHING"
    # Reading the mail proves the address, so the new login method counts as verified.
    allowed = await permissions.is_sign_up_allowed(new_user, True, None, tenant_id, user_context)
    return SendTo(primary.id, None) if allowed else "SEND_NOTHING"


async def _register_again(
    functions: RecipeImplementation,
    user: User,
    own: LoginMethod,
    email: str,
    options_id: str,
    credential: RegistrationPayload,
    tenant_id: str,
    user_context: UserContext,
) -> results.RecoverAccountPOSTResponse | Failed:
    if user.is_primary_user and is_risky(user, email):
        # The account changed since the mail was sent: it is no longer one that this address alone may open.
        return results.RecoverAccountTokenInvalidErrorResponse()
    recipe_user_id = own.recipe_user_id.get_as_string()
    # Whoever signed up with an address that was not theirs is shut out by its owner.
    was_proven = own.verified and own.has_same_email_as(email)
    if not was_proven:
        await revoke_all_sessions_for_user(recipe_user_id, False, None, user_context)
    registered = await functions.register_credential(
        webauthn_generated_options_id=options_id,
        credential=credential,
        user_context=user_context,
        recipe_user_id=recipe_user_id,
    )
    if not isinstance(registered, results.OkResponseBaseModel):
        return registered
    if not was_proven:
        await _remove_others(functions, recipe_user_id, credential.id, user_context)
    return await _finished(own.recipe_user_id, user, email, tenant_id, user_context, link=not user.is_primary_user)


async def _remove_others(
    functions: RecipeImplementation, recipe_user_id: str, kept: str, user_context: UserContext
) -> None:
    listed = await functions.list_credentials(recipe_user_id=recipe_user_id, user_context=user_context)
    for item in listed.credentials:
        if item.webauthn_credential_id != kept:
            await functions.remove_credential(
                webauthn_credential_id=item.webauthn_credential_id,
                recipe_user_id=recipe_user_id,
                user_context=user_context,
            )


async def _create(
    functions: RecipeImplementation,
    user: User,
    email: str,
    options_id: str,
    credential: RegistrationPayload,
    tenant_id: str,
    user_context: UserContext,
) -> results.RecoverAccountPOSTResponse | Failed:
    is_here = any(method.has_same_email_as(email) and tenant_id in method.tenant_ids for method in user.login_methods)
    new_user = AccountInfoWithRecipeId(RECIPE, email=email)
    if not is_here or not await permissions.is_sign_up_allowed(new_user, True, None, tenant_id, user_context):
        return results.RecoverAccountTokenInvalidErrorResponse()
    created = await functions.create_new_recipe_user(
        webauthn_generated_options_id=options_id, credential=credential, tenant_id=tenant_id, user_context=user_context
    )
    if isinstance(created, results.EmailAlreadyExistsErrorResponse):
        return results.RecoverAccountTokenInvalidErrorResponse()
    if not isinstance(created, results.CreateNewRecipeUserResponse):
        return created
    return await _finished(created.recipe_user_id, created.user, email, tenant_id, user_context, link=True)


async def _finished(
    recipe_user_id: RecipeUserId, user: User, email: str, tenant_id: str, user_context: UserContext, *, link: bool
) -> results.RecoverAccountPOSTResponse:
    for recipe in every_recipe():
        await recipe.verify_email_without_mail(tenant_id, recipe_user_id, email, user_context)
    functions = AccountLinkingRecipe.get().functions
    user = await functions.get_user(recipe_user_id.get_as_string(), user_context) or user
    if link:
        linked = await automatic.try_linking_by_account_info_or_create_primary_user(
            user, recipe_user_id, tenant_id, None, user_context
        )
        user = user if isinstance(linked, automatic.NotLinked) else linked.user
    return results.RecoverAccountPOSTResponse(user, email)
