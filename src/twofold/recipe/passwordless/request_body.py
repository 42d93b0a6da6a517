# SPDX-License-Identifier: Apache-2.0
"""Checks what the APIs of the passwordless recipe are sent, where one parameter depends on another."""

from twofold.exceptions import BadInputError
from twofold.recipe._api import ApiCall
from twofold.types.response import GeneralErrorResponse

from .config import NormalisedPasswordlessConfig
from .contact import as_e164

ONE_CONTACT = "Please provide exactly one of email or phoneNumber"
ONE_WAY = "Please provide one of (linkCode) or (deviceId+userInputCode) and not both"


async def check_contact(call: ApiCall) -> GeneralErrorResponse | None:
    """Accept one contact of a kind that is configured, and write it as it is stored.

    Raises:
        BadInputError: none or two, or the wrong kind.
    """
    config: NormalisedPasswordlessConfig = call.options.config
    email, phone_number = call.arguments["email"], call.arguments["phone_number"]
    if (email is None) == (phone_number is None):
        raise BadInputError(ONE_CONTACT)
    if email is not None:
        if config.validate_email is None:
            raise BadInputError('Please provide a phoneNumber since you have set the contactMethod to "PHONE"')
        call.arguments["email"] = email.strip()
        error = await config.validate_email(email.strip(), call.tenant_id)
    else:
        if config.validate_phone_number is None:
            raise BadInputError('Please provide an email since you have set the contactMethod to "EMAIL"')
        call.arguments["phone_number"] = as_e164(phone_number)
        error = await config.validate_phone_number(phone_number.strip(), call.tenant_id)
    return None if error is None else GeneralErrorResponse(error)


async def check_code(call: ApiCall) -> None:
    """Accept a link code, or a typed code with the device it was typed on.

    Raises:
        BadInputError: neither, both, or half of one.
    """
    device_id, user_input_code, link_code = (
        call.arguments[name] for name in ("device_id", "user_input_code", "link_code")
    )
    typed = device_id is not None or user_input_code is not None
    if typed == (link_code is not None):
        raise BadInputError(ONE_WAY)
    if typed and (device_id is None or user_input_code is None):
        raise BadInputError("Please provide both deviceId and userInputCode")


async def read_device_id(call: ApiCall) -> None:
    """Read the device after `preAuthSessionId`, the order in which front ends were always told what is missing.

    Raises:
        BadInputError: it is missing or no text.
    """
    device_id = call.values.get("deviceId")
    if device_id is None:
        raise BadInputError("Please provide deviceId")
    if not isinstance(device_id, str):
        raise BadInputError("deviceId must be a string")
    call.arguments["device_id"] = device_id


async def check_email_given(call: ApiCall) -> None:
    """Accept an email that is not empty.

    Raises:
        BadInputError: it is.
    """
    if not call.arguments["email"]:
        raise BadInputError("Please provide the email as a GET param")


async def check_phone_number_given(call: ApiCall) -> None:
    """Accept a phone number that is not empty. A plus sign that was not encoded arrives as a space.

    Raises:
        BadInputError: it is.
    """
    if not call.arguments["phone_number"]:
        raise BadInputError("Please provide the phoneNumber as a GET param")
    call.arguments["phone_number"] = as_e164(call.arguments["phone_number"])
