# SPDX-License-Identifier: Apache-2.0
"""The recipe object of the dashboard: it stands before every API, and answers those who may not pass."""

from collections.abc import Awaitable, Callable
from typing import ClassVar

from twofold._app_info import AppInfo
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.recipe._base import PageRoute, Recipe
from twofold.types.base import UserContext

from .access import SIGN_IN, VALIDATE_KEY
from .apis import APIs
from .exceptions import DashboardAccessDeniedError, DashboardOperationNotAllowedError
from .functions import Functions
from .interfaces import DashboardOverrideConfig
from .types import APIOptions, NormalisedDashboardConfig

# One page; front ends of dashboards ask for it under each of these.
_PAGES = ("/dashboard", "/dashboard/roles", "/dashboard/tenants")


class DashboardRecipe(Recipe[Functions, APIs]):
    """Lets staff look at users, tenants and roles, and change them."""

    recipe_id: ClassVar[str] = "dashboard"
    display_name: ClassVar[str] = "Dashboard"

    def __init__(
        self, app_info: AppInfo, config: NormalisedDashboardConfig, override: DashboardOverrideConfig | None
    ) -> None:
        super().__init__(app_info, override)
        self.config = config

    def make_functions(self) -> Functions:
        """Make the functions on the core."""
        return Functions(self.client)

    def make_apis(self) -> APIs:
        """Make the APIs."""
        return APIs()

    def api_options(self, request: BaseRequest, response: BaseResponse) -> APIOptions:
        """Return what the APIs get."""
        return APIOptions(request, response, self.recipe_id, self.config, self.functions, self.app_info)

    def page_routes(self) -> list[PageRoute]:
        """Return the page."""
        base_path = self.app_info.api_base_path.get_as_string_dangerous()
        return [PageRoute("GET", base_path + path, self._page) for path in _PAGES]

    async def admit(self, request: BaseRequest, path: str, user_context: UserContext) -> None:
        """Let pass who has the key or a session; to sign in, everybody.

        Raises:
            DashboardAccessDeniedError: neither.
            DashboardOperationNotAllowedError: see `Functions.should_allow_access`.
        """
        if path == SIGN_IN or await self.functions.should_allow_access(request, self.config, user_context):
            return
        raise DashboardAccessDeniedError("Unauthorised" if path == VALIDATE_KEY else "Unauthorised access")

    async def handle_error(
        self, request: BaseRequest, error: Exception, response: BaseResponse, user_context: UserContext
    ) -> BaseResponse | None:
        """Answer who may not pass."""
        if not isinstance(error, DashboardAccessDeniedError | DashboardOperationNotAllowedError):
            return None
        response.set_status_code(401 if isinstance(error, DashboardAccessDeniedError) else 403)
        response.set_json_content({"message": str(error)})
        return response

    async def _page(
        self, request: BaseRequest, response: BaseResponse, user_context: UserContext
    ) -> BaseResponse | None:
        make: Callable[[APIOptions, UserContext], Awaitable[str]] | None = self.apis.dashboard_get
        if make is None or self.apis.disable_dashboard_get:  # None is how applications are told to switch it off
            return None
        html = await make(self.api_options(request, response), user_context)
        response.set_status_code(200)
        response.set_html_content(html)
        return response
