# SPDX-License-Identifier: Apache-2.0
"""What browsers send of a passkey: `PublicKeyCredential.toJSON()` (WebAuthn Level 3, section 5.1), names and all."""

from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from twofold._wire import WireError, from_json
from twofold.exceptions import BadInputError
from twofold.types.response import CamelCaseBaseModel

Transport = Literal["ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"]
PayloadT = TypeVar("PayloadT")


@dataclass(kw_only=True)
class CredentialPayloadBase(CamelCaseBaseModel):
    """What both kinds have in common."""

    id: str
    rawId: str  # noqa: N815  # public name
    type: Literal["public-key"]
    authenticatorAttachment: Literal["platform", "cross-platform"] | None = None  # noqa: N815  # public name
    clientExtensionResults: dict[str, Any] = field(default_factory=dict)  # noqa: N815  # public name


@dataclass(kw_only=True)
class AuthenticatorAssertionResponseJSON(CamelCaseBaseModel):
    """An authenticator's signature under a challenge, in base64url."""

    clientDataJSON: str  # noqa: N815  # public name
    authenticatorData: str  # noqa: N815  # public name
    signature: str
    userHandle: str | None = None  # noqa: N815  # public name


@dataclass(kw_only=True)
class AuthenticationPayload(CredentialPayloadBase):
    """The answer to a sign-in."""

    response: AuthenticatorAssertionResponseJSON


@dataclass(kw_only=True)
class AuthenticatorAttestationResponseJSON(CamelCaseBaseModel):
    """A new passkey's public part, in base64url."""

    clientDataJSON: str  # noqa: N815  # public name
    attestationObject: str  # noqa: N815  # public name
    authenticatorData: str | None = None  # noqa: N815  # public name
    transports: list[Transport] | None = None
    publicKeyAlgorithm: int | None = None  # noqa: N815  # public name
    publicKey: str | None = None  # noqa: N815  # public name


@dataclass(kw_only=True)
class RegistrationPayload(CredentialPayloadBase):
    """The answer to a registration."""

    response: AuthenticatorAttestationResponseJSON


def read_registration(value: Any) -> RegistrationPayload | None:
    """Read a registration from a body; None for what is none. Raises BadInputError when it is missing."""
    return _read(RegistrationPayload, value)


def read_authentication(value: Any) -> AuthenticationPayload | None:
    """Read an answer to a sign-in from a body; None for what is none. Raises BadInputError when it is missing."""
    return _read(AuthenticationPayload, value)


def _read(kind: type[PayloadT], value: Any) -> PayloadT | None:
    if value is None:
        raise BadInputError("credential is required")
    try:
        return from_json(kind, value)
    except WireError:
        return None
