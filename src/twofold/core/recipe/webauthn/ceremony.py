# SPDX-License-Identifier: Apache-2.0
"""Checks what an authenticator answered: WebAuthn Level 3, sections 7.1 (registration) and 7.2 (authentication).

The library does most of both lists; here are the steps that it leaves to its caller. Nothing is read or stored. Raises
Refused: INVALID_CREDENTIALS_ERROR for what is no such answer, INVALID_AUTHENTICATOR_ERROR for one that proves nothing.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from webauthn import verify_authentication_response, verify_registration_response
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import AuthenticationCredential, CredentialDeviceType
from webauthn.registration.verify_registration_response import VerifiedRegistration

from twofold.core._fields import Json
from twofold.core.recipe.webauthn.store import Options
from twofold.core.tokens import sha256_hex
from twofold.core.users.credentials import Credential
from twofold.core.users.rules import Refused

T = TypeVar("T")

MAX_CREDENTIAL_ID_BYTES = 1023
# What browsers offer when they are given no list: ES256, RS256 (section 5.4, pubKeyCredParams).
ALGORITHMS_OF_AN_EMPTY_LIST = (-7, -257)
_KNOWN_ALGORITHMS = frozenset(item.value for item in COSEAlgorithmIdentifier)


def credential_id_of(credential: Json) -> str:
    """The id in an answer, before anything about it is believed."""
    credential_id: Any = credential.get("id")
    if not isinstance(credential_id, str):
        raise invalid_credentials("Credential missing required id")
    return credential_id


def verify_registration(credential: Json, options: Options) -> VerifiedRegistration:
    """Check a new credential against the options that it answers."""
    parsed = _parsed(lambda: parse_registration_credential_json(credential))
    verified = _proven(
        lambda: verify_registration_response(
            credential=parsed,
            expected_challenge=base64url_to_bytes(options.challenge),
            expected_rp_id=options.relying_party_id,
            expected_origin=options.origin,
            require_user_presence=options.user_presence,
            require_user_verification=options.user_verification == "required",
            supported_pub_key_algs=[
                COSEAlgorithmIdentifier(item)
                for item in options.algorithms or ALGORITHMS_OF_AN_EMPTY_LIST
                if item in _KNOWN_ALGORITHMS
            ],
        )
    )
    _require_same_origin(parsed.response.client_data_json)
    if verified.credential_id != parsed.raw_id:
        raise invalid_authenticator("The id of the credential is not the one that the authenticator attested")
    if len(verified.credential_id) > MAX_CREDENTIAL_ID_BYTES:
        raise invalid_authenticator(f"The id of the credential has more than {MAX_CREDENTIAL_ID_BYTES} bytes")
    return verified


def new_credential(verified: VerifiedRegistration, options: Options, recipe_user_id: str, now_ms: int) -> Credential:
    """What is kept of a registration for a login method (internal id)."""
    return Credential(
        credential_id=bytes_to_base64url(verified.credential_id),
        relying_party_id=options.relying_party_id,
        recipe_user_id=recipe_user_id,
        user_handle=options.user_handle or "",
        public_key=bytes_to_base64url(verified.credential_public_key),
        sign_count=verified.sign_count,
        is_backup_eligible=verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
        created_at=now_ms,
        updated_at=now_ms,
    )


def parse_assertion(credential: Json) -> AuthenticationCredential:
    """Read the answer to a sign-in; nothing about it is believed yet."""
    return _parsed(lambda: parse_authentication_credential_json(credential))


def hash_of(assertion: AuthenticationCredential) -> str:
    """By which the same answer is recognised when it comes again. Covers the id that it was looked up by."""
    response = assertion.response
    parts = (assertion.id.encode(), response.client_data_json, response.authenticator_data, response.signature)
    return sha256_hex(".".join(bytes_to_base64url(part) for part in parts))


def verify_assertion(assertion: AuthenticationCredential, options: Options, known: Credential) -> int:
    """Check an answer against the options and the credential; returns the authenticator's counter."""
    verified: VerifiedAuthentication = _proven(
        lambda: verify_authentication_response(
            credential=assertion,
            expected_challenge=base64url_to_bytes(options.challenge),
            expected_rp_id=options.relying_party_id,
            expected_origin=options.origin,
            credential_public_key=base64url_to_bytes(known.public_key),
            credential_current_sign_count=known.sign_count,
            require_user_verification=options.user_verification == "required",
        )
    )
    _require_same_origin(assertion.response.client_data_json)
    handle = assertion.response.user_handle
    # Security keys that keep no account name none; then the credential alone says whose it is.
    if handle and bytes_to_base64url(handle) != known.user_handle:
        raise invalid_authenticator("The user handle is not that of the credential's account")
    if (verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE) is not known.is_backup_eligible:
        raise invalid_authenticator("The backup eligibility of the credential has changed")
    return verified.new_sign_count


def invalid_credentials(reason: str) -> Refused:
    """What was sent is no answer of an authenticator, or of no use here."""
    return Refused("INVALID_CREDENTIALS_ERROR", reason=reason)


def invalid_authenticator(reason: str) -> Refused:
    """The authenticator's answer does not prove what it must."""
    return Refused("INVALID_AUTHENTICATOR_ERROR", reason=reason)


def _require_same_origin(client_data_json: bytes) -> None:
    if parse_client_data_json(client_data_json).cross_origin:
        raise invalid_authenticator("The ceremony took place in a frame of another origin")


def _parsed(parse: Callable[[], T]) -> T:
    try:
        return parse()
    except WebAuthnException as error:
        raise invalid_credentials(str(error)) from error
    except Exception as error:  # hostile input raises anything in the library's decoders
        raise invalid_credentials("The credential is malformed") from error


def _proven(verify: Callable[[], T]) -> T:
    try:
        return verify()
    except WebAuthnException as error:
        raise invalid_authenticator(str(error)) from error
    except Exception as error:  # as above
        raise invalid_authenticator("The authenticator's answer is malformed") from error
