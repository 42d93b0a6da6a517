# SPDX-License-Identifier: Apache-2.0
"""What the dashboard asks of the core; each may be overridden."""

from collections.abc import Mapping
from typing import Any

from twofold._client_network import network_field
from twofold._core_client import CoreClient
from twofold._user_context import acting
from twofold._wire import Json, canonical_email
from twofold.framework.request import BaseRequest
from twofold.recipe._own_endpoints import of_our_core
from twofold.types.base import UserContext
from twofold.types.recipe import BaseRecipeInterface

from .access import bearer, is_for_admins, is_key
from .exceptions import DashboardOperationNotAllowedError
from .tenant_results import CoreConfigFieldInfo
from .types import NormalisedDashboardConfig


class Functions(BaseRecipeInterface):
    """The functions on the core."""

    def __init__(self, client: CoreClient) -> None:
        self.client = client

    async def get_dashboard_bundle_location(self, user_context: UserContext) -> str:
        """Return where the files of a dashboard of your own are. Ours loads none, so that this is empty."""
        return ""

    async def should_allow_access(
        self, request: BaseRequest, config: NormalisedDashboardConfig, user_context: UserContext
    ) -> bool:
        """Tell whether a request may pass: with the API key if one is configured, else with a session of the dashboard.

        What it does is then recorded in its name; the key's is "dashboard key".

        Raises:
            DashboardOperationNotAllowedError: the session's user is none of the configured admins and may only look.
        """
        given = bearer(request)
        if config.api_key is not None:
            acting(user_context, "dashboard key")
            return is_key(given, config.api_key)
        if given is None:
            return False
        answer = await self.client.post("/recipe/dashboard/session/verify", None, {"sessionId": given}, user_context)
        if answer["status"] != "OK":
            return False
        email = answer.get("email")
        acting(user_context, email or "dashboard")
        if config.admins is None or not is_for_admins(request):
            return True
        if not config.admins or (email is not None and canonical_email(email) not in config.admins):
            raise DashboardOperationNotAllowedError
        return email is not None  # cores before CDI 2.22 do not say whose session it is

    async def sign_in(self, email: str, password: str, user_context: UserContext) -> Json:
        """Begin a session of the dashboard; the answer of the core has its id."""
        body = {"email": email, "password": password, **network_field(user_context)}
        return await self.client.post("/recipe/dashboard/signin", None, body, user_context)

    async def sign_out(self, session_id: str, user_context: UserContext) -> None:
        """End a session of the dashboard."""
        await self.client.delete("/recipe/dashboard/session", None, {"sessionId": session_id}, user_context)

    async def get_audit_entries(self, query: Mapping[str, Any], user_context: UserContext) -> Json:
        """Return a page of the audit trail, as the core answers it."""
        return await of_our_core("audit trail", self.client.get("/recipe/audit", None, query, user_context))

    async def get_search_tags(self, user_context: UserContext) -> list[str]:
        """Return what users can be searched by."""
        answer = await self.client.get("/user/search/tags", None, {}, user_context)
        return list(answer["tags"])

    async def get_core_config(self, tenant_id: str, user_context: UserContext) -> list[CoreConfigFieldInfo]:
        """Return the settings of the core that hold for a tenant. None of them is a secret."""
        answer = await self.client.get("/recipe/dashboard/tenant/core-config", tenant_id, {}, user_context)
        return [CoreConfigFieldInfo.from_json(item) for item in answer["config"]]
