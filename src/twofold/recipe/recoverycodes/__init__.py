# SPDX-License-Identifier: Apache-2.0
"""Recovery codes: what a user keeps on paper for the day when a second factor is lost."""

from typing import Any

from twofold._app_info import AppInfo
from twofold.ingredients.emaildelivery.types import EmailDeliveryConfig, EmailDeliveryInterface
from twofold.recipe._base import RecipeInit, open_to_plugins

from .emaildelivery.services import SMTPService
from .recipe import RecoveryCodesRecipe
from .types import DEFAULT_COUNT, EmailTemplateVars, OverrideConfig, RecoveryCodesOverrideConfig

__all__ = [
    "EmailDeliveryInterface",
    "EmailTemplateVars",
    "OverrideConfig",
    "RecoveryCodesOverrideConfig",
    "RecoveryCodesRecipe",
    "SMTPService",
    "init",
]


@open_to_plugins("recoverycodes")
def init(
    count: int = DEFAULT_COUNT,
    email_delivery: EmailDeliveryConfig[EmailTemplateVars] | None = None,
    override: RecoveryCodesOverrideConfig | None = None,
) -> RecipeInit:
    """Give users recovery codes beside their second factors. Needs `multifactorauth.init()` beside it.

    Args:
        count: how many codes a set has, at most 20.
        email_delivery: how users are told that a code was used, or that they have new ones; without it such mails land
            in the development inbox.
        override: replaces functions and APIs.

    Raises:
        GeneralError: a count that cannot be, or multi-factor authentication is missing. Raised by `twofold.init`.
    """

    def make(app_info: AppInfo, plugins: list[Any]) -> RecoveryCodesRecipe:
        return RecoveryCodesRecipe(app_info, count, email_delivery, override)

    return make
