# SPDX-License-Identifier: Apache-2.0
"""What can be done with the issuer's tokens; each may be overridden."""

from typing import Any

from twofold._app_info import AppInfo
from twofold.recipe.jwt import JWTRecipe
from twofold.recipe.jwt.interfaces import CreateJwtOkResult, CreateJwtResultUnsupportedAlgorithm, GetJWKSResult
from twofold.types.base import UserContext
from twofold.types.recipe import BaseRecipeInterface

from .types import GetOpenIdDiscoveryConfigurationResult, NormalisedOpenIdConfig


class Functions(BaseRecipeInterface):
    """The functions, on those of the JWT recipe."""

    def __init__(self, config: NormalisedOpenIdConfig, app_info: AppInfo) -> None:
        self.config = config
        self.app_info = app_info

    async def create_jwt(
        self,
        payload: dict[str, Any],
        validity_seconds: int | None,
        use_static_signing_key: bool | None,
        user_context: UserContext,
    ) -> CreateJwtOkResult | CreateJwtResultUnsupportedAlgorithm:
        """Sign a token that names us as issuer, unless its payload names another."""
        issued = payload if payload.get("iss") is not None else {**payload, "iss": self.config.issuer}
        return await JWTRecipe.get().functions.create_jwt(
            issued, validity_seconds, use_static_signing_key, user_context
        )

    async def get_jwks(self, user_context: UserContext) -> GetJWKSResult:
        """Return the public keys that tokens and sessions are checked with."""
        return await JWTRecipe.get().functions.get_jwks(user_context)

    async def get_open_id_discovery_configuration(
        self, user_context: UserContext
    ) -> GetOpenIdDiscoveryConfigurationResult:
        """Return where the issuer's endpoints are."""
        base_path = self.app_info.api_base_path.get_as_string_dangerous()
        issuer = self.app_info.api_domain.get_as_string_dangerous() + base_path
        return GetOpenIdDiscoveryConfigurationResult(
            issuer=issuer,
            jwks_uri=f"{issuer}/jwt/jwks.json",
            authorization_endpoint=f"{issuer}/oauth/auth",
            token_endpoint=f"{issuer}/oauth/token",
            userinfo_endpoint=f"{issuer}/oauth/userinfo",
            revocation_endpoint=f"{issuer}/oauth/revoke",
            token_introspection_endpoint=f"{issuer}/oauth/introspect",
            end_session_endpoint=f"{issuer}/oauth/end_session",
            subject_types_supported=["public"],
            id_token_signing_alg_values_supported=["RS256"],
            response_types_supported=["code", "id_token", "id_token token"],
        )
