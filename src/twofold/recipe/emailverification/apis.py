# SPDX-License-Identifier: Apache-2.0
"""The HTTP APIs of the e-mail verification recipe."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from twofold._app_info import AppInfo
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.ingredients.emaildelivery import EmailDeliveryIngredient
from twofold.recipe import _abuse
from twofold.recipe._api import Texts, api
from twofold.recipe.session.exceptions import raise_unauthorised_exception
from twofold.types.base import RecipeUserId, UserContext
from twofold.types.recipe import BaseAPIInterface
from twofold.types.response import GeneralErrorResponse

from . import after_verification, types
from .email_verification_claim import EmailVerificationClaim
from .emails import EmailLookup, UnknownLoginMethod
from .functions import Functions
from .links import verification_link

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer


@dataclass
class APIOptions:
    """What the APIs get beside their arguments."""

    request: BaseRequest
    response: BaseResponse
    recipe_id: str
    config: types.EmailVerificationConfig
    recipe_implementation: Functions
    app_info: AppInfo
    email_delivery: EmailDeliveryIngredient[types.VerificationEmailTemplateVars]
    emails: EmailLookup


class APIs(BaseAPIInterface):
    """One method per HTTP API."""

    disable_email_verify_post: bool = False
    disable_is_email_verified_get: bool = False
    disable_generate_email_verify_token_post: bool = False

    @api("POST", "/user/email/verify", session="optional")
    async def email_verify_post(
        self,
        token: Annotated[
            str,
            Texts("Please provide the email verification token", "The email verification token must be a string"),
        ],
        session: "SessionContainer | None",
        tenant_id: str,
        api_options: APIOptions,
        user_context: UserContext,
    ) -> types.EmailVerifyPostOkResult | types.EmailVerifyPostInvalidTokenError | GeneralErrorResponse:
        """Verify an address with a token from a mail, once; the session of its user learns of it."""
        # Positional, as every overridable function is called.
        result = await api_options.recipe_implementation.verify_email_using_token(token, tenant_id, True, user_context)
        if not isinstance(result, types.VerifyEmailUsingTokenOkResult):
            return types.EmailVerifyPostInvalidTokenError()
        new_session = await after_verification.update_session(
            session, result.user.recipe_user_id, api_options.request, user_context
        )
        return types.EmailVerifyPostOkResult(result.user, new_session)

    @api("GET", "/user/email/verify", session="required")
    async def is_email_verified_get(
        self, session: "SessionContainer", api_options: APIOptions, user_context: UserContext
    ) -> types.IsEmailVerifiedGetOkResult | GeneralErrorResponse:
        """Tell whether the session's address is verified, and bring the session up to date.

        Raises:
            UnauthorisedError: the session's login method is gone.
        """
        recipe_user_id = session.get_recipe_user_id(user_context)
        email = await _email_of_session(api_options, recipe_user_id, user_context)
        functions = api_options.recipe_implementation
        if email is None or await functions.is_email_verified(recipe_user_id, email, user_context):
            new_session = await after_verification.update_session(
                session, recipe_user_id, api_options.request, user_context
            )
            return types.IsEmailVerifiedGetOkResult(True, new_session)
        await session.set_claim_value(EmailVerificationClaim, False, user_context)
        return types.IsEmailVerifiedGetOkResult(False, None)

    @api("POST", "/user/email/verify/token", session="required")
    async def generate_email_verify_token_post(
        self, session: "SessionContainer", api_options: APIOptions, user_context: UserContext
    ) -> (
        types.GenerateEmailVerifyTokenPostOkResult
        | types.GenerateEmailVerifyTokenPostEmailAlreadyVerifiedError
        | GeneralErrorResponse
    ):
        """Send a verification mail to the session's address.

        Raises:
            UnauthorisedError: the session's login method is gone.
        """
        recipe_user_id = session.get_recipe_user_id(user_context)
        tenant_id = session.get_tenant_id(user_context)
        email = await _email_of_session(api_options, recipe_user_id, user_context)
        made = None
        if email is not None:
            user_id = session.get_user_id(user_context)
            refusal = await _abuse.refusal_of_message(tenant_id, user_context, email=email, user_id=user_id)
            if refusal is not None:
                return refusal
            made = await api_options.recipe_implementation.create_email_verification_token(
                recipe_user_id, email, tenant_id, user_context
            )
        if email is None or not isinstance(made, types.CreateEmailVerificationTokenOkResult):
            new_session = await after_verification.update_session(
                session, recipe_user_id, api_options.request, user_context
            )
            return types.GenerateEmailVerifyTokenPostEmailAlreadyVerifiedError(new_session)
        if await session.get_claim_value(EmailVerificationClaim, user_context) is not False:
            await session.fetch_and_set_claim(EmailVerificationClaim, user_context)
        link = verification_link(api_options.app_info, made.token, tenant_id, api_options.request, user_context)
        user = types.VerificationEmailTemplateVarsUser(session.get_user_id(user_context), recipe_user_id, email)
        message = types.VerificationEmailTemplateVars(user, link, tenant_id)
        await api_options.email_delivery.ingredient_interface_impl.send_email(message, user_context)
        return types.GenerateEmailVerifyTokenPostOkResult()


async def _email_of_session(
    api_options: APIOptions, recipe_user_id: RecipeUserId, user_context: UserContext
) -> str | None:
    try:
        return await api_options.emails.email_of(recipe_user_id, user_context)
    except UnknownLoginMethod:
        return raise_unauthorised_exception("Unknown User ID provided")
