# SPDX-License-Identifier: Apache-2.0
"""The HTTP APIs of the e-mail and password recipe."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from twofold._app_info import AppInfo
from twofold.exceptions import BadInputError
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.ingredients.emaildelivery import EmailDeliveryIngredient
from twofold.recipe import _abuse, _sign_in, _steps_of_time
from twofold.recipe._api import ApiCall, Parse, Texts, api
from twofold.recipe._fake_emails import is_fake_email
from twofold.recipe._sign_in import Allowed, Attempt, AuthenticatingUser, NotAllowed
from twofold.recipe.accountlinking.in_session import SignIn
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe
from twofold.recipe.accountlinking.types import AccountInfoWithRecipeId
from twofold.types.auth_utils import LinkingToSessionUserFailedError
from twofold.types.base import AccountInfoInput, UserContext
from twofold.types.recipe import BaseAPIInterface
from twofold.types.response import GeneralErrorResponse

from . import password_reset, reset_using_token, types
from .exceptions import raise_form_field_exception
from .factor_emails import emails_for_password, is_stand_in_of_user
from .form_fields import Forms, check_form, read_form_fields, value_of
from .functions import Functions
from .types import ErrorFormField, FormField

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer

    from .recipe import NormalisedEmailPasswordConfig

FACTOR_ID = "emailpassword"
EMAIL_EXISTS = "This email already exists. Please sign in instead."
RESET_NOT_ALLOWED = _sign_in.support_text(
    "Reset password link was not created because of account take over risk. Please contact support.", 1
)
SIGN_UP_NOT_ALLOWED = _sign_in.support_text(
    "Cannot sign up due to security reasons. Please try logging in, use a different login method or contact support.",
    7,
)
SIGN_IN_NOT_ALLOWED = _sign_in.support_text(
    "Cannot sign in due to security reasons. Please try resetting your password, use a different login method or "
    "contact support.",
    8,
)
_LINKING_CODES_SIGN_IN, _LINKING_CODES_SIGN_UP = 9, 13

FormFields = Annotated[list[FormField], Parse(read_form_fields)]


@dataclass
class APIOptions:
    """What the APIs get beside their arguments."""

    request: BaseRequest
    response: BaseResponse
    recipe_id: str
    config: "NormalisedEmailPasswordConfig"
    recipe_implementation: Functions
    app_info: AppInfo
    email_delivery: EmailDeliveryIngredient[types.EmailTemplateVars]


def _forms(call: ApiCall) -> Forms:
    forms: Forms = call.options.config.forms
    return forms


async def _check_sign_up(call: ApiCall) -> None:
    await check_form(call.arguments["form_fields"], _forms(call).sign_up, call.tenant_id)


async def _check_sign_in(call: ApiCall) -> None:
    await check_form(call.arguments["form_fields"], _forms(call).sign_in, call.tenant_id)


async def _check_request_reset(call: ApiCall) -> None:
    await check_form(call.arguments["form_fields"], _forms(call).request_reset, call.tenant_id)


async def _check_reset(call: ApiCall) -> None:
    await check_form(call.arguments["form_fields"], _forms(call).reset, call.tenant_id)


def _email_exists() -> None:
    raise_form_field_exception("Email already exists", [ErrorFormField("email", EMAIL_EXISTS)])


async def _check_email_exists(call: ApiCall) -> None:
    if not call.arguments["email"]:
        raise BadInputError("Please provide the email as a GET param")


class APIs(BaseAPIInterface):
    """One method per HTTP API."""

    disable_sign_up_post: bool = False
    disable_sign_in_post: bool = False
    disable_email_exists_get: bool = False
    disable_generate_password_reset_token_post: bool = False
    disable_password_reset_post: bool = False

    @api("GET", "/emailpassword/email/exists", prepare=_check_email_exists)
    @api("GET", "/signup/email/exists", prepare=_check_email_exists)
    async def email_exists_get(
        self, email: str, tenant_id: str, api_options: APIOptions, user_context: UserContext
    ) -> types.EmailExistsGetOkResult | GeneralErrorResponse:
        """Tell whether the tenant has this address; for the sign-up form of front ends."""
        refusal = await _abuse.refusal_of_question(tenant_id, user_context)
        if refusal is not None:
            return types.EmailExistsGetOkResult(False) if refusal == "NOT_TOLD" else refusal
        users = await AccountLinkingRecipe.get().functions.list_users_by_account_info(
            tenant_id, AccountInfoInput(email=email), False, user_context
        )
        exists = any(
            method.recipe_id == "emailpassword" and method.has_same_email_as(email)
            for user in users
            for method in user.login_methods
        )
        return types.EmailExistsGetOkResult(exists)

    @api("POST", "/user/password/reset/token", prepare=_check_request_reset)
    async def generate_password_reset_token_post(
        self, form_fields: FormFields, tenant_id: str, api_options: APIOptions, user_context: UserContext
    ) -> (
        types.GeneratePasswordResetTokenPostOkResult
        | types.GeneratePasswordResetTokenPostNotAllowedResponse
        | GeneralErrorResponse
    ):
        """Send a reset mail if the address has an account; the answer is the same when it has none."""
        began, email = _steps_of_time.now(), value_of(form_fields, "email")
        refusal = await _abuse.refusal_of_message(tenant_id, user_context, email=email)
        if refusal is not None:
            return refusal
        decision = await password_reset.decide(email, tenant_id, user_context)
        if decision == "NOT_ALLOWED":
            return types.GeneratePasswordResetTokenPostNotAllowedResponse(RESET_NOT_ALLOWED)
        if isinstance(decision, password_reset.SendTo):
            sending = reset_using_token.send_mail(api_options, decision, email, tenant_id, user_context)
            await api_options.email_delivery.send_unobserved(sending)
        await _steps_of_time.next_step(began)
        return types.GeneratePasswordResetTokenPostOkResult()

    @api("POST", "/user/password/reset", prepare=_check_reset)
    async def password_reset_post(
        self,
        form_fields: FormFields,
        token: Annotated[
            str,
            Texts("Please provide the password reset token", "The password reset token must be a string"),
        ],
        tenant_id: str,
        api_options: APIOptions,
        user_context: UserContext,
    ) -> (
        types.PasswordResetPostOkResult
        | types.PasswordResetTokenInvalidError
        | types.PasswordPolicyViolationError
        | GeneralErrorResponse
    ):
        """Set the password with a token from a mail, once. Every session of the user ends."""
        password = value_of(form_fields, "password")
        result = await reset_using_token.set_password(
            api_options.recipe_implementation, token, password, tenant_id, user_context
        )
        if isinstance(result, types.PasswordPolicyViolationError):
            raise_form_field_exception("Password policy violated", [ErrorFormField("password", result.failure_reason)])
        return result

    @api("POST", "/signin", session="auth", prepare=_check_sign_in)
    async def sign_in_post(
        self,
        form_fields: FormFields,
        tenant_id: str,
        session: "SessionContainer | None",
        should_try_linking_with_session_user: bool | None,
        api_options: APIOptions,
        user_context: UserContext,
    ) -> (
        types.SignInPostOkResult
        | types.WrongCredentialsError
        | types.SignInPostNotAllowedResponse
        | GeneralErrorResponse
    ):
        """Sign in with address and password, as a first or a second factor."""
        began = _steps_of_time.now()
        email, password = value_of(form_fields, "email"), value_of(form_fields, "password")
        sign_in = SignIn(session, should_try_linking_with_session_user, tenant_id, user_context)
        functions = api_options.recipe_implementation

        async def right_on(other_tenant_id: str) -> bool:
            checked = await functions.verify_credentials(email, password, other_tenant_id, user_context)
            return isinstance(checked, types.SignInOkResult)

        if is_fake_email(email) and session is None:
            return types.WrongCredentialsError()
        info = AccountInfoWithRecipeId("emailpassword", email=email)
        found = await _sign_in.find_authenticating_user(sign_in, info, right_on)
        if found is None:
            # The price of a hash all the same: the time must not tell that the address is unknown.
            checked = await functions.verify_credentials(email, password, tenant_id, user_context)
            await _steps_of_time.next_step(began)
            return types.WrongCredentialsError() if isinstance(checked, types.SignInOkResult) else _wrong(checked)
        before = await _before_sign_in(sign_in, info, found)
        if not isinstance(before, Allowed):
            return before
        result = await functions.sign_in(
            email, password, tenant_id, session, should_try_linking_with_session_user, user_context
        )
        if isinstance(result, types.WrongCredentialsError):
            await _steps_of_time.next_step(began)
            return _wrong(result)
        if isinstance(result, LinkingToSessionUserFailedError):
            return types.SignInPostNotAllowedResponse(_sign_in.linking_text(result, _LINKING_CODES_SIGN_IN))
        made = await _sign_in.finish(sign_in, api_options.request, result.user, result.recipe_user_id, FACTOR_ID)
        return types.SignInPostOkResult(result.user, made)

    @api("POST", "/signup", session="auth", prepare=_check_sign_up)
    async def sign_up_post(
        self,
        form_fields: FormFields,
        tenant_id: str,
        session: "SessionContainer | None",
        should_try_linking_with_session_user: bool | None,
        api_options: APIOptions,
        user_context: UserContext,
    ) -> (
        types.SignUpPostOkResult
        | types.EmailAlreadyExistsError
        | types.SignUpPostNotAllowedResponse
        | GeneralErrorResponse
    ):
        """Create an account with address and password and sign in, or set a password up as a second factor."""
        email, password = value_of(form_fields, "email"), value_of(form_fields, "password")
        sign_in = SignIn(session, should_try_linking_with_session_user, tenant_id, user_context)
        info = AccountInfoWithRecipeId("emailpassword", email=email)
        before = await _before_sign_up(self, sign_in, info, api_options)
        if not isinstance(before, Allowed):
            return before
        if is_fake_email(email) and (
            before.is_first_factor or not await is_stand_in_of_user(sign_in, email, emails_for_password)
        ):
            _email_exists()
        result = await api_options.recipe_implementation.sign_up(
            email, password, tenant_id, session, should_try_linking_with_session_user, user_context
        )
        if isinstance(result, types.EmailAlreadyExistsError):
            _email_exists()
            return result
        if isinstance(result, LinkingToSessionUserFailedError):
            return types.SignUpPostNotAllowedResponse(_sign_in.linking_text(result, _LINKING_CODES_SIGN_UP))
        made = await _sign_in.finish(sign_in, api_options.request, result.user, result.recipe_user_id, FACTOR_ID)
        return types.SignUpPostOkResult(result.user, made)


def _wrong(result: types.WrongCredentialsError) -> types.WrongCredentialsError | GeneralErrorResponse:
    """Say that a password was wrong, or that it was not looked at: the same whether there is an account or not."""
    return result if result.retry_after_ms is None else GeneralErrorResponse(_abuse.TOO_MANY_PASSWORDS)


async def _before_sign_in(
    sign_in: SignIn, info: AccountInfoWithRecipeId, found: AuthenticatingUser
) -> Allowed | types.WrongCredentialsError | types.SignInPostNotAllowedResponse:
    attempt = Attempt(info, found, [FACTOR_ID], is_verified=found.login_method.verified)
    before = await _sign_in.check_before(sign_in, attempt)
    if isinstance(before, NotAllowed):
        return types.SignInPostNotAllowedResponse(SIGN_IN_NOT_ALLOWED)
    if isinstance(before, LinkingToSessionUserFailedError):
        return types.SignInPostNotAllowedResponse(_sign_in.linking_text(before, _LINKING_CODES_SIGN_IN))
    stored, asked = found.login_method.email or "", info.email or ""
    if before.is_first_factor and (is_fake_email(asked) or is_fake_email(stored)):
        return types.WrongCredentialsError()
    return before


async def _before_sign_up(
    apis: APIs, sign_in: SignIn, info: AccountInfoWithRecipeId, api_options: APIOptions
) -> Allowed | types.SignUpPostNotAllowedResponse:
    email = info.email or ""
    attempt = Attempt(info, None, [FACTOR_ID], is_verified=is_fake_email(email))
    before = await _sign_in.check_before(sign_in, attempt)
    if isinstance(before, NotAllowed):
        # Someone who has an account already is told so rather than that signing up is unsafe.
        known = await apis.email_exists_get(email, sign_in.tenant_id, api_options, sign_in.user_context)
        if isinstance(known, types.EmailExistsGetOkResult) and known.exists:
            _email_exists()
        return types.SignUpPostNotAllowedResponse(SIGN_UP_NOT_ALLOWED)
    if isinstance(before, LinkingToSessionUserFailedError):
        return types.SignUpPostNotAllowedResponse(_sign_in.linking_text(before, _LINKING_CODES_SIGN_UP))
    return before
