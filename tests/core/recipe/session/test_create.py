# SPDX-License-Identifier: Apache-2.0
"""Beginning sessions: what is answered, what the tokens say, and what is refused."""

import re

import pytest

from tests.core.recipe.session.client import SessionClient, access_token, hash_1, refresh_token
from twofold.core.app import Core, create_core
from twofold.core.clock import TurnableClock
from twofold.core.config import Settings
from twofold.core.errors import BadRequest
from twofold.core.jwt import take_apart
from twofold.core.recipe.session.access_token import PROTECTED_CLAIMS
from twofold.core.storage.query import Query
from twofold.core.tenancy.store import create_tenant
from twofold.core.tokens import Tokens
from twofold.core.version import V3_0, V3_1, V4_0, V5_5, V5_6, Version

UUID = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"
STORED = Query("SELECT * FROM sessions WHERE app_id = :app_id")


async def test_the_answer(client: SessionClient, clock: TurnableClock) -> None:
    """Handle, user, claims, tenant and both tokens with their times; no anti-csrf value unless asked for."""
    answer = await client.create("u", userDataInJWT={"a": None})

    handle = answer["session"]["handle"]
    assert re.fullmatch(UUID, handle)
    assert answer["session"] == {
        "handle": handle,
        "userId": "u",
        "recipeUserId": "u",
        "userDataInJWT": {"a": None},
        "tenantId": "public",
    }
    assert set(answer) == {"status", "session", "accessToken", "refreshToken"}
    lifetime_ms = answer["refreshToken"]["expiry"] - answer["refreshToken"]["createdTime"]
    assert lifetime_ms == 144_000 * 60_000


@pytest.mark.parametrize(("version", "token_format"), [(V3_0, "4"), (V3_1, "4"), (V4_0, "5"), (V5_6, "5")])
async def test_the_claims_of_each_format(core: Core, version: Version, token_format: str) -> None:
    """Every claim of the format is there, null where it has no value; `rsub` came with format 5."""
    answer = await SessionClient(core, version).create("u", userDataInJWT={"nil": None})

    token = take_apart(access_token(answer))
    assert token.header == {"alg": "RS256", "typ": "JWT", "kid": token.header["kid"], "version": token_format}
    assert token.claims == {
        "iat": answer["accessToken"]["createdTime"] // 1000,
        "exp": answer["accessToken"]["expiry"] // 1000,
        "sub": "u",
        "tId": "public",
        **({"rsub": "u"} if token_format == "5" else {}),
        "sessionHandle": answer["session"]["handle"],
        "refreshTokenHash1": hash_1(refresh_token(answer)),
        "parentRefreshTokenHash1": None,
        "antiCsrfToken": None,
        "nil": None,
    }
    assert ("recipeUserId" in answer["session"]) == (token_format == "5")


async def test_times_are_whole_seconds_and_never_of_the_future(client: SessionClient, clock: TurnableClock) -> None:
    """Both times of an access token are rounded down."""
    answer = await client.create()

    token = answer["accessToken"]
    assert token["expiry"] % 1000 == token["createdTime"] % 1000 == 0
    assert token["createdTime"] <= clock.now_ms()


@pytest.mark.parametrize(("entropy", "lifetime_ms"), [(b"\x00", 3_600_000), (b"\xff", 3_420_000)])
async def test_jitter_shortens_within_its_share(database_url: str, entropy: bytes, lifetime_ms: int) -> None:
    """An access token lives between 95 % and 100 % of what is configured, by the randomness that is an argument."""
    jittery = Tokens(lambda size: (b"\x0f\x42\x3f" if entropy == b"\xff" else b"\x00\x00\x00").rjust(size, b"\x00"))
    core = create_core(database_url, tokens=jittery)
    answer = await SessionClient(core).create()

    token = answer["accessToken"]
    assert lifetime_ms - 1000 <= token["expiry"] - token["createdTime"] <= lifetime_ms + 1000
    await core.stop()


async def test_only_an_explicit_false_selects_the_static_key(client: SessionClient) -> None:
    """Absent and true mean a dynamic key."""
    for value, prefix in ((None, "d-"), (True, "d-"), (False, "s-")):
        token = access_token(await client.create(useDynamicSigningKey=value))

        assert take_apart(token).header["kid"].startswith(prefix)


async def test_anti_csrf_is_in_the_access_token(client: SessionClient) -> None:
    """With anti-csrf a UUID is answered, and is a claim."""
    answer = await client.create(enableAntiCsrf=True)

    assert re.fullmatch(UUID, answer["antiCsrfToken"])
    assert take_apart(access_token(answer)).claims["antiCsrfToken"] == answer["antiCsrfToken"]


@pytest.mark.parametrize("claim", PROTECTED_CLAIMS[5])
async def test_protected_claims_are_refused(client: SessionClient, claim: str) -> None:
    """The application cannot shadow a claim of the session."""
    with pytest.raises(BadRequest, match="The user payload contains protected field"):
        await client.create(userDataInJWT={claim: "x"})


async def test_a_claim_of_an_old_session_never_shadows(core: Core, client: SessionClient) -> None:
    """`rsub` was free in format 4; when such a session gets a token of format 5, the session's own `rsub` stands."""
    created = await SessionClient(core, V3_0).create("u", userDataInJWT={"rsub": "someone else"})

    answer = await client.refresh(refresh_token(created))
    assert take_apart(access_token(answer)).claims["rsub"] == "u"


async def test_a_lifetime_may_be_asked_for(core: Core, eager: SessionClient) -> None:
    """From CDI 5.6 on a call may shorten its access token, exactly; older clients' field is ignored."""
    short, old = (
        await eager.create(accessTokenValidity=5000),
        await SessionClient(core, V5_5).create(accessTokenValidity=5000),
    )

    assert 4000 <= short["accessToken"]["expiry"] - short["accessToken"]["createdTime"] <= 6000
    assert old["accessToken"]["expiry"] - old["accessToken"]["createdTime"] > 3_000_000


@pytest.mark.parametrize("value", [0, -1, 3_600_001])
async def test_a_lifetime_must_be_within_the_configured(eager: SessionClient, value: int) -> None:
    """Neither nothing nor more than what is configured."""
    with pytest.raises(BadRequest, match=r"at most the configured access_token_validity \(3600000 ms\)"):
        await eager.create(accessTokenValidity=value)


async def test_a_handle_names_its_tenant(core: Core, client: SessionClient) -> None:
    """Outside of the public tenant the handle ends with the tenant's id."""
    await create_tenant(core.services.database, "public", "t1", now_ms=0, first_factors=None, enabled=True)
    answer = await client.create("u", "t1")

    assert re.fullmatch(UUID + "_t1", answer["session"]["handle"])
    assert take_apart(access_token(answer)).claims["tId"] == "t1"


async def test_nothing_in_the_database_is_a_token(core: Core, client: SessionClient) -> None:
    """Attack 21: the row holds neither the refresh token, nor its inner hash, nor an access token."""
    answer = await client.create(enableAntiCsrf=True)

    (row,) = await core.services.database.fetch_all(STORED, app_id="public")
    stored = repr([row[name] for name in row.keys()])  # noqa: SIM118 - rows are no dicts
    for secret in (refresh_token(answer), hash_1(refresh_token(answer)), access_token(answer), answer["antiCsrfToken"]):
        assert secret not in stored


async def test_a_user_is_known_by_every_id(core: Core, client: SessionClient) -> None:
    """A session begun with an internal or an external id of a login method is the person's."""
    signed_up = await client.call("POST", "/recipe/signup", email="a@example.com", password="password1")
    internal = signed_up["recipeUserId"]
    await client.call("POST", "/recipe/userid/map", superTokensUserId=internal, externalUserId="ext")

    for given in (internal, "ext"):
        session = (await client.create(given))["session"]
        assert (session["userId"], session["recipeUserId"]) == ("ext", "ext")


async def test_text_that_is_no_unicode_is_refused(client: SessionClient) -> None:
    """Half a surrogate pair in the data is the caller's mistake, not a crash."""
    with pytest.raises(BadRequest, match="Unicode"):
        await client.create(userDataInJWT={"a": "\ud800"})
    with pytest.raises(BadRequest, match="Unicode"):
        await client.create(userDataInDatabase={"a": "\ud800"})


async def test_creation_makes_the_user_active(core: Core, client: SessionClient) -> None:
    """A session counts its user as active, also one that the core does not know."""
    await client.create("someone")

    answer = await core.call("GET", "/users/count/active", query={"since": "0"})
    assert answer == {"status": "OK", "count": 1}


async def test_settings_shorten_both_tokens(database_url: str) -> None:
    """The configured lifetimes hold."""
    core = create_core(database_url, Settings(access_token_validity=60, refresh_token_validity=2))
    answer = await SessionClient(core).create()

    access, refresh = answer["accessToken"], answer["refreshToken"]
    assert 56_000 <= access["expiry"] - access["createdTime"] <= 61_000
    assert refresh["expiry"] - refresh["createdTime"] == 120_000
    await core.stop()
