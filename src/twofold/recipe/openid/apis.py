# SPDX-License-Identifier: Apache-2.0
"""The HTTP API of the OpenID recipe."""

from dataclasses import dataclass

from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.recipe._api import api
from twofold.types.base import UserContext
from twofold.types.recipe import BaseAPIInterface
from twofold.types.response import GeneralErrorResponse

from .functions import Functions
from .types import NormalisedOpenIdConfig, OpenIdDiscoveryConfigurationGetResponse


@dataclass
class APIOptions:
    """What the APIs get beside their parameters."""

    request: BaseRequest
    response: BaseResponse
    recipe_id: str
    config: NormalisedOpenIdConfig
    recipe_implementation: Functions


class APIs(BaseAPIInterface):
    """One method per HTTP API; each may be overridden or disabled."""

    disable_open_id_discovery_configuration_get: bool = False

    @api("GET", "/.well-known/openid-configuration")
    async def open_id_discovery_configuration_get(
        self, api_options: APIOptions, user_context: UserContext
    ) -> OpenIdDiscoveryConfigurationGetResponse | GeneralErrorResponse:
        """Publish the discovery document to everybody."""
        found = await api_options.recipe_implementation.get_open_id_discovery_configuration(user_context)
        api_options.response.set_header("Access-Control-Allow-Origin", "*")
        return OpenIdDiscoveryConfigurationGetResponse(**vars(found))
