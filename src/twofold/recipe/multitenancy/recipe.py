# SPDX-License-Identifier: Apache-2.0
"""The recipe object of multitenancy."""

import re
from typing import TYPE_CHECKING, Any

from twofold._app_info import AppInfo
from twofold._core_client import PUBLIC_TENANT
from twofold.exceptions import BadInputError
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.recipe._base import Recipe, every_recipe
from twofold.types.base import UserContext

from .apis import APIOptions, APIs
from .functions import Functions
from .interfaces import MultitenancyOverrideConfig
from .types import NormalisedMultitenancyConfig, TypeGetAllowedDomainsForTenantId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twofold.recipe.session.interfaces import SessionClaim

_TENANT_ID = re.compile(r"(?!appid-)[a-z0-9-]+")
_MEAN_PUBLIC = ("recipe", "config", "users", "hello")  # first segments of the core's own paths


class MultitenancyRecipe(Recipe[Functions, APIs]):
    """Knows the tenants."""

    recipe_id = "multitenancy"
    display_name = "Multitenancy"

    def __init__(
        self,
        app_info: AppInfo,
        get_allowed_domains_for_tenant_id: TypeGetAllowedDomainsForTenantId | None,
        claims: "Sequence[SessionClaim[Any]]",
        override: MultitenancyOverrideConfig | None,
    ) -> None:
        super().__init__(app_info, override)
        self.config = NormalisedMultitenancyConfig(get_allowed_domains_for_tenant_id)
        self._claims = list(claims)

    def make_functions(self) -> Functions:
        """Make the functions on the core."""
        return Functions(self.client)

    def make_apis(self) -> APIs:
        """Make the APIs."""
        return APIs()

    def api_options(self, request: BaseRequest, response: BaseResponse) -> APIOptions:
        """Return what the APIs get."""
        recipes = every_recipe()
        configured = (recipe.configured_first_factors() for recipe in recipes)
        return APIOptions(
            request,
            response,
            self.recipe_id,
            self.config,
            self.functions,
            all_available_first_factors=[factor for recipe in recipes for factor in recipe.first_factors()],
            static_first_factors=next((factors for factors in configured if factors is not None), None),
        )

    async def tenant_id_of(self, tenant_id_from_frontend: str, user_context: UserContext) -> str:
        """Return the tenant that a request is for, by the (overridable) function, as the core writes its id.

        A core behind HTTP takes `/CORP/…` for `corp`, and some names for `public`. A policy that looks at the id
        must see the tenant that the core will work on. `/appid-…` would even lead it to another app.

        Raises:
            BadInputError: no tenant can have this id.
        """
        tenant_id = (await self.functions.get_tenant_id(tenant_id_from_frontend, user_context)).strip().lower()
        if _TENANT_ID.fullmatch(tenant_id) is None:
            raise BadInputError(f"There is no tenant {tenant_id!r}: check the path, or your override of get_tenant_id")
        return PUBLIC_TENANT if tenant_id in _MEAN_PUBLIC else tenant_id

    async def allowed_domains(self, tenant_id: str, user_context: UserContext) -> list[str] | None:
        """Return the domains of a tenant; None when the application does not say."""
        ask = self.config.get_allowed_domains_for_tenant_id
        return None if ask is None else await ask(tenant_id, user_context)

    def claims(self) -> "list[SessionClaim[Any]]":
        """Put the tenant's domains into every new session."""
        return self._claims
