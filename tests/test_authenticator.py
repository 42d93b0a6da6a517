# SPDX-License-Identifier: Apache-2.0
"""The virtual authenticator is one for every relying party, checked by the library that checks real ones."""

import pytest
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import options_to_json_dict
from webauthn.helpers.structs import CredentialDeviceType

from twofold.testing import VirtualAuthenticator

ORIGIN = "https://example.com"


def test_registers_and_signs_in() -> None:
    """What it creates and signs passes every check of sections 7.1 and 7.2; it counts, and says whom it verified."""
    authenticator = VirtualAuthenticator(ORIGIN, is_synchronised=True)
    creation = generate_registration_options(rp_id="example.com", rp_name="Site", user_name="ann", user_id=b"ann")
    credential = authenticator.create(options_to_json_dict(creation))
    registered = verify_registration_response(
        credential=credential,
        expected_challenge=creation.challenge,
        expected_rp_id="example.com",
        expected_origin=ORIGIN,
        require_user_verification=True,
    )
    request = generate_authentication_options(rp_id="example.com")
    verified = verify_authentication_response(
        credential=authenticator.get(options_to_json_dict(request)),
        expected_challenge=request.challenge,
        expected_rp_id="example.com",
        expected_origin=ORIGIN,
        credential_public_key=registered.credential_public_key,
        credential_current_sign_count=registered.sign_count,
        require_user_verification=True,
    )

    assert registered.credential_device_type is CredentialDeviceType.MULTI_DEVICE
    assert (registered.sign_count, verified.new_sign_count) == (0, 1)
    assert authenticator.passkeys[0].user_handle == b"ann"


def test_chooses_among_passkeys() -> None:
    """The newest of the relying party, or the one that the options allow; none is an error that says so."""
    authenticator = VirtualAuthenticator(ORIGIN)
    options = {"pubKeyCredParams": [], "rp": {"id": "example.com"}, "user": {"id": "YQ"}, "challenge": "YQ"}
    first, second = authenticator.create(options), authenticator.create(options)
    request = {"rpId": "example.com", "challenge": "YQ"}

    assert authenticator.get(request)["id"] == second["id"]
    assert authenticator.get({**request, "allowCredentials": [{"id": first["id"]}]})["id"] == first["id"]
    with pytest.raises(LookupError, match="no passkey for other"):
        authenticator.get({**request, "rpId": "other.example"})


def test_signs_with_es256_only() -> None:
    """Options without it are refused as a real authenticator does."""
    options = {"pubKeyCredParams": [{"alg": -8}], "rp": {"id": "e"}, "user": {"id": "YQ"}, "challenge": "YQ"}

    with pytest.raises(ValueError, match="ES256"):
        VirtualAuthenticator(ORIGIN).create(options)
