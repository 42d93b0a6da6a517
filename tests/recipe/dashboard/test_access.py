# SPDX-License-Identifier: Apache-2.0
"""Who may call the dashboard's APIs: with a key, with a session, as an admin, and nobody else."""

import inspect
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.recipe.dashboard.application import KEY, PASSWORD, Caller, key_only, recipes, signed_in
from twofold import testing
from twofold.recipe import dashboard
from twofold.recipe._api import declared_apis
from twofold.recipe.dashboard.access import API, SIGN_IN
from twofold.recipe.dashboard.apis import APIs
from twofold.recipe.dashboard.interfaces import APIInterface, DashboardOverrideConfig, RecipeInterface

ALL = sorted({(item.method, item.path.removeprefix(API)) for item in declared_apis(APIs)})
GUARDED = [(method, path) for method, path in ALL if API + path != SIGN_IN]
DENIED = {"message": "Unauthorised access"}
READ_ONLY = {"message": "You are not permitted to perform this operation"}
# What somebody who may only look may do all the same.
FOR_EVERYBODY = {("POST", "/signout"), ("POST", "/analytics"), ("POST", "/key/validate")}
CHANGING = [(m, p) for m, p in GUARDED if (m != "GET" or p == "/user/unlink") and (m, p) not in FOR_EVERYBODY]
LOOKING = [(m, p) for m, p in GUARDED if (m, p) not in CHANGING]


@pytest.fixture
async def staff() -> AsyncIterator[testing.AppUnderTest]:
    """An application where people sign in, of whom one may change things."""
    async with testing.app(recipes(dashboard.init(admins=[" Admin@Example.com "]))) as under_test:
        yield under_test


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer ", "Bearer wrong", KEY, f"Basic {KEY}"])
async def test_nothing_opens_without_the_key(admin: Caller, authorization: str | None) -> None:
    """No API answers who has no key, and none says more than that; the missing parameters stay unnamed."""
    admin.headers = {} if authorization is None else {"authorization": authorization}
    replies = {(method, path): await admin.send(method, path) for method, path in GUARDED}

    assert {reply.status_code for reply in replies.values()} == {401}
    assert replies.pop(("POST", "/key/validate")).json() == {"message": "Unauthorised"}
    assert all(reply.json() == DENIED for reply in replies.values())


async def test_a_key_is_no_session_and_a_session_no_key(admin: Caller) -> None:
    """Where there is a key, only the key counts."""
    person = await signed_in(admin.under_test, "admin@example.com")

    assert (await person.send("GET", "/users/count")).status_code == 401
    assert (await admin.call("GET", "/users/count")) == {"status": "OK", "count": 0}
    assert (await admin.call("POST", "/key/validate")) == {"status": "OK"}
    assert (await admin.call("POST", "/signout")) == {"status": "OK"}
    assert (await admin.send("GET", "/users/count")).status_code == 200


async def test_a_cookie_opens_nothing(admin: Caller) -> None:
    """What a browser sends by itself must not count: another site could make it send that."""
    admin.headers = {"cookie": f"sAccessToken={KEY}; authorization=Bearer {KEY}"}

    assert (await admin.send("DELETE", "/user", {"userId": "somebody"})).status_code == 401


async def test_sessions_begin_and_end(staff: testing.AppUnderTest) -> None:
    """With the right password, until sign-out."""
    person = await signed_in(staff, "admin@example.com")
    wrong = {"email": "admin@example.com", "password": "wrong"}

    assert (await person.call("POST", "/signin", wrong)) == {"status": "INVALID_CREDENTIALS_ERROR"}
    assert (await person.call("GET", "/users/count"))["status"] == "OK"
    assert (await person.call("POST", "/signout")) == {"status": "OK"}
    assert (await person.send("GET", "/users/count")).status_code == 401


async def test_sessions_of_users_open_nothing(staff: testing.AppUnderTest) -> None:
    """A signed-in user of the application is nobody here."""
    admin = await signed_in(staff, "admin@example.com")
    await admin.user("ada@example.com")
    fields = [{"id": "email", "value": "ada@example.com"}, {"id": "password", "value": PASSWORD}]
    reply = await admin.http.post("/auth/signin", json={"formFields": fields}, headers={"st-auth-mode": "header"})

    ada = Caller(staff, reply.headers["st-access-token"])

    assert {(await ada.send(method, path)).status_code for method, path in GUARDED} == {401}


async def test_who_is_no_admin_may_only_look(staff: testing.AppUnderTest) -> None:
    """Every API that changes something is refused, on every tenant; the others are not."""
    admin, viewer = await signed_in(staff, "admin@example.com"), await signed_in(staff, "viewer@example.com")

    assert {(await admin.send(method, path)).status_code for method, path in CHANGING} <= {200, 400}
    for tenant in ("", "public"):
        replies = [await viewer.send(method, path, tenant=tenant) for method, path in CHANGING]
        assert {reply.status_code for reply in replies} == {403}
        assert all(reply.json() == READ_ONLY for reply in replies)
    before_sign_out = [(method, path) for method, path in LOOKING if path != "/signout"]
    assert {(await viewer.send(method, path)).status_code for method, path in before_sign_out} <= {200, 400}
    assert (await viewer.call("POST", "/signout")) == {"status": "OK"}


@pytest.mark.parametrize("path", ["/user/unlink/", "/USER/unlink", "/user//unlink", "/user/unlink?x=/users"])
async def test_no_spelling_of_a_path_gets_around_the_admins(staff: testing.AppUnderTest, path: str) -> None:
    """Refused, or no API of ours at all."""
    viewer = await signed_in(staff, "viewer@example.com")
    reply = await viewer.http.get(f"/auth/dashboard/api{path}", headers=viewer.headers)

    assert reply.status_code in (403, 404)


async def test_who_only_looks_cannot_send_the_server_anywhere(staff: testing.AppUnderTest) -> None:
    """Server-side request forgery: a provider's address in the query is asked by this server, so only for admins."""
    viewer = await signed_in(staff, "viewer@example.com")
    query = {"thirdPartyId": "okta", "oktaDomain": "http://169.254.169.254"}

    assert (await viewer.send("GET", "/thirdparty/config", query)).status_code == 403
    assert (await viewer.send("GET", "/thirdparty/config", {"thirdPartyId": "shop-id"})).status_code == 200


async def test_an_empty_list_of_admins_has_nobody() -> None:
    """It does not mean that there is no list."""
    async with testing.app(recipes(dashboard.init(admins=[]))) as under_test:
        person = await signed_in(under_test, "admin@example.com")

        assert (await person.send("DELETE", "/user", {"userId": "somebody"})).status_code == 403
        assert (await person.send("GET", "/users/count")).status_code == 200


async def test_without_a_list_everybody_may_change_things() -> None:
    """Whoever has an account of the dashboard."""
    async with testing.app(recipes(dashboard.init(api_key="  "))) as under_test:
        person = await signed_in(under_test, "anybody@example.com")

        assert (await person.send("DELETE", "/user", {"userId": "somebody"})).status_code == 200


async def test_an_override_decides_who_may_pass() -> None:
    """It is asked for each request, and its answer counts."""
    seen = []

    def functions(original: RecipeInterface) -> RecipeInterface:
        async def should_allow_access(request: Any, config: Any, user_context: Any) -> bool:
            seen.append(config.auth_mode)
            return bool(request.get_header("x-office") == "yes")

        original.should_allow_access = should_allow_access  # type: ignore[method-assign]
        return original

    board = dashboard.init(KEY, override=DashboardOverrideConfig(functions=functions))
    async with testing.app(recipes(board)) as under_test:
        office, elsewhere = Caller(under_test, None), Caller(under_test)
        office.headers = {"x-office": "yes"}

        assert (await office.send("GET", "/users/count")).status_code == 200
        assert (await elsewhere.send("GET", "/users/count")).status_code == 401
        assert seen == ["api-key", "api-key"]


async def page(admin: Caller, path: str = "/auth/dashboard") -> httpx.Response:
    """Open the page as a browser does."""
    return await admin.http.get(path, headers={"accept": "text/html"})


@pytest.mark.parametrize("path", ["/auth/dashboard", "/auth/dashboard/roles", "/auth/dashboard/tenants"])
async def test_the_page_lists_the_api_and_runs_nothing(admin: Caller, path: str) -> None:
    """No script, nothing loaded, no key; and every endpoint is on it."""
    reply = await page(admin, path)

    assert reply.status_code == 200
    assert reply.headers["content-security-policy"].startswith("default-src 'none'")
    assert not any(text in reply.text for text in (KEY, "<script", "src=", "http-equiv"))
    assert all(f"<code>{endpoint}</code>" in reply.text for _, endpoint in ALL)


async def test_the_page_can_be_replaced_and_switched_off() -> None:
    """An override makes its own HTML, or puts None there."""

    def own(original: APIInterface) -> APIInterface:
        async def dashboard_get(api_options: Any, user_context: Any) -> str:
            return f"<p>{await api_options.recipe_implementation.get_dashboard_bundle_location(user_context)}ours</p>"

        original.dashboard_get = dashboard_get  # type: ignore[method-assign]
        return original

    def none(original: APIInterface) -> APIInterface:
        original.dashboard_get = None  # type: ignore[assignment,method-assign]
        return original

    statuses = []
    for apis in (own, none):
        async with testing.app(recipes(dashboard.init(KEY, override=DashboardOverrideConfig(apis=apis)))) as under_test:
            reply = await page(Caller(under_test))
            statuses.append((reply.status_code, reply.text))

    assert statuses[0] == (200, "<p>ours</p>")
    assert statuses[1][0] == 404


async def test_the_key_is_not_printed() -> None:
    """Configurations end in logs."""
    async with testing.app(key_only()):
        assert KEY not in repr(dashboard.DashboardRecipe.get().config)


def test_init_has_the_published_parameters() -> None:
    """In their order."""
    assert list(inspect.signature(dashboard.init).parameters) == ["api_key", "admins", "override"]
