# SPDX-License-Identifier: Apache-2.0
"""What overrides get and return, and what functions and APIs answer."""

from twofold.types.config import BaseOverrideConfig

from .apis import APIOptions, APIs
from .functions import Functions
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
    LoginMethodEmailPassword,
    LoginMethodPasswordless,
    LoginMethodsGetOkResult,
    LoginMethodThirdParty,
    LoginMethodWebauthn,
    TenantConfig,
    TenantConfigCreateOrUpdate,
    ThirdPartyProvider,
    TypeGetAllowedDomainsForTenantId,
)

__all__ = [
    "APIInterface",
    "APIOptions",
    "AssociateUserToTenantEmailAlreadyExistsError",
    "AssociateUserToTenantNotAllowedError",
    "AssociateUserToTenantOkResult",
    "AssociateUserToTenantPhoneNumberAlreadyExistsError",
    "AssociateUserToTenantThirdPartyUserAlreadyExistsError",
    "AssociateUserToTenantUnknownUserIdError",
    "CreateOrUpdateTenantOkResult",
    "CreateOrUpdateThirdPartyConfigOkResult",
    "DeleteTenantOkResult",
    "DeleteThirdPartyConfigOkResult",
    "DisassociateUserFromTenantOkResult",
    "InputOverrideConfig",
    "ListAllTenantsOkResult",
    "LoginMethodEmailPassword",
    "LoginMethodPasswordless",
    "LoginMethodThirdParty",
    "LoginMethodWebauthn",
    "LoginMethodsGetOkResult",
    "MultitenancyOverrideConfig",
    "RecipeInterface",
    "TenantConfig",
    "TenantConfigCreateOrUpdate",
    "ThirdPartyProvider",
    "TypeGetAllowedDomainsForTenantId",
]

RecipeInterface = Functions
APIInterface = APIs

MultitenancyOverrideConfig = BaseOverrideConfig[RecipeInterface, APIInterface]
InputOverrideConfig = MultitenancyOverrideConfig
