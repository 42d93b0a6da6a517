# SPDX-License-Identifier: Apache-2.0
"""Functions of e-mail verification for applications. Without an address, the login method's own is taken."""

from twofold._user_context import filled, get_request_from_user_context
from twofold.exceptions import GeneralError
from twofold.types.base import RecipeUserId, UserContext

from . import types
from .emails import UnknownLoginMethod
from .links import verification_link
from .recipe import EmailVerificationRecipe


async def create_email_verification_token(
    tenant_id: str, recipe_user_id: RecipeUserId, email: str | None = None, user_context: UserContext | None = None
) -> types.CreateEmailVerificationTokenOkResult | types.CreateEmailVerificationTokenEmailAlreadyVerifiedError:
    """Make a token that verifies the address once.

    Raises:
        GeneralError: no address is given and the login method is unknown.
    """
    context = filled(user_context)
    address = await _email(recipe_user_id, email, context)
    if address is None:
        return types.CreateEmailVerificationTokenEmailAlreadyVerifiedError()
    functions = EmailVerificationRecipe.get().functions
    return await functions.create_email_verification_token(recipe_user_id, address, tenant_id, context)


async def verify_email_using_token(
    tenant_id: str, token: str, attempt_account_linking: bool = True, user_context: UserContext | None = None
) -> types.VerifyEmailUsingTokenOkResult | types.VerifyEmailUsingTokenInvalidTokenError:
    """Use a token up, and link the login method as the policy says unless that is switched off."""
    functions = EmailVerificationRecipe.get().functions
    return await functions.verify_email_using_token(token, tenant_id, attempt_account_linking, filled(user_context))


async def is_email_verified(
    recipe_user_id: RecipeUserId, email: str | None = None, user_context: UserContext | None = None
) -> bool:
    """Tell whether the address is verified; a login method without an address counts as verified.

    Raises:
        GeneralError: no address is given and the login method is unknown.
    """
    context = filled(user_context)
    address = await _email(recipe_user_id, email, context)
    if address is None:
        return True
    return await EmailVerificationRecipe.get().functions.is_email_verified(recipe_user_id, address, context)


async def revoke_email_verification_tokens(
    tenant_id: str, recipe_user_id: RecipeUserId, email: str | None = None, user_context: UserContext | None = None
) -> types.RevokeEmailVerificationTokensOkResult:
    """Make every token of the address useless."""
    context = filled(user_context)
    address = await _email(recipe_user_id, email, context)
    if address is None:
        return types.RevokeEmailVerificationTokensOkResult()
    functions = EmailVerificationRecipe.get().functions
    return await functions.revoke_email_verification_tokens(recipe_user_id, address, tenant_id, context)


async def unverify_email(
    recipe_user_id: RecipeUserId, email: str | None = None, user_context: UserContext | None = None
) -> types.UnverifyEmailOkResult:
    """Let the address count as unverified."""
    context = filled(user_context)
    address = await _email(recipe_user_id, email, context)
    if address is None:
        return types.UnverifyEmailOkResult()
    return await EmailVerificationRecipe.get().functions.unverify_email(recipe_user_id, address, context)


async def create_email_verification_link(
    tenant_id: str, recipe_user_id: RecipeUserId, email: str | None, user_context: UserContext | None = None
) -> types.CreateEmailVerificationLinkOkResult | types.CreateEmailVerificationLinkEmailAlreadyVerifiedError:
    """Make a token and return the link to the verification page with it."""
    context = filled(user_context)
    made = await create_email_verification_token(tenant_id, recipe_user_id, email, context)
    if not isinstance(made, types.CreateEmailVerificationTokenOkResult):
        return types.CreateEmailVerificationLinkEmailAlreadyVerifiedError()
    app_info = EmailVerificationRecipe.get().app_info
    request = get_request_from_user_context(context)
    return types.CreateEmailVerificationLinkOkResult(
        verification_link(app_info, made.token, tenant_id, request, context)
    )


async def send_email_verification_email(
    tenant_id: str,
    user_id: str,
    recipe_user_id: RecipeUserId,
    email: str | None,
    user_context: UserContext | None = None,
) -> types.SendEmailVerificationEmailOkResult | types.SendEmailVerificationEmailAlreadyVerifiedError:
    """Mail a verification link."""
    context = filled(user_context)
    address = await _email(recipe_user_id, email, context)
    if address is None:
        return types.SendEmailVerificationEmailAlreadyVerifiedError()
    made = await create_email_verification_link(tenant_id, recipe_user_id, address, context)
    if not isinstance(made, types.CreateEmailVerificationLinkOkResult):
        return types.SendEmailVerificationEmailAlreadyVerifiedError()
    user = types.VerificationEmailTemplateVarsUser(user_id, recipe_user_id, address)
    await send_email(types.VerificationEmailTemplateVars(user, made.link, tenant_id), context)
    return types.SendEmailVerificationEmailOkResult()


async def send_email(input_: types.EmailTemplateVars, user_context: UserContext | None = None) -> None:
    """Send a mail of this recipe through its configured delivery."""
    delivery = EmailVerificationRecipe.get().email_delivery
    await delivery.ingredient_interface_impl.send_email(input_, filled(user_context))


async def _email(recipe_user_id: RecipeUserId, given: str | None, user_context: UserContext) -> str | None:
    if given is not None:
        return given
    try:
        return await EmailVerificationRecipe.get().emails.email_of(recipe_user_id, user_context)
    except UnknownLoginMethod:
        raise GeneralError("Unknown User ID provided without email") from None
