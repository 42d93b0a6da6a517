# SPDX-License-Identifier: Apache-2.0
"""What can be done with tenants; each may be overridden."""

from typing import Any

from twofold._core_client import CoreClient
from twofold._wire import from_json, outcome, to_json
from twofold.types.base import RecipeUserId, UserContext
from twofold.types.recipe import BaseRecipeInterface

from .types import (
    AssociateUserToTenantEmailAlreadyExistsError,
    AssociateUserToTenantNotAllowedError,
    AssociateUserToTenantOkResult,
    AssociateUserToTenantPhoneNumberAlreadyExistsError,
    AssociateUserToTenantThirdPartyUserAlreadyExistsError,
    AssociateUserToTenantUnknownUserIdError,
    CreateOrUpdateTenantOkResult,
    CreateOrUpdateThirdPartyConfigOkResult,
    DeleteTenantOkResult,
    DeleteThirdPartyConfigOkResult,
    DisassociateUserFromTenantOkResult,
    ListAllTenantsOkResult,
    TenantConfig,
    TenantConfigCreateOrUpdate,
)

AssociateUserToTenantResult = (
    AssociateUserToTenantOkResult
    | AssociateUserToTenantUnknownUserIdError
    | AssociateUserToTenantEmailAlreadyExistsError
    | AssociateUserToTenantPhoneNumberAlreadyExistsError
    | AssociateUserToTenantThirdPartyUserAlreadyExistsError
    | AssociateUserToTenantNotAllowedError
)


class Functions(BaseRecipeInterface):
    """The functions on the core."""

    def __init__(self, client: CoreClient) -> None:
        self.client = client

    async def get_tenant_id(self, tenant_id_from_frontend: str, user_context: UserContext) -> str:
        """Return the tenant that a request is for. An override may look at the request's host instead of its path."""
        return tenant_id_from_frontend

    async def create_or_update_tenant(
        self, tenant_id: str, config: TenantConfigCreateOrUpdate | None, user_context: UserContext
    ) -> CreateOrUpdateTenantOkResult:
        """Make sure that a tenant exists and is as `config` says."""
        body = {"tenantId": tenant_id, **(config.to_json() if config else {})}
        answer = await self.client.put("/recipe/multitenancy/tenant/v2", None, body, user_context)
        return outcome(answer, CreateOrUpdateTenantOkResult)

    async def delete_tenant(self, tenant_id: str, user_context: UserContext) -> DeleteTenantOkResult:
        """Delete a tenant."""
        body = {"tenantId": tenant_id}
        answer = await self.client.post("/recipe/multitenancy/tenant/remove", None, body, user_context)
        return outcome(answer, DeleteTenantOkResult)

    async def get_tenant(self, tenant_id: str, user_context: UserContext) -> TenantConfig | None:
        """Return a tenant, or None when there is none."""
        answer = await self.client.get("/recipe/multitenancy/tenant/v2", tenant_id, {}, user_context)
        return None if answer.get("status") == "TENANT_NOT_FOUND_ERROR" else from_json(TenantConfig, answer)

    async def list_all_tenants(self, user_context: UserContext) -> ListAllTenantsOkResult:
        """Return every tenant, in no particular order."""
        answer = await self.client.get("/recipe/multitenancy/tenant/list/v2", None, {}, user_context)
        return outcome(answer, ListAllTenantsOkResult)

    async def create_or_update_third_party_config(
        self, tenant_id: str, config: Any, skip_validation: bool | None, user_context: UserContext
    ) -> CreateOrUpdateThirdPartyConfigOkResult:
        """Make sure that a tenant has a third-party provider as `config` says."""
        body = {"config": to_json(config), "skipValidation": skip_validation is True}
        answer = await self.client.put("/recipe/multitenancy/config/thirdparty", tenant_id, body, user_context)
        return outcome(answer, CreateOrUpdateThirdPartyConfigOkResult)

    async def delete_third_party_config(
        self, tenant_id: str, third_party_id: str, user_context: UserContext
    ) -> DeleteThirdPartyConfigOkResult:
        """Take a third-party provider from a tenant."""
        body = {"thirdPartyId": third_party_id}
        answer = await self.client.post("/recipe/multitenancy/config/thirdparty/remove", tenant_id, body, user_context)
        return outcome(answer, DeleteThirdPartyConfigOkResult)

    async def associate_user_to_tenant(
        self, tenant_id: str, recipe_user_id: RecipeUserId, user_context: UserContext
    ) -> AssociateUserToTenantResult:
        """Let a login method be used on one more tenant."""
        body = {"recipeUserId": recipe_user_id.get_as_string()}
        answer = await self.client.post("/recipe/multitenancy/tenant/user", tenant_id, body, user_context)
        return outcome(
            answer,
            AssociateUserToTenantOkResult,
            AssociateUserToTenantUnknownUserIdError,
            AssociateUserToTenantEmailAlreadyExistsError,
            AssociateUserToTenantPhoneNumberAlreadyExistsError,
            AssociateUserToTenantThirdPartyUserAlreadyExistsError,
            AssociateUserToTenantNotAllowedError,
        )

    async def disassociate_user_from_tenant(
        self, tenant_id: str, recipe_user_id: RecipeUserId, user_context: UserContext
    ) -> DisassociateUserFromTenantOkResult:
        """Let a login method not be used on a tenant any more; its sessions there end."""
        body = {"recipeUserId": recipe_user_id.get_as_string()}
        answer = await self.client.post("/recipe/multitenancy/tenant/user/remove", tenant_id, body, user_context)
        # An unknown login method is in no tenant: the answer that callers are promised has no third outcome.
        return DisassociateUserFromTenantOkResult(answer.get("wasAssociated") is True)
