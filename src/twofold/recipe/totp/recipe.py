# SPDX-License-Identifier: Apache-2.0
"""The TOTP recipe: its parts, and what it answers to multi-factor authentication."""

from typing import ClassVar

from twofold._app_info import AppInfo
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.recipe._base import Recipe
from twofold.recipe.multifactorauth.types import FactorIds
from twofold.types.base import User, UserContext

from .apis import APIOptions, APIs
from .functions import Functions
from .types import DEFAULT_PERIOD_SECONDS, DEFAULT_SKEW, NormalisedTOTPConfig, TOTPConfig


class TOTPRecipe(Recipe[Functions, APIs]):
    """Lets users prove with an authenticator app that it is them (RFC 6238)."""

    recipe_id: ClassVar[str] = "totp"
    display_name: ClassVar[str] = "TOTP"

    def __init__(self, app_info: AppInfo, config: TOTPConfig) -> None:
        super().__init__(app_info, config.override)
        self.config = NormalisedTOTPConfig(
            app_info.app_name if config.issuer is None else config.issuer,
            DEFAULT_SKEW if config.default_skew is None else config.default_skew,
            DEFAULT_PERIOD_SECONDS if config.default_period is None else config.default_period,
        )

    def make_functions(self) -> Functions:
        """Make the functions on the core."""
        return Functions(self.client, self.config, self.app_info.assurance)

    def make_apis(self) -> APIs:
        """Make the APIs."""
        return APIs()

    def api_options(self, request: BaseRequest, response: BaseResponse) -> APIOptions:
        """Return what the APIs get beside their arguments."""
        return APIOptions(request, response, self.recipe_id, self.config, self.functions, self.app_info, self)

    def secondary_factors(self) -> list[str]:
        """An authenticator app may follow another factor, and never begins a session."""
        return [FactorIds.TOTP]

    async def factors_set_up_for_user(self, user: User, user_context: UserContext) -> list[str]:
        """Set up when a device was verified."""
        devices = (await self.functions.list_devices(user.id, user_context)).devices
        return [FactorIds.TOTP] if any(device.verified for device in devices) else []
