# SPDX-License-Identifier: Apache-2.0
"""Sign-in by another provider."""

from typing import Any

import pytest

from tests.core.recipe.calls import MANY, at_once, create_tenant, get, link, make_primary, map_id, post, rows, sign_up
from twofold.core.app import Core
from twofold.core.errors import BadRequest, Forbidden
from twofold.core.version import V3_0, V4_0, V5_4

EMAIL = "a@example.com"


def account(user_id: str = "g-1", email: str = EMAIL, *, is_verified: Any = False) -> dict[str, Any]:
    """What the SDK sends for an account at a provider."""
    return {
        "thirdPartyId": "google",
        "thirdPartyUserId": user_id,
        "email": {"id": email, "isVerified": is_verified},
    }


async def test_same_account_is_the_same_user(core: Core) -> None:
    """The provider's id and the user's id there decide, not the e-mail (class 28) (ASVS 6.8.1)."""
    first = await post(core, "signinup", account())
    again = await post(core, "signinup", account(email="b@example.com"))
    other = await post(core, "signinup", account("g-2", "b@example.com"))

    assert first["createdNewUser"] is True
    assert again["createdNewUser"] is False
    assert again["recipeUserId"] == first["recipeUserId"]
    assert again["user"]["emails"] == ["b@example.com"]
    assert other["createdNewUser"] is True
    assert other["recipeUserId"] != first["recipeUserId"]


async def test_one_user_of_many_first_sign_ins_at_once(core: Core) -> None:
    """A hundred first sign-ins at once make one user, and all succeed."""
    assert await at_once(core, "signinup", account(is_verified=True)) == {"OK": MANY}
    assert len(await rows(core, "login_methods")) == 1


@pytest.mark.parametrize("is_verified", ["true", "false", 1, None, [True]])
async def test_only_true_verifies(core: Core, is_verified: Any) -> None:
    """Nothing that merely looks like true vouches for an e-mail (class 27)."""
    with pytest.raises(BadRequest, match=r"^Field name 'isVerified' is invalid in JSON input$"):
        await post(core, "signinup", account(is_verified=is_verified))


@pytest.mark.parametrize("email", [{}, {"id": 1, "isVerified": True}, {"id": "a\x00b", "isVerified": True}])
async def test_email_must_be_a_text(core: Core, email: dict[str, Any]) -> None:
    """A malformed e-mail is refused with a text."""
    with pytest.raises(BadRequest, match=r"^Field name 'id' is invalid in JSON input$"):
        await post(core, "signinup", account() | {"email": email})


async def test_old_client_may_leave_out_verification(core: Core) -> None:
    """Before CDI 4.0 it is optional, and absent means unverified."""
    answer = await post(core, "signinup", account() | {"email": {"id": EMAIL}}, version=V3_0)

    assert answer["user"]["thirdParty"] == {"id": "google", "userId": "g-1"}
    assert (await post(core, "signinup", account()))["user"]["loginMethods"][0]["verified"] is False


async def test_verification_is_kept(core: Core) -> None:
    """A provider that stops vouching takes nothing back; one that begins to is believed."""
    unverified = await post(core, "signinup", account())
    verified = await post(core, "signinup", account(is_verified=True))
    again = await post(core, "signinup", account())

    flags = [answer["user"]["loginMethods"][0]["verified"] for answer in (unverified, verified, again)]
    assert flags == [False, True, True]


async def test_verification_is_kept_under_the_effective_id(core: Core) -> None:
    """A mapped user's e-mail counts as verified in every later look-up."""
    user_id = (await post(core, "signinup", account()))["recipeUserId"]
    await map_id(core, user_id, "ext-1")
    await post(core, "signinup", account(is_verified=True))

    found = await core.call("GET", "/user/id", query={"userId": "ext-1"})
    assert found["user"]["loginMethods"][0]["verified"] is True
    verified = await get(core, "user/email/verify", {"userId": "ext-1", "email": EMAIL})
    assert verified["isVerified"] is True


async def test_another_primary_users_email_is_refused(core: Core) -> None:
    """A primary user cannot take an e-mail of another one; nothing changes."""
    user_id = (await post(core, "signinup", account()))["recipeUserId"]
    other = await sign_up(core, "b@example.com")
    await make_primary(core, user_id)
    await make_primary(core, other)

    refused = await post(core, "signinup", account(email="b@example.com", is_verified=True))
    assert refused == {
        "status": "EMAIL_CHANGE_NOT_ALLOWED_ERROR",
        "reason": "Email already associated with another primary user.",
    }
    assert (await post(core, "signinup", account()))["user"]["emails"] == [EMAIL]


async def test_tenants_are_apart(core: Core) -> None:
    """The same account is another user in another tenant."""
    await create_tenant(core, "t1")
    first = await post(core, "signinup", account())
    second = await post(core, "signinup", account(), tenant_id="t1")

    assert second["createdNewUser"] is True
    assert second["recipeUserId"] != first["recipeUserId"]
    by_email = await get(core, "users/by-email", {"email": EMAIL}, tenant_id="t1")
    assert [user["id"] for user in by_email["users"]] == [second["recipeUserId"]]


async def test_old_clients_are_refused_where_the_recipe_is_off(core: Core) -> None:
    """Before CDI 5.1 the core enforces the tenant's factors."""
    body = {"tenantId": "t1", "firstFactors": ["emailpassword"]}
    await core.call("PUT", "/recipe/multitenancy/tenant/v2", body=body)

    with pytest.raises(Forbidden, match=r"^ThirdParty login not enabled for tenant$"):
        await post(core, "signinup", account(), tenant_id="t1", version=V4_0)


async def test_look_ups_of_older_clients(core: Core) -> None:
    """By id, by account and by e-mail; what is unknown has a status of its own."""
    user_id = (await post(core, "signinup", account()))["recipeUserId"]
    password_user = await sign_up(core)
    by_account = {"thirdPartyId": "google", "thirdPartyUserId": "g-1"}

    for query in ({"userId": user_id}, by_account):
        assert (await get(core, "user", query, rid="thirdparty"))["user"]["id"] == user_id
    for unknown in ("nobody", password_user):
        answer = await get(core, "user", {"userId": unknown}, rid="thirdparty")
        assert answer == {"status": "UNKNOWN_USER_ID_ERROR"}
    answer = await get(core, "user", by_account | {"thirdPartyUserId": "g-2"}, rid="thirdparty")
    assert answer == {"status": "UNKNOWN_THIRD_PARTY_USER_ERROR"}
    by_email = await get(core, "users/by-email", {"email": "A@example.com"})
    assert [user["id"] for user in by_email["users"]] == [user_id]


async def test_old_shape_shows_the_login_method_asked_for(core: Core) -> None:
    """Before CDI 4.0 a linked account is a user of its own; later it is the whole person."""
    user_id = (await post(core, "signinup", account()))["recipeUserId"]
    primary = await sign_up(core, "b@example.com")
    await make_primary(core, primary)
    await link(core, user_id, primary)
    query = {"thirdPartyId": "google", "thirdPartyUserId": "g-1"}

    for version, expected in ((V3_0, user_id), (V5_4, primary)):
        found = await get(core, "user", query, rid="thirdparty", version=version)
        assert found["user"]["id"] == expected
        by_email = await get(core, "users/by-email", {"email": EMAIL}, version=version)
        assert [user["id"] for user in by_email["users"]] == [expected]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({}, "Please provide one of userId or"),
        ({"thirdPartyId": "google"}, "Please provide one of userId or"),
        ({"userId": "u", "thirdPartyId": "google"}, "Please provide only one of userId or"),
    ],
)
async def test_look_up_says_what_is_wrong(core: Core, query: dict[str, str], text: str) -> None:
    """A look-up names one thing."""
    with pytest.raises(BadRequest, match=text):
        await get(core, "user", query, rid="thirdparty")


async def test_too_long_ids_are_refused(core: Core) -> None:
    """What cannot be stored is refused with a text, never with an error of the server."""
    with pytest.raises(BadRequest, match="Field name 'thirdPartyUserId' is too long"):
        await post(core, "signinup", account("g" * 300))
