# SPDX-License-Identifier: Apache-2.0
"""What the APIs of the dashboard answer about tenants."""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from twofold._wire import Json, wire
from twofold.recipe.multitenancy.first_factors import first_factors_of
from twofold.recipe.multitenancy.types import TenantConfig
from twofold.types.response import APIResponse

ConfigValue = str | int | float | bool | None


class DashboardListTenantItem:
    """A tenant as the dashboard lists it."""

    def __init__(self, tenant_config: TenantConfig) -> None:
        self.tenant_config = tenant_config

    def to_json(self) -> Json:
        """Return the tenant, with the factors that its users may really begin with."""
        return {
            "tenantId": self.tenant_config.tenant_id,
            "firstFactors": first_factors_of(self.tenant_config.first_factors),
        }


class CoreConfigFieldInfo:
    """A setting of the core, as it holds for a tenant."""

    def __init__(
        self,
        key: str,
        value_type: Literal["string", "boolean", "number"],
        value: ConfigValue,
        description: str,
        is_different_across_tenants: bool,
        possible_values: list[str] | None = None,
        is_nullable: bool = False,
        default_value: ConfigValue = None,
        is_plugin_property: bool = False,
        is_plugin_property_editable: bool = False,
    ) -> None:
        self.key = key
        self.value_type = value_type
        self.value = value
        self.description = description
        self.is_different_across_tenants = is_different_across_tenants
        self.possible_values = possible_values
        self.is_nullable = is_nullable
        self.default_value = default_value
        self.is_plugin_property = is_plugin_property
        self.is_plugin_property_editable = is_plugin_property_editable

    def to_json(self) -> Json:
        """Return the setting; `possibleValues` only where a choice is all there is."""
        choices = {} if self.possible_values is None else {"possibleValues": list(self.possible_values)}
        return {
            "key": self.key,
            "valueType": self.value_type,
            "value": self.value,
            "description": self.description,
            "isDifferentAcrossTenants": self.is_different_across_tenants,
            **choices,
            "isNullable": self.is_nullable,
            "defaultValue": self.default_value,
            "isPluginProperty": self.is_plugin_property,
            "isPluginPropertyEditable": self.is_plugin_property_editable,
        }

    @staticmethod
    def from_json(json: Json) -> "CoreConfigFieldInfo":
        """Return the setting that the core describes."""
        # The core calls a choice an "enum"; the interface knows it by its possible values.
        value_type = json["valueType"]
        return CoreConfigFieldInfo(
            json["key"],
            "string" if value_type == "enum" else value_type,
            json.get("value"),
            json["description"],
            json["isDifferentAcrossTenants"],
            json.get("possibleValues"),
            json.get("isNullable", False),
            json.get("defaultValue"),
            json.get("isPluginProperty", False),
            json.get("isPluginPropertyEditable", False),
        )


@dataclass
class DashboardListTenantsGetResponse(APIResponse):
    """Every tenant."""

    status: ClassVar[Literal["OK"]] = "OK"
    tenants: list[DashboardListTenantItem]


@dataclass
class TenantProvider:
    """A provider as the dashboard lists it."""

    third_party_id: str
    name: str


@dataclass
class TenantProviders:
    """The providers that a tenant offers."""

    providers: list[TenantProvider]


@dataclass
class DashboardTenant:
    """A tenant as it works; its required factors are null where it has none of its own."""

    tenant_id: str
    third_party: TenantProviders
    first_factors: list[str]
    required_secondary_factors: list[str] | None = field(metadata=wire(keep_none=True))
    core_config: list[CoreConfigFieldInfo]
    user_count: int


@dataclass
class TenantGetOkResponse(APIResponse):
    """The tenant."""

    status: ClassVar[Literal["OK"]] = "OK"
    tenant: DashboardTenant


@dataclass
class UnknownTenantError(APIResponse):
    """There is no such tenant."""

    status: ClassVar[Literal["UNKNOWN_TENANT_ERROR"]] = "UNKNOWN_TENANT_ERROR"


@dataclass
class CreateTenantOkResponse(APIResponse):
    """The tenant exists now."""

    status: ClassVar[Literal["OK"]] = "OK"
    created_new: bool


@dataclass
class MultitenancyNotEnabledInCoreError(APIResponse):
    """The core allows no more tenants."""

    status: ClassVar[Literal["MULTITENANCY_NOT_ENABLED_IN_CORE_ERROR"]] = "MULTITENANCY_NOT_ENABLED_IN_CORE_ERROR"


@dataclass
class TenantIdAlreadyExistsError(APIResponse):
    """There is a tenant with this id."""

    status: ClassVar[Literal["TENANT_ID_ALREADY_EXISTS_ERROR"]] = "TENANT_ID_ALREADY_EXISTS_ERROR"


@dataclass
class InvalidTenantIdError(APIResponse):
    """No tenant can have this id, or this configuration."""

    status: ClassVar[Literal["INVALID_TENANT_ID_ERROR"]] = "INVALID_TENANT_ID_ERROR"
    message: str


@dataclass
class DeleteTenantOkResponse(APIResponse):
    """The tenant does not exist any more."""

    status: ClassVar[Literal["OK"]] = "OK"
    did_exist: bool


@dataclass
class CannotDeletePublicTenantError(APIResponse):
    """The tenant `public` stays."""

    status: ClassVar[Literal["CANNOT_DELETE_PUBLIC_TENANT_ERROR"]] = "CANNOT_DELETE_PUBLIC_TENANT_ERROR"


@dataclass
class InvalidConfigError(APIResponse):
    """The setting cannot have this value."""

    status: ClassVar[Literal["INVALID_CONFIG_ERROR"]] = "INVALID_CONFIG_ERROR"
    message: str


@dataclass
class RecipeNotConfiguredError(APIResponse):
    """The recipe of the factor is not in the application's list, or not for this factor."""

    status: ClassVar[Literal["RECIPE_NOT_CONFIGURED_ON_BACKEND_SDK_ERROR"]] = (
        "RECIPE_NOT_CONFIGURED_ON_BACKEND_SDK_ERROR"
    )
    message: str


@dataclass
class MFANotInitializedError(APIResponse):
    """`multifactorauth.init` is not in the application's list."""

    status: ClassVar[Literal["MFA_NOT_INITIALIZED_ERROR"]] = "MFA_NOT_INITIALIZED_ERROR"


@dataclass
class RequiredSecondaryFactorOkResponse(APIResponse):
    """The list is changed; an application's own policy may not look at it."""

    status: ClassVar[Literal["OK"]] = "OK"
    is_mfa_requirements_for_auth_overridden: bool = field(metadata=wire("isMFARequirementsForAuthOverridden"))


@dataclass
class ProviderConfigGetOkResponse(APIResponse):
    """A provider as the tenant uses it, without its secrets."""

    status: ClassVar[Literal["OK"]] = "OK"
    provider_config: Json = field(repr=False)


@dataclass
class ProviderConfigPutOkResponse(APIResponse):
    """The tenant has the provider."""

    status: ClassVar[Literal["OK"]] = "OK"
    created_new: bool


@dataclass
class ProviderConfigDeleteOkResponse(APIResponse):
    """The tenant does not have the provider."""

    status: ClassVar[Literal["OK"]] = "OK"
    did_config_exist: bool


@dataclass
class BoxyError(APIResponse):
    """The Boxy server refused the configuration."""

    status: ClassVar[Literal["BOXY_ERROR"]] = "BOXY_ERROR"
    message: str
