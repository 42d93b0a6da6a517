# SPDX-License-Identifier: Apache-2.0
"""Functions of the passwordless recipe on the core. Every one may be overridden."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from twofold._core_client import CoreClient
from twofold._masking import masked_contact
from twofold._user_context import default_part
from twofold._wire import Json, from_json, outcome
from twofold.exceptions import CoreError
from twofold.recipe.accountlinking import permissions
from twofold.recipe.accountlinking.in_session import SignIn, link_to_session_user_or_by_account_info
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe, find_login_method
from twofold.recipe.notices.telling import tell, tell_of_contacts, user_to_tell
from twofold.types.auth_utils import LinkingToSessionUserFailedError
from twofold.types.base import AccountInfoInput, RecipeUserId, UserContext
from twofold.types.recipe import BaseRecipeInterface

from . import results
from .types import DeviceType

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer

_CODE, _CODES = "/recipe/signinup/code", "/recipe/signinup/codes"
_USES_UP = "use_up_checked_code"


def use_up_checked(user_context: UserContext) -> None:
    """Make the next check of a code in this request use a right one up, if the core is ours."""
    default_part(user_context)[_USES_UP] = True


class Functions(BaseRecipeInterface):
    """What can be done with codes, and with the login methods that they open."""

    def __init__(self, client: CoreClient) -> None:
        self._client = client

    async def create_code(
        self,
        email: str | None,
        phone_number: str | None,
        user_input_code: str | None,
        session: "SessionContainer | None",
        should_try_linking_with_session_user: bool | None,
        tenant_id: str,
        user_context: UserContext,
    ) -> results.CreateCodeOkResult:
        """Begin a sign-in with a code and a link for one contact. Nothing is sent."""
        body = _present(email=email, phoneNumber=phone_number, userInputCode=user_input_code)
        return outcome(await self._client.post(_CODE, tenant_id, body, user_context), results.CreateCodeOkResult)

    async def create_new_code_for_device(
        self, device_id: str, user_input_code: str | None, tenant_id: str, user_context: UserContext
    ) -> (
        results.CreateNewCodeForDeviceOkResult
        | results.CreateNewCodeForDeviceRestartFlowError
        | results.CreateNewCodeForDeviceUserInputCodeAlreadyUsedError
    ):
        """Make another code and link for a sign-in that was begun. Nothing is sent."""
        body = _present(deviceId=device_id, userInputCode=user_input_code)
        return outcome(
            await self._client.post(_CODE, tenant_id, body, user_context),
            results.CreateNewCodeForDeviceOkResult,
            results.CreateNewCodeForDeviceRestartFlowError,
            results.CreateNewCodeForDeviceUserInputCodeAlreadyUsedError,
        )

    async def consume_code(
        self,
        pre_auth_session_id: str,
        user_input_code: str | None,
        device_id: str | None,
        link_code: str | None,
        session: "SessionContainer | None",
        should_try_linking_with_session_user: bool | None,
        tenant_id: str,
        user_context: UserContext,
    ) -> (
        results.ConsumeCodeOkResult
        | results.ConsumeCodeIncorrectUserInputCodeError
        | results.ConsumeCodeExpiredUserInputCodeError
        | results.ConsumeCodeRestartFlowError
        | LinkingToSessionUserFailedError
    ):
        """Use a code up: sign its contact in or up, and link as the policy says. No session is made."""
        body = _code(pre_auth_session_id, user_input_code, device_id, link_code)
        result = outcome(
            await self._attempt(f"{_CODE}/consume", tenant_id, body, user_context),
            results.ConsumeCodeOkResult,
            results.ConsumeCodeIncorrectUserInputCodeError,
            results.ConsumeCodeExpiredUserInputCodeError,
            results.ConsumeCodeRestartFlowError,
        )
        if not isinstance(result, results.ConsumeCodeOkResult):
            return result
        sign_in = SignIn(session, should_try_linking_with_session_user, tenant_id, user_context)
        linked = await link_to_session_user_or_by_account_info(sign_in, result.user, result.recipe_user_id)
        if isinstance(linked, LinkingToSessionUserFailedError):
            return linked
        result.user = linked
        return result

    async def check_code(
        self,
        pre_auth_session_id: str,
        user_input_code: str | None,
        device_id: str | None,
        link_code: str | None,
        tenant_id: str,
        user_context: UserContext,
    ) -> (
        results.CheckCodeOkResult
        | results.CheckCodeIncorrectUserInputCodeError
        | results.CheckCodeExpiredUserInputCodeError
        | results.CheckCodeRestartFlowError
    ):
        """Check a code and leave it usable. A wrong one counts as if it had been used.

        After `use_up_checked` a core of ours uses a right one up in the same step: of many at once one is right.
        """
        body = _code(pre_auth_session_id, user_input_code, device_id, link_code) | _asked_of_check(user_context)
        return outcome(
            await self._attempt(f"{_CODE}/check", tenant_id, body, user_context),
            results.CheckCodeOkResult,
            results.CheckCodeIncorrectUserInputCodeError,
            results.CheckCodeExpiredUserInputCodeError,
            results.CheckCodeRestartFlowError,
        )

    async def update_user(
        self,
        recipe_user_id: RecipeUserId,
        email: str | None,
        phone_number: str | None,
        user_context: UserContext,
    ) -> (
        results.UpdateUserOkResult
        | results.UpdateUserUnknownUserIdError
        | results.UpdateUserEmailAlreadyExistsError
        | results.UpdateUserPhoneNumberAlreadyExistsError
        | results.EmailChangeNotAllowedError
        | results.PhoneNumberChangeNotAllowedError
    ):
        """Change the contacts of a login method; None keeps one.

        A login method with codes counts as proved: let people enter a code that was sent to the new contact first.
        What another account has is refused where the policy would link by it. The user is told; see `notices`.
        """
        refusal = await _refusal_of_contacts(recipe_user_id, email, phone_number, user_context)
        if refusal is not None:
            return refusal
        user = await user_to_tell(recipe_user_id.get_as_string(), user_context)
        changes = _present(email=email, phoneNumber=phone_number)
        result = outcome(
            await self._client.put("/recipe/user", None, _of(recipe_user_id, changes), user_context),
            results.UpdateUserOkResult,
            results.UpdateUserUnknownUserIdError,
            results.UpdateUserEmailAlreadyExistsError,
            results.UpdateUserPhoneNumberAlreadyExistsError,
            results.EmailChangeNotAllowedError,
            results.PhoneNumberChangeNotAllowedError,
        )
        if not isinstance(result, results.UpdateUserOkResult):
            return result
        await tell_of_contacts(user, recipe_user_id, user_context, email=email, phone_number=phone_number)
        if email is not None:
            await _carry_verification_over(recipe_user_id, user_context)
        return result

    async def delete_email_for_user(
        self, recipe_user_id: RecipeUserId, user_context: UserContext
    ) -> results.UpdateUserOkResult | results.UpdateUserUnknownUserIdError:
        """Take the email from a login method that has a phone number. The user is told; see `notices`."""
        return await self._remove(recipe_user_id, "email", user_context)

    async def delete_phone_number_for_user(
        self, recipe_user_id: RecipeUserId, user_context: UserContext
    ) -> results.UpdateUserOkResult | results.UpdateUserUnknownUserIdError:
        """Take the phone number from a login method that has an email. The user is told; see `notices`."""
        return await self._remove(recipe_user_id, "phoneNumber", user_context)

    async def revoke_all_codes(
        self, email: str | None, phone_number: str | None, tenant_id: str, user_context: UserContext
    ) -> results.RevokeAllCodesOkResult:
        """Make every code for a contact useless."""
        body = _present(email=email, phoneNumber=phone_number)
        answer = await self._client.post(f"{_CODES}/remove", tenant_id, body, user_context)
        return outcome(answer, results.RevokeAllCodesOkResult)

    async def revoke_code(self, code_id: str, tenant_id: str, user_context: UserContext) -> results.RevokeCodeOkResult:
        """Make one code useless."""
        answer = await self._client.post(f"{_CODE}/remove", tenant_id, {"codeId": code_id}, user_context)
        return outcome(answer, results.RevokeCodeOkResult)

    async def list_codes_by_email(self, email: str, tenant_id: str, user_context: UserContext) -> list[DeviceType]:
        """Return the sign-ins that were begun with an email."""
        return await self._devices({"email": email}, tenant_id, user_context)

    async def list_codes_by_phone_number(
        self, phone_number: str, tenant_id: str, user_context: UserContext
    ) -> list[DeviceType]:
        """Return the sign-ins that were begun with a phone number."""
        return await self._devices({"phoneNumber": phone_number}, tenant_id, user_context)

    async def list_codes_by_device_id(
        self, device_id: str, tenant_id: str, user_context: UserContext
    ) -> DeviceType | None:
        """Return the sign-in that a browser began, or None."""
        devices = await self._devices({"deviceId": device_id}, tenant_id, user_context)
        return devices[0] if devices else None

    async def list_codes_by_pre_auth_session_id(
        self, pre_auth_session_id: str, tenant_id: str, user_context: UserContext
    ) -> DeviceType | None:
        """Return the sign-in that a link is for, or None."""
        devices = await self._devices({"preAuthSessionId": pre_auth_session_id}, tenant_id, user_context)
        return devices[0] if devices else None

    async def _attempt(self, path: str, tenant_id: str, body: Json, user_context: UserContext) -> Json:
        try:
            return await self._client.post(path, tenant_id, body, user_context)
        except CoreError as error:
            # Two sign-ins mixed up in one browser: begin anew, as with one that is gone.
            if error.status_code == 400 and "preAuthSessionId and deviceId" in error.body:
                return {"status": "RESTART_FLOW_ERROR"}
            raise

    async def _devices(self, query: Mapping[str, str], tenant_id: str, user_context: UserContext) -> list[DeviceType]:
        answer = await self._client.get(_CODES, tenant_id, query, user_context)
        return [from_json(DeviceType, device) for device in answer["devices"]]

    async def _remove(
        self, recipe_user_id: RecipeUserId, contact: str, user_context: UserContext
    ) -> results.UpdateUserOkResult | results.UpdateUserUnknownUserIdError:
        user = await user_to_tell(recipe_user_id.get_as_string(), user_context)
        answer = await self._client.put("/recipe/user", None, _of(recipe_user_id, {contact: None}), user_context)
        result = outcome(answer, results.UpdateUserOkResult, results.UpdateUserUnknownUserIdError)
        method = None if user is None else find_login_method(user, recipe_user_id)
        old = method and (method.email if contact == "email" else method.phone_number)
        if old and isinstance(result, results.UpdateUserOkResult):
            await tell(user, "removed", "email" if contact == "email" else "phone", masked_contact(old), user_context)
        return result


def _code(pre_auth_session_id: str, user_input_code: str | None, device_id: str | None, link_code: str | None) -> Json:
    """The body of an attempt. The typed code wins when both are given, as `signinup` does."""
    if user_input_code is not None and device_id is not None:
        return {"preAuthSessionId": pre_auth_session_id, "userInputCode": user_input_code, "deviceId": device_id}
    return _present(preAuthSessionId=pre_auth_session_id, linkCode=link_code)


def _asked_of_check(user_context: UserContext) -> Json:
    return {"useUp": True} if default_part(user_context).pop(_USES_UP, False) else {}


def _present(**members: str | None) -> Json:
    return {name: value for name, value in members.items() if value is not None}


def _of(recipe_user_id: RecipeUserId, changes: Json) -> Json:
    return {"recipeUserId": recipe_user_id.get_as_string(), **changes}


async def _refusal_of_contacts(
    recipe_user_id: RecipeUserId, email: str | None, phone_number: str | None, user_context: UserContext
) -> results.EmailChangeNotAllowedError | results.PhoneNumberChangeNotAllowedError | None:
    user = await AccountLinkingRecipe.get().functions.get_user(recipe_user_id.get_as_string(), user_context)
    if user is None:
        return None  # the core says so
    if email is not None:
        wanted = AccountInfoInput(email=email)
        refused = await permissions.refusal_of_contact_change(user, wanted, False, None, user_context)
        if refused is not None:
            return results.EmailChangeNotAllowedError(refused.text)
    if phone_number is not None:
        wanted = AccountInfoInput(phone_number=phone_number)
        refused = await permissions.refusal_of_contact_change(user, wanted, False, None, user_context)
        if refused is not None:
            return results.PhoneNumberChangeNotAllowedError(refused.text)
    return None


async def _carry_verification_over(recipe_user_id: RecipeUserId, user_context: UserContext) -> None:
    linking = AccountLinkingRecipe.get()
    user = await linking.functions.get_user(recipe_user_id.get_as_string(), user_context)
    if user is not None:
        await linking.verify_email_if_another_method_has_it_verified(user, recipe_user_id, user_context)
