# SPDX-License-Identifier: Apache-2.0
"""The endpoints about users: what they ask of a query, and how they page."""

from base64 import b64encode
from typing import Any

import pytest

from tests.core.users.people import APP, People
from twofold.core.app import Core
from twofold.core.clock import TurnableClock
from twofold.core.errors import BadRequest, Forbidden
from twofold.core.tenancy import store as tenancy_store
from twofold.core.users.last_active import touch_last_active
from twofold.core.version import V3_0, V4_0, V5_4, V5_6

PHONE = "+442079460958"
TOO_FAR = b64encode(b"u1;9223372036854775808").decode()


@pytest.fixture
async def core_people(core: Core) -> People:
    """People in the core's database, which has a tenant `t1` as well."""
    database = core.services.database
    await tenancy_store.create_tenant(database, APP, "t1", now_ms=0, first_factors=None, enabled=True)
    return People(database)


def ids(answer: dict[str, Any]) -> list[str]:
    """The ids in a list of users."""
    return [user["id"] for user in answer["users"]]


@pytest.mark.parametrize("order", ["ASC", "DESC"])
async def test_pages_have_everybody_once(core: Core, core_people: People, order: str) -> None:
    """Following the tokens shows each user once, in order; the last page, even a full one, has none."""
    for number in range(6):
        await core_people.create(f"{number}@example.com", time_joined=number // 3)
    query = {"limit": "2", "timeJoinedOrder": order}
    seen: list[str] = []

    answer = await core.call("GET", "/users", query=query)
    while "nextPaginationToken" in answer:
        seen += ids(answer)
        answer = await core.call("GET", "/users", query=query | {"paginationToken": answer["nextPaginationToken"]})

    expected = ["u3", "u2", "u1", "u6", "u5", "u4"] if order == "ASC" else ["u6", "u5", "u4", "u3", "u2", "u1"]
    assert seen + ids(answer) == expected


async def test_search_ignores_pages_and_recipes(core: Core, core_people: People) -> None:
    """With a search term there is one page with all who match, however it is asked for."""
    for number in range(3):
        await core_people.create(f"a{number}@example.com")
    await core_people.create("b@example.com")

    query = {"email": " A ; ;zz", "limit": "1", "includeRecipeIds": "passwordless"}
    answer = await core.call("GET", "/users", query=query)

    assert ids(answer) == ["u1", "u2", "u3"]
    assert "nextPaginationToken" not in answer
    assert ids(await core.call("GET", "/users", query={"phone": "+4"})) == []
    assert ids(await core.call("GET", "/users", query={"email": ";".join(["a" * 256] * 99 + ["b"])})) == ["u4"]
    assert ids(await core.call("GET", "/users", query={"provider": "google", "limit": "501"})) == []


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"limit": "0"}, "limit must a positive integer with min value 1"),
        ({"limit": "501"}, "max limit allowed is 500"),
        ({"timeJoinedOrder": "asc"}, "timeJoinedOrder can be either ASC OR DESC"),
        ({"includeRecipeIds": "emailpassword,nosuch"}, "Unknown recipe ID: nosuch"),
        ({"paginationToken": "x"}, "invalid pagination token"),
        ({"paginationToken": "bm90LWEtdG9rZW4="}, "invalid pagination token"),
        ({"paginationToken": "////"}, "invalid pagination token"),
        ({"paginationToken": b64encode(b";5").decode()}, "invalid pagination token"),
        ({"email": ";".join("a" * 101)}, "'email' has too many terms: at most 100 are allowed"),
        ({"phone": "1" * 257}, "'phone' is too long: at most 256 characters are allowed"),
        ({"paginationToken": TOO_FAR}, "invalid pagination token"),
    ],
)
async def test_malformed_listing_is_a_bad_request(core: Core, query: dict[str, str], message: str) -> None:
    """The text says which parameter, and what it may be."""
    with pytest.raises(BadRequest, match=message):
        await core.call("GET", "/users", query=query)


async def test_counting(core: Core, core_people: People, clock: TurnableClock) -> None:
    """Of a tenant, of the app, of recipes; newer clients may ask whether the number is exact."""
    await core_people.create("a@example.com")
    await core_people.create(phone_number=PHONE, tenant_id="t1")

    async def count(tenant_id: str = "public", **query: str) -> dict[str, Any]:
        return await core.call("GET", "/users/count", query=query, tenant_id=tenant_id, version=V5_6)

    assert (await count())["count"] == 1
    assert (await count("t1", includeRecipeIds="emailpassword"))["count"] == 0
    assert (await count(includeAllTenants="TRUE"))["count"] == 2
    exact = await count(allowApproximate="true")
    assert exact["approximate"] is False
    assert abs(exact["asOf"] - clock.now_ms()) < 60_000
    with pytest.raises(Forbidden):
        await count("t1", includeAllTenants="true")
    old = await core.call("GET", "/users/count", query={"allowApproximate": "true"}, version=V5_4)
    assert old == {"status": "OK", "count": 1}


async def test_counting_active_users(core: Core) -> None:
    """Since a time that is not before 1970."""
    await touch_last_active(core.services.database, APP, "u1", 1000)

    assert await core.call("GET", "/users/count/active", query={"since": "1000"}) == {"status": "OK", "count": 1}
    assert await core.call("GET", "/users/count/active", query={"since": "1001"}) == {"status": "OK", "count": 0}
    with pytest.raises(BadRequest, match="'since' query parameter must be >= 0"):
        await core.call("GET", "/users/count/active", query={"since": "-1"})
    with pytest.raises(BadRequest, match="'since' must be a long in the GET request"):
        await core.call("GET", "/users/count/active", query={"since": "x"})


async def test_user_by_id(core: Core, core_people: People) -> None:
    """In the shape of the version, whole in every one."""
    await core_people.create("a@example.com")

    newest = await core.call("GET", "/user/id", query={"userId": "u1"})
    oldest = await core.call("GET", "/user/id", query={"userId": "u1"}, version=V3_0)

    assert newest["user"]["webauthn"] == {"credentialIds": []}
    assert oldest["user"] == {key: value for key, value in newest["user"].items() if key != "webauthn"}
    assert await core.call("GET", "/user/id", query={"userId": "u2"}) == {"status": "UNKNOWN_USER_ID_ERROR"}


async def test_users_by_account_info(core: Core, core_people: People) -> None:
    """Account infos are normalised; a passkey is not known to versions that have none."""
    await core_people.create("a@example.com")
    await core_people.create_with_google("g", "b@example.com")
    await core_people.create(phone_number=PHONE)
    path = "/users/by-accountinfo"

    async def found(union: str = "true", version: tuple[int, int] = V5_4, **query: str) -> list[str]:
        wanted = {"doUnionOfAccountInfo": union, **query}
        return ids(await core.call("GET", path, query=wanted, version=version))

    assert await found(email=" A@Example.com", thirdPartyId="google", thirdPartyUserId="g") == ["u1", "u2"]
    assert await found("false", phoneNumber="+44 20 7946 0958") == ["u3"]
    assert await found("false", email="a@example.com", webauthnCredentialId="c") == []
    assert await found("false", V4_0, email="a@example.com", webauthnCredentialId="c") == ["u1"]
    assert await found() == []
    with pytest.raises(BadRequest, match="'doUnionOfAccountInfo' should be either 'true' or 'false'"):
        await found("True")
    with pytest.raises(BadRequest, match="'thirdPartyUserId' must also be provided, and vice versa"):
        await found(thirdPartyId="google")


async def test_user_is_removed(core: Core, core_people: People) -> None:
    """The whole person unless asked otherwise; an unknown one is removed already."""
    await core_people.group(await core_people.create("a@example.com"), await core_people.create("b@example.com"))
    await core_people.group(await core_people.create("c@example.com"), await core_people.create("d@example.com"))

    assert await core.call("POST", "/user/remove", body={"userId": "u2"}) == {"status": "OK"}
    only = {"userId": "u4", "removeAllLinkedAccounts": False}
    assert await core.call("POST", "/user/remove", body=only) == {"status": "OK"}
    assert await core.call("POST", "/user/remove", body={"userId": "nobody"}) == {"status": "OK"}

    assert [await core_people.exists(user_id) for user_id in ("u1", "u2", "u3", "u4")] == [False, False, True, False]


async def test_login_method_enters_and_leaves_a_tenant(core: Core, core_people: People) -> None:
    """By internal or external id; a blank id is malformed, an unknown one is told, as is a taken account info."""
    path = "/recipe/multitenancy/tenant/user"
    await core_people.create("a@example.com")
    await core_people.create("a@example.com", tenant_id="t1")

    async def post(suffix: str, user_id: str, key: str = "recipeUserId") -> dict[str, Any]:
        version = V3_0 if key == "userId" else V5_4
        return await core.call("POST", path + suffix, body={key: user_id}, tenant_id="t1", version=version)

    assert await post("", "u1") == {"status": "EMAIL_ALREADY_EXISTS_ERROR"}
    assert await post("/remove", "u2") == {"status": "OK", "wasAssociated": True}
    assert await post("", "u1", "userId") == {"status": "OK", "wasAlreadyAssociated": False}
    assert await post("", "u1") == {"status": "OK", "wasAlreadyAssociated": True}
    for suffix in ("", "/remove"):
        assert await post(suffix, "nobody") == {"status": "UNKNOWN_USER_ID_ERROR"}
        with pytest.raises(BadRequest, match="Field name 'userId' cannot be an empty String"):
            await post(suffix, " ")
