# SPDX-License-Identifier: Apache-2.0
"""Access tokens: only what the core signed, as it signed it, counts (attack classes 43 and 50)."""

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.recipe.session.signing import (
    HEADER,
    NOW_MS,
    PAYLOAD,
    base64url,
    ec_jwk,
    ec_signer,
    rsa_jwk,
    rsa_signer,
    token,
)
from twofold.recipe.session.access_token import (
    AccessTokenError,
    AccessTokenVerifier,
    ParsedToken,
    TokenMalformed,
    TokenRefused,
    UnknownKeyId,
    VerifyingKey,
    parse,
)
from twofold.recipe.session.jwks import verifying_key

pytestmark = pytest.mark.without_core

Keys = dict[str, VerifyingKey]
Forge = Callable[[rsa.RSAPrivateKey, rsa.RSAPrivateKey], str]


@pytest.fixture(scope="session")
def keys(signing_key: rsa.RSAPrivateKey) -> Keys:
    """The keys that the core publishes."""
    key = verifying_key(rsa_jwk(signing_key, "d-1"))
    assert key is not None
    return {"d-1": key}


def verify(text: str, keys: Keys, now_ms: int = NOW_MS) -> ParsedToken:
    """Verify with an empty cache."""
    return AccessTokenVerifier(lambda: now_ms).verify(text, keys)


def test_valid_token_is_read(signing_key: rsa.RSAPrivateKey, keys: Keys) -> None:
    """A token of the core tells user, login method, tenant and session."""
    parsed = verify(token(rsa_signer(signing_key), payload={"tId": "t1"}), keys)

    assert (parsed.user_id, parsed.recipe_user_id, parsed.tenant_id) == ("user", "recipe-user", "t1")
    assert (parsed.session_handle, parsed.is_signed_by_dynamic_key) == ("handle", True)
    assert parsed.read_payload() == {**PAYLOAD, "tId": "t1"}


@pytest.mark.parametrize(("version", "tenant_id", "recipe_user_id"), [("3", "public", "user"), ("4", "t1", "user")])
def test_older_versions_tell_less(
    signing_key: rsa.RSAPrivateKey, keys: Keys, version: str, tenant_id: str, recipe_user_id: str
) -> None:
    """Before version 5 there is no recipe user id, before version 4 no tenant."""
    text = token(rsa_signer(signing_key), {"version": version}, {"tId": "t1", "rsub": ...})

    parsed = verify(text, keys)

    assert (parsed.tenant_id, parsed.recipe_user_id) == (tenant_id, recipe_user_id)


def _unsigned(algorithm: str) -> Forge:
    return lambda _own, _foreign: token(lambda _: b"", {"alg": algorithm})


def _hmac_with_public_key(own: rsa.RSAPrivateKey, _foreign: rsa.RSAPrivateKey) -> str:
    secret = own.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return token(lambda content: hmac.digest(secret, content, hashlib.sha256), {"alg": "HS256"})


def _header(**changes: Any) -> Forge:
    return lambda own, _foreign: token(rsa_signer(own), changes)


def _payload(**changes: Any) -> Forge:
    return lambda own, _foreign: token(rsa_signer(own), None, changes)


def _signed_by_foreigner(**header: Any) -> Forge:
    return lambda _own, foreign: token(rsa_signer(foreign), header)


def _with_embedded_key(_own: rsa.RSAPrivateKey, foreign: rsa.RSAPrivateKey) -> str:
    return token(rsa_signer(foreign), {"jwk": rsa_jwk(foreign, "d-1"), "jku": "https://evil.example/jwks.json"})


def _payload_swapped(own: rsa.RSAPrivateKey, _foreign: rsa.RSAPrivateKey) -> str:
    header, _payload_part, signature = token(rsa_signer(own)).split(".")
    return f"{header}.{base64url(json.dumps({**PAYLOAD, 'sub': 'admin'}).encode())}.{signature}"


FORGED: dict[str, tuple[Forge, type[AccessTokenError]]] = {
    "no signature, alg none": (_unsigned("none"), TokenRefused),
    "no signature, alg None": (_unsigned("None"), TokenRefused),
    "no signature, right alg": (_unsigned("RS256"), TokenRefused),
    "HS256 with the public key": (_hmac_with_public_key, TokenRefused),
    "PS256 named": (_header(alg="PS256"), TokenRefused),
    "ES256 named": (_header(alg="ES256"), TokenRefused),
    "unknown kid": (_header(kid="d-2"), UnknownKeyId),
    "foreign key, our kid": (_signed_by_foreigner(), TokenRefused),
    "foreign key, own kid": (_signed_by_foreigner(kid="d-9"), UnknownKeyId),
    "key in the header": (_with_embedded_key, TokenRefused),
    "payload of another token": (_payload_swapped, TokenRefused),
    "no kid": (_header(kid=...), TokenMalformed),
    "kid is no text": (_header(kid=1), TokenMalformed),
    "no alg": (_header(alg=...), TokenMalformed),
    "other typ": (_header(typ="at+jwt"), TokenMalformed),
    "version 2": (_header(version="2"), TokenMalformed),
    "version is a number": (_header(version=5), TokenMalformed),
    "version is no number": (_header(version="5x"), TokenMalformed),
    "critical extension": (_header(crit=["exp"]), TokenMalformed),
    "OAuth2 access token": (_payload(stt=1), TokenMalformed),
    "stt true": (_payload(stt=True), TokenMalformed),
    "stt false": (_payload(stt=False), TokenMalformed),
    "stt as text": (_payload(stt="0"), TokenMalformed),
    "stt null": (_payload(stt=None), TokenMalformed),
    "expired": (_payload(exp=NOW_MS // 1000), TokenRefused),
    "not valid yet": (_payload(nbf=NOW_MS // 1000 + 1), TokenRefused),
    "nbf as text": (_payload(nbf="0"), TokenMalformed),
    "exp as text": (_payload(exp=str(NOW_MS)), TokenMalformed),
    "exp true": (_payload(exp=True), TokenMalformed),
    "no exp": (_payload(exp=...), TokenMalformed),
    "no iat": (_payload(iat=...), TokenMalformed),
    "no sub": (_payload(sub=...), TokenMalformed),
    "sub is a number": (_payload(sub=7), TokenMalformed),
    "no session": (_payload(sessionHandle=...), TokenMalformed),
    "no hash": (_payload(refreshTokenHash1=...), TokenMalformed),
    "no tenant": (_payload(tId=...), TokenMalformed),
    "no rsub": (_payload(rsub=...), TokenMalformed),
    "anti-CSRF is no text": (_payload(antiCsrfToken=1), TokenMalformed),
}


@pytest.mark.parametrize(("forge", "error"), FORGED.values(), ids=FORGED)
def test_forged_token_is_refused(
    forge: Forge,
    error: type[AccessTokenError],
    signing_key: rsa.RSAPrivateKey,
    foreign_key: rsa.RSAPrivateKey,
    keys: Keys,
) -> None:
    """No token is accepted but the core's own, for its purpose, in its time; the algorithm is the key's (class 43)."""
    with pytest.raises(error):
        verify(forge(signing_key, foreign_key), keys)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c",
        "a.b.c.d",
        "é.b.c",
        " . . ",
        "e30.e30.",
        "bnVsbA.bnVsbA.",
        "W10.W10.",
        "a" * 40_000,
    ],
)
def test_other_texts_are_no_session_token(text: str) -> None:
    """Whatever else stands in an Authorization header is told apart without an error of another kind."""
    with pytest.raises(TokenMalformed):
        parse(text)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(data=st.data())
def test_altered_token_is_refused(data: st.DataObject, signing_key: rsa.RSAPrivateKey, keys: Keys) -> None:
    """A change of any one character, a cut at any place, and any extension make a token worthless (class 50)."""
    good = token(rsa_signer(signing_key))
    place = data.draw(st.integers(0, len(good) - 1))
    character = data.draw(st.sampled_from("ABCXYZabcxyz019-_.=+/ ").filter(lambda drawn: drawn != good[place]))
    altered = data.draw(
        st.sampled_from(
            [
                good[:place] + character + good[place + 1 :],
                good[:place],
                good[:place] + character + good[place:],
                good + character,
                good[:place] + good[place + 1 :],
            ]
        )
    )
    if altered == good:
        return

    with pytest.raises(AccessTokenError):
        verify(altered, keys)


def test_unused_bits_of_the_signature_count(signing_key: rsa.RSAPrivateKey, keys: Keys) -> None:
    """The last character of a signature has bits that decode to nothing; changing them is refused like any change."""
    good = token(rsa_signer(signing_key))
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    sibling = alphabet[alphabet.index(good[-1]) ^ 1]

    with pytest.raises(TokenRefused):
        verify(good[:-1] + sibling, keys)


def test_es256_is_accepted_with_its_own_key_only() -> None:
    """ES256 works as a key's algorithm; the same token named RS256 is refused."""
    private = ec.generate_private_key(ec.SECP256R1())
    key = verifying_key(ec_jwk(private, "s-1"))
    assert key is not None
    sign = ec_signer(private)

    assert verify(token(sign, {"alg": "ES256", "kid": "s-1"}), {"s-1": key}).kid == "s-1"
    with pytest.raises(TokenRefused):
        verify(token(sign, {"alg": "RS256", "kid": "s-1"}), {"s-1": key})
    with pytest.raises(TokenRefused):
        verify(token(lambda _: b"\0" * 64, {"alg": "ES256", "kid": "s-1"}), {"s-1": key})
    with pytest.raises(TokenRefused):
        verify(token(lambda _: b"short", {"alg": "ES256", "kid": "s-1"}), {"s-1": key})


class CountingKey:
    """A key that counts how often it is used."""

    def __init__(self, key: VerifyingKey) -> None:
        self.uses = 0
        self._key = key

    def counted(self) -> VerifyingKey:
        """Return the key to verify with."""
        return VerifyingKey(self._key.algorithm, self._verify)

    def _verify(self, signature: bytes, signed: bytes) -> bool:
        self.uses += 1
        return self._key.verify(signature, signed)


def test_second_use_needs_no_public_key_operation(signing_key: rsa.RSAPrivateKey, keys: Keys) -> None:
    """A signature that was found good is not computed again."""
    counting = CountingKey(keys["d-1"])
    counted = {"d-1": counting.counted()}
    verifier = AccessTokenVerifier(lambda: NOW_MS)
    text = token(rsa_signer(signing_key))

    first, second = verifier.verify(text, counted), verifier.verify(text, counted)

    assert first == second
    assert counting.uses == 1


def test_known_token_expires(signing_key: rsa.RSAPrivateKey, keys: Keys) -> None:
    """Remembering a signature does not keep a token alive."""
    times = [NOW_MS, NOW_MS + 3_600_000]
    verifier = AccessTokenVerifier(lambda: times[0])
    text = token(rsa_signer(signing_key))
    verifier.verify(text, keys)
    times.pop(0)

    with pytest.raises(TokenRefused, match="Access token expired"):
        verifier.verify(text, keys)


def test_known_token_dies_with_its_key(
    signing_key: rsa.RSAPrivateKey, foreign_key: rsa.RSAPrivateKey, keys: Keys
) -> None:
    """When the core withdraws or replaces a key, tokens that it verified are refused at once."""
    verifier = AccessTokenVerifier(lambda: NOW_MS)
    text = token(rsa_signer(signing_key))
    verifier.verify(text, keys)
    replaced = verifying_key(rsa_jwk(foreign_key, "d-1"))
    assert replaced is not None

    with pytest.raises(UnknownKeyId):
        verifier.verify(text, {})
    with pytest.raises(TokenRefused):
        verifier.verify(text, {"d-1": replaced})


def test_memory_is_bounded_and_keeps_what_is_used(signing_key: rsa.RSAPrivateKey, keys: Keys) -> None:
    """However many tokens come, two generations are kept; a token in use stays among them."""
    counting = CountingKey(keys["d-1"])
    counted = {"d-1": counting.counted()}
    verifier = AccessTokenVerifier(lambda: NOW_MS, cached_tokens=2)
    sign = rsa_signer(signing_key)
    used = token(sign)
    others = [token(sign, None, {"sub": f"user {number}"}) for number in range(8)]
    for other in others:
        verifier.verify(other, counted)
        verifier.verify(used, counted)

    assert counting.uses == len(others) + 1
    assert sum(verifier.knows(text) for text in others) <= 4


def test_refused_token_is_not_remembered(foreign_key: rsa.RSAPrivateKey, keys: Keys) -> None:
    """A bad token leaves nothing behind that a second try could find."""
    verifier = AccessTokenVerifier(lambda: NOW_MS)
    text = token(rsa_signer(foreign_key))
    with pytest.raises(TokenRefused):
        verifier.verify(text, keys)

    assert not verifier.knows(text)
    with pytest.raises(TokenRefused):
        verifier.verify(text, keys)


def test_payload_belongs_to_its_reader(signing_key: rsa.RSAPrivateKey, keys: Keys) -> None:
    """What one request does to a payload is not seen by the next one with the same token (class 44)."""
    verifier = AccessTokenVerifier(lambda: NOW_MS)
    text = token(rsa_signer(signing_key), None, {"st-role": {"v": ["user"], "t": 1}})
    verifier.verify(text, keys).read_payload()["st-role"]["v"].append("admin")

    assert verifier.verify(text, keys).read_payload()["st-role"]["v"] == ["user"]


def test_header_is_read_as_documented() -> None:
    """A token without `version` is of version 3."""
    assert HEADER["version"] == "5"
    text = token(lambda _: b"", {"version": ...}, {"rsub": ..., "tId": ...})

    assert parse(text).tenant_id == "public"
