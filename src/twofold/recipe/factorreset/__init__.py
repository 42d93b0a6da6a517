# SPDX-License-Identifier: Apache-2.0
"""Support cases: an operator takes factors from a user who lost them, and the user is told."""

from typing import Any

from twofold._app_info import AppInfo
from twofold.ingredients.emaildelivery.types import EmailDeliveryConfig, EmailDeliveryInterface
from twofold.recipe._base import RecipeInit, open_to_plugins

from .emaildelivery.services import SMTPService
from .recipe import FactorResetRecipe
from .types import EmailTemplateVars, FactorResetOverrideConfig, OverrideConfig

__all__ = [
    "EmailDeliveryInterface",
    "EmailTemplateVars",
    "FactorResetOverrideConfig",
    "FactorResetRecipe",
    "OverrideConfig",
    "SMTPService",
    "init",
]


@open_to_plugins("factorreset")
def init(
    email_delivery: EmailDeliveryConfig[EmailTemplateVars] | None = None,
    override: FactorResetOverrideConfig | None = None,
) -> RecipeInit:
    """Let operators reset the factors of users, and tell the users by mail.

    Args:
        email_delivery: how users are told; without it such mails land in the development inbox.
        override: replaces functions.
    """

    def make(app_info: AppInfo, plugins: list[Any]) -> FactorResetRecipe:
        return FactorResetRecipe(app_info, email_delivery, override)

    return make
