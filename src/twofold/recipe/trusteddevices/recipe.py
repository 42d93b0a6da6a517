# SPDX-License-Identifier: Apache-2.0
"""The trusted device recipe: its parts, and what it does when somebody signs in."""

from typing import TYPE_CHECKING, ClassVar

from twofold._app_info import AppInfo
from twofold._user_context import get_request_from_user_context
from twofold._wire import Json
from twofold.exceptions import GeneralError
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.recipe._base import Recipe
from twofold.recipe.multifactorauth.recipe import MultiFactorAuthRecipe
from twofold.types.base import User, UserContext

from . import recognition
from .apis import APIOptions, APIs
from .functions import Functions
from .tokens import HEADER, read_token
from .types import MAX_DAYS, TrustedDevicesConfig, TrustedDevicesOverrideConfig

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer


class TrustedDevicesRecipe(Recipe[Functions, APIs]):
    """Spares users their second factor, for a while, in browsers that they trust."""

    recipe_id: ClassVar[str] = "trusteddevices"
    display_name: ClassVar[str] = "Trusteddevices"

    def __init__(self, app_info: AppInfo, days: int, override: TrustedDevicesOverrideConfig | None = None) -> None:
        super().__init__(app_info, override)
        if not 1 <= days <= MAX_DAYS:
            raise GeneralError(f"trusteddevices.init: 'days' must be between 1 and {MAX_DAYS}")
        self.config = TrustedDevicesConfig(days)

    def make_functions(self) -> Functions:
        """Make the functions on the core."""
        return Functions(self.client, self.config)

    def make_apis(self) -> APIs:
        """Make the APIs."""
        return APIs()

    def api_options(self, request: BaseRequest, response: BaseResponse) -> APIOptions:
        """Return what the APIs get beside their arguments."""
        return APIOptions(request, response, self.recipe_id, self.config, self.functions, self.app_info, self)

    def after_init(self) -> None:
        """Refuse to run without multi-factor authentication, or second factors: there is nothing to stand in for."""
        factors = MultiFactorAuthRecipe.get_or_none()
        if factors is None:
            raise GeneralError("trusteddevices.init() needs multifactorauth.init() in the recipe list")
        factors.require_second_factor("trusteddevices.init()")

    def cors_headers(self) -> list[str]:
        """Return the header in which clients without cookies send their token."""
        return [HEADER]

    async def session_began(self, session: "SessionContainer", request: BaseRequest, user_context: UserContext) -> None:
        """Recognise a browser that the user trusts."""
        await recognition.recognise(self.functions, request, session, user_context)

    def fields_of_password(self, user_context: UserContext) -> Json:
        """Tell which browser it is: who guesses passwords elsewhere does not keep their user out of this one."""
        request = get_request_from_user_context(user_context)
        token = None if request is None else read_token(request)
        return {} if token is None else {"trustedDevice": token}

    async def mfa_info(self, session: "SessionContainer", user: User, user_context: UserContext) -> Json:
        """Tell whether this browser may be trusted, and for how long."""
        may_trust = await self.functions.may_trust_devices(session.get_tenant_id(user_context), user.id, user_context)
        return {"trustedDevices": {"mayTrust": may_trust, "days": self.config.days}}
