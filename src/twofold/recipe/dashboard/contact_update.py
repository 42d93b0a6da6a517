# SPDX-License-Identifier: Apache-2.0
"""Changes the address or phone number of a login method, as far as its recipe lets it be changed."""

from collections.abc import Awaitable, Callable

from twofold.exceptions import BadInputError
from twofold.recipe.emailpassword import types as password_types
from twofold.recipe.emailpassword.form_fields import EMAIL
from twofold.recipe.emailpassword.recipe import EmailPasswordRecipe
from twofold.recipe.passwordless import results as code_results
from twofold.recipe.passwordless.contact import as_e164
from twofold.recipe.passwordless.recipe import PasswordlessRecipe
from twofold.recipe.webauthn import results as passkey_results
from twofold.recipe.webauthn.recipe import WebauthnRecipe
from twofold.types.base import LoginMethod, LoginMethodRecipeId, UserContext

from .results import (
    UserPutAPIEmailAlreadyExistsErrorResponse,
    UserPutAPIEmailChangeNotAllowedErrorResponse,
    UserPutAPIInvalidEmailErrorResponse,
    UserPutAPIInvalidPhoneErrorResponse,
    UserPutAPIPhoneNumberChangeNotAllowedErrorResponse,
    UserPutPhoneAlreadyExistsAPIResponse,
)

Refusal = (
    UserPutAPIEmailAlreadyExistsErrorResponse
    | UserPutAPIInvalidEmailErrorResponse
    | UserPutAPIEmailChangeNotAllowedErrorResponse
    | UserPutPhoneAlreadyExistsAPIResponse
    | UserPutAPIInvalidPhoneErrorResponse
    | UserPutAPIPhoneNumberChangeNotAllowedErrorResponse
)
ChangeEmail = Callable[[LoginMethod, str, str, UserContext], Awaitable[Refusal | None]]
EMAIL_IS_THE_PROVIDERS = "The provider says which address this login method has"
NO_EMAILS = "Passwordless is not configured for emails"
NO_PHONES = "Passwordless is not configured for phone numbers"
PHONE_IS_FIXED = "Only login methods with codes have a phone number that can be changed"
GONE = "The login method does not exist any more"


async def change_contacts(
    method: LoginMethod, email: str, phone: str, tenant_id: str, user_context: UserContext
) -> Refusal | None:
    """Change what is not empty; return why not, or None."""
    refusal: Refusal | None = None
    if email:
        refusal = await _CHANGE_EMAIL[method.recipe_id](method, email, tenant_id, user_context)
    if phone and refusal is None:
        return await _phone(method, phone, tenant_id, user_context)
    return refusal


async def validate_password_email(email: str, tenant_id: str) -> str | None:
    """Return what the application's sign-up form finds wrong with an address, or None."""
    forms = EmailPasswordRecipe.get().config.forms
    return await next(field for field in forms.sign_up if field.id == EMAIL).validate(email, tenant_id)


async def _email_of_password(
    method: LoginMethod, email: str, tenant_id: str, user_context: UserContext
) -> Refusal | None:
    error = await validate_password_email(email, tenant_id)
    if error is not None:
        return UserPutAPIInvalidEmailErrorResponse(error)
    result = await EmailPasswordRecipe.get().functions.update_email_or_password(
        method.recipe_user_id, email, None, None, tenant_id, user_context
    )
    if isinstance(result, password_types.EmailAlreadyExistsError):
        return UserPutAPIEmailAlreadyExistsErrorResponse()
    if isinstance(result, password_types.UpdateEmailOrPasswordEmailChangeNotAllowedError):
        return UserPutAPIEmailChangeNotAllowedErrorResponse(result.reason)
    _require_done(result)
    return None


async def _email_of_codes(method: LoginMethod, email: str, tenant_id: str, user_context: UserContext) -> Refusal | None:
    validate = PasswordlessRecipe.get().config.validate_email
    error = NO_EMAILS if validate is None else await validate(email, tenant_id)
    if error is not None:
        return UserPutAPIInvalidEmailErrorResponse(error)
    result = await PasswordlessRecipe.get().functions.update_user(method.recipe_user_id, email, None, user_context)
    if isinstance(result, code_results.UpdateUserEmailAlreadyExistsError):
        return UserPutAPIEmailAlreadyExistsErrorResponse()
    if isinstance(result, code_results.EmailChangeNotAllowedError):
        return UserPutAPIEmailChangeNotAllowedErrorResponse(result.reason)
    _require_done(result)
    return None


async def _email_of_passkeys(
    method: LoginMethod, email: str, tenant_id: str, user_context: UserContext
) -> Refusal | None:
    passkeys = WebauthnRecipe.get()
    error = await passkeys.config.validate_email_address(email=email, tenant_id=tenant_id, user_context=user_context)
    if error is not None:
        return UserPutAPIInvalidEmailErrorResponse(error)
    result = await passkeys.functions.update_user_email(
        recipe_user_id=method.recipe_user_id.get_as_string(),
        email=email,
        tenant_id=tenant_id,
        user_context=user_context,
    )
    if isinstance(result, passkey_results.EmailAlreadyExistsErrorResponse):
        return UserPutAPIEmailAlreadyExistsErrorResponse()
    _require_done(result)
    return None


async def _email_elsewhere(*_: object) -> Refusal | None:
    return UserPutAPIEmailChangeNotAllowedErrorResponse(EMAIL_IS_THE_PROVIDERS)


_CHANGE_EMAIL: dict[LoginMethodRecipeId, ChangeEmail] = {
    "emailpassword": _email_of_password,
    "passwordless": _email_of_codes,
    "webauthn": _email_of_passkeys,
    "thirdparty": _email_elsewhere,
}


async def _phone(method: LoginMethod, phone: str, tenant_id: str, user_context: UserContext) -> Refusal | None:
    if method.recipe_id != "passwordless":
        return UserPutAPIPhoneNumberChangeNotAllowedErrorResponse(PHONE_IS_FIXED)
    validate = PasswordlessRecipe.get().config.validate_phone_number
    error = NO_PHONES if validate is None else await validate(phone, tenant_id)
    if error is not None:
        return UserPutAPIInvalidPhoneErrorResponse(error)
    result = await PasswordlessRecipe.get().functions.update_user(
        method.recipe_user_id, None, as_e164(phone), user_context
    )
    if isinstance(result, code_results.UpdateUserPhoneNumberAlreadyExistsError):
        return UserPutPhoneAlreadyExistsAPIResponse()
    if isinstance(result, code_results.PhoneNumberChangeNotAllowedError):
        return UserPutAPIPhoneNumberChangeNotAllowedErrorResponse(result.reason)
    _require_done(result)
    return None


def _require_done(result: object) -> None:
    if getattr(result, "status", None) != "OK":
        raise BadInputError(GONE)
