# SPDX-License-Identifier: Apache-2.0
"""Functions of the trusted device recipe on the core; every one may be overridden."""

from collections.abc import Mapping
from typing import Any

from twofold._core_client import CoreClient
from twofold._wire import Json, outcome
from twofold.recipe._own_endpoints import of_our_core
from twofold.recipe.session.exceptions import raise_unauthorised_exception
from twofold.types.base import UserContext
from twofold.types.recipe import BaseRecipeInterface

from .types import (
    ListDevicesOkResult,
    RecogniseDeviceOkResult,
    RemoveAllDevicesOkResult,
    RemoveDeviceOkResult,
    TrustDeviceOkResult,
    TrustedDevicesConfig,
    UnknownDeviceError,
)

_PATH = "/recipe/trusteddevices"
_DAY_MS = 24 * 3600 * 1000


class Functions(BaseRecipeInterface):
    """What can be done with trusted devices."""

    def __init__(self, client: CoreClient, config: TrustedDevicesConfig) -> None:
        self._client = client
        self._config = config

    async def may_trust_devices(self, tenant_id: str, user_id: str, user_context: UserContext) -> bool:
        """The policy: whether this user may trust devices in this tenant. By default everybody may.

        Asked when a device is to be trusted, and again whenever one comes back: while it is no, none is recognised.
        """
        return True

    async def trust_device(
        self,
        tenant_id: str,
        user_id: str,
        factors: list[str],
        user_agent: str,
        session_handle: str | None,
        replaced_device_id: str | None,
        user_context: UserContext,
    ) -> TrustDeviceOkResult:
        """Trust a device in the place of these factors. Its token is told here and never again.

        With `session_handle` it is trusted in the name of that session of the user: of this and "sign out everywhere",
        one comes first. With `replaced_device_id` the trust in that device ends, and the sessions that rest on it; but
        the one named rests on the new device from then on, for what it has not been given itself.

        Raises:
            UnauthorisedError: the session has ended.
        """
        body: Json = {
            "userId": user_id,
            "factors": factors,
            "userAgent": user_agent,
            "lifetimeMs": self._config.days * _DAY_MS,
        }
        if session_handle is not None:
            body["sessionHandle"] = session_handle
        if replaced_device_id is not None:
            body["replacedDeviceId"] = replaced_device_id
        answer = await self._post("", tenant_id, body, user_context)
        if answer["status"] == "UNAUTHORISED":
            raise_unauthorised_exception("The session has ended")
        return outcome(answer, TrustDeviceOkResult)

    async def recognise_device(
        self, tenant_id: str, user_id: str, token: str, session_handle: str | None, user_context: UserContext
    ) -> RecogniseDeviceOkResult | UnknownDeviceError:
        """Find the device with this token, if this user trusts it in this tenant.

        The session with `session_handle` rests on it from then on, and ends with the trust, until it is given the
        factors itself.
        """
        body = {"userId": user_id, "token": token}
        if session_handle is not None:
            body["sessionHandle"] = session_handle
        answer = await self._post("/recognise", tenant_id, body, user_context)
        return outcome(answer, RecogniseDeviceOkResult, UnknownDeviceError)

    async def list_devices(self, tenant_id: str, user_id: str, user_context: UserContext) -> ListDevicesOkResult:
        """Return the devices that a user trusts in a tenant."""
        query: Mapping[str, Any] = {"userId": user_id}
        answer = self._client.get(f"{_PATH}/list", tenant_id, query, user_context)
        return outcome(await of_our_core("trusted devices", answer), ListDevicesOkResult)

    async def remove_device(
        self, tenant_id: str, user_id: str, device_id: str, user_context: UserContext
    ) -> RemoveDeviceOkResult:
        """End the trust in one device, and the sessions in which it stood in for a factor."""
        body = {"userId": user_id, "deviceId": device_id}
        return outcome(await self._post("/remove", tenant_id, body, user_context), RemoveDeviceOkResult)

    async def remove_all_devices(
        self, user_id: str, tenant_id: str | None, user_context: UserContext
    ) -> RemoveAllDevicesOkResult:
        """End the trust in every device of a user, and those sessions: in this tenant, or (None) in all."""
        body = {"userId": user_id, "removeAcrossAllTenants": tenant_id is None}
        return outcome(await self._post("/removeall", tenant_id, body, user_context), RemoveAllDevicesOkResult)

    async def _post(self, path: str, tenant_id: str | None, body: Json, user_context: UserContext) -> Json:
        return await of_our_core("trusted devices", self._client.post(_PATH + path, tenant_id, body, user_context))
