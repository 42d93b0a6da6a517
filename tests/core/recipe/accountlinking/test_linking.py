# SPDX-License-Identifier: Apache-2.0
"""Making primary users, linking and unlinking, through the endpoints of a core."""

import asyncio
from typing import Any

import pytest

from tests.core.users.people import APP, People
from twofold.core.app import Core
from twofold.core.errors import BadRequest
from twofold.core.recipe.session.store import exists as has_sessions
from twofold.core.users.last_active import count_active, touch_last_active
from twofold.core.version import V5_4

PATH = "/recipe/accountlinking/user"
PHONE = "+442079460958"
TAKEN = "ACCOUNT_INFO_ALREADY_ASSOCIATED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR"


async def post(core: Core, change: str, **body: str) -> dict[str, Any]:
    """Make a change."""
    return await core.call("POST", f"{PATH}/{change}", body=body, version=V5_4)


async def check(core: Core, change: str, **query: str) -> dict[str, Any]:
    """Ask what a change would answer."""
    return await core.call("GET", f"{PATH}/{change}/check", query=query, version=V5_4)


async def start_session(core: Core, user_id: str) -> None:
    """Start a session."""
    body = {"userId": user_id, "enableAntiCsrf": False, "userDataInJWT": {}, "userDataInDatabase": {}}
    await core.call("POST", "/recipe/session", body=body)


async def test_making_primary(core: Core, people: People) -> None:
    """A login method becomes a primary user once; the check tells before."""
    await people.create("a@example.com")
    await people.map("u1", "ext-1")

    assert await check(core, "primary", recipeUserId="u1") == {"status": "OK", "wasAlreadyAPrimaryUser": False}
    first = await post(core, "primary", recipeUserId="ext-1")
    second = await post(core, "primary", recipeUserId="u1")

    assert (first["wasAlreadyAPrimaryUser"], second["wasAlreadyAPrimaryUser"]) == (False, True)
    assert first["user"] == second["user"]
    assert (first["user"]["id"], first["user"]["isPrimaryUser"]) == ("ext-1", True)
    assert await check(core, "primary", recipeUserId="u1") == {"status": "OK", "wasAlreadyAPrimaryUser": True}
    await people.require_consistent()


async def test_linked_login_method_cannot_become_primary(core: Core, people: People) -> None:
    """It is told whose it is, by effective id."""
    await people.group(await people.create("a@example.com"), await people.create("b@example.com"))
    await people.map("u1", "ext-1")
    refusal = {
        "status": "RECIPE_USER_ID_ALREADY_LINKED_WITH_PRIMARY_USER_ID_ERROR",
        "primaryUserId": "ext-1",
        "description": "This user ID is already linked to another user ID",
    }

    assert await check(core, "primary", recipeUserId="u2") == refusal
    assert await post(core, "primary", recipeUserId="u2") == refusal


async def test_account_info_of_another_primary_user(core: Core, people: People) -> None:
    """Neither made primary nor linked while another primary user has an account info; nothing of the attempt stays."""
    await people.make_primary(await people.create("a@example.com"))
    await people.map("u1", "ext-1")
    await people.create_with_google("g", "a@example.com")
    await people.make_primary(await people.create("c@example.com"))
    claims = await people.claims()
    refusal = {
        "status": TAKEN,
        "primaryUserId": "ext-1",
        "description": "This user's email is already associated with another user ID",
    }

    assert await check(core, "primary", recipeUserId="u2") == refusal
    assert await post(core, "primary", recipeUserId="u2") == refusal
    assert await check(core, "link", recipeUserId="u2", primaryUserId="u3") == refusal
    assert await post(core, "link", recipeUserId="u2", primaryUserId="u3") == refusal
    assert await people.claims() == claims
    assert not (await people.find("u2")).is_primary


async def test_kinds_of_account_info_are_named(core: Core, people: People) -> None:
    """The description says what is taken; of several, a third party first."""
    await people.group(
        await people.create_with_google("g", "a@example.com", tenant_id="t1"),
        await people.create(phone_number=PHONE, tenant_id="t1"),
    )
    await people.create_with_google("g", "a@example.com")
    await people.create(phone_number=PHONE)
    await people.make_primary(await people.create("c@example.com", tenant_id="t1"))

    by_google = await check(core, "link", recipeUserId="u3", primaryUserId="u5")
    by_phone = await check(core, "link", recipeUserId="u4", primaryUserId="u5")

    assert by_google["description"] == "This user's third party login is already associated with another user ID"
    assert by_phone["description"] == "This user's phone number is already associated with another user ID"


async def test_same_account_info_in_separate_tenants(core: Core, people: People) -> None:
    """Claims are per tenant: the same e-mail may belong to two primary users that share none."""
    await people.make_primary(await people.create("a@example.com"))
    await people.create("a@example.com", tenant_id="t1")

    assert (await post(core, "primary", recipeUserId="u2"))["status"] == "OK"
    await people.require_consistent()


async def test_linking(core: Core, people: People) -> None:
    """The login method belongs to the primary user from then on; any member's id names the group."""
    await people.group(await people.create("a@example.com", time_joined=9), await people.create("b@example.com"))
    await people.create("c@example.com")
    await people.map("u3", "ext-3")

    assert await check(core, "link", recipeUserId="ext-3", primaryUserId="u2") == {
        "status": "OK",
        "accountsAlreadyLinked": False,
    }
    answer = await post(core, "link", recipeUserId="ext-3", primaryUserId="u2")

    assert answer["accountsAlreadyLinked"] is False
    assert (answer["user"]["id"], answer["user"]["timeJoined"]) == ("u1", 2)
    assert [item["recipeUserId"] for item in answer["user"]["loginMethods"]] == ["u2", "ext-3", "u1"]
    again = await post(core, "link", recipeUserId="u3", primaryUserId="u1")
    assert again == answer | {"accountsAlreadyLinked": True}
    assert (await post(core, "link", recipeUserId="u1", primaryUserId="u1"))["accountsAlreadyLinked"] is True
    await people.require_consistent()


async def test_linking_to_a_user_that_is_not_primary(core: Core, people: People) -> None:
    """Only a primary user can have others linked to it."""
    await people.create("a@example.com")
    await people.create("b@example.com")

    for answer in (
        await check(core, "link", recipeUserId="u1", primaryUserId="u2"),
        await post(core, "link", recipeUserId="u1", primaryUserId="u2"),
    ):
        assert answer["status"] == "INPUT_USER_IS_NOT_A_PRIMARY_USER"


async def test_two_primary_users_stay_two(core: Core, people: People) -> None:
    """A primary user, and a member of another group, cannot be linked; the answer shows whose it is."""
    await people.group(await people.create("a@example.com"), await people.create("b@example.com"))
    await people.make_primary(await people.create("c@example.com"))
    refusal = {
        "status": "RECIPE_USER_ID_ALREADY_LINKED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR",
        "primaryUserId": "u1",
        "description": "The input recipe user ID is already linked to another user ID",
    }

    for user_id in ("u1", "u2"):
        assert await check(core, "link", recipeUserId=user_id, primaryUserId="u3") == refusal
        answer = await post(core, "link", recipeUserId=user_id, primaryUserId="u3")
        assert {key: value for key, value in answer.items() if key != "user"} == refusal
        assert [item["recipeUserId"] for item in answer["user"]["loginMethods"]] == ["u1", "u2"]


async def test_sessions_end_when_a_login_method_is_linked(core: Core, people: People) -> None:
    """Its sessions belong to a user that is no more; and the activity is the primary user's now."""
    database = core.services.database
    await people.make_primary(await people.create("a@example.com"))
    await people.create("b@example.com")
    await start_session(core, "u1")
    await start_session(core, "u2")
    assert await count_active(database, APP, 0) == 2

    await post(core, "link", recipeUserId="u2", primaryUserId="u1")

    assert await has_sessions(database, APP, "u1")
    assert not await has_sessions(database, APP, "u2")
    assert await count_active(database, APP, 0) == 1


async def test_linking_makes_the_primary_user_active_now(people: People) -> None:
    """Also when that was noted a moment ago."""
    await people.make_primary(await people.create("a@example.com"))
    await people.create("b@example.com")
    await touch_last_active(people.database, APP, "u1", 1000)

    await people.link("u2", "u1", now_ms=2000)

    assert await count_active(people.database, APP, 2000) == 1


async def test_unlinking_a_member(core: Core, people: People) -> None:
    """It is a user of its own again, both have their own time of joining, and its sessions end."""
    await people.group(await people.create("a@example.com", time_joined=9), await people.create("b@example.com"))
    await start_session(core, "u2")

    answer = await post(core, "unlink", recipeUserId="u2")

    assert answer == {"status": "OK", "wasRecipeUserDeleted": False, "wasLinked": True}
    assert not await has_sessions(core.services.database, APP, "u2")
    assert ((await people.find("u1")).time_joined, (await people.find("u2")).time_joined) == (9, 2)
    assert not (await people.find("u2")).is_primary
    await people.require_consistent()


async def test_unlinking_the_last_of_a_group(core: Core, people: People) -> None:
    """A primary user with one login method stops being one and gives its claims back."""
    await people.make_primary(await people.create("a@example.com"))

    answer = await post(core, "unlink", recipeUserId="u1")
    again = await post(core, "unlink", recipeUserId="u1")

    assert answer == {"status": "OK", "wasRecipeUserDeleted": False, "wasLinked": True}
    assert again == {"status": "OK", "wasRecipeUserDeleted": False, "wasLinked": False}
    assert await people.claims() == set()


async def test_unlinking_the_primary_users_own_login_method(core: Core, people: People) -> None:
    """It is deleted while there are others, and the group keeps the id until its last member is unlinked."""
    await people.group(await people.create("a@example.com"), await people.create("b@example.com"))
    await people.map("u1", "ext-1")

    answer = await post(core, "unlink", recipeUserId="ext-1")

    assert answer == {"status": "OK", "wasRecipeUserDeleted": True, "wasLinked": True}
    assert (await people.find("ext-1")).every_id == {"u1", "ext-1", "u2"}
    await people.require_consistent()
    assert (await post(core, "unlink", recipeUserId="ext-1"))["wasLinked"] is True
    assert (await post(core, "unlink", recipeUserId="u2"))["wasLinked"] is True
    assert not await people.exists("ext-1")
    assert (await people.find("u2")).every_id == {"u2"}
    await people.require_consistent()


@pytest.mark.parametrize(
    ("change", "ids"),
    [
        ("primary", {"recipeUserId": "nobody"}),
        ("link", {"recipeUserId": "nobody", "primaryUserId": "u1"}),
        ("link", {"recipeUserId": "u1", "primaryUserId": "nobody"}),
    ],
)
async def test_unknown_ids_are_bad_requests(core: Core, people: People, change: str, ids: dict[str, str]) -> None:
    """Checks and changes alike."""
    await people.create("a@example.com")

    for ask in (check, post):
        with pytest.raises(BadRequest, match="Unknown user ID provided"):
            await ask(core, change, **ids)
    with pytest.raises(BadRequest, match="Unknown user ID provided"):
        await post(core, "unlink", recipeUserId="nobody")


@pytest.mark.parametrize(
    ("keep", "status"),
    [
        ({"keepWayIn": ["emailpassword"], "keepOneOf": ["emailpassword|totp", "emailpassword"]}, "OK"),
        ({"keepWayIn": ["webauthn", "otp-email"]}, "LAST_LOGIN_METHOD_ERROR"),
        ({"keepWayIn": ["emailpassword"], "keepOneOf": ["emailpassword", "totp|link-email"]}, "LAST_FACTOR_ERROR"),
    ],
)
async def test_unlinking_keeps_what_it_is_told_to(
    core: Core, people: People, keep: dict[str, list[str]], status: str
) -> None:
    """A way to sign in, and one of the factors that are required: refused, nothing changes."""
    await people.group(await people.create("a@example.com"), await people.create("b@example.com"))

    answer = await core.call("POST", f"{PATH}/unlink", body={"recipeUserId": "u2", **keep}, version=V5_4)

    assert answer["status"] == status
    assert (await people.find("u2") == await people.find("u1")) is (status != "OK")
    await people.require_consistent()


@pytest.mark.parametrize("gone", ["u1", "u2"])
async def test_what_is_unlinked_is_deleted_where_asked(core: Core, people: People, gone: str) -> None:
    """At once: left alone, it could be linked again. Whoever is not linked is not deleted."""
    group = await people.group(await people.create("a@example.com"), await people.create("b@example.com"))
    alone = await people.create("c@example.com")
    body = {"keepWayIn": ["emailpassword"], "delete": True}

    answer = await core.call("POST", f"{PATH}/unlink", body={**body, "recipeUserId": gone}, version=V5_4)
    of_alone = await core.call("POST", f"{PATH}/unlink", body={**body, "recipeUserId": alone}, version=V5_4)

    assert answer == {"status": "OK", "wasRecipeUserDeleted": True, "wasLinked": True}
    assert of_alone == {"status": "OK", "wasRecipeUserDeleted": False, "wasLinked": False}
    assert [method.id for method in (await people.find(group)).login_methods] == [{"u1": "u2", "u2": "u1"}[gone]]
    assert (await people.find(alone)).id == alone
    await people.require_consistent()


async def test_a_group_is_not_deleted_by_its_id(core: Core, people: People) -> None:
    """The login method of that id is gone, and the last of the others stays."""
    group = await people.group(await people.create("a@example.com"), await people.create("b@example.com"))
    body = {"recipeUserId": group, "delete": True}

    answers = [await core.call("POST", f"{PATH}/unlink", body=body, version=V5_4) for _ in range(2)]

    assert [answer["wasRecipeUserDeleted"] for answer in answers] == [True, False]
    assert [method.id for method in (await people.find(group)).login_methods] == ["u2"]


async def test_of_two_unlinked_at_once_one_stays(core: Core, people: People) -> None:
    """The last one is refused, or its person's data would go with it."""
    await people.group(await people.create("a@example.com"), await people.create("b@example.com"))
    bodies = [{"recipeUserId": user_id, "keepWayIn": ["emailpassword"]} for user_id in ("u1", "u2")]

    answers = await asyncio.gather(*(core.call("POST", f"{PATH}/unlink", body=body, version=V5_4) for body in bodies))

    assert sorted(answer["status"] for answer in answers) == ["LAST_LOGIN_METHOD_ERROR", "OK"]
    await people.require_consistent()


@pytest.mark.parametrize("contact", [{"phone_number": PHONE}, {"email": "codes@example.com"}])
async def test_a_contact_and_a_device_removed_at_once(core: Core, people: People, contact: dict[str, str]) -> None:
    """Class 15: of two factors of which one is required the last stays, whichever recipe it belongs to."""
    codes = await people.create(recipe_id="passwordless", **contact)
    group = await people.group(await people.create("a@example.com"), codes)
    device = {"userId": group, "deviceName": "app", "skew": 1, "period": 30, "secretKey": "JBSWY3DPEHPK3PXP"}
    await core.call("POST", "/recipe/totp/device/import", body=device, version=V5_4)
    keep = {"keepOneOf": ["totp|otp-phone|link-email"]}

    answers = await asyncio.gather(
        core.call("POST", f"{PATH}/unlink", body={"recipeUserId": codes, **keep}, version=V5_4),
        core.call(
            "POST", "/recipe/totp/device/remove", body={"userId": group, "deviceName": "app", **keep}, version=V5_4
        ),
    )

    assert sorted(answer["status"] for answer in answers) == ["LAST_FACTOR_ERROR", "OK"]
    await people.require_consistent()
