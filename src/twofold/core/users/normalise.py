# SPDX-License-Identifier: Apache-2.0
"""The form in which e-mails and phone numbers are stored and looked up, and the limits of what identifies a user."""

import phonenumbers

from twofold._wire import canonical_email
from twofold.core.errors import BadRequest

# The columns of the core that this interface comes from: data must be able to move between the two.
MAX_EMAIL_LENGTH = 256
MAX_PHONE_NUMBER_LENGTH = 256
MAX_THIRD_PARTY_ID_LENGTH = 28
MAX_THIRD_PARTY_USER_ID_LENGTH = 256
MAX_EXTERNAL_USER_ID_LENGTH = 128
MAX_USER_ID_LENGTH = MAX_EXTERNAL_USER_ID_LENGTH
UNKNOWN_REGION = "ZZ"


def normalise_email(email: str) -> str:
    """As `_wire.canonical_email`. The syntax is the SDK's business."""
    return canonical_email(email)


def normalise_phone_number(phone_number: str) -> str:
    """As E.164 (`+491234…`) where it is an international number; else trimmed."""
    trimmed = phone_number.strip()
    try:
        parsed = phonenumbers.parse(trimmed, UNKNOWN_REGION)
    except phonenumbers.NumberParseException:
        return trimmed
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def require_user_id(user_id: str) -> None:
    """Raise BadRequest when what something is to be stored under is no id of a user."""
    if not user_id.strip():
        raise BadRequest("userId cannot be empty")
    require_length("userId", user_id, MAX_USER_ID_LENGTH)


def require_length(name: str, value: str, maximum: int) -> None:
    """Raise BadRequest when a value to be stored is longer than `maximum` characters."""
    if len(value) > maximum:
        raise BadRequest(f"Field name '{name}' is too long: at most {maximum} characters are allowed")
