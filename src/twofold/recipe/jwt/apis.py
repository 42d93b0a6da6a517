# SPDX-License-Identifier: Apache-2.0
"""The HTTP API of the JWT recipe."""

from dataclasses import dataclass

from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.recipe._api import api
from twofold.types.base import UserContext
from twofold.types.recipe import BaseAPIInterface
from twofold.types.response import GeneralErrorResponse

from .functions import Functions
from .types import JWKSGetResponse, NormalisedJWTConfig

_DEFAULT_MAX_AGE_SECONDS = 60


@dataclass
class APIOptions:
    """What the APIs get beside their parameters."""

    request: BaseRequest
    response: BaseResponse
    recipe_id: str
    config: NormalisedJWTConfig
    recipe_implementation: Functions


class APIs(BaseAPIInterface):
    """One method per HTTP API; each may be overridden or disabled."""

    disable_jwks_get: bool = False

    @api("GET", "/jwt/jwks.json")
    async def jwks_get(
        self, api_options: APIOptions, user_context: UserContext
    ) -> JWKSGetResponse | GeneralErrorResponse:
        """Publish the keys to everybody, cacheable."""
        found = await api_options.recipe_implementation.get_jwks(user_context)
        max_age = _DEFAULT_MAX_AGE_SECONDS if found.validity_in_secs is None else found.validity_in_secs
        api_options.response.set_header("Access-Control-Allow-Origin", "*")
        api_options.response.set_header("Cache-Control", f"max-age={max_age}, must-revalidate")
        return JWKSGetResponse(found.keys)
