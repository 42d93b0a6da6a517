# SPDX-License-Identifier: Apache-2.0
"""The HTTP APIs of the passwordless recipe: ask for a code, ask for another, use one; does a contact exist."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from twofold._app_info import AppInfo
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.ingredients.emaildelivery import EmailDeliveryIngredient
from twofold.ingredients.smsdelivery import SMSDeliveryIngredient
from twofold.recipe import _abuse, _first_factors, _sign_in
from twofold.recipe._api import Supplied, api
from twofold.recipe._fake_emails import is_fake_email
from twofold.recipe._sign_in import Allowed, Attempt, AuthenticatingUser
from twofold.recipe.accountlinking.in_session import FirstFactor, SignIn, which_factor
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe
from twofold.recipe.accountlinking.types import AccountInfoWithRecipeId
from twofold.recipe.multifactorauth.types import FactorIds
from twofold.types.auth_utils import LinkingToSessionUserFailedError
from twofold.types.base import AccountInfoInput, UserContext
from twofold.types.recipe import BaseAPIInterface
from twofold.types.response import GeneralErrorResponse

from . import consuming, results, types
from .config import NormalisedPasswordlessConfig
from .consuming import RECIPE_ID, GivenCode
from .contact import ContactKind, flow_type_of
from .functions import Functions
from .request_body import check_code, check_contact, check_email_given, check_phone_number_given, read_device_id
from .sending import send

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer

ATTEMPTS_TO_MAKE_A_CODE = 3
NO_CODE = "Failed to generate a one time code. Please try again"


@dataclass
class APIOptions:
    """What the APIs get beside their arguments."""

    request: BaseRequest
    response: BaseResponse
    recipe_id: str
    config: NormalisedPasswordlessConfig
    recipe_implementation: Functions
    app_info: AppInfo
    email_delivery: EmailDeliveryIngredient[types.PasswordlessLoginEmailTemplateVars]
    sms_delivery: SMSDeliveryIngredient[types.PasswordlessLoginSMSTemplateVars]


class APIs(BaseAPIInterface):
    """One method per HTTP API."""

    disable_create_code_post: bool = False
    disable_resend_code_post: bool = False
    disable_consume_code_post: bool = False
    disable_email_exists_get: bool = False
    disable_phone_number_exists_get: bool = False

    @api("POST", "/signinup/code", session="auth", prepare=check_contact)
    async def create_code_post(
        self,
        email: str | None,
        phone_number: str | None,
        session: "SessionContainer | None",
        should_try_linking_with_session_user: bool | None,
        tenant_id: str,
        api_options: APIOptions,
        user_context: UserContext,
    ) -> results.CreateCodePostOkResult | results.SignInUpPostNotAllowedResponse | GeneralErrorResponse:
        """Send a code or link, with which the contact's owner signs in or up, or completes a second factor."""
        sign_in = SignIn(session, should_try_linking_with_session_user, tenant_id, user_context)
        info = AccountInfoWithRecipeId(RECIPE_ID, email, phone_number)
        refusal = await _refusal_of_message(sign_in, email, phone_number)
        if refusal is not None:
            return refusal
        before = await _before_sending(sign_in, info, api_options.config)
        if not isinstance(before, Allowed):
            return before
        if before.is_first_factor and email is not None and is_fake_email(email):
            return GeneralErrorResponse("Email is invalid")
        user_input_code = await _custom_code(api_options.config, tenant_id, user_context)
        created = await api_options.recipe_implementation.create_code(
            email,
            phone_number,
            user_input_code,
            session,
            should_try_linking_with_session_user,
            tenant_id,
            user_context,
        )
        flow_type = flow_type_of(before.factor_ids)
        await send(
            api_options,
            created,
            email=email,
            phone_number=phone_number,
            flow_type=flow_type,
            is_first_factor=before.is_first_factor,
            tenant_id=tenant_id,
            user_context=user_context,
        )
        return results.CreateCodePostOkResult(created.device_id, created.pre_auth_session_id, flow_type)

    @api("POST", "/signinup/code/resend", session="auth", prepare=read_device_id)
    async def resend_code_post(
        self,
        device_id: Annotated[str, Supplied],
        pre_auth_session_id: str,
        session: "SessionContainer | None",
        should_try_linking_with_session_user: bool | None,
        tenant_id: str,
        api_options: APIOptions,
        user_context: UserContext,
    ) -> results.ResendCodePostOkResult | results.ResendCodePostRestartFlowError | GeneralErrorResponse:
        """Send another code or link of a sign-in that was begun; earlier ones still work."""
        functions, config = api_options.recipe_implementation, api_options.config
        device = await functions.list_codes_by_device_id(device_id, tenant_id, user_context)
        if device is None or device.pre_auth_session_id != pre_auth_session_id or not _fits(device, config):
            return results.ResendCodePostRestartFlowError()
        sign_in = SignIn(session, should_try_linking_with_session_user, tenant_id, user_context)
        refusal = await _refusal_of_message(sign_in, device.email, device.phone_number)
        if refusal is not None:
            return refusal
        sending = await _factors_of_resending(sign_in, device, config)
        if sending is None:
            return results.ResendCodePostRestartFlowError()
        created = await _another_code(api_options, device_id, tenant_id, user_context)
        if not isinstance(created, results.CreateNewCodeForDeviceOkResult):
            return created
        await send(
            api_options,
            created,
            email=device.email,
            phone_number=device.phone_number,
            flow_type=flow_type_of(sending.factor_ids),
            is_first_factor=sending.is_first_factor,
            tenant_id=tenant_id,
            user_context=user_context,
        )
        return results.ResendCodePostOkResult()

    @api("POST", "/signinup/code/consume", session="auth", prepare=check_code)
    async def consume_code_post(
        self,
        pre_auth_session_id: str,
        user_input_code: str | None,
        device_id: str | None,
        link_code: str | None,
        session: "SessionContainer | None",
        should_try_linking_with_session_user: bool | None,
        tenant_id: str,
        api_options: APIOptions,
        user_context: UserContext,
    ) -> (
        results.ConsumeCodePostOkResult
        | results.ConsumeCodePostRestartFlowError
        | GeneralErrorResponse
        | results.ConsumeCodePostIncorrectUserInputCodeError
        | results.ConsumeCodePostExpiredUserInputCodeError
        | results.SignInUpPostNotAllowedResponse
    ):
        """Sign in or up with a code or link that was sent, or complete a second factor with it."""
        functions = api_options.recipe_implementation
        device = await functions.list_codes_by_pre_auth_session_id(pre_auth_session_id, tenant_id, user_context)
        if device is None:
            return results.ConsumeCodePostRestartFlowError()
        sign_in = SignIn(session, should_try_linking_with_session_user, tenant_id, user_context)
        code = GivenCode(functions, sign_in, pre_auth_session_id, user_input_code, device_id, link_code)
        info = AccountInfoWithRecipeId(RECIPE_ID, device.email, device.phone_number)
        found = await consuming.find_user(code, info)
        if session is not None and device.email is not None:
            await consuming.verify_email_of_session(code, session, device.email)
        factor_id = consuming.factor_of(device, user_input_code)
        before = await consuming.check_before(sign_in, info, found, factor_id)
        if not isinstance(before, Allowed):
            return before
        result = await code.use_up()
        if not isinstance(result, results.ConsumeCodeOkResult):
            return result
        made = await _sign_in.finish(sign_in, api_options.request, result.user, result.recipe_user_id, factor_id)
        return results.ConsumeCodePostOkResult(result.created_new_recipe_user, result.user, made)

    @api("GET", "/passwordless/email/exists", prepare=check_email_given)
    @api("GET", "/signup/email/exists", prepare=check_email_given)
    async def email_exists_get(
        self, email: str, tenant_id: str, api_options: APIOptions, user_context: UserContext
    ) -> results.EmailExistsGetOkResult | GeneralErrorResponse:
        """Tell whether the tenant has a passwordless login method with this email."""
        refusal = await _abuse.refusal_of_question(tenant_id, user_context)
        if refusal is not None:
            return results.EmailExistsGetOkResult(False) if refusal == "NOT_TOLD" else refusal
        users = await AccountLinkingRecipe.get().functions.list_users_by_account_info(
            tenant_id, AccountInfoInput(email=email), False, user_context
        )
        exists = any(
            method.recipe_id == RECIPE_ID and method.has_same_email_as(email)
            for user in users
            for method in user.login_methods
        )
        return results.EmailExistsGetOkResult(exists)

    @api("GET", "/passwordless/phonenumber/exists", prepare=check_phone_number_given)
    @api("GET", "/signup/phonenumber/exists", prepare=check_phone_number_given)
    async def phone_number_exists_get(
        self, phone_number: str, tenant_id: str, api_options: APIOptions, user_context: UserContext
    ) -> results.PhoneNumberExistsGetOkResult | GeneralErrorResponse:
        """Tell whether the tenant has a user with this phone number."""
        refusal = await _abuse.refusal_of_question(tenant_id, user_context)
        if refusal is not None:
            return results.PhoneNumberExistsGetOkResult(False) if refusal == "NOT_TOLD" else refusal
        users = await AccountLinkingRecipe.get().functions.list_users_by_account_info(
            tenant_id, AccountInfoInput(phone_number=phone_number), False, user_context
        )
        return results.PhoneNumberExistsGetOkResult(bool(users))


async def _refusal_of_message(
    sign_in: SignIn, email: str | None, phone_number: str | None
) -> GeneralErrorResponse | None:
    context, session = sign_in.user_context, sign_in.session
    user_id = None if session is None else session.get_user_id(context)
    return await _abuse.refusal_of_message(
        sign_in.tenant_id, context, email=email, phone_number=phone_number, user_id=user_id
    )


async def _before_sending(
    sign_in: SignIn, info: AccountInfoWithRecipeId, config: NormalisedPasswordlessConfig
) -> Allowed | results.SignInUpPostNotAllowedResponse:
    found = await _find_owner(sign_in, info)
    kind: ContactKind = "phone" if info.email is None else "email"
    attempt = Attempt(
        info,
        found,
        config.factors_of(kind) if sign_in.session is None else [_code_factor(kind)],
        is_verified=found is None or found.login_method.verified,
        proves="contact",
        # Whoever asks for a code has proved nothing yet, so nothing changes.
        leave_session_user_unchanged=True,
    )
    before = await _sign_in.check_before(sign_in, attempt)
    return before if isinstance(before, Allowed) else consuming.not_allowed(before)


async def _factors_of_resending(
    sign_in: SignIn, device: types.DeviceType, config: NormalisedPasswordlessConfig
) -> Allowed | None:
    """The factors that another message may serve; None when the sign-in cannot go on."""
    info = AccountInfoWithRecipeId(RECIPE_ID, device.email, device.phone_number)
    found = await _find_owner(sign_in, info)
    which = await which_factor(
        sign_in,
        info if found is None else found.login_method,
        None if found is None else found.user,
        leave_session_user_unchanged=True,
    )
    if isinstance(which, LinkingToSessionUserFailedError):
        return None
    kind: ContactKind = "phone" if device.email is None else "email"
    is_first_factor = isinstance(which, FirstFactor)
    if sign_in.session is not None:
        return Allowed([_code_factor(kind)], is_first_factor)
    valid = await _first_factors.valid_first_factors(sign_in.tenant_id, config.factors_of(kind), sign_in.user_context)
    return Allowed(valid, is_first_factor) if valid else None


async def _find_owner(sign_in: SignIn, info: AccountInfoWithRecipeId) -> AuthenticatingUser | None:
    """Find whose contact it is: somebody's in this tenant, or the session user's in any. Nothing changes."""
    without_session = SignIn(None, sign_in.wants_linking, sign_in.tenant_id, sign_in.user_context)
    found = await _sign_in.find_authenticating_user(without_session, info, _never)
    if found is not None or sign_in.session is None:
        return found
    user_id = sign_in.session.get_user_id(sign_in.user_context)
    user = await AccountLinkingRecipe.get().functions.get_user(user_id, sign_in.user_context)
    if user is None:
        return None
    for method in user.login_methods:
        same = method.has_same_email_as(info.email) or method.has_same_phone_number_as(info.phone_number)
        if method.recipe_id == RECIPE_ID and same:
            return AuthenticatingUser(user, method)
    return None


async def _never(_tenant_id: str) -> bool:
    """Nobody is brought in from another tenant before a code was right."""
    return False


async def _another_code(
    api_options: APIOptions, device_id: str, tenant_id: str, user_context: UserContext
) -> results.CreateNewCodeForDeviceOkResult | results.ResendCodePostRestartFlowError | GeneralErrorResponse:
    for _ in range(ATTEMPTS_TO_MAKE_A_CODE):
        user_input_code = await _custom_code(api_options.config, tenant_id, user_context)
        created = await api_options.recipe_implementation.create_new_code_for_device(
            device_id, user_input_code, tenant_id, user_context
        )
        if isinstance(created, results.CreateNewCodeForDeviceOkResult):
            return created
        if isinstance(created, results.CreateNewCodeForDeviceRestartFlowError):
            return results.ResendCodePostRestartFlowError()
    return GeneralErrorResponse(NO_CODE)


async def _custom_code(config: NormalisedPasswordlessConfig, tenant_id: str, user_context: UserContext) -> str | None:
    make = config.get_custom_user_input_code
    return None if make is None else await make(tenant_id, user_context)


def _fits(device: types.DeviceType, config: NormalisedPasswordlessConfig) -> bool:
    """Whether the configuration, which may have changed since, still sends to this kind of contact."""
    return bool(config.factors_of("phone" if device.email is None else "email"))


def _code_factor(kind: ContactKind) -> str:
    """Within a session a code is typed: a link would be opened in another browser."""
    return FactorIds.OTP_EMAIL if kind == "email" else FactorIds.OTP_PHONE
