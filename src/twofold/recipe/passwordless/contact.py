# SPDX-License-Identifier: Apache-2.0
"""Where codes are sent: email, phone or both; how contacts are checked; and which factors that makes."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Literal

import phonenumbers

from twofold.recipe.emailpassword import form_fields
from twofold.recipe.multifactorauth.types import FactorIds

ContactMethod = Literal["PHONE", "EMAIL", "EMAIL_OR_PHONE"]
FlowType = Literal["USER_INPUT_CODE", "MAGIC_LINK", "USER_INPUT_CODE_AND_MAGIC_LINK"]
ContactKind = Literal["email", "phone"]
ValidateContact = Callable[[str, str], Awaitable[str | None]]
"""`(value, tenant id)` → the text to show, or None when the value is good."""

EMAIL_IS_INVALID = "Email is invalid"
PHONE_NUMBER_IS_INVALID = "Phone number is invalid"

# In this order they are listed to front ends.
_CODES_AND_LINKS = (FactorIds.OTP_EMAIL, FactorIds.OTP_PHONE, FactorIds.LINK_EMAIL, FactorIds.LINK_PHONE)


async def default_validate_email(value: str, _tenant_id: str) -> str | None:
    """Return what is wrong with an email, or None."""
    return EMAIL_IS_INVALID if await form_fields.validate_email(value, _tenant_id) else None


async def default_validate_phone_number(value: str, _tenant_id: str) -> str | None:
    """Return what is wrong with a phone number, or None: it must be international and dialled somewhere."""
    try:
        is_valid = phonenumbers.is_valid_number(phonenumbers.parse(value, None))
    except phonenumbers.NumberParseException:
        is_valid = False
    return None if is_valid else PHONE_NUMBER_IS_INVALID


class ContactConfig:
    """Where codes are sent. Use one of the three below."""

    def __init__(self, contact_method: ContactMethod) -> None:
        self.contact_method: ContactMethod = contact_method


class ContactPhoneOnlyConfig(ContactConfig):
    """Codes are sent to phones.

    Args:
        validate_phone_number: What is wrong with a number, as text to show; None when it is good.
    """

    def __init__(self, validate_phone_number: ValidateContact | None = None) -> None:
        super().__init__("PHONE")
        self.validate_phone_number = validate_phone_number or default_validate_phone_number


class ContactEmailOnlyConfig(ContactConfig):
    """Codes are sent by mail.

    Args:
        validate_email_address: What is wrong with an address, as text to show; None when it is good.
    """

    def __init__(self, validate_email_address: ValidateContact | None = None) -> None:
        super().__init__("EMAIL")
        self.validate_email_address = validate_email_address or default_validate_email


class ContactEmailOrPhoneConfig(ContactConfig):
    """Codes are sent by mail or to phones, as the person chooses.

    Args:
        validate_email_address: What is wrong with an address, as text to show; None when it is good.
        validate_phone_number: The same for a phone number.
    """

    def __init__(
        self,
        validate_email_address: ValidateContact | None = None,
        validate_phone_number: ValidateContact | None = None,
    ) -> None:
        super().__init__("EMAIL_OR_PHONE")
        self.validate_email_address = validate_email_address or default_validate_email
        self.validate_phone_number = validate_phone_number or default_validate_phone_number


class PhoneOrEmailInput:
    """One of the two."""

    def __init__(self, phone_number: str | None, email: str | None) -> None:
        self.phone_number = phone_number
        self.email = email


def enabled_factors(contact_method: ContactMethod, flow_type: FlowType) -> list[str]:
    """Return the factors that a configuration makes, in the order that front ends are told."""
    kinds = {"EMAIL": ("email",), "PHONE": ("phone",), "EMAIL_OR_PHONE": ("email", "phone")}[contact_method]
    ways = {"USER_INPUT_CODE": ("otp",), "MAGIC_LINK": ("link",), "USER_INPUT_CODE_AND_MAGIC_LINK": ("otp", "link")}
    return [factor for factor in _CODES_AND_LINKS if factor.startswith(ways[flow_type]) and factor.endswith(kinds)]


def flow_type_of(factor_ids: Iterable[str]) -> FlowType:
    """Return how a message serves these factors: with a code, a link, or both."""
    ways = {factor_id.split("-")[0] for factor_id in factor_ids}
    if ways == {"link"}:
        return "MAGIC_LINK"
    return "USER_INPUT_CODE" if ways == {"otp"} else "USER_INPUT_CODE_AND_MAGIC_LINK"


def as_e164(phone_number: str) -> str:
    """Return a phone number as it is stored; what is none stays as it is."""
    try:
        parsed = phonenumbers.parse(phone_number, None)
    except phonenumbers.NumberParseException:
        return phone_number.strip()
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
