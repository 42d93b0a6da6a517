# SPDX-License-Identifier: Apache-2.0
"""The values of a passwordless flow, and how each follows from the secret that the browser holds.

    device id           32 random bytes                      given to the browser, never stored
    pre-auth session id SHA-256(device id)                   names the device; stored
    salt                32 random bytes per device           stored, never given out
    user input code     6 digits, or the caller's choice     sent by mail or message, never stored
    link code           HMAC-SHA256(device id ‖ salt, user input code)   sent, never stored
    link code hash      SHA-256(link code)                   stored: what a code is found by

Who has read the database knows neither device id nor link code, so that trying all million codes leads nowhere.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

from twofold.core._fields import Json
from twofold.core.errors import BadRequest

SECRET_BYTES = 32
_EMAIL = "email:"
_PHONE_NUMBER = "phone_number:"
_STANDARD = re.compile("[A-Za-z0-9+/]*={0,2}")
_URL_SAFE = re.compile("[A-Za-z0-9_-]*={0,2}")


@dataclass(frozen=True, slots=True)
class Contact:
    """Where codes are sent: an e-mail or a phone number (normalised), exactly one of them."""

    email: str | None = None
    phone_number: str | None = None

    @property
    def key(self) -> str:
        """The contact as one text, as it is stored."""
        return f"{_EMAIL}{self.email}" if self.email is not None else f"{_PHONE_NUMBER}{self.phone_number}"

    def json(self) -> Json:
        """The field of an answer."""
        return {"email": self.email} if self.email is not None else {"phoneNumber": self.phone_number}


def read_contact(key: str) -> Contact:
    """The contact with this key."""
    if key.startswith(_EMAIL):
        return Contact(email=key.removeprefix(_EMAIL))
    return Contact(phone_number=key.removeprefix(_PHONE_NUMBER))


def encode_device_id(device_id: bytes) -> str:
    """The device id as clients hold it: base64, padded."""
    return base64.b64encode(device_id).decode()


def decode_device_id(text: str) -> bytes:
    """Read a device id. Raises BadRequest when it is not base64."""
    return _decode(text, _STANDARD, "deviceId")


def pre_auth_session_id(device_id: bytes) -> str:
    """The public name of a device: base64url without padding."""
    return base64.urlsafe_b64encode(hashlib.sha256(device_id).digest()).decode().rstrip("=")


def link_code(device_id: bytes, salt: bytes, user_input_code: str) -> bytes:
    """The link code that stands for a user input code on one device."""
    return hmac.digest(device_id + salt, user_input_code.encode("utf-8", "surrogatepass"), "sha256")


def encode_link_code(code: bytes) -> str:
    """The link code as it is sent: base64url without padding."""
    return base64.urlsafe_b64encode(code).decode().rstrip("=")


def decode_link_code(text: str) -> bytes:
    """Read a link code. Raises BadRequest when it is not base64url."""
    return _decode(text, _URL_SAFE, "linkCode")


def link_code_hash(code: bytes) -> str:
    """What is stored of a code: base64url, padded."""
    return base64.urlsafe_b64encode(hashlib.sha256(code).digest()).decode()


def _decode(text: str, alphabet: re.Pattern[str], name: str) -> bytes:
    digits = text.rstrip("=")
    if alphabet.fullmatch(text) is None or len(digits) % 4 == 1:
        raise BadRequest(f"Input encoding error in {name}")
    return base64.urlsafe_b64decode(digits.replace("+", "-").replace("/", "_") + "=" * (-len(digits) % 4))
