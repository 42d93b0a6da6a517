# SPDX-License-Identifier: Apache-2.0
"""Recovery tokens: once, in time, and hashed."""

import hashlib

from tests.core.recipe.calls import (
    MANY,
    at_once,
    create_tenant,
    get,
    link,
    make_primary,
    post,
    remove_user,
    rows,
    run_jobs,
)
from tests.core.recipe.calls import sign_up as sign_up_with_password
from tests.core.recipe.webauthn.passkeys import EMAIL
from twofold.core.app import Core
from twofold.core.clock import TurnableClock

INVALID = {"status": "RECOVER_ACCOUNT_TOKEN_INVALID_ERROR"}
LIFETIME_SECONDS = 3600
CONSUME = "webauthn/user/recover/token/consume"


async def make_token(core: Core, user_id: str, email: str = EMAIL, *, tenant_id: str = "public") -> str:
    """A new token."""
    body = {"userId": user_id, "email": email}
    answer = await post(core, "webauthn/user/recover/token", body, tenant_id=tenant_id)
    token: str = answer["token"]
    return token


async def test_token_works_once(core: Core, user_id: str) -> None:
    """A used token is worthless, and so are all others of its e-mail; those of other e-mails are not (class 32)."""
    first, second = await make_token(core, user_id, " A@Example.com "), await make_token(core, user_id)
    other = await make_token(core, user_id, "other@example.com")

    assert await post(core, CONSUME, {"token": first}) == {"status": "OK", "userId": user_id, "email": EMAIL}
    for used in (first, second):
        assert await post(core, CONSUME, {"token": used}) == INVALID
        assert await get(core, "webauthn/user/recover", {"token": used}) == INVALID
    assert (await post(core, CONSUME, {"token": other}))["status"] == "OK"


async def test_one_of_many_uses_at_once_wins(core: Core, user_id: str) -> None:
    """A hundred requests with one token at once succeed once (class 9)."""
    statuses = await at_once(core, CONSUME, {"token": await make_token(core, user_id)})

    assert statuses == {"OK": 1, INVALID["status"]: MANY - 1}


async def test_asking_leaves_the_token(core: Core, user_id: str) -> None:
    """Whom a token is for can be read any number of times."""
    token = await make_token(core, user_id)

    for _ in range(2):
        found = await get(core, "webauthn/user/recover", {"token": token})
        assert (found["status"], found["recipeUserId"], found["user"]["emails"]) == ("OK", user_id, [EMAIL])
    assert (await post(core, CONSUME, {"token": token}))["status"] == "OK"


async def test_token_of_a_group_whose_own_login_method_is_gone(core: Core, user_id: str) -> None:
    """A token can be for a primary user as such; then no login method is named."""
    primary = await sign_up_with_password(core, "p@example.com")
    await make_primary(core, primary)
    await link(core, user_id, primary)
    await core.call("POST", "/user/remove", body={"userId": primary, "removeAllLinkedAccounts": False})
    token = await make_token(core, primary)

    found = await get(core, "webauthn/user/recover", {"token": token})
    assert (found["user"]["id"], "recipeUserId" in found) == (primary, False)
    assert (await post(core, CONSUME, {"token": token}))["userId"] == primary


async def test_token_is_hashed_at_rest(core: Core, user_id: str) -> None:
    """The database does not hold what was sent (class 21); the token has 32 random bytes."""
    token = await make_token(core, user_id)
    (row,) = await rows(core, "webauthn_recovery_tokens")

    assert len(token) == 43
    assert row["token_hash"] == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(row)


async def test_token_expires(core: Core, user_id: str, clock: TurnableClock) -> None:
    """It works until its lifetime is over."""
    late, in_time = await make_token(core, user_id), await make_token(core, user_id, "other@example.com")
    clock.turn(seconds=LIFETIME_SECONDS - 1)
    assert (await post(core, CONSUME, {"token": in_time}))["status"] == "OK"
    clock.turn(seconds=1)

    assert await get(core, "webauthn/user/recover", {"token": late}) == INVALID
    assert await post(core, CONSUME, {"token": late}) == INVALID


async def test_token_belongs_to_its_tenant(core: Core, user_id: str) -> None:
    """Attack class 47: another tenant does not know it, and cannot use it up."""
    await create_tenant(core, "t1")
    token = await make_token(core, user_id)

    assert await get(core, "webauthn/user/recover", {"token": token}, tenant_id="t1") == INVALID
    assert await post(core, CONSUME, {"token": token}, tenant_id="t1") == INVALID
    assert (await post(core, CONSUME, {"token": token}))["status"] == "OK"


async def test_change_of_email_ends_the_tokens_of_before(core: Core, user_id: str) -> None:
    """Whoever changes the e-mail shuts out who has an old mail; setting the same one is no change (class 32)."""
    token = await make_token(core, user_id)
    change = {"recipeUserId": user_id, "email": EMAIL}
    await core.call("PUT", "/recipe/webauthn/user/email", body=change)
    assert (await get(core, "webauthn/user/recover", {"token": token}))["status"] == "OK"
    await core.call("PUT", "/recipe/webauthn/user/email", body={**change, "email": "new@example.com"})

    assert await post(core, CONSUME, {"token": token}) == INVALID


async def test_unknown_users_get_no_token(core: Core, user_id: str) -> None:
    """No token for nobody; and one of somebody who has gone is worthless."""
    nobody = await post(core, "webauthn/user/recover/token", {"userId": "nobody", "email": EMAIL})
    token = await make_token(core, user_id)
    await remove_user(core, user_id)

    assert nobody == {"status": "UNKNOWN_USER_ID_ERROR"}
    assert await post(core, CONSUME, {"token": token}) == INVALID


async def test_housekeeping_deletes_what_has_expired(core: Core, user_id: str, clock: TurnableClock) -> None:
    """Expired ceremonies and tokens go, the others stay."""
    options = {"relyingPartyId": "example.com", "relyingPartyName": "Site", "origin": "https://example.com"}
    await post(core, "webauthn/options/signin", options)
    await make_token(core, user_id)
    clock.turn(seconds=LIFETIME_SECONDS + 1)
    kept = await post(core, "webauthn/options/signin", options)
    await make_token(core, user_id, "kept@example.com")

    await run_jobs(core, "webauthn")

    assert [row["options_id"] for row in await rows(core, "webauthn_options")] == [kept["webauthnGeneratedOptionsId"]]
    assert [row["email"] for row in await rows(core, "webauthn_recovery_tokens")] == ["kept@example.com"]
