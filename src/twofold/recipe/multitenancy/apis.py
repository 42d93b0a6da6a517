# SPDX-License-Identifier: Apache-2.0
"""The HTTP API of multitenancy: what a login page of the tenant offers."""

from dataclasses import dataclass, field

from twofold.exceptions import BadInputError
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.recipe._api import api
from twofold.recipe._base import every_recipe
from twofold.types.base import UserContext
from twofold.types.recipe import BaseAPIInterface
from twofold.types.response import GeneralErrorResponse

from .first_factors import first_factors_of
from .functions import Functions
from .types import (
    LoginMethodEmailPassword,
    LoginMethodPasswordless,
    LoginMethodsGetOkResult,
    LoginMethodThirdParty,
    LoginMethodWebauthn,
    NormalisedMultitenancyConfig,
    ThirdPartyProvider,
)

_PASSWORDLESS = {"otp-email", "otp-phone", "link-email", "link-phone"}


@dataclass
class APIOptions:
    """What the APIs get beside their parameters."""

    request: BaseRequest
    response: BaseResponse
    recipe_id: str
    config: NormalisedMultitenancyConfig
    recipe_implementation: Functions
    static_third_party_providers: list[object] = field(default_factory=list)
    all_available_first_factors: list[str] = field(default_factory=list)
    static_first_factors: list[str] | None = None


class APIs(BaseAPIInterface):
    """One method per HTTP API; each may be overridden or disabled."""

    disable_login_methods_get: bool = False

    @api("GET", "/loginmethods")
    async def login_methods_get(
        self, tenant_id: str, client_type: str | None, api_options: APIOptions, user_context: UserContext
    ) -> LoginMethodsGetOkResult | GeneralErrorResponse:
        """Return the first factors of the tenant, and the third-party providers that fit the client."""
        tenant = await api_options.recipe_implementation.get_tenant(tenant_id, user_context)
        if tenant is None:
            raise BadInputError(f"There is no tenant with the id {tenant_id}")
        factors = first_factors_of(tenant.first_factors)
        return LoginMethodsGetOkResult(
            LoginMethodEmailPassword("emailpassword" in factors),
            LoginMethodPasswordless(not _PASSWORDLESS.isdisjoint(factors)),
            LoginMethodThirdParty("thirdparty" in factors, await _providers(tenant_id, client_type, user_context)),
            LoginMethodWebauthn("webauthn" in factors),
            factors,
        )


async def _providers(tenant_id: str, client_type: str | None, user_context: UserContext) -> list[ThirdPartyProvider]:
    return [
        ThirdPartyProvider(provider.id, provider.name)
        for recipe in every_recipe()
        for provider in await recipe.login_providers(tenant_id, client_type, user_context)
    ]
