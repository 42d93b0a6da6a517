# SPDX-License-Identifier: Apache-2.0
"""The HTTP APIs of the dashboard, by what they are about, and the page that describes them."""

from twofold.recipe._api import declared_apis
from twofold.types.base import UserContext

from .access_apis import AccessAPIs
from .login_method_apis import LoginMethodAPIs
from .page import html_of, set_headers
from .provider_apis import ProviderAPIs
from .role_apis import RoleAPIs
from .support_apis import SupportAPIs
from .tenant_apis import TenantAPIs
from .types import APIOptions
from .user_apis import UserAPIs
from .user_data_apis import UserDataAPIs


class APIs(AccessAPIs, UserAPIs, LoginMethodAPIs, UserDataAPIs, RoleAPIs, TenantAPIs, ProviderAPIs, SupportAPIs):
    """One method per HTTP API; each may be overridden or disabled.

    None of them runs before `DashboardRecipe.admit` has let the request pass. An override may put None in the place of
    `dashboard_get`: then there is no page.
    """

    disable_dashboard_get: bool = False

    async def dashboard_get(self, api_options: APIOptions, user_context: UserContext) -> str:
        """Return the HTML of a page that says where the API is and how to sign in."""
        set_headers(api_options.response)
        return html_of(api_options, declared_apis(type(self)))
