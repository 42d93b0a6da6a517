# SPDX-License-Identifier: Apache-2.0
"""A client of the session endpoints, as an SDK is one, in one version of the interface."""

from dataclasses import dataclass

from twofold.core._fields import Json
from twofold.core.app import Core
from twofold.core.tokens import sha256_hex
from twofold.core.version import V5_4, Version


def hash_1(token: str) -> str:
    """The hash of a refresh token that its access token carries."""
    return sha256_hex(token)


@dataclass
class SessionClient:
    """Calls the core; every method returns the core's answer."""

    core: Core
    version: Version = V5_4
    app_id: str = "public"

    async def call(self, method: str, path: str, tenant_id: str = "public", /, **values: object) -> Json:
        """Any call."""
        query, body = (values, None) if method == "GET" else (None, values)
        return await self.core.call(
            method, path, app_id=self.app_id, tenant_id=tenant_id, version=self.version, query=query, body=body
        )

    async def create(self, user_id: str = "user", tenant_id: str = "public", **changes: object) -> Json:
        """Begin a session."""
        body = {"userId": user_id, "enableAntiCsrf": False, "userDataInJWT": {}, "userDataInDatabase": {}} | changes
        return await self.call("POST", "/recipe/session", tenant_id, **body)

    async def refresh(self, refresh_token: str, **changes: object) -> Json:
        """Use a refresh token."""
        body = {"refreshToken": refresh_token, "enableAntiCsrf": False, "useDynamicSigningKey": True} | changes
        return await self.call("POST", "/recipe/session/refresh", **body)

    async def verify(self, access_token: str, *, check_database: bool = False, **changes: object) -> Json:
        """Verify an access token."""
        body = {
            "accessToken": access_token,
            "doAntiCsrfCheck": False,
            "enableAntiCsrf": False,
            "checkDatabase": check_database,
        } | changes
        return await self.call("POST", "/recipe/session/verify", **body)

    async def regenerate(self, access_token: str, **changes: object) -> Json:
        """Have an access token issued anew."""
        return await self.call("POST", "/recipe/session/regenerate", accessToken=access_token, **changes)

    async def get(self, handle: str) -> Json:
        """Read a session."""
        return await self.call("GET", "/recipe/session", sessionHandle=handle)


def refresh_token(answer: Json) -> str:
    """The refresh token of an answer."""
    token: str = answer["refreshToken"]["token"]
    return token


def access_token(answer: Json) -> str:
    """The access token of an answer."""
    token: str = answer["accessToken"]["token"]
    return token
