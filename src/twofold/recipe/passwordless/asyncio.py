# SPDX-License-Identifier: Apache-2.0
"""Functions of the passwordless recipe for applications."""

from typing import TYPE_CHECKING

from twofold._user_context import filled, get_request_from_user_context
from twofold.exceptions import GeneralError
from twofold.types.auth_utils import LinkingToSessionUserFailedError
from twofold.types.base import RecipeUserId, UserContext

from . import results
from .functions import Functions
from .recipe import PasswordlessRecipe
from .results import ConsumeCodeOkResult
from .sending import magic_link
from .types import DeviceType, EmailTemplateVars, SMSTemplateVars

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer

__all__ = [
    "ConsumeCodeOkResult",
    "check_code",
    "consume_code",
    "create_code",
    "create_magic_link",
    "create_new_code_for_device",
    "delete_email_for_user",
    "delete_phone_number_for_user",
    "list_codes_by_device_id",
    "list_codes_by_email",
    "list_codes_by_phone_number",
    "list_codes_by_pre_auth_session_id",
    "revoke_all_codes",
    "revoke_code",
    "send_email",
    "send_sms",
    "signinup",
    "update_user",
]


async def create_code(
    tenant_id: str,
    email: str | None = None,
    phone_number: str | None = None,
    user_input_code: str | None = None,
    session: "SessionContainer | None" = None,
    user_context: UserContext | None = None,
) -> results.CreateCodeOkResult:
    """Begin a sign-in with a code and a link for exactly one contact. Nothing is sent."""
    return await _functions().create_code(
        email, phone_number, user_input_code, session, session is not None, tenant_id, filled(user_context)
    )


async def create_new_code_for_device(
    tenant_id: str, device_id: str, user_input_code: str | None = None, user_context: UserContext | None = None
) -> (
    results.CreateNewCodeForDeviceOkResult
    | results.CreateNewCodeForDeviceRestartFlowError
    | results.CreateNewCodeForDeviceUserInputCodeAlreadyUsedError
):
    """Make another code and link for a sign-in that was begun. Nothing is sent."""
    return await _functions().create_new_code_for_device(device_id, user_input_code, tenant_id, filled(user_context))


async def consume_code(
    tenant_id: str,
    pre_auth_session_id: str,
    user_input_code: str | None = None,
    device_id: str | None = None,
    link_code: str | None = None,
    session: "SessionContainer | None" = None,
    user_context: UserContext | None = None,
) -> (
    results.ConsumeCodeOkResult
    | results.ConsumeCodeIncorrectUserInputCodeError
    | results.ConsumeCodeExpiredUserInputCodeError
    | results.ConsumeCodeRestartFlowError
    | LinkingToSessionUserFailedError
):
    """Use a code (with its device) or a link code up; with a session, link to its user. Makes no session."""
    return await _functions().consume_code(
        pre_auth_session_id,
        user_input_code,
        device_id,
        link_code,
        session,
        session is not None,
        tenant_id,
        filled(user_context),
    )


async def update_user(
    recipe_user_id: RecipeUserId,
    email: str | None = None,
    phone_number: str | None = None,
    user_context: UserContext | None = None,
) -> (
    results.UpdateUserOkResult
    | results.UpdateUserUnknownUserIdError
    | results.UpdateUserEmailAlreadyExistsError
    | results.UpdateUserPhoneNumberAlreadyExistsError
    | results.EmailChangeNotAllowedError
    | results.PhoneNumberChangeNotAllowedError
):
    """Change the contacts of a login method; None keeps one.

    People must have proved the new one; see `Functions.update_user`.
    """
    return await _functions().update_user(recipe_user_id, email, phone_number, filled(user_context))


async def delete_email_for_user(
    recipe_user_id: RecipeUserId, user_context: UserContext | None = None
) -> results.UpdateUserOkResult | results.UpdateUserUnknownUserIdError:
    """Take the email from a login method that has a phone number."""
    return await _functions().delete_email_for_user(recipe_user_id, filled(user_context))


async def delete_phone_number_for_user(
    recipe_user_id: RecipeUserId, user_context: UserContext | None = None
) -> results.UpdateUserOkResult | results.UpdateUserUnknownUserIdError:
    """Take the phone number from a login method that has an email."""
    return await _functions().delete_phone_number_for_user(recipe_user_id, filled(user_context))


async def check_code(
    tenant_id: str,
    pre_auth_session_id: str,
    user_input_code: str | None = None,
    device_id: str | None = None,
    link_code: str | None = None,
    user_context: UserContext | None = None,
) -> (
    results.CheckCodeOkResult
    | results.CheckCodeIncorrectUserInputCodeError
    | results.CheckCodeExpiredUserInputCodeError
    | results.CheckCodeRestartFlowError
):
    """Check a code and leave it usable. A wrong one counts as if it had been used."""
    return await _functions().check_code(
        pre_auth_session_id, user_input_code, device_id, link_code, tenant_id, filled(user_context)
    )


async def revoke_all_codes(
    tenant_id: str,
    email: str | None = None,
    phone_number: str | None = None,
    user_context: UserContext | None = None,
) -> results.RevokeAllCodesOkResult:
    """Make every code for exactly one contact useless."""
    return await _functions().revoke_all_codes(email, phone_number, tenant_id, filled(user_context))


async def revoke_code(
    tenant_id: str, code_id: str, user_context: UserContext | None = None
) -> results.RevokeCodeOkResult:
    """Make one code useless."""
    return await _functions().revoke_code(code_id, tenant_id, filled(user_context))


async def list_codes_by_email(tenant_id: str, email: str, user_context: UserContext | None = None) -> list[DeviceType]:
    """Return the sign-ins that were begun with an email."""
    return await _functions().list_codes_by_email(email, tenant_id, filled(user_context))


async def list_codes_by_phone_number(
    tenant_id: str, phone_number: str, user_context: UserContext | None = None
) -> list[DeviceType]:
    """Return the sign-ins that were begun with a phone number."""
    return await _functions().list_codes_by_phone_number(phone_number, tenant_id, filled(user_context))


async def list_codes_by_device_id(
    tenant_id: str, device_id: str, user_context: UserContext | None = None
) -> DeviceType | None:
    """Return the sign-in that a browser began, or None."""
    return await _functions().list_codes_by_device_id(device_id, tenant_id, filled(user_context))


async def list_codes_by_pre_auth_session_id(
    tenant_id: str, pre_auth_session_id: str, user_context: UserContext | None = None
) -> DeviceType | None:
    """Return the sign-in that a link is for, or None."""
    functions = _functions()
    return await functions.list_codes_by_pre_auth_session_id(pre_auth_session_id, tenant_id, filled(user_context))


async def create_magic_link(
    tenant_id: str, email: str | None, phone_number: str | None, user_context: UserContext | None = None
) -> str:
    """Begin a sign-in for exactly one contact and return its link. Whoever has it can sign in, once."""
    context = filled(user_context)
    created = await create_code(tenant_id, email, phone_number, None, None, context)
    app_info = PasswordlessRecipe.get().app_info
    return magic_link(app_info, created, tenant_id, get_request_from_user_context(context), context)


async def signinup(
    tenant_id: str,
    email: str | None,
    phone_number: str | None,
    session: "SessionContainer | None" = None,
    user_context: UserContext | None = None,
) -> ConsumeCodeOkResult:
    """Sign a contact in or up without sending anything: the application knows in another way that it is theirs.

    Raises:
        GeneralError: other requests kept using the codes of this contact. Trying again helps.
    """
    context = filled(user_context)
    functions = _functions()
    created = await functions.create_code(email, phone_number, None, session, False, tenant_id, context)
    result = await functions.consume_code(
        created.pre_auth_session_id,
        created.user_input_code,
        created.device_id,
        created.link_code,
        session,
        False,
        tenant_id,
        context,
    )
    if not isinstance(result, ConsumeCodeOkResult):
        raise GeneralError("Failed to create user. Please retry")
    return result


async def send_email(input_: EmailTemplateVars, user_context: UserContext | None = None) -> None:
    """Send a mail of this recipe through its configured delivery."""
    delivery = PasswordlessRecipe.get().email_delivery
    await delivery.ingredient_interface_impl.send_email(input_, filled(user_context))


async def send_sms(input_: SMSTemplateVars, user_context: UserContext | None = None) -> None:
    """Send a text message of this recipe through its configured delivery."""
    delivery = PasswordlessRecipe.get().sms_delivery
    await delivery.ingredient_interface_impl.send_sms(input_, filled(user_context))


def _functions() -> Functions:
    return PasswordlessRecipe.get().functions
