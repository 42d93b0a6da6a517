# SPDX-License-Identifier: Apache-2.0
"""Sign-up and sign-in with an e-mail address and a password, and password reset by mail."""

from typing import Any

from twofold._app_info import AppInfo
from twofold.ingredients.emaildelivery.types import EmailDeliveryConfig, EmailDeliveryInterface
from twofold.recipe._base import RecipeInit, open_to_plugins

from .emaildelivery.services import SMTPService
from .recipe import EmailPasswordRecipe
from .types import (
    EmailPasswordOverrideConfig,
    EmailTemplateVars,
    InputFormField,
    InputOverrideConfig,
    InputSignUpFeature,
)

__all__ = [
    "EmailDeliveryConfig",
    "EmailDeliveryInterface",
    "EmailPasswordOverrideConfig",
    "EmailPasswordRecipe",
    "EmailTemplateVars",
    "InputFormField",
    "InputOverrideConfig",
    "InputSignUpFeature",
    "SMTPService",
    "init",
]


@open_to_plugins("emailpassword")
def init(
    sign_up_feature: InputSignUpFeature | None = None,
    override: EmailPasswordOverrideConfig | None = None,
    email_delivery: EmailDeliveryConfig[EmailTemplateVars] | None = None,
) -> RecipeInit:
    """Add the recipe to `init(recipe_list=[...])`.

    Args:
        sign_up_feature: Fields of the sign-up form, and other rules for address and password than the default ones.
        override: Replaces functions and APIs.
        email_delivery: How reset mails are sent; without it they land in the development inbox.
    """

    def make(app_info: AppInfo, plugins: list[Any]) -> EmailPasswordRecipe:
        return EmailPasswordRecipe(app_info, sign_up_feature, override, email_delivery)

    return make
