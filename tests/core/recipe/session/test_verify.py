# SPDX-License-Identifier: Apache-2.0
"""Verifying access tokens: which are good, what is checked in the database, and that no forged one passes."""

import hashlib
import hmac

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.recipe.session.client import SessionClient, access_token, refresh_token
from twofold.core._fields import Json
from twofold.core.app import Core
from twofold.core.clock import TurnableClock
from twofold.core.errors import Forbidden
from twofold.core.http import CoreASGI, HttpRequest
from twofold.core.jwt import take_apart, write
from twofold.core.signing import KeyRing, SigningKey
from twofold.core.tenancy.store import create_app, create_tenant

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+"


async def keys_of(core: Core, app_id: str = "public") -> KeyRing:
    """The keys of an app."""
    return await core.services.signing_keys.of(await core.tenant(app_id, "public"))


def forged(token: str, key: SigningKey, header: Json | None = None, claims: Json | None = None) -> str:
    """A token with changed parts, signed with a key."""
    parts = take_apart(token)
    return write(parts.header | (header or {}), parts.claims | (claims or {}), key.sign)


async def test_a_fresh_token_is_good(client: SessionClient) -> None:
    """The answer says whose it is, and brings no new token."""
    created = await client.create("u", userDataInJWT={"a": 1})

    for check_database in (False, True):
        answer = await client.verify(access_token(created), check_database=check_database)
        assert answer == {"status": "OK", "session": created["session"]}


async def test_expiry_is_exact(client: SessionClient, clock: TurnableClock) -> None:
    """Attack 43: after its `exp` a token is refused, and the client is told to refresh."""
    created = await client.create()
    clock.turn(seconds=3602)

    assert await client.verify(access_token(created)) == {
        "status": "TRY_REFRESH_TOKEN",
        "message": "Access token expired",
    }


async def test_a_removed_session_shows_with_a_database_check(client: SessionClient) -> None:
    """Attack class 42: without looking, a token outlives its session until it expires; looking ends it."""
    created = await client.create()
    await client.call("POST", "/recipe/session/remove", sessionHandles=[created["session"]["handle"]])

    assert (await client.verify(access_token(created)))["status"] == "OK"
    assert await client.verify(access_token(created), check_database=True) == {
        "status": "UNAUTHORISED",
        "message": "Either the session has ended or has been blacklisted",
    }


async def test_a_refreshed_token_of_a_removed_session(client: SessionClient) -> None:
    """Attack class 42: a token that still has to promote its refresh token needs its session."""
    created = await client.create()
    refreshed = await client.refresh(refresh_token(created))
    await client.call("POST", "/recipe/session/remove", sessionHandles=[created["session"]["handle"]])

    assert await client.verify(access_token(refreshed)) == {
        "status": "UNAUTHORISED",
        "message": "Session missing in db",
    }


async def test_the_first_use_promotes_and_settles(client: SessionClient) -> None:
    """The first use of a refreshed token answers with one that has no parent, and makes the old refresh token stale."""
    created = await client.create(enableAntiCsrf=True)
    value = created["antiCsrfToken"]
    refreshed = await client.refresh(refresh_token(created), enableAntiCsrf=True, antiCsrfToken=value)

    answer = await client.verify(access_token(refreshed))
    old, new = take_apart(access_token(refreshed)).claims, take_apart(access_token(answer)).claims
    assert new | {"iat": 0, "exp": 0} == old | {"iat": 0, "exp": 0, "parentRefreshTokenHash1": None}
    assert "accessToken" not in await client.verify(access_token(answer))
    assert (await client.refresh(refresh_token(created)))["status"] == "TOKEN_THEFT_DETECTED"


async def test_a_token_of_an_older_branch_is_good_until_it_expires(client: SessionClient) -> None:
    """A sibling of the promoted token verifies without a successor."""
    first = refresh_token(await client.create())
    used, unused = [await client.refresh(first) for _ in range(2)]
    await client.verify(access_token(used))

    answer = await client.verify(access_token(unused), check_database=True)
    assert answer["status"] == "OK"
    assert "accessToken" not in answer


async def test_changed_claims_come_with_a_database_check(client: SessionClient) -> None:
    """A database check notices that the stored claims differ, and answers with a token that has them."""
    created = await client.create(userDataInJWT={"a": 1})
    handle = created["session"]["handle"]
    await client.call("PUT", "/recipe/jwt/data", sessionHandle=handle, userDataInJWT={"a": None})

    assert "accessToken" not in await client.verify(access_token(created))
    answer = await client.verify(access_token(created), check_database=True)
    assert answer["session"]["userDataInJWT"] == {"a": None}
    assert take_apart(access_token(answer)).claims["a"] is None


async def test_anti_csrf(client: SessionClient) -> None:
    """Attack 39: checked when both flags say so, against the claim; a token without the claim must be refreshed."""
    created = await client.create(enableAntiCsrf=True)
    token, value = access_token(created), created["antiCsrfToken"]
    both = {"enableAntiCsrf": True, "doAntiCsrfCheck": True}
    failed = {"status": "TRY_REFRESH_TOKEN", "message": "anti-csrf check failed"}

    assert (await client.verify(token, antiCsrfToken=value, **both))["status"] == "OK"
    assert await client.verify(token, antiCsrfToken="other", **both) == failed
    assert await client.verify(token, **both) == failed
    assert (await client.verify(token, enableAntiCsrf=True))["status"] == "OK"
    assert (await client.verify(token, doAntiCsrfCheck=True))["status"] == "OK"
    without = await client.verify(access_token(await client.create()), **both)
    assert without["status"] == "TRY_REFRESH_TOKEN"


async def test_eager_verification_never_writes(eager: SessionClient) -> None:
    """From CDI 5.6 on no token comes back; a changed payload is only pointed out."""
    created = await eager.create(userDataInJWT={"a": 1})
    handle = created["session"]["handle"]

    same = await eager.verify(access_token(created), check_database=True)
    await eager.call("PUT", "/recipe/jwt/data", sessionHandle=handle, userDataInJWT={"a": 2})
    changed = await eager.verify(access_token(created), check_database=True)
    assert (same["payloadUpdateAvailable"], changed["payloadUpdateAvailable"]) == (False, True)
    assert changed["session"]["userDataInJWT"] == {"a": 1}
    assert "accessToken" not in changed
    assert "payloadUpdateAvailable" not in await eager.verify(access_token(created))


async def test_eager_a_rotated_out_branch_is_refused(eager: SessionClient) -> None:
    """The access tokens of the current and the previous refresh token pass a database check, older ones do not."""
    first = await eager.create()
    second = await eager.refresh(refresh_token(first))
    assert (await eager.verify(access_token(first), check_database=True))["status"] == "OK"
    await eager.refresh(refresh_token(second))

    assert await eager.verify(access_token(first), check_database=True) == {
        "status": "UNAUTHORISED",
        "message": "rotated-out token branch; refresh required",
    }
    assert (await eager.verify(access_token(second), check_database=True))["status"] == "OK"
    assert (await eager.verify(access_token(first)))["status"] == "OK"


async def test_eager_verification_is_for_the_public_tenant(core: Core, eager: SessionClient) -> None:
    """From CDI 5.6 on the path may name no other tenant; before, the path's tenant does not matter."""
    await create_tenant(core.services.database, "public", "t1", now_ms=0, first_factors=None, enabled=True)
    token = access_token(await eager.create())
    body = {"accessToken": token, "doAntiCsrfCheck": False, "enableAntiCsrf": False, "checkDatabase": False}

    with pytest.raises(Forbidden):
        await eager.call("POST", "/recipe/session/verify", "t1", **body)
    assert (await SessionClient(core).call("POST", "/recipe/session/verify", "t1", **body))["status"] == "OK"


async def test_a_token_signed_by_hand_is_good(core: Core, client: SessionClient) -> None:
    """The forgeries below fail for what is wrong with them: a token signed with the right key passes."""
    token = access_token(await client.create())
    key = (await keys_of(core)).dynamic_keys[0]

    assert (await client.verify(forged(token, key)))["status"] == "OK"


async def test_algorithms_are_not_the_tokens_choice(core: Core, client: SessionClient) -> None:
    """Attack class 43.

    Attack 43: `none`, HS256 keyed with the public key, and other names of algorithms are refused.
    """
    token = access_token(await client.create())
    key = (await keys_of(core)).dynamic_keys[0]
    parts = take_apart(token)

    def hs256(data: bytes) -> bytes:
        return hmac.digest(repr(key.jwk).encode(), data, hashlib.sha256)

    forgeries = [
        write(parts.header | {"alg": "none"}, parts.claims, lambda _: b""),
        write(parts.header | {"alg": "HS256"}, parts.claims, hs256),
        write(parts.header, parts.claims, hs256),
        forged(token, key, {"alg": "RS512"}),
        forged(token, key, {"alg": None}),
        token.rpartition(".")[0] + ".",
    ]
    for forgery in forgeries:
        assert (await client.verify(forgery))["status"] == "TRY_REFRESH_TOKEN"


async def test_the_header_must_be_a_session_tokens(core: Core, client: SessionClient) -> None:
    """Attack 43: a wrong `typ`, `kid` or version is refused though the signature holds."""
    token = access_token(await client.create())
    key = (await keys_of(core)).dynamic_keys[0]

    for header in ({"typ": "at+jwt"}, {"kid": 5}, {"kid": None}, {"version": 5}, {"version": "2"}, {"version": "6"}):
        assert (await client.verify(forged(token, key, header)))["status"] == "TRY_REFRESH_TOKEN"


async def test_unknown_and_foreign_keys_are_refused(core: Core, client: SessionClient) -> None:
    """Attacks 43 and 47: a key that nobody made, another app's key, and a key inside the token."""
    await create_app(core.services.database, "other", 0)
    await create_tenant(core.services.database, "other", "public", now_ms=0, first_factors=None, enabled=True)
    foreign = (await keys_of(core, "other")).dynamic_keys[0]
    token = access_token(await client.create())

    unknown = await client.verify(forged(token, foreign, {"kid": "d-1"}))
    assert unknown == {"status": "TRY_REFRESH_TOKEN", "message": "Key not found"}
    for header in ({"kid": foreign.key_id + "0"}, {"jwk": foreign.jwk}, {"jku": "https://a.example/jwks"}):
        assert (await client.verify(forged(token, foreign, header)))["status"] == "TRY_REFRESH_TOKEN"
    of_other = access_token(await SessionClient(core, app_id="other").create())
    assert (await client.verify(of_other))["status"] == "TRY_REFRESH_TOKEN"


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("sub", None),
        ("rsub", 5),
        ("tId", {}),
        ("sessionHandle", "a\x00b"),
        ("refreshTokenHash1", []),
        ("parentRefreshTokenHash1", 5),
        ("antiCsrfToken", True),
        ("exp", "9999999999"),
        ("exp", True),
        ("exp", 1e300),
        ("iat", None),
    ],
)
async def test_claims_must_have_their_types(core: Core, client: SessionClient, claim: str, value: object) -> None:
    """Attack 27: a token whose claims have other types is refused, not a crash."""
    token = access_token(await client.create())
    key = (await keys_of(core)).dynamic_keys[0]

    answer = await client.verify(forged(token, key, claims={claim: value}), check_database=True)
    assert answer["status"] == "TRY_REFRESH_TOKEN"
    assert claim in answer["message"]


async def test_a_jwt_of_the_application_is_no_session(client: SessionClient) -> None:
    """Attack 30: a JWT that the core signed for another purpose lacks the claims, and the message names the first."""
    made = await client.call(
        "POST",
        "/recipe/jwt",
        algorithm="RS256",
        jwksDomain="https://a.example",
        payload={"sub": "u"},
        validity=60,
        useStaticSigningKey=False,
    )

    assert await client.verify(made["jwt"]) == {
        "status": "TRY_REFRESH_TOKEN",
        "message": "Access token does not contain all the information. Maybe the structure has changed? sessionHandle",
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=20)
@given(draw=st.data())
async def test_no_altered_token_passes(client: SessionClient, draw: st.DataObject) -> None:
    """Attack class 50: attack 50: one character changed anywhere, a cut or an extension is refused."""
    text = access_token(await client.create())
    place = draw.draw(st.integers(0, len(text) - 1))
    other = draw.draw(st.sampled_from(ALPHABET.replace(text[place], "")))
    for altered in (text[:place] + other + text[place + 1 :], text[:place], text + other, other + text):
        assert (await client.verify(altered))["status"] == "TRY_REFRESH_TOKEN"


async def test_tokens_of_old_formats_are_read(core: Core, client: SessionClient) -> None:
    """A token of format 3, from before tenants, is of the public tenant; its recipe user is its user."""
    parts = take_apart(access_token(await client.create("u")))
    key = (await keys_of(core)).dynamic_keys[0]
    claims = {name: value for name, value in parts.claims.items() if name not in ("tId", "rsub")}

    answer = await client.verify(write(parts.header | {"version": "3"}, claims, key.sign))
    assert answer["session"]["tenantId"] == "public"
    assert answer["session"]["recipeUserId"] == "u"


async def test_a_token_without_a_version_is_of_the_newest_format(core: Core, client: SessionClient) -> None:
    """The header's version may be missing."""
    parts = take_apart(access_token(await client.create()))
    key = (await keys_of(core)).dynamic_keys[0]
    header = {name: value for name, value in parts.header.items() if name != "version"}

    assert (await client.verify(write(header, parts.claims, key.sign)))["status"] == "OK"


async def test_strange_texts_over_http(core: Core) -> None:
    """Nothing that is sent as a token makes the core fail."""
    app = CoreASGI(core)
    for token in ("", ".", "..", "a.b.c", "é.é.é", "\\u0000", "x" * 100_000):
        body = f'{{"accessToken":"{token}","doAntiCsrfCheck":true,"enableAntiCsrf":true,"checkDatabase":true}}'.encode()
        response = await app.handle(HttpRequest("POST", "/recipe/session/verify", "", {}, body, "127.0.0.1"))

        assert response.status in (200, 400)
