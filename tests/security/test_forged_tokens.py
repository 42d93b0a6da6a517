# SPDX-License-Identifier: Apache-2.0
"""Forged, foreign, expired and altered tokens open nothing: not by header, not by cookie, not to refresh (43, 50)."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from tests.security.application import ADMIN, PROTECTED, Mode, Person, World
from tests.security.rows import everything_stored
from twofold import testing
from twofold.exceptions import CoreError
from twofold.recipe import session
from twofold.recipe.jwt.asyncio import create_jwt
from twofold.recipe.jwt.interfaces import CreateJwtOkResult
from twofold.recipe.session.asyncio import create_new_session_without_request_response
from twofold.types import RecipeUserId

Json = dict[str, Any]
# Claims, header → a token.
Forge = Callable[[Json, Json, "Keys"], str]


class Keys:
    """What an attacker has: a key of their own, and the core's public one."""

    def __init__(self, public: rsa.RSAPublicKey) -> None:
        self.own: RSAPrivateKey = rsa.generate_private_key(65537, 2048)
        self.public_pem = public.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.public_der = public.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def own_jwk(self) -> Json:
        """Return the attacker's public key as a JWK."""
        numbers = self.own.public_key().public_numbers()
        return {"kty": "RSA", "e": part(numbers.e.to_bytes(3)), "n": part(numbers.n.to_bytes(256)), "alg": "RS256"}


def part(content: bytes) -> str:
    """Return a part of a token."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def json_part(content: Any) -> str:
    """Return a part of a token that is JSON."""
    return part(json.dumps(content).encode())


def read(token: str, index: int) -> Json:
    """Return a part of a token."""
    content: Json = json.loads(urlsafe_b64decode(token.split(".")[index] + "=="))
    return content


def unsigned(claims: Json, header: Json) -> str:
    """Return what is signed of a token."""
    return f"{json_part(header)}.{json_part(claims)}"


def signed_by(key: RSAPrivateKey, claims: Json, header: Json) -> str:
    """Return a token with a signature of this key."""
    text = unsigned(claims, header)
    return f"{text}.{part(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def with_hmac(secret: bytes, claims: Json, header: Json) -> str:
    """Return a token with a symmetric signature."""
    text = unsigned(claims, {**header, "alg": "HS256"})
    return f"{text}.{part(hmac.digest(secret, text.encode(), 'sha256'))}"


RAISED = {"st-mfa": {"c": {"emailpassword": 1, "otp-email": 1}, "v": True}}
FORGERIES: dict[str, Forge] = {
    "alg none": lambda claims, header, _: unsigned(claims, {**header, "alg": "none"}) + ".",
    "alg None": lambda claims, header, _: unsigned(claims, {**header, "alg": "None"}) + ".",
    "alg NONE, signature kept": lambda claims, header, _: unsigned(claims, {**header, "alg": "NONE"}) + ".AAAA",
    "alg missing": lambda claims, header, _: unsigned(claims, {k: v for k, v in header.items() if k != "alg"}) + ".",
    "no signature": lambda claims, header, _: unsigned(claims, header) + ".",
    "two parts": lambda claims, header, _: unsigned(claims, header),
    "HS256 with the public PEM": lambda claims, header, keys: with_hmac(keys.public_pem, claims, header),
    "HS256 with the PEM, no line end": lambda claims, header, keys: with_hmac(keys.public_pem.strip(), claims, header),
    "HS256 with the public DER": lambda claims, header, keys: with_hmac(keys.public_der, claims, header),
    "HS256 with nothing": lambda claims, header, _: with_hmac(b"", claims, header),
    "another key, same kid": lambda claims, header, keys: signed_by(keys.own, claims, header),
    "another key, unknown kid": lambda claims, header, keys: signed_by(keys.own, claims, {**header, "kid": "d-1"}),
    "kid is a path": lambda claims, header, keys: signed_by(keys.own, claims, {**header, "kid": "../../dev/null"}),
    "kid is SQL": lambda claims, header, keys: signed_by(keys.own, claims, {**header, "kid": "' OR '1'='1"}),
    "kid is no text": lambda claims, header, keys: signed_by(keys.own, claims, {**header, "kid": None}),
    "kid is missing": lambda claims, header, keys: signed_by(
        keys.own, claims, {k: v for k, v in header.items() if k != "kid"}
    ),
    "own key inside": lambda claims, header, keys: signed_by(keys.own, claims, {**header, "jwk": keys.own_jwk()}),
    "own key elsewhere": lambda claims, header, keys: signed_by(
        keys.own, claims, {**header, "jku": "http://evil.example/jwks.json", "x5u": "http://evil.example/x.pem"}
    ),
    "critical extension": lambda claims, header, keys: signed_by(keys.own, claims, {**header, "crit": ["b64"]}),
    "another typ": lambda claims, header, keys: signed_by(keys.own, claims, {**header, "typ": "at+jwt"}),
    "older version": lambda claims, header, keys: signed_by(keys.own, claims, {**header, "version": "2"}),
    "RS512 asked for": lambda claims, header, keys: signed_by(keys.own, claims, {**header, "alg": "RS512"}),
    "ES256 of zeros": lambda claims, header, _: unsigned(claims, {**header, "alg": "ES256"}) + "." + part(bytes(64)),
    "RS256 of zeros": lambda claims, header, _: unsigned(claims, header) + "." + part(bytes(256)),
    "claims are no object": lambda _, header, __: f"{json_part(header)}.{json_part([1])}.AAAA",
    "deep claims": lambda _, header, __: f"{json_part(header)}.{part(b'[' * 20_000)}.AAAA",
    "megabytes": lambda claims, header, keys: signed_by(keys.own, {**claims, "x": "y" * 100_000}, header),
}


@pytest.fixture
async def half(quick_world: World) -> Person:
    """An administrator without the second factor, whose token an attacker would like to change."""
    return await quick_world.half_admin("header")


@pytest.fixture
async def keys(quick_world: World) -> Keys:
    """What an attacker has."""
    jwks = await quick_world.under_test.core.call("GET", "/recipe/jwt/jwks")
    key = jwks["keys"][0]
    number = {name: int.from_bytes(urlsafe_b64decode(key[name] + "==")) for name in ("n", "e")}
    return Keys(rsa.RSAPublicNumbers(number["e"], number["n"]).public_key())


async def present(world: World, token: str, mode: Mode) -> list[httpx.Response]:
    """Show a token at every guard, and to an API, as bearer or as cookie."""
    person = world.person(mode)
    headers = {"authorization": f"Bearer {token}"} if mode == "header" else {"cookie": f"sAccessToken={token}"}
    doors = [*PROTECTED, ("PUT", "/auth/mfa/info"), ("GET", "/auth/totp/device/list"), ("POST", "/auth/signout")]
    return [await person.send(method, path, headers=headers) for method, path in doors]


def nothing_opened(replies: list[httpx.Response]) -> None:
    """Each guard refused, or, where none is required, saw nobody."""
    for reply in replies:
        seen = reply.json().get("user") if reply.status_code == 200 else None
        assert reply.status_code == 401 or (reply.status_code == 200 and seen is None), reply.text
        if reply.status_code == 200:
            assert "optional" in str(reply.url)


@pytest.mark.parametrize("mode", ["cookie", "header"])
@pytest.mark.parametrize("name", FORGERIES)
async def test_forged_token(quick_world: World, half: Person, keys: Keys, name: str, mode: Mode) -> None:
    """Class 43: the algorithm belongs to the key, and keys come from the core alone."""
    header, claims = read(half.access_token, 0), {**read(half.access_token, 1), **RAISED}
    before = await everything_stored(quick_world.under_test.core)

    nothing_opened(await present(quick_world, FORGERIES[name](claims, header, keys), mode))

    assert await everything_stored(quick_world.under_test.core) == before


@pytest.mark.parametrize("mode", ["cookie", "header"])
async def test_genuine_token_is_seen(quick_world: World, half: Person, mode: Mode) -> None:
    """Without this, the tests above would hold for an application that refuses every token."""
    replies = await present(quick_world, half.access_token, mode)

    assert [reply.status_code for reply in replies] == [403] * len(PROTECTED) + [200, 200, 200]


@pytest.mark.parametrize("mode", ["cookie", "header"])
async def test_payload_with_the_signature_of_another(quick_world: World, half: Person, mode: Mode) -> None:
    """Class 43: a genuine signature does not sign other claims."""
    head, _, signature = half.access_token.split(".")
    claims = {**read(half.access_token, 1), **RAISED}

    nothing_opened(await present(quick_world, f"{head}.{json_part(claims)}.{signature}", mode))


async def test_token_of_another_core(quick_world: World) -> None:
    """Class 30: a token that another installation signed, for the same user id, is refused here."""
    async with testing.app([session.init()]):
        foreign = await create_new_session_without_request_response("public", RecipeUserId("ann"), RAISED)
        token = foreign.get_access_token()

    for mode in ("cookie", "header"):
        nothing_opened(await present(quick_world, token, mode))


@pytest.mark.parametrize("uses_static_key", [True, False])
async def test_no_jwt_of_the_application_is_a_session(quick_world: World, half: Person, uses_static_key: bool) -> None:
    """Class 30: a copy of a session's payload is not signed for another purpose, or it would be a session's token."""
    claims = {name: value for name, value in read(half.access_token, 1).items() if name not in ("iat", "exp")}
    with pytest.raises(CoreError, match="could be used as a session"):
        await create_jwt({**claims, **RAISED}, 3600, uses_static_key)

    for missing in ("sub", "sessionHandle", "refreshTokenHash1"):
        part_of_it = {name: value for name, value in claims.items() if name != missing}
        made = await create_jwt({**part_of_it, **RAISED}, 3600, uses_static_key)
        assert isinstance(made, CreateJwtOkResult)
        for mode in ("cookie", "header"):
            nothing_opened(await present(quick_world, made.jwt, mode))


async def test_expired_token(quick_world: World, half: Person) -> None:
    """Class 43: a token ends to the second, by every guard, also when its signature was verified before."""
    token = half.access_token
    await present(quick_world, token, "header")
    left_seconds = read(token, 1)["exp"] - quick_world.under_test.clock.now_ms() / 1000
    quick_world.under_test.clock.turn(seconds=left_seconds + 1)

    for mode in ("cookie", "header"):
        nothing_opened(await present(quick_world, token, mode))


@pytest.mark.parametrize("kind", ["access", "refresh"])
async def test_every_changed_character(quick_world: World, half: Person, kind: str) -> None:
    """Class 50: any one character changed, cut off or added makes a token worthless, and never the session's thief."""
    token = half.token("access" if kind == "access" else "refresh")
    step = max(1, len(token) // 150)
    changed = [
        token[:place] + other + token[place + 1 :]
        for place in range(0, len(token), step)
        for other in ("A" if token[place] != "A" else "B",)
    ]
    for text in [
        *changed,
        token[:-1],
        token[1:],
        token + "A",
        token + "=",
        token + "==",
        "A" + token,
        token.swapcase(),
    ]:
        if kind == "access":
            reply = await quick_world.person("header").send(
                "GET", "/protected", headers={"authorization": f"Bearer {text}"}
            )
        else:
            reply = await quick_world.person("header").send(
                "POST", "/auth/session/refresh", headers={"authorization": f"Bearer {text}"}
            )
        assert reply.status_code == 401, f"{text[:40]}… {reply.text}"
        assert "theft" not in reply.text

    assert (await half.api("POST", "/session/refresh")).status_code == 200


async def test_access_token_is_no_refresh_token(quick_world: World, half: Person) -> None:
    """Class 42: neither kind of token does the other's work."""
    person = quick_world.person("header")
    bearer = {"authorization": f"Bearer {half.access_token}"}
    assert (await person.send("POST", "/auth/session/refresh", headers=bearer)).status_code == 401

    bearer = {"authorization": f"Bearer {half.refresh_token}"}

    assert (await person.send("GET", "/protected", headers=bearer)).status_code == 401


async def test_stolen_refresh_token_ends_the_session(world: World) -> None:
    """Class 41: whoever uses an exchanged refresh token later than the grace allows ends the session for both."""
    person = await world.half_admin("header")
    thief = world.person("header")
    thief.refresh_token = person.refresh_token
    await person.api("POST", "/session/refresh")
    await person.send("GET", "/checked")
    await person.api("POST", "/session/refresh")
    await person.send("GET", "/checked")
    world.under_test.clock.turn(seconds=31)

    reply = await thief.api("POST", "/session/refresh")

    assert reply.status_code == 401
    assert (await person.send("GET", "/checked")).status_code == 401
    assert (await person.api("POST", "/session/refresh")).status_code == 401


async def test_sessions_end_with_the_password(world: World) -> None:
    """Class 33: after a reset no session of before opens anything, nor can it be refreshed."""
    person = await world.whole_admin("header")
    form = {"formFields": [{"id": "email", "value": ADMIN}]}
    await world.person("header").api("POST", "/user/password/reset/token", form)
    token = httpx.URL(world.under_test.outbox.link(ADMIN)).params["token"]
    body = {"formFields": [{"id": "password", "value": "another password 2"}], "token": token, "method": "token"}
    reply = await world.person("header").api("POST", "/user/password/reset", body)
    assert reply.json()["status"] == "OK"

    assert (await person.send("GET", "/checked")).status_code == 401
    assert (await person.api("POST", "/session/refresh")).status_code == 401
    again = await world.person("header").api("POST", "/user/password/reset", body)
    assert again.json()["status"] == "RESET_PASSWORD_INVALID_TOKEN_ERROR"
