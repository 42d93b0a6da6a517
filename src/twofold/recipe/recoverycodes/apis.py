# SPDX-License-Identifier: Apache-2.0
"""The HTTP APIs of the recovery code recipe. Each needs a session, and none asks that the session has all its factors.

What changes something asks the core whether the session still lives: an access token that outlived its session must
not make codes, which would outlive them both.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twofold._app_info import AppInfo
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.ingredients.emaildelivery import EmailDeliveryIngredient
from twofold.recipe._api import api
from twofold.recipe.multifactorauth.asyncio import assert_allowed_to_change_factors_else_throw_invalid_claim_error
from twofold.recipe.multifactorauth.recipe import MultiFactorAuthRecipe
from twofold.recipe.multifactorauth.session_state import user_of
from twofold.recipe.multifactorauth.types import FactorIds
from twofold.types.base import UserContext
from twofold.types.recipe import BaseAPIInterface
from twofold.types.response import GeneralErrorResponse

from . import notices
from .functions import Functions, NoSecondFactor
from .types import (
    ConsumeCodeOkResult,
    CreateCodesOkResult,
    EmailTemplateVars,
    InvalidRecoveryCodeError,
    LimitReachedError,
    NoRecoveryCodesError,
    NoSecondFactorError,
    RecoveryCodesConfig,
    RecoveryCodesInfoOkResult,
)

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer

    from .recipe import RecoveryCodesRecipe


@dataclass
class APIOptions:
    """What the APIs get beside their arguments."""

    request: BaseRequest
    response: BaseResponse
    recipe_id: str
    config: RecoveryCodesConfig
    recipe_implementation: Functions
    app_info: AppInfo
    email_delivery: EmailDeliveryIngredient[EmailTemplateVars]
    recipe_instance: "RecoveryCodesRecipe"


class APIs(BaseAPIInterface):
    """One method per HTTP API."""

    disable_recovery_codes_get: bool = False
    disable_create_recovery_codes_post: bool = False
    disable_consume_recovery_code_post: bool = False

    @api("GET", "/recoverycodes", session="required")
    async def recovery_codes_get(
        self, options: APIOptions, session: "SessionContainer", user_context: UserContext
    ) -> RecoveryCodesInfoOkResult | GeneralErrorResponse:
        """Tell how many codes the session's user has left, and whether codes should be offered now.

        Raises:
            UnauthorisedError: the session's user is gone.
        """
        functions = options.recipe_implementation
        user = await user_of(session.get_recipe_user_id(user_context), user_context)
        counted = await functions.count_codes(user.id, user_context)
        should_offer = counted.remaining == 0 and await functions.has_second_factor(user, user_context)
        return RecoveryCodesInfoOkResult(counted.total, counted.remaining, counted.created_at, should_offer)

    @api("POST", "/recoverycodes", session="required", check_database=True)
    async def create_recovery_codes_post(
        self, options: APIOptions, session: "SessionContainer", user_context: UserContext
    ) -> CreateCodesOkResult | NoSecondFactorError | GeneralErrorResponse:
        """Answer new codes, once; those of before are worthless, which the user is told by mail.

        Raises:
            InvalidClaimsError: the session lacks a factor, or needs a fresh one.
            UnauthorisedError: the session has ended, or its user is gone.
        """
        await assert_allowed_to_change_factors_else_throw_invalid_claim_error(session, user_context)
        functions = options.recipe_implementation
        user = await user_of(session.get_recipe_user_id(user_context), user_context)
        if not await functions.has_second_factor(user, user_context):
            return NoSecondFactorError()
        try:
            created = await functions.create_codes(user.id, session.get_handle(user_context), user_context)
        except NoSecondFactor:
            return NoSecondFactorError()
        if created.did_replace:
            tenant_id = session.get_tenant_id(user_context)
            await notices.send(
                options.email_delivery, "CODES_RENEWED", user.id, len(created.codes), tenant_id, user_context
            )
        return created

    @api("POST", "/recoverycodes/consume", session="required", check_database=True)
    async def consume_recovery_code_post(
        self, code: str, options: APIOptions, session: "SessionContainer", user_context: UserContext
    ) -> (
        ConsumeCodeOkResult | InvalidRecoveryCodeError | LimitReachedError | NoRecoveryCodesError | GeneralErrorResponse
    ):
        """Use a code up in the place of a factor that was lost. The user is told by mail."""
        user_id = session.get_user_id(user_context)
        result = await options.recipe_implementation.consume_code(user_id, code, user_context)
        if isinstance(result, ConsumeCodeOkResult):
            functions = MultiFactorAuthRecipe.get().functions
            await functions.mark_factor_as_complete_in_session(session, FactorIds.RECOVERY_CODE, user_context)
            tenant_id = session.get_tenant_id(user_context)
            await notices.send(options.email_delivery, "CODE_USED", user_id, result.remaining, tenant_id, user_context)
        return result
