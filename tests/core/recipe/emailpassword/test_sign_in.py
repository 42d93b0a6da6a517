# SPDX-License-Identifier: Apache-2.0
"""Sign-up and sign-in with a password, and changing it."""

import asyncio
from collections import Counter

import pytest

from tests.core.recipe.calls import (
    create_tenant,
    get,
    link,
    make_primary,
    map_id,
    post,
    put_user,
    remove_user,
    rows,
    sign_up,
)
from twofold.core.app import Core, create_core
from twofold.core.config import Settings
from twofold.core.errors import BadRequest, Forbidden
from twofold.core.version import V3_0, V4_0, V5_0

WRONG = {"status": "WRONG_CREDENTIALS_ERROR"}
EMAIL = "a@example.com"
BCRYPT_HASH = "$2b$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i"  # "abc"


async def test_signs_in_whatever_the_case_of_the_email(core: Core) -> None:
    """E-mails are trimmed and lower-cased wherever they come in."""
    user_id = await sign_up(core, " A@Example.com ")

    signed_in = await post(core, "signin", {"email": "a@EXAMPLE.com ", "password": "password1"})
    assert signed_in["status"] == "OK"
    assert signed_in["recipeUserId"] == user_id
    assert signed_in["user"]["emails"] == [EMAIL]


@pytest.mark.parametrize(
    ("email", "password"),
    [(EMAIL, "wrong"), (EMAIL, ""), (EMAIL, "x" * 5000), ("b@example.com", "password1"), ("", "")],
)
async def test_wrong_credentials_are_alike(core: Core, email: str, password: str) -> None:
    """Nobody learns whether the e-mail or the password was wrong (class 34)."""
    await sign_up(core)

    assert await post(core, "signin", {"email": email, "password": password}) == WRONG


async def test_empty_password_lets_nobody_in(core: Core) -> None:
    """An empty password can be set by a client of the core, but never used (class 35)."""
    user_id = await sign_up(core)
    await put_user(core, {"recipeUserId": user_id, "password": ""}, "emailpassword")

    assert await post(core, "signin", {"email": EMAIL, "password": ""}) == WRONG


async def test_one_sign_up_of_many_at_once_wins(core: Core) -> None:
    """Ten sign-ups with one e-mail at once make one user."""
    body = {"email": EMAIL, "password": "password1"}
    answers = await asyncio.gather(*(post(core, "signup", body) for _ in range(10)))

    assert Counter(answer["status"] for answer in answers) == {"OK": 1, "EMAIL_ALREADY_EXISTS_ERROR": 9}
    assert len(await rows(core, "password_hashes")) == 1


async def test_password_is_hashed_at_rest(database_url: str) -> None:
    """What is stored is an Argon2id string of the usual cost (class 21) (AAL2 3.1.1.2)."""
    core = create_core(database_url)
    await sign_up(core, password="a canary")

    (stored,), login_methods = await rows(core, "password_hashes"), await rows(core, "login_methods")
    await core.stop()
    assert stored["password_hash"].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert "canary" not in str(login_methods) + str(stored)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"email": EMAIL, "password": ""}, "Password cannot be an empty string"),
        ({"email": EMAIL, "password": "x" * 4097}, "Password is too long"),
        ({"email": "x" * 300, "password": "password1"}, "Field name 'email' is too long"),
    ],
)
async def test_sign_up_says_what_is_wrong(core: Core, body: dict[str, str], text: str) -> None:
    """What cannot be stored is refused with a text, never with an error of the server."""
    with pytest.raises(BadRequest, match=text):
        await post(core, "signup", body)


async def test_tenants_are_apart(core: Core) -> None:
    """A user of one tenant is unknown in another, where the same e-mail is somebody else's."""
    await create_tenant(core, "t1")
    first = await sign_up(core)
    body = {"email": EMAIL, "password": "password2"}

    assert await post(core, "signin", {"email": EMAIL, "password": "password1"}, tenant_id="t1") == WRONG
    second = await post(core, "signup", body, tenant_id="t1")
    assert second["recipeUserId"] != first
    assert await post(core, "signin", body) == WRONG


async def test_old_clients_are_refused_where_the_recipe_is_off(core: Core) -> None:
    """Before CDI 5.1 the core enforces the tenant's factors; from then on the SDK does."""
    body = {"tenantId": "t1", "firstFactors": ["thirdparty"]}
    await core.call("PUT", "/recipe/multitenancy/tenant/v2", body=body)
    credentials = {"email": EMAIL, "password": "password1"}

    for path in ("signup", "signin"):
        with pytest.raises(Forbidden, match=r"^Email password login not enabled for tenant$"):
            await post(core, path, credentials, tenant_id="t1", version=V4_0)
    assert (await post(core, "signup", credentials, tenant_id="t1", version=V5_0))["status"] == "OK"
    assert (await post(core, "signin", credentials, tenant_id="t1"))["status"] == "OK"


async def test_imported_hash_is_replaced_at_sign_in(core: Core) -> None:
    """A weaker hash becomes one with today's settings as soon as the password is known."""
    await post(core, "user/passwordhash/import", {"email": EMAIL, "passwordHash": BCRYPT_HASH})
    credentials = {"email": EMAIL, "password": "abc"}

    assert (await post(core, "signin", credentials))["status"] == "OK"
    (stored,) = await rows(core, "password_hashes")
    assert stored["password_hash"].startswith("$argon2id$")
    assert (await post(core, "signin", credentials))["status"] == "OK"


async def test_wrong_password_replaces_nothing(core: Core) -> None:
    """A hash is replaced by the right password alone."""
    await post(core, "user/passwordhash/import", {"email": EMAIL, "passwordHash": BCRYPT_HASH})
    await post(core, "signin", {"email": EMAIL, "password": "abd"})

    (stored,) = await rows(core, "password_hashes")
    assert stored["password_hash"] == BCRYPT_HASH


async def test_import_replaces_the_hash_of_who_exists(core: Core) -> None:
    """An import for a known e-mail changes the password and nothing else."""
    user_id = await sign_up(core)
    imported = await post(core, "user/passwordhash/import", {"email": "A@example.com", "passwordHash": BCRYPT_HASH})

    assert imported["didUserAlreadyExist"] is True
    assert imported["user"]["id"] == user_id
    assert await post(core, "signin", {"email": EMAIL, "password": "password1"}) == WRONG
    assert (await post(core, "signin", {"email": EMAIL, "password": "abc"}))["status"] == "OK"


async def test_email_and_password_change_together_or_not_at_all(core: Core) -> None:
    """When the new e-mail is refused, the password stays."""
    user_id = await sign_up(core)
    await sign_up(core, "b@example.com")
    body = {"recipeUserId": user_id, "email": "b@example.com", "password": "password2"}

    assert await put_user(core, body, "emailpassword") == {"status": "EMAIL_ALREADY_EXISTS_ERROR"}
    assert (await post(core, "signin", {"email": EMAIL, "password": "password1"}))["status"] == "OK"
    assert await post(core, "signin", {"email": EMAIL, "password": "password2"}) == WRONG


async def test_user_is_changed_by_external_id(core: Core) -> None:
    """Ids that the core answers with are accepted everywhere."""
    user_id = await sign_up(core)
    await map_id(core, user_id, "ext-1")

    assert await put_user(core, {"recipeUserId": "ext-1", "password": "password2"}, "emailpassword") == {"status": "OK"}
    signed_in = await post(core, "signin", {"email": EMAIL, "password": "password2"})
    assert signed_in["recipeUserId"] == "ext-1"
    assert signed_in["user"]["loginMethods"][0]["recipeUserId"] == "ext-1"


async def test_linked_user_signs_in_as_the_whole_person(core: Core) -> None:
    """The answer has the primary user, and names the login method that was used."""
    primary, member = await sign_up(core, "b@example.com"), await sign_up(core)
    await make_primary(core, primary)
    await link(core, member, primary)

    signed_in = await post(core, "signin", {"email": EMAIL, "password": "password1"})
    assert signed_in["user"]["id"] == primary
    assert signed_in["recipeUserId"] == member
    old = await get(core, "user", {"email": EMAIL}, version=V3_0)
    assert old["user"]["id"] == member
    by_id = await get(core, "user", {"userId": member})
    assert [method["recipeUserId"] for method in by_id["user"]["loginMethods"]] == [member]


async def test_removed_user_leaves_no_hash(core: Core) -> None:
    """What is kept of a user goes with them."""
    user_id = await sign_up(core)
    await post(core, "user/password/reset/token", {"userId": user_id, "email": EMAIL})
    await remove_user(core, user_id)

    assert await rows(core, "password_hashes") == []
    assert await rows(core, "password_reset_tokens") == []


async def test_bcrypt_can_be_chosen(core_sqlite_url: str) -> None:
    """An operator who needs bcrypt has it."""
    core = create_core(core_sqlite_url, Settings(password_hashing_alg="BCRYPT", bcrypt_log_rounds=4))
    await core.start()
    await sign_up(core)

    (stored,) = await rows(core, "password_hashes")
    assert stored["password_hash"].startswith("$2a$04$")
    assert (await post(core, "signin", {"email": EMAIL, "password": "password1"}))["status"] == "OK"
    await core.stop()
