# SPDX-License-Identifier: Apache-2.0
"""Functions of the e-mail and password recipe for applications."""

from typing import TYPE_CHECKING, Literal

from twofold._user_context import filled, get_request_from_user_context
from twofold.types.auth_utils import LinkingToSessionUserFailedError
from twofold.types.base import RecipeUserId, UserContext

from . import types
from .recipe import EmailPasswordRecipe
from .reset_using_token import reset_link

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer


async def sign_up(
    tenant_id: str,
    email: str,
    password: str,
    session: "SessionContainer | None" = None,
    user_context: UserContext | None = None,
) -> types.SignUpOkResult | types.EmailAlreadyExistsError | LinkingToSessionUserFailedError:
    """Create a login method; with a session, link it to the session's user. The password is checked against no rule."""
    return await EmailPasswordRecipe.get().functions.sign_up(
        email, password, tenant_id, session, session is not None, filled(user_context)
    )


async def sign_in(
    tenant_id: str,
    email: str,
    password: str,
    session: "SessionContainer | None" = None,
    user_context: UserContext | None = None,
) -> types.SignInOkResult | types.WrongCredentialsError | LinkingToSessionUserFailedError:
    """Check credentials; with a session, link to the session's user. Makes no session."""
    return await EmailPasswordRecipe.get().functions.sign_in(
        email, password, tenant_id, session, session is not None, filled(user_context)
    )


async def verify_credentials(
    tenant_id: str, email: str, password: str, user_context: UserContext | None = None
) -> types.SignInOkResult | types.WrongCredentialsError:
    """Check credentials and do nothing else."""
    functions = EmailPasswordRecipe.get().functions
    return await functions.verify_credentials(email, password, tenant_id, filled(user_context))


async def create_reset_password_token(
    tenant_id: str, user_id: str, email: str, user_context: UserContext | None = None
) -> types.CreateResetPasswordOkResult | types.UnknownUserIdError:
    """Make a token with which the password can be set once."""
    functions = EmailPasswordRecipe.get().functions
    return await functions.create_reset_password_token(user_id, email, tenant_id, filled(user_context))


async def reset_password_using_token(
    tenant_id: str, token: str, new_password: str, user_context: UserContext | None = None
) -> (
    types.UpdateEmailOrPasswordOkResult
    | types.PasswordPolicyViolationError
    | types.PasswordResetTokenInvalidError
    | types.UnknownUserIdError
):
    """Use a token up and set the password, checked against the rules. Sessions go on; end them where that is wanted."""
    context = filled(user_context)
    functions = EmailPasswordRecipe.get().functions
    consumed = await functions.consume_password_reset_token(token, tenant_id, context)
    if isinstance(consumed, types.PasswordResetTokenInvalidError):
        return consumed
    result = await functions.update_email_or_password(
        RecipeUserId(consumed.user_id), None, new_password, True, tenant_id, context
    )
    if isinstance(result, types.UpdateEmailOrPasswordOkResult | types.PasswordPolicyViolationError):
        return result
    return types.UnknownUserIdError()


async def consume_password_reset_token(
    tenant_id: str, token: str, user_context: UserContext | None = None
) -> types.ConsumePasswordResetTokenOkResult | types.PasswordResetTokenInvalidError:
    """Use a token up. Of many calls with one token, one succeeds."""
    functions = EmailPasswordRecipe.get().functions
    return await functions.consume_password_reset_token(token, tenant_id, filled(user_context))


async def update_email_or_password(
    recipe_user_id: RecipeUserId,
    email: str | None = None,
    password: str | None = None,
    apply_password_policy: bool | None = None,
    tenant_id_for_password_policy: str | None = None,
    user_context: UserContext | None = None,
) -> (
    types.UpdateEmailOrPasswordOkResult
    | types.EmailAlreadyExistsError
    | types.UnknownUserIdError
    | types.UpdateEmailOrPasswordEmailChangeNotAllowedError
    | types.PasswordPolicyViolationError
):
    """Change address, password, or both at once. The password is checked unless `apply_password_policy` is false."""
    return await EmailPasswordRecipe.get().functions.update_email_or_password(
        recipe_user_id,
        email,
        password,
        apply_password_policy,
        tenant_id_for_password_policy or "public",
        filled(user_context),
    )


async def create_reset_password_link(
    tenant_id: str, user_id: str, email: str, user_context: UserContext | None = None
) -> str | types.UnknownUserIdError:
    """Make a token and return the link to the reset page with it."""
    context = filled(user_context)
    made = await create_reset_password_token(tenant_id, user_id, email, context)
    if isinstance(made, types.UnknownUserIdError):
        return made
    request = get_request_from_user_context(context)
    return reset_link(EmailPasswordRecipe.get().app_info, made.token, tenant_id, request, context)


async def send_reset_password_email(
    tenant_id: str, user_id: str, email: str, user_context: UserContext | None = None
) -> Literal["OK", "UNKNOWN_USER_ID_ERROR"]:
    """Mail a reset link."""
    context = filled(user_context)
    link = await create_reset_password_link(tenant_id, user_id, email, context)
    if isinstance(link, types.UnknownUserIdError):
        return "UNKNOWN_USER_ID_ERROR"
    user = types.PasswordResetEmailTemplateVarsUser(user_id, RecipeUserId(user_id), email)
    await send_email(types.PasswordResetEmailTemplateVars(user, link, tenant_id), context)
    return "OK"


async def send_email(input_: types.EmailTemplateVars, user_context: UserContext | None = None) -> None:
    """Send a mail of this recipe through its configured delivery."""
    delivery = EmailPasswordRecipe.get().email_delivery
    await delivery.ingredient_interface_impl.send_email(input_, filled(user_context))
