# SPDX-License-Identifier: Apache-2.0
"""What overrides get and return, and what the APIs answer."""

from twofold.types.config import BaseOverrideConfig

from .apis import APIs
from .functions import Functions
from .results import (
    AnalyticsResponse,
    DashboardUsersGetResponse,
    FeatureNotEnabledError,
    SearchTagsOK,
    SessionInfo,
    SignOutOK,
    UserCountGetAPIResponse,
    UserDeleteAPIResponse,
    UserEmailVerifyGetAPIResponse,
    UserEmailVerifyPutAPIResponse,
    UserEmailVerifyTokenPostAPIEmailAlreadyVerifiedErrorResponse,
    UserEmailVerifyTokenPostAPIOkResponse,
    UserGetAPINoUserFoundError,
    UserGetAPIOkResponse,
    UserMetadataGetAPIOkResponse,
    UserMetadataPutAPIResponse,
    UserPasswordPutAPIInvalidPasswordErrorResponse,
    UserPasswordPutAPIResponse,
    UserPutAPIEmailAlreadyExistsErrorResponse,
    UserPutAPIInvalidEmailErrorResponse,
    UserPutAPIInvalidPhoneErrorResponse,
    UserPutAPIOkResponse,
    UserPutPhoneAlreadyExistsAPIResponse,
    UserSessionsGetAPIResponse,
    UserSessionsPostAPIResponse,
)
from .tenant_results import CoreConfigFieldInfo, DashboardListTenantItem, DashboardListTenantsGetResponse
from .types import APIOptions

__all__ = [
    "APIInterface",
    "APIOptions",
    "AnalyticsResponse",
    "CoreConfigFieldInfo",
    "DashboardListTenantItem",
    "DashboardListTenantsGetResponse",
    "DashboardOverrideConfig",
    "DashboardUsersGetResponse",
    "FeatureNotEnabledError",
    "InputOverrideConfig",
    "RecipeInterface",
    "SearchTagsOK",
    "SessionInfo",
    "SignOutOK",
    "UserCountGetAPIResponse",
    "UserDeleteAPIResponse",
    "UserEmailVerifyGetAPIResponse",
    "UserEmailVerifyPutAPIResponse",
    "UserEmailVerifyTokenPostAPIEmailAlreadyVerifiedErrorResponse",
    "UserEmailVerifyTokenPostAPIOkResponse",
    "UserGetAPINoUserFoundError",
    "UserGetAPIOkResponse",
    "UserMetadataGetAPIOkResponse",
    "UserMetadataPutAPIResponse",
    "UserPasswordPutAPIInvalidPasswordErrorResponse",
    "UserPasswordPutAPIResponse",
    "UserPutAPIEmailAlreadyExistsErrorResponse",
    "UserPutAPIInvalidEmailErrorResponse",
    "UserPutAPIInvalidPhoneErrorResponse",
    "UserPutAPIOkResponse",
    "UserPutPhoneAlreadyExistsAPIResponse",
    "UserSessionsGetAPIResponse",
    "UserSessionsPostAPIResponse",
]

RecipeInterface = Functions
APIInterface = APIs

DashboardOverrideConfig = BaseOverrideConfig[RecipeInterface, APIInterface]
InputOverrideConfig = DashboardOverrideConfig
