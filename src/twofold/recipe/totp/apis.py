# SPDX-License-Identifier: Apache-2.0
"""The HTTP APIs of the TOTP recipe. Each needs a session, and none asks that the session has all its factors.

What changes something asks the core whether the session still lives: an access token that outlived its session must
not set a factor up, which would outlive them both.
"""

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twofold._app_info import AppInfo
from twofold.exceptions import BadInputError
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.recipe._api import ApiCall, api
from twofold.recipe.multifactorauth.asyncio import (
    assert_all_factors_else_throw_invalid_claim_error,
    assert_allowed_to_change_factors_else_throw_invalid_claim_error,
    assert_allowed_to_setup_factor_else_throw_invalid_claim_error,
)
from twofold.recipe.multifactorauth.last_factor import keep_one_of_the_required, or_general_error
from twofold.recipe.multifactorauth.recipe import MultiFactorAuthRecipe
from twofold.recipe.multifactorauth.types import FactorIds
from twofold.recipe.session.exceptions import raise_unauthorised_exception
from twofold.types.base import UserContext
from twofold.types.recipe import BaseAPIInterface
from twofold.types.response import GeneralErrorResponse

from .functions import Functions
from .types import (
    CreateDeviceOkResult,
    Device,
    DeviceAlreadyExistsError,
    InvalidTOTPError,
    LimitReachedError,
    ListDevicesOkResult,
    NormalisedTOTPConfig,
    RemoveDeviceOkResult,
    UnknownDeviceError,
    UnknownUserIdError,
    VerifyDeviceOkResult,
    VerifyTOTPOkResult,
)

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer

    from .recipe import TOTPRecipe


@dataclass
class APIOptions:
    """What the APIs get beside their arguments."""

    request: BaseRequest
    response: BaseResponse
    recipe_id: str
    config: NormalisedTOTPConfig
    recipe_implementation: Functions
    app_info: AppInfo
    recipe_instance: "TOTPRecipe"


async def _check_name(call: ApiCall) -> None:
    if not call.arguments["device_name"]:
        raise BadInputError("deviceName must not be empty")


class APIs(BaseAPIInterface):
    """One method per HTTP API."""

    disable_create_device_post: bool = False
    disable_list_devices_get: bool = False
    disable_remove_device_post: bool = False
    disable_verify_device_post: bool = False
    disable_verify_totp_post: bool = False

    @api("POST", "/totp/device", session="required", check_database=True)
    async def create_device_post(
        self, device_name: str | None, options: APIOptions, session: "SessionContainer", user_context: UserContext
    ) -> CreateDeviceOkResult | DeviceAlreadyExistsError | GeneralErrorResponse:
        """Begin to set an authenticator app up: answer its secret, once.

        Raises:
            InvalidClaimsError: the session must complete another factor first.
            UnauthorisedError: the session's user is gone.
        """
        await assert_allowed_to_setup_factor_else_throw_invalid_claim_error(session, FactorIds.TOTP, user_context)
        created = await options.recipe_implementation.create_device(
            session.get_user_id(user_context), None, device_name, None, None, user_context
        )
        if isinstance(created, UnknownUserIdError):
            raise_unauthorised_exception("Session user not found")
        return created

    @api("GET", "/totp/device/list", session="required")
    async def list_devices_get(
        self, options: APIOptions, session: "SessionContainer", user_context: UserContext
    ) -> ListDevicesOkResult | GeneralErrorResponse:
        """List the session user's devices.

        Raises:
            InvalidClaimsError: the session lacks a factor, and there are devices that count: whoever has the password
                alone learns nothing about them.
        """
        listed = await options.recipe_implementation.list_devices(session.get_user_id(user_context), user_context)
        if any(device.verified for device in listed.devices):
            await assert_all_factors_else_throw_invalid_claim_error(session, user_context)
        return listed

    @api("POST", "/totp/device/remove", session="required", check_database=True, prepare=_check_name)
    async def remove_device_post(
        self, device_name: str, options: APIOptions, session: "SessionContainer", user_context: UserContext
    ) -> RemoveDeviceOkResult | GeneralErrorResponse:
        """Remove a device of the session's user, unless it is the last of the factors of which they must have one.

        Raises:
            InvalidClaimsError: the session lacks a factor, or a fresh one, and more than a beginning set-up would be
                removed.
        """
        functions, user_id = options.recipe_implementation, session.get_user_id(user_context)
        devices = (await functions.list_devices(user_id, user_context)).devices
        if any(device.verified for device in devices) and not _is_only_begun(device_name, devices):
            await assert_allowed_to_change_factors_else_throw_invalid_claim_error(
                session, user_context, loses_factor=True
            )
            await keep_one_of_the_required(session, (FactorIds.TOTP,), user_context)
        return await or_general_error(functions.remove_device(user_id, device_name, user_context))

    @api("POST", "/totp/device/verify", session="required", check_database=True)
    async def verify_device_post(
        self, device_name: str, totp: str, options: APIOptions, session: "SessionContainer", user_context: UserContext
    ) -> VerifyDeviceOkResult | UnknownDeviceError | InvalidTOTPError | LimitReachedError | GeneralErrorResponse:
        """Finish to set an authenticator app up with one of its codes, which completes the factor.

        Raises:
            InvalidClaimsError: the session must complete another factor first.
        """
        functions = options.recipe_implementation
        tenant_id, user_id = session.get_tenant_id(user_context), session.get_user_id(user_context)
        devices = (await functions.list_devices(user_id, user_context)).devices
        counts = any(device.verified and device.name == device_name for device in devices)
        await assert_allowed_to_setup_factor_else_throw_invalid_claim_error(
            session, FactorIds.TOTP, user_context, step="completes" if counts else "finishes"
        )
        result = await functions.verify_device(tenant_id, user_id, device_name, totp, user_context)
        if not isinstance(result, VerifyDeviceOkResult):
            return result
        if result.was_already_verified:
            # Nobody has looked at the code yet. Without this, any code would complete the factor.
            checked = await functions.verify_totp(tenant_id, user_id, totp, user_context)
            if isinstance(checked, UnknownUserIdError):
                return UnknownDeviceError()
            if not isinstance(checked, VerifyTOTPOkResult):
                return checked
        await _complete(session, user_context)
        return result

    @api("POST", "/totp/verify", session="required", check_database=True)
    async def verify_totp_post(
        self, totp: str, options: APIOptions, session: "SessionContainer", user_context: UserContext
    ) -> VerifyTOTPOkResult | UnknownUserIdError | InvalidTOTPError | LimitReachedError | GeneralErrorResponse:
        """Complete the factor with a code of any device that counts."""
        result = await options.recipe_implementation.verify_totp(
            session.get_tenant_id(user_context), session.get_user_id(user_context), totp, user_context
        )
        if isinstance(result, VerifyTOTPOkResult):
            await _complete(session, user_context)
        return result


async def _complete(session: "SessionContainer", user_context: UserContext) -> None:
    functions = MultiFactorAuthRecipe.get().functions
    await functions.mark_factor_as_complete_in_session(session, FactorIds.TOTP, user_context)


def _is_only_begun(device_name: str, devices: list[Device]) -> bool:
    """Whether exactly this name is an unverified device's, and no database could take it for a verified one's."""
    verified = {_folded(device.name) for device in devices if device.verified}
    unverified = {device.name for device in devices if not device.verified}
    return device_name in unverified and _folded(device_name) not in verified


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).lower()
