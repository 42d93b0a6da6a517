# SPDX-License-Identifier: Apache-2.0
"""APIs that make login methods, set passwords, and say whose address is verified."""

from typing import Annotated

from twofold.exceptions import BadInputError
from twofold.recipe._api import Texts, api
from twofold.recipe.emailpassword.recipe import EmailPasswordRecipe
from twofold.recipe.emailpassword.types import (
    EmailAlreadyExistsError,
    PasswordPolicyViolationError,
    SignUpOkResult,
    UpdateEmailOrPasswordOkResult,
)
from twofold.recipe.emailverification import asyncio as verification
from twofold.recipe.emailverification.emails import UnknownLoginMethod
from twofold.recipe.emailverification.recipe import EmailVerificationRecipe
from twofold.recipe.emailverification.types import (
    CreateEmailVerificationTokenOkResult,
    SendEmailVerificationEmailOkResult,
)
from twofold.recipe.passwordless.asyncio import signinup
from twofold.recipe.passwordless.recipe import PasswordlessRecipe
from twofold.types.auth_utils import LinkingToSessionUserFailedError
from twofold.types.base import RecipeUserId, UserContext
from twofold.types.recipe import BaseAPIInterface

from .access import API
from .contact_update import GONE, NO_EMAILS, NO_PHONES, validate_password_email
from .login_methods import require_login_method
from .results import (
    CreateUserOkResponse,
    EmailValidationError,
    FeatureNotEnabledError,
    PasswordValidationError,
    PhoneValidationError,
    UserEmailVerifyGetAPIResponse,
    UserEmailVerifyPutAPIResponse,
    UserEmailVerifyTokenPostAPIEmailAlreadyVerifiedErrorResponse,
    UserEmailVerifyTokenPostAPIOkResponse,
    UserPasswordPutAPIInvalidPasswordErrorResponse,
    UserPasswordPutAPIResponse,
)


class LoginMethodAPIs(BaseAPIInterface):
    """One method per HTTP API; each may be overridden or disabled."""

    disable_emailpassword_user_post: bool = False
    disable_passwordless_user_post: bool = False
    disable_user_password_put: bool = False
    disable_user_email_verify_get: bool = False
    disable_user_email_verify_put: bool = False
    disable_user_email_verify_token_post: bool = False

    @api("POST", f"{API}/user/emailpassword")
    async def emailpassword_user_post(
        self, email: str, password: str, tenant_id: str, user_context: UserContext
    ) -> (
        CreateUserOkResponse
        | FeatureNotEnabledError
        | EmailAlreadyExistsError
        | EmailValidationError
        | PasswordValidationError
    ):
        """Make a user with a password. The address is not verified by that."""
        recipe = EmailPasswordRecipe.get_or_none()
        if recipe is None:
            return FeatureNotEnabledError()
        email = email.strip()
        error = await validate_password_email(email, tenant_id)
        if error is not None:
            return EmailValidationError(error)
        error = await recipe.config.forms.reset[0].validate(password, tenant_id)
        if error is not None:
            return PasswordValidationError(error)
        made = await recipe.functions.sign_up(email, password, tenant_id, None, False, user_context)
        if isinstance(made, SignUpOkResult):
            return CreateUserOkResponse(made.user, made.recipe_user_id)
        # There is no session whose user it could not be linked to.
        if isinstance(made, LinkingToSessionUserFailedError):
            raise BadInputError(made.reason)
        return made

    @api("POST", f"{API}/user/passwordless")
    async def passwordless_user_post(
        self, email: str | None, phone_number: str | None, tenant_id: str, user_context: UserContext
    ) -> CreateUserOkResponse | FeatureNotEnabledError | EmailValidationError | PhoneValidationError:
        """Make sure that there is a user to whom codes are sent here. Nothing is sent now."""
        recipe = PasswordlessRecipe.get_or_none()
        if recipe is None:
            return FeatureNotEnabledError()
        if (email is None) == (phone_number is None):
            raise BadInputError("Please provide exactly one of email and phoneNumber")
        if email is not None:
            email = email.strip()
            check_email = recipe.config.validate_email
            error = NO_EMAILS if check_email is None else await check_email(email, tenant_id)
            if error is not None:
                return EmailValidationError(error)
        if phone_number is not None:
            check_number = recipe.config.validate_phone_number
            error = NO_PHONES if check_number is None else await check_number(phone_number, tenant_id)
            if error is not None:
                return PhoneValidationError(error)
        made = await signinup(tenant_id, email, phone_number, None, user_context)
        return CreateUserOkResponse(made.user, made.recipe_user_id, made.created_new_recipe_user)

    @api("PUT", f"{API}/user/password")
    async def user_password_put(
        self, recipe_user_id: str, new_password: str, tenant_id: str, user_context: UserContext
    ) -> UserPasswordPutAPIResponse | UserPasswordPutAPIInvalidPasswordErrorResponse:
        """Set a password, under the rules that users are under. Sessions go on: end them where that is wanted."""
        result = await EmailPasswordRecipe.get().functions.update_email_or_password(
            RecipeUserId(recipe_user_id), None, new_password, True, tenant_id, user_context
        )
        if isinstance(result, PasswordPolicyViolationError):
            return UserPasswordPutAPIInvalidPasswordErrorResponse(result.failure_reason)
        if not isinstance(result, UpdateEmailOrPasswordOkResult):
            raise BadInputError(GONE)
        return UserPasswordPutAPIResponse()

    @api("GET", f"{API}/user/email/verify")
    async def user_email_verify_get(
        self,
        recipe_user_id: Annotated[str, Texts("Missing required parameter 'recipeUserId'")],
        user_context: UserContext,
    ) -> UserEmailVerifyGetAPIResponse | FeatureNotEnabledError:
        """Tell whether the address of a login method is verified."""
        if EmailVerificationRecipe.get_or_none() is None:
            return FeatureNotEnabledError()
        email = await _require_email(recipe_user_id, user_context)
        is_verified = await verification.is_email_verified(RecipeUserId(recipe_user_id), email, user_context)
        return UserEmailVerifyGetAPIResponse(is_verified)

    @api("PUT", f"{API}/user/email/verify")
    async def user_email_verify_put(
        self, recipe_user_id: str, verified: bool, tenant_id: str, user_context: UserContext
    ) -> UserEmailVerifyPutAPIResponse | FeatureNotEnabledError:
        """Let the address count as verified, as if its owner had clicked, or as unverified."""
        recipe = EmailVerificationRecipe.get_or_none()
        if recipe is None:
            return FeatureNotEnabledError()
        email, login_method = await _require_email(recipe_user_id, user_context), RecipeUserId(recipe_user_id)
        if not verified:
            await recipe.functions.unverify_email(login_method, email, user_context)
            return UserEmailVerifyPutAPIResponse()
        made = await recipe.functions.create_email_verification_token(login_method, email, tenant_id, user_context)
        if isinstance(made, CreateEmailVerificationTokenOkResult):
            await recipe.functions.verify_email_using_token(made.token, tenant_id, True, user_context)
        return UserEmailVerifyPutAPIResponse()

    @api("POST", f"{API}/user/email/verify/token")
    async def user_email_verify_token_post(
        self, recipe_user_id: str, tenant_id: str, user_context: UserContext
    ) -> (
        UserEmailVerifyTokenPostAPIOkResponse
        | UserEmailVerifyTokenPostAPIEmailAlreadyVerifiedErrorResponse
        | FeatureNotEnabledError
    ):
        """Mail a verification link to the user."""
        if EmailVerificationRecipe.get_or_none() is None:
            return FeatureNotEnabledError()
        email = await _require_email(recipe_user_id, user_context)
        found = await require_login_method(recipe_user_id, user_context)
        result = await verification.send_email_verification_email(
            tenant_id, found.user.id, RecipeUserId(recipe_user_id), email, user_context
        )
        if isinstance(result, SendEmailVerificationEmailOkResult):
            return UserEmailVerifyTokenPostAPIOkResponse()
        return UserEmailVerifyTokenPostAPIEmailAlreadyVerifiedErrorResponse()


async def _require_email(recipe_user_id: str, user_context: UserContext) -> str:
    try:
        email = await EmailVerificationRecipe.get().emails.email_of(RecipeUserId(recipe_user_id), user_context)
    except UnknownLoginMethod as error:
        raise BadInputError("There is no login method with this recipeUserId: it may have been deleted") from error
    if email is None:
        raise BadInputError("The login method has no email")
    return email
