# SPDX-License-Identifier: Apache-2.0
"""What a ceremony may begin with: what the recordings do not show."""

import copy
import random
from typing import Any

import pytest
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from tests.core.recipe.calls import Json, post
from tests.core.recipe.webauthn.passkeys import SITE, answer, begin_registration, begin_sign_in, sign_up
from twofold._authenticator import VirtualAuthenticator
from twofold.core.app import Core
from twofold.core.errors import BadRequest

MISMATCH = "Origin does not match RelyingParty Id"
INVALID_URL = "Origin has to be a valid url!"


@pytest.mark.parametrize(
    ("relying_party_id", "origin", "reason"),
    [
        ("example.com", "https://example.com", None),
        ("example.com", "https://a.b.example.com:8443", None),
        ("localhost", "http://localhost:3000", None),
        ("example.com", "android:apk-key-hash:" + "A" * 43, None),
        ("example.com", "https://evil-example.com", MISMATCH),
        ("example.com", "https://example.com.evil.example", MISMATCH),
        ("app.example.com", "https://example.com", MISMATCH),
        ("", "https://example.com", MISMATCH),
        ("example.com", "https://user@evil.example/?example.com", MISMATCH),
        ("example.com", "javascript:example.com", INVALID_URL),
        ("example.com", "ftp://example.com", INVALID_URL),
        ("example.com", "https://[::1", INVALID_URL),
        ("example.com", "https://", INVALID_URL),
        ("example.com", "android:apk-key-hash:" + "A" * 42, INVALID_URL),
        ("example.com", "", INVALID_URL),
    ],
)
async def test_origin_is_the_relying_partys(core: Core, relying_party_id: str, origin: str, reason: str | None) -> None:
    """At its host or below it, and not merely at a name that ends alike (class 19)."""
    body = {**SITE, "relyingPartyId": relying_party_id, "origin": origin}
    begun = await post(core, "webauthn/options/signin", body)

    assert begun.get("reason") == reason
    assert begun["status"] == ("OK" if reason is None else "INVALID_OPTIONS_ERROR")


async def test_algorithms_limit_what_is_accepted(core: Core, authenticator: VirtualAuthenticator) -> None:
    """A key of an algorithm that was not asked for is refused; an empty list means what browsers take it for."""
    begun = await begin_registration(core, supportedAlgorithmIDs=[-8, "-257"])
    credential = authenticator.create({**begun, "pubKeyCredParams": []})
    assert [item["alg"] for item in begun["pubKeyCredParams"]] == [-8, -257]
    assert (await answer(core, "signup", begun, credential))["status"] == "INVALID_AUTHENTICATOR_ERROR"

    assert (await sign_up(core, authenticator, supportedAlgorithmIDs=[]))["status"] == "OK"


@pytest.mark.parametrize("algorithm", [True, 1.5, "٣", "", None, {}, 10**12])
async def test_algorithms_are_numbers(core: Core, algorithm: Any) -> None:
    """Anything else is named in the reason."""
    body = {**SITE, "email": "a@example.com", "supportedAlgorithmIDs": [algorithm]}
    refused = await post(core, "webauthn/options/register", body)

    assert refused == {"status": "INVALID_OPTIONS_ERROR", "reason": f'For input string: "{algorithm}"'}


async def test_what_is_too_long_is_refused(core: Core, user_id: str) -> None:
    """E-mails that would not fit the incumbent's columns."""
    for path, body in (
        ("options/register", {**SITE, "email": "a" * 257}),
        ("user/recover/token", {"userId": user_id, "email": "a" * 257}),
    ):
        with pytest.raises(BadRequest):
            await post(core, f"webauthn/{path}", body)


@pytest.mark.parametrize("milliseconds", [-1, 3_600_001, 2**63 - 1])
async def test_challenges_live_for_an_hour_at_most(core: Core, milliseconds: int) -> None:
    """One that lives for days can be stolen for days."""
    refused = await post(core, "webauthn/options/signin", {**SITE, "timeout": milliseconds})

    assert refused["status"] == "INVALID_OPTIONS_ERROR"


@pytest.mark.parametrize(
    "credential",
    [
        {},
        {"id": 5},
        {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": "x"},
        {"id": "AAAA", "rawId": "AAAA", "type": "other", "response": {"clientDataJSON": "", "attestationObject": ""}},
    ],
)
async def test_what_is_no_credential(core: Core, credential: Json) -> None:
    """It is told from a credential that proves nothing."""
    begun, to_sign_in = await begin_registration(core), await begin_sign_in(core)

    assert (await answer(core, "signup", begun, credential))["status"] == "INVALID_CREDENTIALS_ERROR"
    expected = "CREDENTIAL_NOT_FOUND_ERROR" if credential.get("id") == "AAAA" else "INVALID_CREDENTIALS_ERROR"
    assert (await answer(core, "signin", to_sign_in, credential))["status"] == expected


async def test_damaged_answers(core: Core, authenticator: VirtualAuthenticator, user_id: str) -> None:
    """Whatever bytes an answer has, it is refused with a status, never with an error, and signs nobody in."""
    begun, to_sign_in = await begin_registration(core, "b@example.com"), await begin_sign_in(core)
    chance = random.Random(7)
    for _ in range(60):
        for path, options, credential in (
            ("signup", begun, authenticator.create(begun)),
            ("signin", to_sign_in, authenticator.sign(authenticator.passkeys[0], to_sign_in)),
        ):
            damaged = _damaged(credential, chance)
            status = (await answer(core, path, options, damaged))["status"]
            assert status in ("INVALID_CREDENTIALS_ERROR", "INVALID_AUTHENTICATOR_ERROR"), damaged


def _damaged(credential: Json, chance: random.Random) -> Json:
    """Cut a part of the answer short, or flip a bit of what is signed; an answer without attestation signs nothing."""
    damaged = copy.deepcopy(credential)
    is_signed = "signature" in damaged["response"]
    key = chance.choice([item for item in damaged["response"] if item not in ("transports", "userHandle")])
    value = bytearray(base64url_to_bytes(damaged["response"][key]))
    place = chance.randrange(len(value))
    if is_signed and chance.random() < 0.5:
        value[place] ^= 1 << chance.randrange(8)
    else:
        del value[place:]
    damaged["response"][key] = bytes_to_base64url(bytes(value))
    return damaged
