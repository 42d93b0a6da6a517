# SPDX-License-Identifier: Apache-2.0
"""What can be done with tokens and keys; each may be overridden."""

import re
from typing import Any

from twofold._app_info import AppInfo
from twofold._core_client import CoreClient
from twofold._wire import Json, from_json, outcome
from twofold.types.base import UserContext
from twofold.types.recipe import BaseRecipeInterface

from .types import (
    CreateJwtOkResult,
    CreateJwtResultUnsupportedAlgorithm,
    GetJWKSResult,
    NormalisedJWTConfig,
)

_MAX_AGE = re.compile(r"max-age=(\d{1,9})")


class Functions(BaseRecipeInterface):
    """The functions on the core."""

    def __init__(self, client: CoreClient, config: NormalisedJWTConfig, app_info: AppInfo) -> None:
        self.client = client
        self.config = config
        self.app_info = app_info

    async def create_jwt(
        self,
        payload: dict[str, Any],
        validity_seconds: int | None,
        use_static_signing_key: bool | None,
        user_context: UserContext,
    ) -> CreateJwtOkResult | CreateJwtResultUnsupportedAlgorithm:
        """Sign a token. The key is the static one, which is never rotated, unless `use_static_signing_key` is False."""
        body = {
            "payload": payload,
            "validity": self.config.jwt_validity_seconds if validity_seconds is None else validity_seconds,
            "useStaticSigningKey": use_static_signing_key is not False,
            "algorithm": "RS256",
            "jwksDomain": self.app_info.api_domain.get_as_string_dangerous(),
        }
        answer = await self.client.post("/recipe/jwt", None, body, user_context)
        return outcome(answer, CreateJwtOkResult, CreateJwtResultUnsupportedAlgorithm)

    async def get_jwks(self, user_context: UserContext) -> GetJWKSResult:
        """Return the public keys that tokens and sessions are checked with."""
        answer = await self.client.get("/.well-known/jwks.json", None, {}, user_context)
        keys = from_json(GetJWKSResult, answer).keys
        return GetJWKSResult(keys, _max_age_seconds(answer))


def _max_age_seconds(answer: Json) -> int | None:
    found = _MAX_AGE.search(answer.get("_headers", {}).get("cache-control", ""))
    return int(found[1]) if found else None
