# SPDX-License-Identifier: Apache-2.0
"""Configuration and results of multitenancy."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from twofold._wire import Json, to_json
from twofold.types.base import UserContext
from twofold.types.response import APIResponse

TypeGetAllowedDomainsForTenantId = Callable[[str, UserContext], Awaitable[list[str] | None]]

NO_CHANGE = ("NO_CHANGE",)


@dataclass(frozen=True)
class NormalisedMultitenancyConfig:
    """The configuration with every default filled in."""

    get_allowed_domains_for_tenant_id: TypeGetAllowedDomainsForTenantId | None


@dataclass
class TenantConfig:
    """A tenant. None as `first_factors` means that the application decides; an empty list, that nothing is offered."""

    tenant_id: str = ""
    third_party_providers: list[Json] = field(default_factory=list)
    core_config: dict[str, Any] = field(default_factory=dict)
    first_factors: list[str] | None = None
    required_secondary_factors: list[str] | None = None

    @staticmethod
    def from_json(json: Json) -> "TenantConfig":
        """Return the tenant that the core describes."""
        return TenantConfig(
            json["tenantId"],
            list(json.get("thirdParty", {}).get("providers", [])),
            dict(json.get("coreConfig", {})),
            json.get("firstFactors"),
            json.get("requiredSecondaryFactors"),
        )

    def to_json(self) -> Json:
        """Return the tenant as the core describes it."""
        json: Json = {
            "tenantId": self.tenant_id,
            "thirdParty": {"providers": to_json(self.third_party_providers)},
            "coreConfig": self.core_config,
        }
        json |= {} if self.first_factors is None else {"firstFactors": self.first_factors}
        required = self.required_secondary_factors
        return json | ({} if required is None else {"requiredSecondaryFactors": required})


class TenantConfigCreateOrUpdate:
    """What to change of a tenant. What is not said stays; None resets a list to what the application decides."""

    def __init__(
        self,
        core_config: dict[str, Any] | None = None,
        first_factors: list[str] | None = list(NO_CHANGE),  # noqa: B006  # published; copied, never changed
        required_secondary_factors: list[str] | None = list(NO_CHANGE),  # noqa: B006  # as above
    ) -> None:
        self.core_config = {} if core_config is None else core_config
        self._first_factors = None if first_factors is None else list(first_factors)
        self._required_secondary_factors = (
            None if required_secondary_factors is None else list(required_secondary_factors)
        )

    def is_first_factors_unchanged(self) -> bool:
        """Tell whether the first factors stay as they are."""
        return self._first_factors == list(NO_CHANGE)

    def is_required_secondary_factors_unchanged(self) -> bool:
        """Tell whether the required secondary factors stay as they are."""
        return self._required_secondary_factors == list(NO_CHANGE)

    def get_first_factors_for_update(self) -> list[str] | None:
        """Return the new first factors."""
        return self._first_factors

    def get_required_secondary_factors_for_update(self) -> list[str] | None:
        """Return the new required secondary factors."""
        return self._required_secondary_factors

    @staticmethod
    def from_json(json: Json) -> "TenantConfigCreateOrUpdate":
        """Return the change that JSON describes; an absent list stays as it is."""
        return TenantConfigCreateOrUpdate(
            json.get("coreConfig", {}),
            json.get("firstFactors", list(NO_CHANGE)),
            json.get("requiredSecondaryFactors", list(NO_CHANGE)),
        )

    def to_json(self) -> Json:
        """Return the members of the core call that change the tenant."""
        json: Json = {"coreConfig": self.core_config}
        if not self.is_first_factors_unchanged():
            json["firstFactors"] = self._first_factors
        if not self.is_required_secondary_factors_unchanged():
            json["requiredSecondaryFactors"] = self._required_secondary_factors
        return json


@dataclass
class CreateOrUpdateTenantOkResult:
    """The tenant is as wanted."""

    status: ClassVar[Literal["OK"]] = "OK"
    created_new: bool


@dataclass
class DeleteTenantOkResult:
    """The tenant does not exist any more; its users do, without it."""

    status: ClassVar[Literal["OK"]] = "OK"
    did_exist: bool


@dataclass
class ListAllTenantsOkResult:
    """Every tenant."""

    status: ClassVar[Literal["OK"]] = "OK"
    tenants: list[TenantConfig]


@dataclass
class CreateOrUpdateThirdPartyConfigOkResult:
    """The tenant has the provider, as wanted."""

    status: ClassVar[Literal["OK"]] = "OK"
    created_new: bool


@dataclass
class DeleteThirdPartyConfigOkResult:
    """The tenant does not have the provider any more."""

    status: ClassVar[Literal["OK"]] = "OK"
    did_config_exist: bool


@dataclass
class AssociateUserToTenantOkResult:
    """The login method is one of the tenant."""

    status: ClassVar[Literal["OK"]] = "OK"
    was_already_associated: bool


@dataclass
class AssociateUserToTenantUnknownUserIdError:
    """There is no such login method."""

    status: ClassVar[Literal["UNKNOWN_USER_ID_ERROR"]] = "UNKNOWN_USER_ID_ERROR"


@dataclass
class AssociateUserToTenantEmailAlreadyExistsError:
    """Somebody else has the email on the tenant."""

    status: ClassVar[Literal["EMAIL_ALREADY_EXISTS_ERROR"]] = "EMAIL_ALREADY_EXISTS_ERROR"


@dataclass
class AssociateUserToTenantPhoneNumberAlreadyExistsError:
    """Somebody else has the phone number on the tenant."""

    status: ClassVar[Literal["PHONE_NUMBER_ALREADY_EXISTS_ERROR"]] = "PHONE_NUMBER_ALREADY_EXISTS_ERROR"


@dataclass
class AssociateUserToTenantThirdPartyUserAlreadyExistsError:
    """Somebody else has the third-party account on the tenant."""

    status: ClassVar[Literal["THIRD_PARTY_USER_ALREADY_EXISTS_ERROR"]] = "THIRD_PARTY_USER_ALREADY_EXISTS_ERROR"


@dataclass
class AssociateUserToTenantNotAllowedError:
    """Another primary user of the tenant has the same email, phone number or account."""

    status: ClassVar[Literal["ASSOCIATION_NOT_ALLOWED_ERROR"]] = "ASSOCIATION_NOT_ALLOWED_ERROR"
    reason: str


@dataclass
class DisassociateUserFromTenantOkResult:
    """The login method is not one of the tenant any more."""

    status: ClassVar[Literal["OK"]] = "OK"
    was_associated: bool


@dataclass
class ThirdPartyProvider:
    """A provider as the login page lists it."""

    id: str
    name: str | None

    def to_json(self) -> Json:
        """Return `{"id", "name"}`."""
        return {"id": self.id, "name": self.name}


@dataclass
class LoginMethodEmailPassword(APIResponse):
    """Whether users may begin with a password."""

    enabled: bool


@dataclass
class LoginMethodPasswordless(APIResponse):
    """Whether users may begin with a code or a link."""

    enabled: bool


@dataclass
class LoginMethodWebauthn(APIResponse):
    """Whether users may begin with a passkey."""

    enabled: bool


@dataclass
class LoginMethodThirdParty(APIResponse):
    """Whether users may begin at a third party, and at which."""

    enabled: bool
    providers: list[ThirdPartyProvider]


@dataclass
class LoginMethodsGetOkResult(APIResponse):
    """What a login page of the tenant offers."""

    status: ClassVar[Literal["OK"]] = "OK"
    email_password: LoginMethodEmailPassword
    passwordless: LoginMethodPasswordless
    third_party: LoginMethodThirdParty
    webauthn: LoginMethodWebauthn
    first_factors: list[str]
