# SPDX-License-Identifier: Apache-2.0
"""Bad input to the APIs of the SDK: a 4xx or a documented status, never a 5xx, and nothing stored."""

import json
import re
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.security.application import PASSWORD, PHONE, Mode, Person, World, password_form
from tests.security.bad_values import BODIES, MEGABYTE, NUMBERS, OTHERS, STRINGS
from tests.security.doors import PAGES
from tests.security.rows import everything_stored
from twofold.recipe._api import Declaration

# Statuses of the interface that refuse; each is documented, and none stores anything.
REFUSALS = {
    "FIELD_ERROR",
    "GENERAL_ERROR",
    "WRONG_CREDENTIALS_ERROR",
    "RESTART_FLOW_ERROR",
    "RESET_PASSWORD_INVALID_TOKEN_ERROR",
    "EMAIL_VERIFICATION_INVALID_TOKEN_ERROR",
    "UNKNOWN_DEVICE_ERROR",
    "UNKNOWN_USER_ID_ERROR",
    "INVALID_TOTP_ERROR",
    "SIGN_UP_NOT_ALLOWED",
    "SIGN_IN_NOT_ALLOWED",
    "SIGN_IN_UP_NOT_ALLOWED",
    "INVALID_EMAIL_ERROR",
    "INVALID_CREDENTIALS_ERROR",
    "OPTIONS_NOT_FOUND_ERROR",
    "CREDENTIAL_NOT_FOUND_ERROR",
    "RECOVER_ACCOUNT_TOKEN_INVALID_ERROR",
    "NO_RECOVERY_CODES_ERROR",
}


# Answers that are right whatever is asked: there is no such account, nothing was removed.
HARMLESS_OKS = {
    "GET /emailpassword/email/exists",
    "GET /signup/email/exists",
    "GET /passwordless/email/exists",
    "GET /passwordless/phonenumber/exists",
    "GET /signup/phonenumber/exists",
    "GET /webauthn/email/exists",
    "POST /user/webauthn/reset/token",
    "GET /loginmethods",
    "POST /totp/device/remove",
    "POST /trusteddevices/remove",
}


# Members that an API reads in its `prepare`, and that its declaration therefore does not name.
PREPARED: dict[str, list[str]] = {
    "/signinup": ["thirdPartyId", "clientType", "redirectURIInfo", "oAuthTokens"],
    "/authorisationurl": ["thirdPartyId", "clientType", "redirectURIOnProviderDashboard"],
    "/signinup/code/resend": ["deviceId"],
    "/webauthn/options/register": ["email", "recoverAccountToken", "displayName"],
}


WELL_FORMED: dict[str, Any] = {
    "thirdPartyId": "no such provider",
    "redirectURIInfo": {
        "redirectURIOnProviderDashboard": "http://localhost/x",
        "redirectURIQueryParams": {"code": "x"},
    },
    "redirectURIOnProviderDashboard": "http://localhost/x",
    "formFields": [{"id": "email", "value": "nobody@example.com"}, {"id": "password", "value": "wrong password 1"}],
    "token": "x",
    "method": "token",
    "email": "not an address",
    "preAuthSessionId": "x",
    "deviceId": "x",
    "userInputCode": "123456",
    "deviceName": "x",
    "totp": "123456",
    "webauthnGeneratedOptionsId": "x",
    "webauthnCredentialId": "x",
    "credential": {"id": "x", "rawId": "x", "type": "public-key", "response": {"clientDataJSON": "x"}},
}


PERMITTED_WITHOUT_PARAMETERS = {"/session/refresh", "/signout", "/mfa/info"}


def apis(world: World) -> list[Declaration]:
    """Return every API of the running application that reads something."""
    routes = [route for routes in world.under_test.app._apis.values() for route in routes]
    # The dashboard's read nothing of people: `tests/recipe/dashboard/test_bad_input.py` has the key.
    routes = [route for route in routes if route.recipe.recipe_id != "dashboard"]
    return [route.declaration for route in routes if route.declaration.reads_values]


def refused(declaration: Declaration, reply: httpx.Response, sent: Any) -> None:
    """The reply is a 4xx with a text, or a refusal of the interface."""
    name = f"{declaration.method} {declaration.path}"
    shown = f"{name} {str(sent)[:120]!r} → {reply.status_code} {reply.text[:300]}"
    assert reply.status_code < 500, shown
    answer = reply.json()
    if reply.status_code == 200:
        assert answer["status"] in REFUSALS or name in HARMLESS_OKS, shown
    else:
        assert reply.status_code >= 400, shown
        assert isinstance(answer["message"], str), shown
        assert answer["message"], shown
    assert not re.search(r"traceback|sqlite|asyncpg|psycopg|File \"", reply.text, re.IGNORECASE), shown
    assert "set-cookie" not in reply.headers or reply.status_code == 401, shown


async def whole_person(world: World, mode: Mode = "header") -> Person:
    """Return a person whose session may call every API."""
    await world.account("ann@example.com")
    person = world.person(mode)
    await person.sign_in("ann@example.com")
    return person


async def test_each_parameter_of_each_api(world: World) -> None:
    """Class 29, 48: every declared parameter, with each hostile value, in a body that is otherwise well formed."""
    ann = await whole_person(world)
    before = await everything_stored(world.under_test.core)
    for declaration in apis(world):
        keys = [item.key for item in declaration.parameters if item.read] + PREPARED.get(declaration.path, [])
        keys += ["shouldTryLinkingWithSessionUser"] if declaration.session == "auth" else []
        for key in keys:
            for value in (*STRINGS, *NUMBERS, *OTHERS):
                sent = body_for(declaration, key, value)
                if sent is None:
                    continue
                person = ann if declaration.session == "required" else world.person("header")
                refused(declaration, await send(person, declaration, sent), sent)

    assert without_activity(await everything_stored(world.under_test.core)) == without_activity(before)


def body_for(declaration: Declaration, key: str, value: Any) -> dict[str, Any] | None:
    """Return a body in which one member is hostile; None where the value would be a right one."""
    wanted = {item.key for item in declaration.parameters if item.read} | {"deviceId", "email"}
    wanted |= set(PREPARED.get(declaration.path, []))
    body = {name: item for name, item in WELL_FORMED.items() if name in wanted}
    if declaration.path.endswith("/consume"):
        body.pop("email", None)
    if key == "shouldTryLinkingWithSessionUser" and isinstance(value, bool | None):
        return None
    if (key, value) == ("deviceName", None) or (key == "deviceName" and declaration.path == "/totp/device"):
        # Names are free text: tested below.
        return None
    return {**body, key: value}


async def send(
    person: Person, declaration: Declaration, body: dict[str, Any], tenant_id: str = "public"
) -> httpx.Response:
    """Send a body as JSON that may hold half a surrogate pair, or as a query."""
    path = f"/auth/{tenant_id}{declaration.path}" if tenant_id != "public" else f"/auth{declaration.path}"
    if declaration.method == "GET":
        texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}
        # A query has room for 8 KB in real servers.
        return await person.send("GET", path, params={k: v[:4000] for k, v in texts.items()})
    content = json.dumps(body).encode()
    return await person.send(declaration.method, path, content=content)


def without_activity(stored: dict[str, list[str]]) -> dict[str, list[str]]:
    """Leave out when a user was last active, which a session that is looked up may move, and what counts attempts."""
    counting = ("last_active", "totp_attempts", "abuse_budgets")
    return {table: rows for table, rows in stored.items() if table not in counting}


async def test_each_field_of_the_forms(world: World) -> None:
    """Class 29, 48: hostile addresses and passwords of every kind in `formFields`, and hostile `formFields`."""
    before = await everything_stored(world.under_test.core)
    bad_addresses = [*STRINGS, *NUMBERS, *OTHERS]
    hostile: list[Any] = [
        [{"id": "email", "value": value}, {"id": "password", "value": PASSWORD}] for value in bad_addresses
    ]
    hostile += [
        [{"id": "email", "value": "a@example.com"}, {"id": "password", "value": value}]
        for value in [*NUMBERS, *OTHERS, "\0secret123", ""]
    ]
    hostile += [[{"id": value, "value": "x"}] for value in bad_addresses]
    hostile += [[value] for value in bad_addresses]
    hostile += [[{"id": "email", "value": "a@example.com"}] * 1000, [{"id": "email"}], [{"value": "x"}]]
    for declaration in apis(world):
        if "formFields" not in {item.key for item in declaration.parameters}:
            continue
        for fields in hostile:
            sent = {"formFields": fields, "token": "x", "method": "token"}
            reply = await send(world.person("header"), declaration, sent)
            if declaration.path == "/user/password/reset/token" and is_just_an_address(fields):
                continue
            refused(declaration, reply, fields)

    assert await everything_stored(world.under_test.core) == before


def is_just_an_address(fields: Any) -> bool:
    """Whether the form to ask for a reset mail is right: its answer is the same for every address."""
    return isinstance(fields, list) and len(fields) == 1 and fields[0] == {"id": "email", "value": "a@example.com"}


@pytest.mark.parametrize("name", BODIES)
async def test_each_malformed_body(quick_world: World, name: str) -> None:
    """Every API that reads a body is given one that is none; also with content types that lie."""
    ann = await whole_person(quick_world)
    before = await everything_stored(quick_world.under_test.core)
    for declaration in apis(quick_world):
        if declaration.method == "GET":
            continue
        for content_type in ("application/json", "text/plain", "multipart/form-data; boundary=x"):
            reply = await ann.send(
                declaration.method,
                f"/auth{declaration.path}",
                content=BODIES[name],
                headers={"content-type": content_type},
            )
            if declaration.path not in PERMITTED_WITHOUT_PARAMETERS and not is_optional(declaration):
                refused(declaration, reply, name)
            assert reply.status_code < 500, f"{declaration.path} {reply.text}"

    stored = await everything_stored(quick_world.under_test.core)
    assert {**without_activity(stored), "totp_devices": []} == {**without_activity(before), "totp_devices": []}


def is_optional(declaration: Declaration) -> bool:
    """Whether an API has parameters, and an empty body is right for it all the same."""
    return declaration.path == "/totp/device"


async def test_oversized_bodies(quick_world: World) -> None:
    """A body of more than a megabyte is refused unread: by APIs with 413 in JSON, by pages with a page."""
    for declaration in apis(quick_world):
        if declaration.method != "GET":
            big = json.dumps({"formFields": "x" * MEGABYTE}).encode()
            reply = await quick_world.person("header").send(declaration.method, f"/auth{declaration.path}", content=big)
            # Without a session, an API that needs one need not look at the body.
            assert reply.status_code in ((413, 401) if declaration.session == "required" else (413,)), declaration.path
    for name in PAGES:
        method, path = name.split(" ")
        if method == "POST":
            reply = await quick_world.person().page("POST", path, {"email": "x" * MEGABYTE, "code": "x" * MEGABYTE})
            assert reply.status_code in (413, 302, 303, 307), f"{name}: {reply.status_code}"


async def test_body_that_grows_beyond_what_it_announced(quick_world: World) -> None:
    """The limit holds for what comes, not for what was announced."""

    async def endless() -> Any:
        for _ in range(100):
            yield b"x" * 64 * 1024

    reply = await quick_world.person("header").send("POST", "/auth/signin", content=endless())

    assert reply.status_code == 413


async def test_tenant_segment(quick_world: World) -> None:
    """Class 47: a tenant that does not exist, or is none, in the path: 4xx or the application's own 404."""
    for tenant in ("nope", "a" * 300, "%00", "..", "%2e%2e", "public%0d%0a", "'--", "appid-x", "a-b"):
        for path in ("/signin", "/signinup/code", "/loginmethods", "/user/password/reset/token", "/mfa/info"):
            method = {"/loginmethods": "GET", "/mfa/info": "PUT"}.get(path, "POST")
            body = {**password_form("a@example.com"), "email": "a@example.com"}
            if path == "/signinup/code":
                body.pop("formFields")
            reply = await quick_world.person("header").api(method, f"/{tenant}{path}", {} if method == "GET" else body)
            assert 400 <= reply.status_code < 500 or reply.json().get("status") in REFUSALS, f"{tenant} {path}"


async def test_free_names_of_devices(world: World) -> None:
    """Names of authenticator apps are free text: any that can be stored comes back as it was given."""
    ann = await whole_person(world)
    for name in STRINGS:
        reply = await ann.send("POST", "/auth/totp/device", content=json.dumps({"deviceName": name}).encode())
        assert reply.status_code < 500, f"{name[:80]!r} {reply.text}"
        if reply.status_code == 200:
            assert reply.json()["deviceName"] == name
            listed = (await ann.api("GET", "/totp/device/list")).json()["devices"]
            assert name in {device["name"] for device in listed}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


MEMBERS = st.dictionaries(
    st.sampled_from([*WELL_FORMED, "linkCode", "phoneNumber", "shouldTryLinkingWithSessionUser"]), JSON, max_size=6
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=MEMBERS)
async def test_any_json(quick_world: World, body: dict[str, Any]) -> None:
    """Property: no JSON object makes an API fail, whatever its members are."""
    for declaration in apis(quick_world):
        if declaration.method != "GET":
            reply = await send(quick_world.person("header"), declaration, body)
            assert reply.status_code < 500, f"{declaration.path} {body} {reply.text}"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.text(max_size=30) | st.from_regex(r"\+[0-9 ()./;x-]{0,40}"))
async def test_any_phone_number(quick_world: World, number: str) -> None:
    """Property: a phone number is refused, or is one that can be dialled; messages go to nobody else."""
    body = {"phoneNumber": number, "shouldTryLinkingWithSessionUser": False}
    reply = await quick_world.person("header").send("POST", "/auth/signinup/code", content=json.dumps(body).encode())

    assert reply.status_code in (200, 400), f"{number!r} {reply.text}"
    for message in quick_world.under_test.outbox.messages():
        assert re.fullmatch(r"\+[1-9][0-9]{4,16}", message.to), f"{number!r} → {message.to!r}"


async def test_phone_number_that_is_right(quick_world: World) -> None:
    """Without this, the property above would hold for a recipe that sends nothing."""
    body = {"phoneNumber": PHONE, "shouldTryLinkingWithSessionUser": False}
    await quick_world.person("header").api("POST", "/signinup/code", body)

    assert [message.to for message in quick_world.under_test.outbox.messages()] == [PHONE]
