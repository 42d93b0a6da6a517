# SPDX-License-Identifier: Apache-2.0
"""Bad input to the core's HTTP door: a 4xx with a text, never a 5xx, and a 4xx has stored nothing."""

import inspect
import itertools
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import pytest

from tests.core.quick import quick_core
from tests.security.bad_values import BODIES, DEEP, NUMBERS, OTHERS, STRINGS
from tests.security.rows import everything_stored
from twofold.core._endpoint import Endpoint
from twofold.core._fields import Absent, Parameter
from twofold.core.app import Core
from twofold.core.http import MAX_BODY_BYTES, CoreASGI, HttpRequest, HttpResponse
from twofold.core.recipe import notyet

# What each kind of member accepts; every other value in the list below must be refused.
WRONG: dict[str, list[Any]] = {
    "_string": [*NUMBERS, True, [], {}, DEEP, "\0", "a\0b"],
    "_boolean": [*NUMBERS, "true", "", [], {}],
    "_integer": [True, [], {}, "", "x", "1e5", "9" * 400, "\0", 2**63, 10**300],
    "_object": [*NUMBERS, True, "{}", []],
    "_list": [*NUMBERS, True, "[]", {}],
    "_list_of_strings": [*NUMBERS, True, "[]", {}, [1], [None], [["a"]], ["\0"]],
    "_query_string": ["\0", "a\0"],
    "_query_integer": ["x", "1.5", "9" * 400, "\0"],
    "_query_long": ["x", "1.5", "9" * 400, "\0"],
}
# Right values by the kind of member, for the members that are not attacked. They name nobody and nothing that exists.
RIGHT: dict[str, Any] = {
    "_string": "nobody",
    "_boolean": False,
    "_integer": 1,
    "_object": {},
    "_list": [],
    "_list_of_strings": [],
    "_query_string": "nobody",
    "_query_integer": "1",
    "_query_long": "1",
    "_query_boolean": "false",
    "_query_list": "nobody",
    "_anything": None,
}
MAKES_AN_APP_OR_ENDS_THIS_ONE = ("/recipe/multitenancy/", "/ee/")


@pytest.fixture
async def core(database_url: str) -> AsyncIterator[Core]:
    """A core that has a few things to lose."""
    started = quick_core(database_url)
    await started.start()
    await started.call("POST", "/recipe/signup", body={"email": "ann@example.com", "password": "secret"})
    await started.call("PUT", "/recipe/role", body={"role": "admin", "permissions": ["all"]})
    await started.call("GET", "/recipe/jwt/jwks")  # keys are made when they are first asked for
    yield started
    await started.stop()


async def request(core: Core, endpoint: Endpoint, values: Any, *, raw: bytes | None = None) -> HttpResponse:
    """Send values as this endpoint takes them: a JSON body or a query."""
    query = ""
    if endpoint.source == "query" and isinstance(values, dict):
        query = "&".join(f"{key}={quote(as_text(value), errors='replace')}" for key, value in values.items())
    body = raw if raw is not None else json.dumps(values).encode()
    headers = {"rid": endpoint.rid or ""}
    return await CoreASGI(core).handle(HttpRequest(endpoint.method, endpoint.path, query, headers, body, "127.0.0.1"))


def as_text(value: Any) -> str:
    """Return a value as a query says it."""
    return value if isinstance(value, str) else json.dumps(value)


def endpoints(core: Core) -> list[Endpoint]:
    """Return every endpoint of the running core but those that are not there yet, and answer 501 to everything."""
    return [item for recipe in core.services.recipes if recipe is not notyet.recipe for item in recipe.endpoints.all]


def reader(parameter: Parameter) -> str:
    """Return the name of what reads a parameter: its kind."""
    return str(getattr(parameter.read, "__name__", parameter.read))


def right_values(endpoint: Endpoint) -> dict[str, Any]:
    """Return a request that is well formed and about nobody."""
    return {item.key: RIGHT[reader(item)] for item in endpoint.parameters if reader(item) in RIGHT}


async def test_wrong_types_are_refused(core: Core) -> None:
    """For every declared parameter of every endpoint, each value of another type: 400, and nothing is stored."""
    before = await everything_stored(core)
    checked = 0
    for endpoint in endpoints(core):
        for parameter in endpoint.parameters:
            for value in WRONG.get(reader(parameter), []):
                if parameter.null_has_meaning and isinstance(value, Absent):
                    continue
                reply = await request(core, endpoint, {**right_values(endpoint), parameter.key: value})
                if endpoint.source == "query" and value == "":
                    continue
                shown = f"{endpoint.method} {endpoint.path} {parameter.key}={str(value)[:80]!r}: {reply.body[:200]!r}"
                # An earlier check (such as a missing tenant) may answer first, but never with a success.
                assert 400 <= reply.status < 500, f"{reply.status} {shown}"
                assert reply.body.strip(), shown
                checked += 1

    assert checked > 500
    assert await everything_stored(core) == before


async def test_hostile_values_never_fail(core: Core) -> None:
    """Classes 48, 29: whatever stands in a member, of any type: no 5xx, and nothing of before is lost."""
    before = await everything_stored(core)
    for endpoint in endpoints(core):
        if endpoint.path.startswith(MAKES_AN_APP_OR_ENDS_THIS_ONE):
            continue
        for parameter in endpoint.parameters:
            for value in (*STRINGS, *NUMBERS, *OTHERS):
                reply = await request(core, endpoint, {**right_values(endpoint), parameter.key: value})
                shown = f"{endpoint.method} {endpoint.path} {parameter.key}={str(value)[:80]!r}: {reply.body[:300]!r}"
                assert reply.status < 500, shown
                assert reply.status == 200 or reply.body.strip(), shown
                assert not any(word in reply.body.lower() for word in (b"traceback", b"sqlite", b"asyncpg")), shown

    after = await everything_stored(core)
    # The core takes any text for an address or an id: what these made is there. What was there before still is.
    for table in ("users", "login_methods", "password_hashes", "roles", "role_permissions"):
        assert set(before[table]) <= set(after[table]), table
    assert (after["tenants"], after["apps"]) == (before["tenants"], before["apps"])


async def test_malformed_bodies(core: Core) -> None:
    """Bytes that are no JSON object: "Invalid Json Input", or what is missing; nothing is stored."""
    before = await everything_stored(core)
    for endpoint in endpoints(core):
        needs_more = any(item.default is inspect.Parameter.empty for item in endpoint.parameters)
        for name, raw in BODIES.items():
            reply = await request(core, endpoint, {}, raw=raw)
            shown = f"{endpoint.method} {endpoint.path} {name}: {reply.status} {reply.body[:200]!r}"
            assert reply.status < 500, shown
            assert not needs_more or reply.status == 400, shown

    assert await everything_stored(core) == before


async def test_oversized_body(core: Core) -> None:
    """A body beyond the limit is refused while it comes."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"x" * 1024 * 1024, "more_body": True}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/recipe/signup", "query_string": b"", "headers": []}
    await CoreASGI(core)(scope, receive, send)

    assert sent[0]["status"] == 413
    assert str(MAX_BODY_BYTES) in sent[1]["body"].decode()


PATHS = [
    *(f"/appid-{name}/recipe/signup" for name in ("", "x" * 5_000, "A'--", "..", "%00", "\0", "é", "public", "a_b")),
    *(
        f"/{name}/recipe/signup"
        for name in ("x" * 5_000, "'--", "..", "\0", "é", "public", "PUBLIC", "a%2fb", "recipe")
    ),
    "//recipe//signup//",
    "/recipe/signup/../../user/remove",
    "/recipe/signup\r\nX-Injected: 1",
    "*",
    "http://evil.example/recipe/signup",
    "/appid-x/appid-y/recipe/signup",
]


METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "POST\r\n", "")


async def test_hostile_paths_and_methods(core: Core) -> None:
    """Class 47: names of apps and tenants that are none, and methods that nobody knows."""
    before = await everything_stored(core)
    for method, path in itertools.product(METHODS, PATHS):
        reply = await CoreASGI(core).handle(HttpRequest(method, path, "", {}, b'{"email": 1}', "127.0.0.1"))
        assert 400 <= reply.status < 500, f"{method!r} {path[:60]!r}: {reply.status} {reply.body[:100]!r}"
        assert all("\n" not in value and "\r" not in value for value in reply.headers.values())

    assert await everything_stored(core) == before


HEADERS = ("cdi-version", "rid", "api-key", "host", "content-type", "authorization")
VERSIONS = ["5.4.1", "5", "999.999", "-1.0", "5.4, 3.0", "v5.4", "\u0665.\u0664"]


async def test_hostile_headers(core: Core) -> None:
    """Headers of any content: no 5xx, and nothing stored."""
    before = await everything_stored(core)
    body = json.dumps({"email": 1}).encode()
    for header, value in itertools.product(HEADERS, [*STRINGS, *VERSIONS, "localhost:99999", "[::1"]):
        for method, path in (("POST", "/recipe/signup"), ("GET", "/recipe/user"), ("PUT", "/recipe/user")):
            sent = {header: value.encode("utf-8", "replace").decode("latin-1")}
            reply = await CoreASGI(core).handle(HttpRequest(method, path, "", sent, body, "127.0.0.1"))
            assert 400 <= reply.status < 500, f"{header} {value[:60]!r}: {reply.status} {reply.body[:200]!r}"

    assert await everything_stored(core) == before


async def test_hostile_queries(core: Core) -> None:
    """Query strings that are none: repeated keys, bad escapes, thousands of members, control characters."""
    for endpoint in endpoints(core):
        if endpoint.source != "query":
            continue
        key = endpoint.parameters[0].key if endpoint.parameters else "userId"
        for query in (
            f"{key}=a&{key}=b",
            f"{key}=%",
            f"{key}=%ff%fe",
            f"{key}=%ed%a0%80",
            f"{key}=%00",
            f"{key}[]=a&{key}[a]=b",
            "&" * 5_000,
            "=" * 5_000,
            "&".join(f"k{number}=v" for number in range(5_000)),
            "\xff\xfe\x00",
            f"{key}=\r\nX-Injected: 1",
        ):
            reply = await CoreASGI(core).handle(
                HttpRequest(endpoint.method, endpoint.path, query, {"rid": endpoint.rid or ""}, b"", "127.0.0.1")
            )
            assert reply.status < 500, f"{endpoint.method} {endpoint.path}?{query[:60]!r}: {reply.body[:200]!r}"


async def test_forged_page_tokens(core: Core) -> None:
    """Class 48: what continues a list is typed: SQL, other types, bad base64 and foreign ids are refused or empty."""
    made = await core.call("GET", "/users", query={"limit": "1"})
    good = made.get("nextPaginationToken", "")
    for token in [*STRINGS, "MTs=", "YTti", "OzsnLS0=", "LTE7J09SMT0x", good[:-2], good + "x", good.swapcase()]:
        for path in ("/users",):
            query = f"limit=5&paginationToken={quote(token, errors='replace')}"
            reply = await CoreASGI(core).handle(HttpRequest("GET", path, query, {}, b"", "127.0.0.1"))
            assert reply.status in (200, 400), f"{token[:60]!r}: {reply.status} {reply.body[:200]!r}"
