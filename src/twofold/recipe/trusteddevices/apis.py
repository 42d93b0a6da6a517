# SPDX-License-Identifier: Apache-2.0
"""The HTTP APIs of the trusted device recipe. Each needs a session with all its factors.

Trusting a device needs a fresh factor as well. Ending trust does not: it can only make an account safer.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twofold._app_info import AppInfo
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.recipe._api import api
from twofold.recipe.multifactorauth.asyncio import (
    assert_all_factors_else_throw_invalid_claim_error,
    assert_allowed_to_change_factors_else_throw_invalid_claim_error,
)
from twofold.recipe.multifactorauth.session_state import trusted_factors
from twofold.recipe.session.recipe import SessionRecipe
from twofold.types.base import UserContext
from twofold.types.recipe import BaseAPIInterface
from twofold.types.response import GeneralErrorResponse

from .functions import Functions
from .recognition import factors_to_trust
from .tokens import device_id_of, forget_token, read_token, send_token
from .types import (
    DevicesInfoOkResult,
    DeviceTrustedOkResult,
    RemoveAllDevicesOkResult,
    RemoveDeviceOkResult,
    TrustedDevicesConfig,
    TrustNotAllowedError,
)

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer

    from .recipe import TrustedDevicesRecipe


@dataclass
class APIOptions:
    """What the APIs get beside their arguments."""

    request: BaseRequest
    response: BaseResponse
    recipe_id: str
    config: TrustedDevicesConfig
    recipe_implementation: Functions
    app_info: AppInfo
    recipe_instance: "TrustedDevicesRecipe"


class APIs(BaseAPIInterface):
    """One method per HTTP API."""

    disable_trusted_devices_get: bool = False
    disable_trust_device_post: bool = False
    disable_remove_trusted_device_post: bool = False
    disable_remove_all_trusted_devices_post: bool = False

    @api("GET", "/trusteddevices", session="required")
    async def trusted_devices_get(
        self, options: APIOptions, session: "SessionContainer", user_context: UserContext
    ) -> DevicesInfoOkResult | GeneralErrorResponse:
        """List the devices that the session's user trusts in its tenant.

        Raises:
            InvalidClaimsError: the session lacks a factor.
        """
        await assert_all_factors_else_throw_invalid_claim_error(session, user_context)
        functions = options.recipe_implementation
        tenant_id, user_id = session.get_tenant_id(user_context), session.get_user_id(user_context)
        devices = (await functions.list_devices(tenant_id, user_id, user_context)).devices
        shown = device_id_of(read_token(options.request))
        current = shown if shown in {device.device_id for device in devices} else None
        may_trust = await functions.may_trust_devices(tenant_id, user_id, user_context)
        return DevicesInfoOkResult(devices, current, may_trust, options.config.days)

    @api("POST", "/trusteddevices", session="required", check_database=True)
    async def trust_device_post(
        self, options: APIOptions, session: "SessionContainer", user_context: UserContext
    ) -> DeviceTrustedOkResult | TrustNotAllowedError | GeneralErrorResponse:
        """Trust this browser in the place of the factors that the session has completed.

        Raises:
            InvalidClaimsError: the session lacks a factor, or needs a fresh one.
            UnauthorisedError: the session has ended, or its user is gone.
        """
        await assert_allowed_to_change_factors_else_throw_invalid_claim_error(session, user_context)
        functions = options.recipe_implementation
        tenant_id, user_id = session.get_tenant_id(user_context), session.get_user_id(user_context)
        factors = await factors_to_trust(session, user_context)
        if len(factors) < 2 or not await functions.may_trust_devices(tenant_id, user_id, user_context):
            return TrustNotAllowedError()
        # The browser keeps one token: the one that it is about to forget must not live on, unseen.
        before = device_id_of(read_token(options.request))
        user_agent = options.request.get_header("user-agent") or ""
        handle = session.get_handle(user_context)
        trusted = await functions.trust_device(tenant_id, user_id, factors, user_agent, handle, before, user_context)
        send_token(session, trusted.token, trusted.expires_at)
        return DeviceTrustedOkResult(trusted.device_id, trusted.expires_at)

    @api("POST", "/trusteddevices/remove", session="required", check_database=True)
    async def remove_trusted_device_post(
        self, device_id: str, options: APIOptions, session: "SessionContainer", user_context: UserContext
    ) -> RemoveDeviceOkResult | GeneralErrorResponse:
        """End the trust in one device of the session's user, and the sessions that rest on it, perhaps this one.

        Raises:
            InvalidClaimsError: the session lacks a factor.
        """
        await assert_all_factors_else_throw_invalid_claim_error(session, user_context)
        tenant_id, user_id = session.get_tenant_id(user_context), session.get_user_id(user_context)
        if device_id_of(read_token(options.request)) == device_id:
            forget_token(session)
        result = await options.recipe_implementation.remove_device(tenant_id, user_id, device_id, user_context)
        await _sign_out_if_ended(session, user_context)
        return result

    @api("POST", "/trusteddevices/removeall", session="required", check_database=True)
    async def remove_all_trusted_devices_post(
        self, options: APIOptions, session: "SessionContainer", user_context: UserContext
    ) -> RemoveAllDevicesOkResult | GeneralErrorResponse:
        """End the trust in every device of the session's user, in every tenant, and the sessions that rest on them.

        Raises:
            InvalidClaimsError: the session lacks a factor.
        """
        await assert_all_factors_else_throw_invalid_claim_error(session, user_context)
        forget_token(session)
        user_id = session.get_user_id(user_context)
        result = await options.recipe_implementation.remove_all_devices(user_id, None, user_context)
        await _sign_out_if_ended(session, user_context)
        return result


async def _sign_out_if_ended(session: "SessionContainer", user_context: UserContext) -> None:
    """Let the client forget a session that ended with the trust on which it rested."""
    if trusted_factors(session.get_access_token_payload(user_context)):
        functions = SessionRecipe.get().functions
        if await functions.get_session_information(session.get_handle(user_context), user_context) is None:
            await session.revoke_session(user_context)
