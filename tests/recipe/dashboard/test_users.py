# SPDX-License-Identifier: Apache-2.0
"""Users through the dashboard's API, on a real core: found, looked at, changed, deleted."""

from typing import Any

import pytest

from tests.recipe.dashboard.application import KEY, PASSWORD, Caller, recipes
from twofold import testing
from twofold.recipe import dashboard
from twofold.recipe.session import asyncio as sessions
from twofold.types import RecipeUserId

NAMES = {"firstName": "Ada", "lastName": "Lovelace"}


def change(login_method: Any, **values: str) -> dict[str, str]:
    """Return the body that changes what is named, and nothing else."""
    nothing = dict.fromkeys(("firstName", "lastName", "email", "phone"), "")
    ids = {"recipeUserId": login_method["recipeUserId"], "recipeId": login_method["recipeId"]}
    return {**ids, **nothing, **values}


async def code_user(admin: Caller, **contact: str) -> Any:
    """Make a user to whom codes are sent."""
    made = await admin.call("POST", "/user/passwordless", contact)
    assert made["status"] == "OK", made
    return made["user"]


async def test_users_are_listed_page_by_page(admin: Caller) -> None:
    """Newest first unless said otherwise; the last page has no token; names come from the metadata."""
    ada, bob = await admin.user("ada@example.com"), await admin.user("bob@example.com")
    await admin.call("PUT", "/user", change(ada["loginMethods"][0], firstName="Ada"))

    first = await admin.call("GET", "/users", {"limit": "1"})
    token = {"limit": "1", "paginationToken": first["nextPaginationToken"]}
    second = await admin.call("GET", "/users", token)
    ascending = await admin.call("GET", "/users", {"limit": "10", "timeJoinedOrder": "ASC"})

    assert [user["id"] for user in first["users"] + second["users"]] == [bob["id"], ada["id"]]
    assert [user["id"] for user in ascending["users"]] == [ada["id"], bob["id"]]
    assert [(user["firstName"], user["lastName"]) for user in second["users"]] == [("Ada", None)]
    assert ascending["nextPaginationToken"] is None
    assert await admin.call("GET", "/users/count") == {"status": "OK", "count": 2}


async def test_users_are_found_by_tags(admin: Caller) -> None:
    """By each tag that the API lists; an empty one says nothing."""
    await admin.user("ada@example.com")
    await code_user(admin, phoneNumber="+14155552671")

    async def found(**tags: str) -> int:
        return len((await admin.call("GET", "/users", {"limit": "10", **tags}))["users"])

    assert set((await admin.call("GET", "/search/tags"))["tags"]) == {"email", "phone", "provider"}
    assert [await found(email="ada"), await found(phone="+1415"), await found(provider="google")] == [1, 1, 0]
    assert await found(email="") == 2


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({}, "Missing required parameter 'limit'"),
        ({"limit": "many"}, "limit must be a number"),
        ({"limit": "1", "timeJoinedOrder": "RANDOM"}, "timeJoinedOrder must be one of ASC, DESC"),
    ],
)
async def test_a_list_needs_good_parameters(admin: Caller, query: dict[str, str], message: str) -> None:
    """A 400 says what is wrong."""
    reply = await admin.send("GET", "/users", query)

    assert (reply.status_code, reply.json()) == (400, {"message": message})


async def test_a_user_is_shown_changed_and_deleted(admin: Caller) -> None:
    """From the first look to the last."""
    ada = await admin.user()
    method = ada["loginMethods"][0]

    assert (await admin.call("GET", "/user", {"userId": ada["id"]}))["user"] == {
        **ada,
        "firstName": None,
        "lastName": None,
    }
    assert await admin.call("PUT", "/user", change(method, email=" new@example.com ", **NAMES)) == {"status": "OK"}
    shown = (await admin.call("GET", "/user", {"userId": ada["id"]}))["user"]
    assert (shown["emails"], shown["firstName"], shown["lastName"]) == (["new@example.com"], "Ada", "Lovelace")
    assert await admin.call("DELETE", "/user", {"userId": ada["id"]}) == {"status": "OK"}
    assert await admin.call("GET", "/user", {"userId": ada["id"]}) == {"status": "NO_USER_FOUND_ERROR"}


async def test_a_refused_change_changes_nothing(admin: Caller) -> None:
    """Neither the address nor the names that came with it."""
    ada = await admin.user()
    await admin.user("bob@example.com")
    method = ada["loginMethods"][0]

    taken = await admin.call("PUT", "/user", change(method, email="bob@example.com", **NAMES))
    invalid = await admin.call("PUT", "/user", change(method, email="no address", **NAMES))
    phone = await admin.call("PUT", "/user", change(method, phone="+14155552671", **NAMES))

    assert taken == {"status": "EMAIL_ALREADY_EXISTS_ERROR"}
    assert invalid == {"status": "INVALID_EMAIL_ERROR", "error": "Email is not valid"}
    assert phone["status"] == "PHONE_NUMBER_CHANGE_NOT_ALLOWED_ERROR"
    shown = (await admin.call("GET", "/user", {"userId": ada["id"]}))["user"]
    assert (shown["emails"], shown["firstName"]) == (["ada@example.com"], None)


async def test_contacts_of_codes_are_changed(admin: Caller) -> None:
    """Phone numbers as people write them; nobody's twice."""
    ada = await code_user(admin, phoneNumber="+14155552671")
    await code_user(admin, phoneNumber="+14155552672")
    await code_user(admin, email="bob@example.com")
    method = ada["loginMethods"][0]
    both = change(method, email="ada@example.com", phone="+1 415 555 2673")

    assert await admin.call("PUT", "/user", both) == {"status": "OK"}
    shown = (await admin.call("GET", "/user", {"userId": ada["id"]}))["user"]
    assert (shown["emails"], shown["phoneNumbers"]) == (["ada@example.com"], ["+14155552673"])
    answers = [
        await admin.call("PUT", "/user", change(method, phone="+14155552672")),
        await admin.call("PUT", "/user", change(method, phone="12")),
        await admin.call("PUT", "/user", change(method, email="bob@example.com")),
        await admin.call("PUT", "/user", change(method, email="bob")),
    ]
    assert [answer["status"] for answer in answers] == [
        "PHONE_ALREADY_EXISTS_ERROR",
        "INVALID_PHONE_ERROR",
        "EMAIL_ALREADY_EXISTS_ERROR",
        "INVALID_EMAIL_ERROR",
    ]


async def test_the_address_of_a_login_elsewhere_stays(admin: Caller) -> None:
    """The provider says it."""
    body = {"thirdPartyId": "shop-id", "thirdPartyUserId": "u1", "email": {"id": "ada@example.com", "isVerified": True}}
    made = await admin.under_test.core.call("POST", "/recipe/signinup", body=body)

    answer = await admin.call("PUT", "/user", change(made["user"]["loginMethods"][0], email="new@example.com"))

    assert answer["status"] == "EMAIL_CHANGE_NOT_ALLOWED_ERROR"


async def test_a_login_method_that_is_not_there_is_a_bad_request(admin: Caller) -> None:
    """For everything that names one; so is a wrong recipe."""
    ada = await admin.user()
    unknown = change({"recipeUserId": "unknown", "recipeId": ""})
    wrong_recipe = change({**ada["loginMethods"][0], "recipeId": "thirdparty"})
    replies = [
        await admin.send("PUT", "/user", unknown),
        await admin.send("PUT", "/user", wrong_recipe),
        await admin.send("PUT", "/user/password", {"recipeUserId": "unknown", "newPassword": PASSWORD}),
        await admin.send("GET", "/user/email/verify", {"recipeUserId": "unknown"}),
    ]

    assert [reply.status_code for reply in replies] == [400] * 4
    assert all(len(reply.json()["message"]) > 20 for reply in replies)


async def test_the_users_of_a_tenant(admin: Caller) -> None:
    """A tenant in the path has its own users."""
    await admin.call("POST", "/tenant", {"tenantId": "t1", "firstFactors": None})
    await admin.user()
    await admin.call("POST", "/user/emailpassword", {"email": "eve@example.com", "password": PASSWORD}, tenant="t1")

    on_tenant = await admin.call("GET", "/users", {"limit": "10"}, tenant="t1")

    assert [user["emails"] for user in on_tenant["users"]] == [["eve@example.com"]]
    assert (await admin.call("GET", "/users/count", tenant="t1"))["count"] == 1


async def test_users_are_made_only_with_good_values(admin: Caller) -> None:
    """Each refusal says why; the same address again is taken."""
    await admin.user()

    async def status(way: str, **body: str) -> Any:
        return (await admin.call("POST", f"/user/{way}", body))["status"]

    assert await status("emailpassword", email="ada@example.com", password=PASSWORD) == "EMAIL_ALREADY_EXISTS_ERROR"
    assert await status("emailpassword", email="ada", password=PASSWORD) == "EMAIL_VALIDATION_ERROR"
    assert await status("emailpassword", email="b@example.com", password="short") == "PASSWORD_VALIDATION_ERROR"
    assert await status("passwordless", email="bob") == "EMAIL_VALIDATION_ERROR"
    assert await status("passwordless", phoneNumber="12") == "PHONE_VALIDATION_ERROR"
    both = {"email": "b@example.com", "phoneNumber": "+14155552671"}
    assert [(await admin.send("POST", "/user/passwordless", body)).status_code for body in ({}, both)] == [400, 400]


async def test_making_a_user_of_codes_twice_makes_one(admin: Caller) -> None:
    """The second time says so; nothing is sent either time."""
    first = await admin.call("POST", "/user/passwordless", {"email": "ada@example.com"})
    second = await admin.call("POST", "/user/passwordless", {"email": "ada@example.com"})

    assert [first["createdNewRecipeUser"], second["createdNewRecipeUser"]] == [True, False]
    assert first["recipeUserId"] == second["recipeUserId"]
    assert admin.under_test.outbox.messages() == []


async def test_a_password_is_set_under_the_rules(admin: Caller) -> None:
    """A weak one is refused; the new one signs in, the old one does not."""
    ada = await admin.user()
    new = {"recipeUserId": ada["id"], "newPassword": "another-pass-2"}
    weak = await admin.call("PUT", "/user/password", {**new, "newPassword": "short"})

    assert weak["status"] == "INVALID_PASSWORD_ERROR"
    assert await admin.call("PUT", "/user/password", new) == {"status": "OK"}
    credentials = {"email": "ada@example.com", "password": "another-pass-2"}
    signed_in = await admin.under_test.core.call("POST", "/recipe/signin", body=credentials)
    old = await admin.under_test.core.call("POST", "/recipe/signin", body={**credentials, "password": PASSWORD})
    assert (signed_in["status"], old["status"]) == ("OK", "WRONG_CREDENTIALS_ERROR")


async def test_an_address_is_verified_and_unverified(admin: Caller) -> None:
    """Either way twice; a mail goes out only while there is something to verify."""
    method = {"recipeUserId": (await admin.user())["id"]}

    async def is_verified() -> Any:
        return (await admin.call("GET", "/user/email/verify", method))["isVerified"]

    assert not await is_verified()
    assert await admin.call("POST", "/user/email/verify/token", method) == {"status": "OK"}
    assert "/auth/verify-email?token=" in admin.under_test.outbox.link("ada@example.com")
    for wanted in (True, True, False, False):
        assert await admin.call("PUT", "/user/email/verify", {**method, "verified": wanted}) == {"status": "OK"}
        assert await is_verified() is wanted
    await admin.call("PUT", "/user/email/verify", {**method, "verified": True})
    assert (await admin.call("POST", "/user/email/verify/token", method)) == {"status": "EMAIL_ALREADY_VERIFIED_ERROR"}


async def test_metadata_are_replaced_as_a_whole(admin: Caller) -> None:
    """What was there before and is not in the new ones is gone."""
    user_id = (await admin.user())["id"]
    await admin.call("PUT", "/user/metadata", {"userId": user_id, "data": '{"old": 1, "both": 1}'})

    assert await admin.call("PUT", "/user/metadata", {"userId": user_id, "data": '{"both": 2}'}) == {"status": "OK"}

    assert (await admin.call("GET", "/user/metadata", {"userId": user_id})) == {"status": "OK", "data": {"both": 2}}


@pytest.mark.parametrize("data", [None, {}, "", "[]", "{", "1", "[" * 100_000])
async def test_metadata_must_be_the_text_of_an_object(admin: Caller, data: Any) -> None:
    """Anything else is refused before what is there is cleared."""
    await admin.call("PUT", "/user/metadata", {"userId": "u", "data": '{"kept": true}'})

    assert (await admin.send("PUT", "/user/metadata", {"userId": "u", "data": data})).status_code == 400

    assert (await admin.call("GET", "/user/metadata", {"userId": "u"}))["data"] == {"kept": True}


async def test_sessions_are_listed_and_ended(admin: Caller) -> None:
    """With what they carry, and without their tokens (ASVS 7.4.5)."""
    ada = await admin.user()
    made = [
        await sessions.create_new_session_without_request_response("public", RecipeUserId(ada["id"]), {"plan": "pro"})
        for _ in range(2)
    ]
    listed = (await admin.call("GET", "/user/sessions", {"userId": ada["id"]}))["sessions"]

    assert {item["sessionHandle"] for item in listed} == {session.get_handle() for session in made}
    assert set(listed[0]) == {
        "accessTokenPayload",
        "expiry",
        "sessionDataInDatabase",
        "timeCreated",
        "userId",
        "sessionHandle",
    }
    assert listed[0]["accessTokenPayload"]["plan"] == "pro"
    handles = {"sessionHandles": [made[0].get_handle()]}
    assert await admin.call("POST", "/user/sessions", handles) == {"status": "OK"}
    left = (await admin.call("GET", "/user/sessions", {"userId": ada["id"]}))["sessions"]
    assert [item["sessionHandle"] for item in left] == [made[1].get_handle()]
    assert (await admin.send("POST", "/user/sessions", {"sessionHandles": [1]})).status_code == 400


async def test_a_login_method_is_unlinked_and_deleted_alone(admin: Caller) -> None:
    """The user goes on with the other."""
    core = admin.under_test.core
    ada, other = await admin.user(), await code_user(admin, email="ada@example.com")
    third = await code_user(admin, email="third@example.com")
    await core.call("POST", "/recipe/accountlinking/user/primary", body={"recipeUserId": ada["id"]})
    for one in (other, third):
        body = {"recipeUserId": one["id"], "primaryUserId": ada["id"]}
        await core.call("POST", "/recipe/accountlinking/user/link", body=body)

    assert await admin.call("GET", "/user/unlink", {"recipeUserId": other["id"]}) == {"status": "OK"}
    alone = {"userId": third["id"], "removeAllLinkedAccounts": "false"}
    assert await admin.call("DELETE", "/user", alone) == {"status": "OK"}

    left = (await admin.call("GET", "/user", {"userId": ada["id"]}))["user"]
    assert [method["recipeUserId"] for method in left["loginMethods"]] == [ada["id"]]
    assert (await admin.call("GET", "/user", {"userId": other["id"]}))["user"]["id"] == other["id"]


async def test_roles_and_permissions(admin: Caller) -> None:
    """Made, given, looked at, taken and deleted; unknown ones are said to be so."""
    user_id = (await admin.user())["id"]
    editor = {"role": "editor", "permissions": ["read", "write"]}
    given = {"userId": user_id, "role": "editor"}

    assert await admin.call("PUT", "/userroles/role", editor) == {"status": "OK", "createdNewRole": True}
    for path in ("/userroles/roles", "/userroles/role"):
        assert await admin.call("GET", path) == {"status": "OK", "roles": ["editor"]}
    assert await admin.call("PUT", "/userroles/user/roles", given) == {"status": "OK", "didUserAlreadyHaveRole": False}
    assert (await admin.call("GET", "/userroles/user/roles", {"userId": user_id}))["roles"] == ["editor"]
    less = {"role": "editor", "permissions": ["write"]}
    assert await admin.call("PUT", "/userroles/role/permissions/remove", less) == {"status": "OK"}
    assert (await admin.call("GET", "/userroles/role/permissions", {"role": "editor"}))["permissions"] == ["read"]
    assert await admin.call("DELETE", "/userroles/user/roles", given) == {"status": "OK", "didUserHaveRole": True}
    assert await admin.call("DELETE", "/userroles/role", {"role": "editor"}) == {"status": "OK", "didRoleExist": True}
    unknown = [
        await admin.call("PUT", "/userroles/user/roles", given),
        await admin.call("DELETE", "/userroles/user/roles", given),
        await admin.call("GET", "/userroles/role/permissions", {"role": "editor"}),
        await admin.call("PUT", "/userroles/role/permissions/remove", less),
    ]
    assert unknown == [{"status": "UNKNOWN_ROLE_ERROR"}] * 4


async def test_what_the_application_does_not_use_is_said_to_be_off() -> None:
    """Roles, verification and both ways to make a user."""
    left_out = ("userroles", "emailverification", "emailpassword", "passwordless")
    async with testing.app(recipes(dashboard.init(KEY), but=left_out)) as under_test:
        admin = Caller(under_test)
        answers = [
            await admin.call("GET", "/userroles/roles"),
            await admin.call("GET", "/user/email/verify", {"recipeUserId": "u"}),
            await admin.call("PUT", "/user/email/verify", {"recipeUserId": "u", "verified": True}),
            await admin.call("POST", "/user/email/verify/token", {"recipeUserId": "u"}),
            await admin.call("POST", "/user/emailpassword", {"email": "a@example.com", "password": PASSWORD}),
            await admin.call("POST", "/user/passwordless", {"email": "a@example.com"}),
        ]

    assert answers == [{"status": "FEATURE_NOT_ENABLED_ERROR"}] * 6


async def test_nothing_is_reported_to_anybody(admin: Caller) -> None:
    """Analytics are accepted, and that is all."""
    body = {"email": "admin@example.com", "dashboardVersion": "0.15"}

    assert await admin.call("POST", "/analytics", body) == {"status": "OK"}


async def test_the_address_of_passkeys_is_changed(admin: Caller) -> None:
    """By the rules for addresses; nobody's twice."""
    ada, bob = await passkey_user(admin, "ada@example.com"), await passkey_user(admin, "bob@example.com")
    method = ada["loginMethods"][0]

    answers = [
        await admin.call("PUT", "/user", change(method, email=email))
        for email in ("ada", "bob@example.com", "new@example.com")
    ]

    assert [answer["status"] for answer in answers] == ["INVALID_EMAIL_ERROR", "EMAIL_ALREADY_EXISTS_ERROR", "OK"]
    assert (await admin.call("GET", "/user", {"userId": ada["id"]}))["user"]["emails"] == ["new@example.com"]
    assert (await admin.call("GET", "/user", {"userId": bob["id"]}))["user"]["emails"] == ["bob@example.com"]


async def passkey_user(admin: Caller, email: str) -> Any:
    """Make a user with a passkey, as a browser does."""
    options = (await admin.http.post("/auth/webauthn/options/register", json={"email": email})).json()
    credential = testing.VirtualAuthenticator(testing.ADDRESS).create(options)
    body = {"webauthnGeneratedOptionsId": options["webauthnGeneratedOptionsId"], "credential": credential}
    made = (await admin.http.post("/auth/webauthn/signup", json=body)).json()
    assert made["status"] == "OK", made
    return made["user"]
