# SPDX-License-Identifier: Apache-2.0
"""E-mail verification tokens: once, in time, hashed, in their tenant."""

import pytest

from tests.core.recipe.calls import (
    MANY,
    at_once,
    create_tenant,
    get,
    map_id,
    post,
    remove_user,
    rows,
    run_jobs,
    sign_up,
)
from twofold.core.app import Core
from twofold.core.clock import TurnableClock
from twofold.core.errors import BadRequest
from twofold.core.users.rules import add_to_tenant, remove_from_tenant

EMAIL = "a@example.com"
INVALID = {"status": "EMAIL_VERIFICATION_INVALID_TOKEN_ERROR"}
LIFETIME_SECONDS = 24 * 3600


async def make_token(core: Core, user_id: str, *, tenant_id: str = "public") -> str:
    """A new token."""
    body = {"userId": user_id, "email": EMAIL}
    token: str = (await post(core, "user/email/verify/token", body, tenant_id=tenant_id))["token"]
    return token


async def is_verified(core: Core, user_id: str) -> bool:
    """What the core answers."""
    answer = await get(core, "user/email/verify", {"userId": user_id, "email": EMAIL})
    verified: bool = answer["isVerified"]
    return verified


async def test_token_works_once_and_ends_the_others(core: Core) -> None:
    """Verification marks the e-mail and uses up all its tokens (class 32)."""
    user_id = await sign_up(core)
    first, second = await make_token(core, user_id), await make_token(core, user_id)

    verified = await post(core, "user/email/verify", {"method": "token", "token": second})
    assert verified == {"status": "OK", "userId": user_id, "email": EMAIL}
    assert await is_verified(core, user_id)
    for token in (first, second):
        assert await post(core, "user/email/verify", {"method": "token", "token": token}) == INVALID


async def test_one_of_many_uses_at_once_wins(core: Core) -> None:
    """A hundred requests with one token at once succeed once (class 9)."""
    token = await make_token(core, "some user")

    statuses = await at_once(core, "user/email/verify", {"method": "token", "token": token})
    assert statuses == {"OK": 1, INVALID["status"]: MANY - 1}


async def test_expired_token_verifies_nothing(core: Core, clock: TurnableClock) -> None:
    """After a day a token is worthless, and its use ends younger ones of the same e-mail."""
    old = await make_token(core, "some user")
    clock.turn(seconds=LIFETIME_SECONDS)
    young = await make_token(core, "some user")

    assert await post(core, "user/email/verify", {"method": "token", "token": old}) == INVALID
    assert await post(core, "user/email/verify", {"method": "token", "token": young}) == INVALID
    assert not await is_verified(core, "some user")


async def test_token_works_in_its_tenant_alone(core: Core) -> None:
    """Another tenant does not know it, and keeps its own; what it verifies holds in all."""
    await create_tenant(core, "t1")
    token, other = await make_token(core, "some user", tenant_id="t1"), await make_token(core, "some user")
    body = {"method": "token", "token": token}

    assert await post(core, "user/email/verify", body) == INVALID
    assert (await post(core, "user/email/verify", body, tenant_id="t1"))["status"] == "OK"
    assert await is_verified(core, "some user")
    assert (await post(core, "user/email/verify", {"method": "token", "token": other}))["status"] == "OK"


async def test_token_is_hashed_at_rest(core: Core) -> None:
    """The database does not hold what was sent (class 21)."""
    token = await make_token(core, "some user")

    assert len(token) == 128
    assert token not in str(await rows(core, "email_verification_tokens"))


async def test_verified_email_needs_no_token(core: Core) -> None:
    """A token is refused while the mark stands, and made again once it is removed."""
    token = await make_token(core, "some user")
    await post(core, "user/email/verify", {"method": "token", "token": token})
    body = {"userId": "some user", "email": EMAIL}

    assert await post(core, "user/email/verify/token", body) == {"status": "EMAIL_ALREADY_VERIFIED_ERROR"}
    await post(core, "user/email/verify/remove", body)
    assert not await is_verified(core, "some user")
    assert (await post(core, "user/email/verify/token", body))["status"] == "OK"


async def test_removed_tokens_are_worthless(core: Core) -> None:
    """Only the tokens of that e-mail go."""
    token = await make_token(core, "some user")
    other = await make_token(core, "another user")
    await post(core, "user/email/verify/token/remove", {"userId": "some user", "email": "A@example.com"})

    assert await post(core, "user/email/verify", {"method": "token", "token": token}) == INVALID
    assert (await post(core, "user/email/verify", {"method": "token", "token": other}))["status"] == "OK"


async def test_token_follows_its_user_to_an_external_id(core: Core) -> None:
    """A mapping takes pending tokens along, so that the mail that was sent still works."""
    user_id = await sign_up(core)
    token = await make_token(core, user_id)
    await map_id(core, user_id, "ext-1")

    verified = await post(core, "user/email/verify", {"method": "token", "token": token})
    assert verified["userId"] == "ext-1"
    signed_in = await post(core, "signin", {"email": EMAIL, "password": "password1"})
    assert signed_in["user"]["loginMethods"][0]["verified"] is True


async def test_removed_user_leaves_no_token(core: Core) -> None:
    """What is kept of a user goes with them."""
    user_id = await sign_up(core)
    token = await make_token(core, user_id)
    await remove_user(core, user_id)

    assert await post(core, "user/email/verify", {"method": "token", "token": token}) == INVALID
    assert await rows(core, "email_verification_tokens") == []


async def test_user_who_leaves_a_tenant_leaves_no_token_there(core: Core) -> None:
    """Tokens of other tenants stay."""
    await create_tenant(core, "t1")
    user_id = await sign_up(core)
    services = core.services
    await services.database.transaction(lambda tx: add_to_tenant(tx, "public", "t1", user_id))
    await make_token(core, user_id, tenant_id="t1")
    token = await make_token(core, user_id)
    await services.database.transaction(lambda tx: remove_from_tenant(tx, services.recipes, "public", "t1", user_id))

    assert [row["tenant_id"] for row in await rows(core, "email_verification_tokens")] == ["public"]
    assert (await post(core, "user/email/verify", {"method": "token", "token": token}))["status"] == "OK"


async def test_housekeeping_deletes_what_expired(core: Core, clock: TurnableClock) -> None:
    """Expired tokens go, live ones stay."""
    await make_token(core, "some user")
    clock.turn(seconds=LIFETIME_SECONDS + 1)
    await make_token(core, "another user")
    await run_jobs(core, "emailverification")

    assert [row["user_id"] for row in await rows(core, "email_verification_tokens")] == ["another user"]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"userId": "x" * 129, "email": EMAIL}, "Field name 'userId' is too long"),
        ({"userId": "some user", "email": "x" * 257}, "Field name 'email' is too long"),
    ],
)
async def test_too_long_values_are_refused(core: Core, body: dict[str, str], text: str) -> None:
    """What cannot be stored is refused with a text, never with an error of the server."""
    with pytest.raises(BadRequest, match=text):
        await post(core, "user/email/verify/token", body)
