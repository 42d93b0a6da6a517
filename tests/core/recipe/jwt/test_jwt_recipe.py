# SPDX-License-Identifier: Apache-2.0
"""The endpoints of JSON Web Tokens, and the clean-up of old keys."""

import re
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

from twofold.core._fields import Json
from twofold.core.app import Core
from twofold.core.clock import TurnableClock
from twofold.core.errors import BadRequest
from twofold.core.http import CoreASGI, HttpRequest, HttpResponse
from twofold.core.jwt import decode_base64url, take_apart
from twofold.core.recipe.jwt.rules import delete_expired_keys
from twofold.core.signing_store import add, find_all
from twofold.core.storage.query import Query

HOUR = 3600
WEEK = 168 * HOUR
COUNT_KEYS = Query("SELECT COUNT(*) FROM app_keys WHERE app_id = :app_id AND purpose = 'dynamic'")


async def create_jwt(core: Core, payload: Json, **changes: object) -> Json:
    """A JWT of the core."""
    body = {"algorithm": "RS256", "jwksDomain": "https://a.example", "payload": payload, "validity": 60} | changes
    return await core.call("POST", "/recipe/jwt", body=body)


async def get_jwks(core: Core) -> HttpResponse:
    """The JWKS over HTTP, without a key or a version."""
    return await CoreASGI(core).handle(HttpRequest("GET", "/.well-known/jwks.json", "", {}, b"", "127.0.0.1"))


async def test_anyone_can_verify_a_jwt_with_the_jwks(core: Core) -> None:
    """The signature holds with the public key that the JWKS has under the token's `kid`, and nothing but that."""
    token = take_apart((await create_jwt(core, {"a": 1}))["jwt"])

    keys = (await core.call("GET", "/.well-known/jwks.json"))["keys"]
    (key,) = [key for key in keys if key["kid"] == token.header["kid"]]
    n, e = (int.from_bytes(decode_base64url(key[name]), "big") for name in "ne")
    RSAPublicNumbers(e, n).public_key().verify(token.signature(), token.signed, PKCS1v15(), SHA256())


@pytest.mark.parametrize(("static", "prefix"), [(True, "s-"), (False, "d-"), (None, "s-")])
async def test_the_kind_of_key_can_be_chosen(core: Core, static: bool | None, prefix: str) -> None:
    """The static key signs unless the dynamic one is asked for."""
    answer = await create_jwt(core, {}, useStaticSigningKey=static)

    assert take_apart(answer["jwt"]).header["kid"].startswith(prefix)


async def test_claims_of_the_payload_win(core: Core) -> None:
    """`iss`, `iat` and `exp` are ours only where the payload has none; null is kept."""
    answer = await create_jwt(core, {"iss": "me", "exp": 6, "nil": None})

    claims = take_apart(answer["jwt"]).claims
    assert claims == {"iss": "me", "iat": claims["iat"], "exp": 6, "nil": None}


async def test_only_rs256(core: Core) -> None:
    """Other algorithms are an outcome, `none` included."""
    for algorithm in ("none", "HS256", "ES256"):
        assert await create_jwt(core, {}, algorithm=algorithm) == {"status": "UNSUPPORTED_ALGORITHM_ERROR"}


@pytest.mark.parametrize("validity", [0, -1])
async def test_a_validity_must_be_positive(core: Core, validity: int) -> None:
    """A token that is born expired is refused."""
    with pytest.raises(BadRequest, match="validity must be greater than or equal to 0"):
        await create_jwt(core, {}, validity=validity)


async def test_payload_must_be_unicode(core: Core) -> None:
    """Half a surrogate pair is the caller's mistake."""
    with pytest.raises(BadRequest, match="payload"):
        await create_jwt(core, {"a": "\udc00"})


async def test_jwks_may_be_kept_until_the_next_key(core: Core, clock: TurnableClock) -> None:
    """Cache-Control counts down to the making of the next key, in a form that clients' patterns read."""

    async def max_age() -> int:
        value = (await get_jwks(core)).headers["Cache-Control"]
        found = re.fullmatch(r"max-age=(\d+), must-revalidate", value)
        assert found is not None, value
        return int(found[1])

    first = await max_age()
    clock.turn(seconds=1000)

    assert WEEK - 60 - 5 <= first <= WEEK - 60
    assert first - 1005 <= await max_age() <= first - 1000


async def test_jwks_for_old_sdks_has_the_same_keys(core: Core) -> None:
    """The deprecated path answers with the same keys and a status."""
    keys = (await core.call("GET", "/.well-known/jwks.json"))["keys"]

    assert await core.call("GET", "/recipe/jwt/jwks") == {"status": "OK", "keys": keys}


async def test_old_keys_are_deleted(core: Core, clock: TurnableClock) -> None:
    """Housekeeping deletes a dynamic key once its last token has expired, and no sooner."""
    await get_jwks(core)
    clock.turn(seconds=WEEK)
    await get_jwks(core)

    await delete_expired_keys(core.services)
    assert await core.services.database.fetch_value(COUNT_KEYS, app_id="public") == 2
    clock.turn(seconds=2 * HOUR + 1)
    await delete_expired_keys(core.services)
    assert await core.services.database.fetch_value(COUNT_KEYS, app_id="public") == 1


async def test_clean_up_passes_over_an_app_that_is_gone(core: Core) -> None:
    """An app that another node removes meanwhile does not end the clean-up of the others."""
    await get_jwks(core)
    for key in await find_all(core.services.database, "public"):
        await add(core.services.database, replace(key, app_id="gone"))

    await delete_expired_keys(core.services)
    assert await core.services.database.fetch_value(COUNT_KEYS, app_id="gone") == 1
