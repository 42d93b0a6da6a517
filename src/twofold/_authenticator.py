# SPDX-License-Identifier: Apache-2.0
"""A browser with an authenticator, in memory: real keys, real signatures (WebAuthn Level 3, ES256, no attestation)."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

Json = dict[str, Any]

ES256: Final = -7
AAGUID: Final = bytes(16)
# Bits of the flags, section 6.1.
USER_PRESENT, USER_VERIFIED, BACKUP_ELIGIBLE, BACKED_UP, HAS_CREDENTIAL = 0x01, 0x04, 0x08, 0x10, 0x40


@dataclass(slots=True)
class Passkey:
    """One credential. `sign_count` is how often it was used, where the authenticator counts."""

    credential_id: bytes
    relying_party_id: str
    user_handle: bytes
    private_key: ec.EllipticCurvePrivateKey
    sign_count: int = 0

    @property
    def id(self) -> str:
        """The id as it is in JSON."""
        return bytes_to_base64url(self.credential_id)


class VirtualAuthenticator:
    """Creates passkeys and signs in with them, as a browser's `navigator.credentials` does.

    It does what it is told: unlike a browser it asks nobody and does not check that the relying party is its origin's.

    Attributes:
        origin: the page that the browser shows, for example `https://app.example.com`.
        is_user_present: somebody touches it.
        verifies_user: it asks for a fingerprint or PIN, and gets the right one.
        counts: it has a signature counter; those whose passkeys are synchronised have none.
        is_synchronised: its passkeys may be on other devices, too.
        is_in_foreign_frame: the page is shown within one of another origin.
        passkeys: what it holds, the newest last.
    """

    def __init__(
        self, origin: str, *, verifies_user: bool = True, counts: bool = True, is_synchronised: bool = False
    ) -> None:
        self.origin = origin
        self.is_user_present = True
        self.verifies_user = verifies_user
        self.counts = counts
        self.is_synchronised = is_synchronised
        self.is_in_foreign_frame = False
        self.passkeys: list[Passkey] = []

    def create(self, options: Mapping[str, Any]) -> Json:
        """Create a passkey, and return what a page sends to register it.

        Args:
            options: PublicKeyCredentialCreationOptions in their JSON form, as core and SDK answer them.

        Raises:
            ValueError: the options do not allow ES256.
        """
        algorithms = [item["alg"] for item in options["pubKeyCredParams"]]
        if algorithms and ES256 not in algorithms:
            raise ValueError(f"This authenticator signs with ES256 ({ES256}), which is not among {algorithms}")
        passkey = Passkey(
            secrets.token_bytes(32),
            options["rp"]["id"],
            base64url_to_bytes(options["user"]["id"]),
            ec.generate_private_key(ec.SECP256R1()),
        )
        self.passkeys.append(passkey)
        return self.attest(passkey, options)

    def attest(self, passkey: Passkey, options: Mapping[str, Any]) -> Json:
        """Return what a page sends to register this passkey, which the authenticator need not hold."""
        data = self._authenticator_data(passkey, HAS_CREDENTIAL) + _attested(passkey)
        attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        client_data = self._client_data("webauthn.create", options["challenge"])
        return _credential(
            passkey, {"clientDataJSON": client_data, "attestationObject": attestation}, {"transports": ["internal"]}
        )

    def get(self, options: Mapping[str, Any]) -> Json:
        """Sign a challenge with the newest passkey of the relying party, and return what a page sends to sign in.

        Args:
            options: PublicKeyCredentialRequestOptions in their JSON form. The relying party's id is `rpId`, or
                `relyingPartyId` as the core writes it; `allowCredentials` chooses among passkeys.

        Raises:
            LookupError: there is no such passkey.
        """
        return self.sign(self._choose(options), options)

    def sign(self, passkey: Passkey, options: Mapping[str, Any]) -> Json:
        """Return what a page sends to sign in with this passkey, which the authenticator need not hold."""
        if self.counts:
            passkey.sign_count += 1
        data = self._authenticator_data(passkey)
        client_data = self._client_data("webauthn.get", options["challenge"])
        signed = data + hashlib.sha256(client_data).digest()
        signature = passkey.private_key.sign(signed, ec.ECDSA(hashes.SHA256()))
        return _credential(
            passkey,
            {
                "clientDataJSON": client_data,
                "authenticatorData": data,
                "signature": signature,
                "userHandle": passkey.user_handle,
            },
        )

    def _choose(self, options: Mapping[str, Any]) -> Passkey:
        relying_party_id = options.get("rpId") or options["relyingPartyId"]
        allowed = [item["id"] for item in options.get("allowCredentials", [])]
        for passkey in reversed(self.passkeys):
            if passkey.relying_party_id == relying_party_id and (not allowed or passkey.id in allowed):
                return passkey
        raise LookupError(f"There is no passkey for {relying_party_id} that the options allow")

    def _authenticator_data(self, passkey: Passkey, flags: int = 0) -> bytes:
        flags |= USER_PRESENT if self.is_user_present else 0
        flags |= USER_VERIFIED if self.verifies_user else 0
        flags |= BACKUP_ELIGIBLE | BACKED_UP if self.is_synchronised else 0
        relying_party = hashlib.sha256(passkey.relying_party_id.encode()).digest()
        return relying_party + bytes([flags]) + passkey.sign_count.to_bytes(4)

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps(
            {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": self.is_in_foreign_frame}
        ).encode()


def _attested(passkey: Passkey) -> bytes:
    """Write attested credential data (section 6.5.2), with the key as COSE has it (RFC 9053, section 7.1.1)."""
    numbers = passkey.private_key.public_key().public_numbers()
    key = {1: 2, 3: ES256, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
    return AAGUID + len(passkey.credential_id).to_bytes(2) + passkey.credential_id + encode_cbor(key)


def _credential(passkey: Passkey, response: Mapping[str, bytes], more: Mapping[str, Any] | None = None) -> Json:
    return {
        "id": passkey.id,
        "rawId": passkey.id,
        "type": "public-key",
        "authenticatorAttachment": "platform",
        "clientExtensionResults": {},
        "response": {key: bytes_to_base64url(value) for key, value in response.items()} | dict(more or {}),
    }
