# SPDX-License-Identifier: Apache-2.0
"""Functions of the TOTP recipe on the core; every one may be overridden."""

from urllib.parse import quote

from twofold._assurance import of_totp_device
from twofold._client_network import session_field
from twofold._core_client import CoreClient
from twofold._wire import outcome
from twofold.exceptions import GeneralError
from twofold.recipe._keeping import kept, refuse_last
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe
from twofold.recipe.multifactorauth.types import FactorIds
from twofold.recipe.notices.telling import tell, user_to_tell
from twofold.types.base import User, UserContext
from twofold.types.recipe import BaseRecipeInterface

from .types import (
    CreateDeviceOkResult,
    DeviceAlreadyExistsError,
    InvalidTOTPError,
    LimitReachedError,
    ListDevicesOkResult,
    NormalisedTOTPConfig,
    RemoveDeviceOkResult,
    UnknownDeviceError,
    UnknownUserIdError,
    UpdateDeviceOkResult,
    UserIdentifierInfoDoesNotExistError,
    UserIdentifierInfoOkResult,
    VerifyDeviceOkResult,
    VerifyTOTPOkResult,
)

_DEVICE = "/recipe/totp/device"
DIGITS = 6


class Functions(BaseRecipeInterface):
    """What can be done with authenticator apps."""

    def __init__(self, client: CoreClient, config: NormalisedTOTPConfig, assurance: str | None) -> None:
        self._client = client
        self._config = config
        self._assurance = assurance

    async def get_user_identifier_info_for_user_id(
        self, user_id: str, user_context: UserContext
    ) -> UserIdentifierInfoOkResult | UnknownUserIdError | UserIdentifierInfoDoesNotExistError:
        """Return what an authenticator app shows to tell this user's account from others of the same issuer."""
        user = await AccountLinkingRecipe.get().functions.get_user(user_id, user_context)
        if user is None:
            return UnknownUserIdError()
        info = _identifier(user, user_id)
        return UserIdentifierInfoDoesNotExistError() if info is None else UserIdentifierInfoOkResult(info)

    async def create_device(
        self,
        user_id: str,
        user_identifier_info: str | None,
        device_name: str | None,
        skew: int | None,
        period: int | None,
        user_context: UserContext,
    ) -> CreateDeviceOkResult | DeviceAlreadyExistsError | UnknownUserIdError:
        """Make a device; an unverified one of the same name is replaced. Its secret is told here and never again.

        Raises:
            GeneralError: the profile of assurance does not allow the skew or the period.
        """
        steps = self._config.default_skew if skew is None else skew
        seconds = self._config.default_period if period is None else period
        for deviation in of_totp_device(self._assurance, steps, seconds):
            raise GeneralError(str(deviation))
        info = user_identifier_info
        if info is None:
            found = await self.get_user_identifier_info_for_user_id(user_id, user_context)
            if isinstance(found, UnknownUserIdError):
                return found
            info = found.info if isinstance(found, UserIdentifierInfoOkResult) else None
        body = {
            "userId": user_id,
            "skew": steps,
            "period": seconds,
            **({} if device_name is None else {"deviceName": device_name}),
        }
        answer = await self._client.post(_DEVICE, None, body, user_context)
        if answer["status"] == "OK":
            answer["qrCodeString"] = _key_uri(self._config.issuer, info, answer["secret"], seconds)
        return outcome(answer, CreateDeviceOkResult, DeviceAlreadyExistsError)

    async def update_device(
        self, user_id: str, existing_device_name: str, new_device_name: str, user_context: UserContext
    ) -> UpdateDeviceOkResult | UnknownDeviceError | DeviceAlreadyExistsError:
        """Give a device another name."""
        body = {"userId": user_id, "existingDeviceName": existing_device_name, "newDeviceName": new_device_name}
        answer = await self._client.put(_DEVICE, None, body, user_context)
        return outcome(answer, UpdateDeviceOkResult, UnknownDeviceError, DeviceAlreadyExistsError)

    async def list_devices(self, user_id: str, user_context: UserContext) -> ListDevicesOkResult:
        """Return a user's devices; none for an unknown user."""
        answer = await self._client.get(f"{_DEVICE}/list", None, {"userId": user_id}, user_context)
        return outcome(answer, ListDevicesOkResult)

    async def remove_device(self, user_id: str, device_name: str, user_context: UserContext) -> RemoveDeviceOkResult:
        """Remove a device; its codes are wrong from now on. The user is told, unless it never counted; see `notices`.

        Raises:
            LastFactorError: the API that called this asked to keep one of some factors, and it is the last of them.
        """
        user = await user_to_tell(user_id, user_context)
        if user is not None and await self._has_only_begun(user_id, device_name, user_context):
            user = None
        body = {"userId": user_id, "deviceName": device_name, **kept(user_context)}
        answer = await self._client.post(f"{_DEVICE}/remove", None, body, user_context)
        result = outcome(refuse_last(answer), RemoveDeviceOkResult)
        if result.did_device_exist:
            await tell(user, "removed", FactorIds.TOTP, device_name, user_context)
        return result

    async def verify_device(
        self, tenant_id: str, user_id: str, device_name: str, totp: str, user_context: UserContext
    ) -> VerifyDeviceOkResult | UnknownDeviceError | InvalidTOTPError | LimitReachedError:
        """Check a code of a new device, which then counts. The code of a device that counts is not looked at.

        The user is told of a device that counts now; see `notices`.
        """
        user = await user_to_tell(user_id, user_context)
        body = {"userId": user_id, "deviceName": device_name, "totp": totp}
        answer = await self._client.post(f"{_DEVICE}/verify", tenant_id, body, user_context)
        result = outcome(answer, VerifyDeviceOkResult, UnknownDeviceError, InvalidTOTPError, LimitReachedError)
        if isinstance(result, VerifyDeviceOkResult) and not result.was_already_verified:
            await tell(user, "added", FactorIds.TOTP, device_name, user_context)
        return result

    async def verify_totp(
        self, tenant_id: str, user_id: str, totp: str, user_context: UserContext
    ) -> VerifyTOTPOkResult | UnknownUserIdError | InvalidTOTPError | LimitReachedError:
        """Check a code of any device that counts. A code is right once: of many calls with one code, one succeeds."""
        body = {"userId": user_id, "totp": totp, **session_field(user_context)}
        answer = await self._client.post("/recipe/totp/verify", tenant_id, body, user_context)
        return outcome(answer, VerifyTOTPOkResult, UnknownUserIdError, InvalidTOTPError, LimitReachedError)

    async def _has_only_begun(self, user_id: str, device_name: str, user_context: UserContext) -> bool:
        devices = (await self.list_devices(user_id, user_context)).devices
        return any(device.name == device_name and not device.verified for device in devices)


def _identifier(user: User, user_id: str) -> str | None:
    """The contact of the login method with the user's own id, else the first email, else the first phone number."""
    own = next((method for method in user.login_methods if method.recipe_user_id.get_as_string() == user_id), None)
    of_own = [] if own is None else [own.email, own.phone_number]
    return next((contact for contact in [*of_own, *user.emails, *user.phone_numbers] if contact is not None), None)


def _key_uri(issuer: str, info: str | None, secret: str, period_seconds: int) -> str:
    """The URI that authenticator apps read from a QR code (their "Key Uri Format")."""
    name = _encoded(issuer)
    label = name if info is None else f"{name}:{_encoded(info)}"
    return f"otpauth://totp/{label}?secret={secret}&issuer={name}&digits={DIGITS}&period={period_seconds}"


def _encoded(part: str) -> str:
    return quote(part, safe="")
