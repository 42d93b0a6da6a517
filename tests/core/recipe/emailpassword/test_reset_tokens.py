# SPDX-License-Identifier: Apache-2.0
"""Password reset tokens: once, in time, and hashed."""

import pytest

from tests.core.recipe.calls import MANY, at_once, link, make_primary, map_id, post, put_user, rows, run_jobs, sign_up
from twofold.core.app import Core
from twofold.core.clock import TurnableClock
from twofold.core.errors import BadRequest
from twofold.core.version import V3_1

EMAIL = "a@example.com"
INVALID = {"status": "RESET_PASSWORD_INVALID_TOKEN_ERROR"}
UNKNOWN = {"status": "UNKNOWN_USER_ID_ERROR"}
LIFETIME_SECONDS = 3600


async def make_token(core: Core, user_id: str) -> str:
    """A new token."""
    answer = await post(core, "user/password/reset/token", {"userId": user_id, "email": EMAIL})
    token: str = answer["token"]
    return token


async def test_token_works_once(core: Core) -> None:
    """A used token is worthless, and so are all others of its user (class 32)."""
    user_id = await sign_up(core)
    first, second = await make_token(core, user_id), await make_token(core, user_id)

    used = await post(core, "user/password/reset/token/consume", {"token": first})
    assert used == {"status": "OK", "userId": user_id, "email": EMAIL}
    assert await post(core, "user/password/reset/token/consume", {"token": first}) == INVALID
    assert await post(core, "user/password/reset/token/consume", {"token": second}) == INVALID


@pytest.mark.parametrize("changed", [{"password": "password2"}, {"email": "new@example.com"}])
async def test_a_change_ends_the_tokens_of_before(core: Core, changed: dict[str, str]) -> None:
    """Whoever changes password or address shuts out who has an old mail (class 32)."""
    user_id = await sign_up(core)
    token = await make_token(core, user_id)

    await put_user(core, {"recipeUserId": user_id, **changed}, "emailpassword")

    assert await post(core, "user/password/reset/token/consume", {"token": token}) == INVALID


async def test_a_change_of_nothing_leaves_the_tokens(core: Core) -> None:
    """The same address again is no change."""
    user_id = await sign_up(core)
    token = await make_token(core, user_id)

    await put_user(core, {"recipeUserId": user_id, "email": EMAIL}, "emailpassword")

    assert (await post(core, "user/password/reset/token/consume", {"token": token}))["status"] == "OK"


async def test_one_of_many_uses_at_once_wins(core: Core) -> None:
    """A hundred requests with one token at once succeed once (class 9)."""
    token = await make_token(core, await sign_up(core))

    statuses = await at_once(core, "user/password/reset/token/consume", {"token": token})
    assert statuses == {"OK": 1, INVALID["status"]: MANY - 1}


async def test_token_is_hashed_at_rest(core: Core) -> None:
    """The database does not hold what was sent (class 21); the token has 128 letters and digits."""
    token = await make_token(core, await sign_up(core))

    assert len(token) == 128
    assert token.isascii()
    assert token.isalnum()
    assert token not in str(await rows(core, "password_reset_tokens"))


async def test_token_expires(core: Core, clock: TurnableClock) -> None:
    """After an hour a token is worthless, and its use ends younger ones of the same user (AAL2 4.2.1.2)."""
    user_id = await sign_up(core)
    old = await make_token(core, user_id)
    clock.turn(seconds=LIFETIME_SECONDS)
    young = await make_token(core, user_id)

    assert await post(core, "user/password/reset/token/consume", {"token": old}) == INVALID
    assert await post(core, "user/password/reset/token/consume", {"token": young}) == INVALID


async def test_token_works_until_it_expires(core: Core, clock: TurnableClock) -> None:
    """A minute before the end it still works."""
    token = await make_token(core, await sign_up(core))
    clock.turn(seconds=LIFETIME_SECONDS - 60)

    assert (await post(core, "user/password/reset/token/consume", {"token": token}))["status"] == "OK"


async def test_housekeeping_deletes_what_expired(core: Core, clock: TurnableClock) -> None:
    """Expired tokens go, live ones stay."""
    user_id = await sign_up(core)
    await make_token(core, user_id)
    clock.turn(seconds=LIFETIME_SECONDS + 1)
    token = await make_token(core, user_id)
    await run_jobs(core, "emailpassword")

    assert len(await rows(core, "password_reset_tokens")) == 1
    assert (await post(core, "user/password/reset/token/consume", {"token": token}))["status"] == "OK"


async def test_token_answers_with_the_effective_id(core: Core) -> None:
    """Also when the user was given an external id after the token was made."""
    user_id = await sign_up(core)
    token = await make_token(core, user_id)
    await map_id(core, user_id, "ext-1")

    assert (await post(core, "user/password/reset/token/consume", {"token": token}))["userId"] == "ext-1"


async def test_token_of_one_app_is_unknown_in_another(core: Core) -> None:
    """Apps share nothing."""
    token = await make_token(core, await sign_up(core))
    await core.call("PUT", "/recipe/multitenancy/app/v2", body={"appId": "other"})
    consume = "/recipe/user/password/reset/token/consume"

    assert await core.call("POST", consume, app_id="other", body={"token": token}) == INVALID
    assert (await post(core, "user/password/reset/token/consume", {"token": token}))["status"] == "OK"


async def test_nobody_has_no_token(core: Core) -> None:
    """An unknown id is told as such, in every version."""
    assert await post(core, "user/password/reset/token", {"userId": "nobody", "email": EMAIL}) == UNKNOWN
    assert await post(core, "user/password/reset/token", {"userId": "nobody"}, version=V3_1) == UNKNOWN


async def test_old_client_needs_a_user_with_one_login_method(core: Core) -> None:
    """Before CDI 4.0 the e-mail is the user's own, so there must be one."""
    primary, member = await sign_up(core), await sign_up(core, "b@example.com")
    await make_primary(core, primary)
    await link(core, member, primary)

    with pytest.raises(BadRequest, match=r"^Please use CDI version >= 4.0$"):
        await post(core, "user/password/reset/token", {"userId": primary}, version=V3_1)


async def test_reset_in_one_step(core: Core) -> None:
    """The older form changes the password with the token, once."""
    user_id = await sign_up(core)
    body = {"method": "token", "token": await make_token(core, user_id), "newPassword": "password2"}

    assert await post(core, "user/password/reset", body) == {"status": "OK", "userId": user_id}
    assert await post(core, "user/password/reset", body) == INVALID
    assert (await post(core, "signin", {"email": EMAIL, "password": "password2"}))["status"] == "OK"
    assert (await post(core, "signin", {"email": EMAIL, "password": "password1"}))["status"] != "OK"


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"method": "code"}, "Unsupported method for password reset"),
        ({"newPassword": ""}, "Password cannot be an empty string"),
        ({"newPassword": "x" * 5000}, "Password is too long"),
    ],
)
async def test_reset_in_one_step_says_what_is_wrong(core: Core, changed: dict[str, str], text: str) -> None:
    """A refused reset leaves the token usable."""
    token = await make_token(core, await sign_up(core))
    body = {"method": "token", "token": token, "newPassword": "password2"}

    with pytest.raises(BadRequest, match=text):
        await post(core, "user/password/reset", body | changed)
    assert (await post(core, "user/password/reset", body))["status"] == "OK"


async def test_reset_in_one_step_needs_a_password_to_change(core: Core) -> None:
    """A user of another provider gets no password by it, and the time of an unknown token is over."""
    email = {"id": EMAIL, "isVerified": True}
    body = {"thirdPartyId": "google", "thirdPartyUserId": "g-1", "email": email}
    user_id = (await post(core, "signinup", body))["recipeUserId"]
    token = await make_token(core, user_id)
    reset = {"method": "token", "token": token, "newPassword": "password2"}

    assert await post(core, "user/password/reset", reset) == INVALID
    assert await post(core, "user/password/reset", reset | {"token": "unknown"}) == INVALID
    assert await rows(core, "password_hashes") == []


async def test_expired_token_resets_nothing(core: Core, clock: TurnableClock) -> None:
    """The older form asks for the time as well."""
    token = await make_token(core, await sign_up(core))
    clock.turn(seconds=LIFETIME_SECONDS + 1)

    body = {"method": "token", "token": token, "newPassword": "password2"}
    assert await post(core, "user/password/reset", body) == INVALID
