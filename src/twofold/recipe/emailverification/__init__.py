# SPDX-License-Identifier: Apache-2.0
"""E-mail verification: a link proves that an address belongs to its user."""

from typing import Any

from twofold._app_info import AppInfo
from twofold.ingredients.emaildelivery.types import EmailDeliveryConfig, EmailDeliveryInterface
from twofold.recipe._base import RecipeInit, open_to_plugins

from .email_verification_claim import EmailVerificationClaim
from .emaildelivery.services import SMTPService
from .recipe import EmailVerificationRecipe
from .types import (
    MODE_TYPE,
    EmailTemplateVars,
    EmailVerificationOverrideConfig,
    InputOverrideConfig,
    TypeGetEmailForUserIdFunction,
)

__all__ = [
    "EmailDeliveryInterface",
    "EmailTemplateVars",
    "EmailVerificationClaim",
    "EmailVerificationOverrideConfig",
    "EmailVerificationRecipe",
    "InputOverrideConfig",
    "SMTPService",
    "TypeGetEmailForUserIdFunction",
    "init",
]


@open_to_plugins("emailverification")
def init(
    mode: MODE_TYPE,
    email_delivery: EmailDeliveryConfig[EmailTemplateVars] | None = None,
    get_email_for_recipe_user_id: TypeGetEmailForUserIdFunction | None = None,
    override: EmailVerificationOverrideConfig | None = None,
) -> RecipeInit:
    """Add the recipe to `init(recipe_list=[...])`.

    Args:
        mode: REQUIRED guards every protected route; OPTIONAL only tells, by the claim `st-ev`.
        email_delivery: How mails are sent; without it they land in the development inbox.
        get_email_for_recipe_user_id: The address of a login method, for applications that keep it themselves.
        override: Replaces functions and APIs.
    """

    def make(app_info: AppInfo, plugins: list[Any]) -> EmailVerificationRecipe:
        return EmailVerificationRecipe(app_info, mode, email_delivery, get_email_for_recipe_user_id, override)

    return make
