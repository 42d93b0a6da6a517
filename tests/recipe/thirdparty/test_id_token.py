# SPDX-License-Identifier: Apache-2.0
"""Identity tokens: everything that is not this provider's, for us, signed and in time is refused."""

import hashlib
import hmac
import json
from typing import Any

import pytest

from tests.recipe.thirdparty.provider import CLIENT_ID, ISSUER, Key, OpenIDProvider, encoded
from twofold.recipe.thirdparty.exceptions import ProviderRefusedError, ProviderUnavailableError
from twofold.recipe.thirdparty.id_token import verified_payload
from twofold.recipe.thirdparty.provider_http import ProviderHttp

pytestmark = pytest.mark.without_core

NOW = 1_800_000_000
GOOD: dict[str, Any] = {"iss": ISSUER, "aud": CLIENT_ID, "sub": "eve", "iat": NOW, "exp": NOW + 300, "nonce": "n"}


async def check(openid: OpenIDProvider, token: str, issuer: str | None = ISSUER, nonce: str | None = "n") -> Any:
    """Check a token as the application would."""
    http = ProviderHttp(openid.transport, lambda: NOW * 1000)
    return await verified_payload(http, token, f"{ISSUER}/keys", CLIENT_ID, issuer, nonce)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"aud": [CLIENT_ID]},
        {"aud": ["other", CLIENT_ID], "azp": CLIENT_ID},
        {"iss": "id.example.com"},
        {"exp": NOW - 59},
    ],
    ids=str,
)
async def test_good_tokens(openid: OpenIDProvider, change: dict[str, Any]) -> None:
    """A token of the provider for this client is believed."""
    payload = GOOD | change

    assert await check(openid, openid.key.sign(payload)) == payload


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://evil.example.com"},
        {"iss": None},
        {"aud": "another-client"},
        {"aud": ["another-client"]},
        {"aud": []},
        {"aud": ["other", CLIENT_ID], "azp": "other"},
        {"exp": NOW - 60},
        {"exp": None},
        {"exp": "2099-01-01"},
        {"exp": True},
        {"nbf": NOW + 61},
        {"nonce": "another sign-in's"},
        {"nonce": None},
    ],
    ids=str,
)
async def test_claims_that_are_refused(openid: OpenIDProvider, change: dict[str, Any]) -> None:
    """Attack class 30: a token from or for somebody else, out of time, or of another sign-in opens nothing."""
    with pytest.raises(ProviderRefusedError):
        await check(openid, openid.key.sign(GOOD | change))


@pytest.mark.parametrize(
    "header", [{"alg": "none"}, {"alg": "RS512"}, {"alg": "HS256"}, {"kid": "other"}, {"kid": None}, {"crit": ["x"]}]
)
async def test_headers_that_are_refused(openid: OpenIDProvider, header: dict[str, Any]) -> None:
    """Attack class 43: the key decides on the algorithm, and only published keys count (ASVS 6.8.2)."""
    with pytest.raises(ProviderRefusedError):
        await check(openid, openid.key.sign(GOOD, **header))


async def test_key_confusion_is_refused(openid: OpenIDProvider) -> None:
    """Attack class 43: a token that is authenticated with the public key as a shared secret opens nothing."""
    head = encoded(json.dumps({"alg": "HS256", "kid": "k1"}).encode())
    signed = f"{head}.{encoded(json.dumps(GOOD).encode())}"
    secret = json.dumps(openid.key.jwk).encode()
    token = f"{signed}.{encoded(hmac.digest(secret, signed.encode(), hashlib.sha256))}"

    with pytest.raises(ProviderRefusedError):
        await check(openid, token)


async def test_another_key_of_the_same_name_is_refused(openid: OpenIDProvider) -> None:
    """Attack class 43: a key id is a name that anybody can write; a key inside the token is never looked at."""
    forger = Key(openid.key.kid)

    with pytest.raises(ProviderRefusedError):
        await check(openid, forger.sign(GOOD, jwk=forger.jwk))


async def test_any_change_is_refused(openid: OpenIDProvider) -> None:
    """Attack class 50: a token that was cut, extended or changed is refused (ASVS 6.8.2)."""
    token = openid.key.sign(GOOD)
    head, payload, signature = token.split(".")
    other = encoded(json.dumps(GOOD | {"sub": "victim"}).encode())
    changed = [token[:-2], token + "AA", f"{head}.{payload}", f"{head}.{other}.{signature}", "a.b.c", "", "ü.ü.ü"]

    for text in changed:
        with pytest.raises(ProviderRefusedError):
            await check(openid, text)


async def test_new_keys_are_learnt(openid: OpenIDProvider) -> None:
    """After a provider's change of keys its tokens are believed without a restart."""
    now = [NOW * 1000]
    http = ProviderHttp(openid.transport, lambda: now[0])
    keys = f"{ISSUER}/keys"
    await verified_payload(http, openid.key.sign(GOOD), keys, CLIENT_ID)
    openid.key = Key("k2")
    now[0] += 1000

    assert await verified_payload(http, openid.key.sign(GOOD), keys, CLIENT_ID) == GOOD
    assert openid.paths() == ["/keys", "/keys"]


@pytest.mark.parametrize("more", [[], [Key("k2").jwk]], ids=["one key", "two keys"])
async def test_the_only_key_needs_no_name(openid: OpenIDProvider, more: list[dict[str, Any]]) -> None:
    """A provider with one key need not name it (OpenID Connect Core, section 10.1); with several it must."""
    nameless = {name: value for name, value in openid.key.jwk.items() if name != "kid"}
    openid.answers[f"{ISSUER}/keys"] = {"keys": [nameless, *more]}
    token = openid.key.sign_nameless(GOOD)

    if more:
        with pytest.raises(ProviderRefusedError):
            await check(openid, token)
    else:
        assert await check(openid, token) == GOOD


async def test_shared_directories_name_their_tenant(openid: OpenIDProvider) -> None:
    """Microsoft's shared issuer has a place for the directory, which each token names."""
    issuer = "https://login.example.com/{tenantid}/v2.0"
    token = openid.key.sign(GOOD | {"iss": "https://login.example.com/t1/v2.0", "tid": "t1"})
    other = openid.key.sign(GOOD | {"iss": "https://login.example.com/t1/v2.0", "tid": "t2"})

    assert (await check(openid, token, issuer))["tid"] == "t1"
    with pytest.raises(ProviderRefusedError):
        await check(openid, other, issuer)


async def test_a_provider_that_is_down_is_no_refusal(openid: OpenIDProvider) -> None:
    """Without the keys nothing is believed, and the person is told to try again rather than that they are wrong."""
    openid.down = True

    with pytest.raises(ProviderUnavailableError):
        await check(openid, openid.key.sign(GOOD))
