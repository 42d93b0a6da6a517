# SPDX-License-Identifier: Apache-2.0
"""The core behind HTTP: the order of checks, keys, addresses, versions, bodies, and what errors become."""

from collections.abc import AsyncIterator, MutableMapping
from typing import Any

import pytest
from msgspec.structs import replace

from twofold.core.app import Core, create_core
from twofold.core.config import Settings
from twofold.core.http import MAX_BODY_BYTES, CoreASGI, HttpRequest, HttpResponse
from twofold.core.storage.database import DatabaseUnavailable

KEY = "a-key-of-more-than-20-characters"
Message = dict[str, Any]


async def ask(
    core: Core, method: str, path: str, *, query: str = "", body: bytes = b"", **headers: str
) -> HttpResponse:
    """A request from this machine; header names with `_` for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await CoreASGI(core).handle(HttpRequest(method, path, query, named, body, "127.0.0.1"))


@pytest.fixture
async def guarded(core_sqlite_url: str) -> AsyncIterator[Core]:
    """A core that asks for a key."""
    core = create_core(core_sqlite_url, Settings(api_keys=f"another-key-of-enough-length, {KEY}"))
    yield core
    await core.stop()


@pytest.mark.parametrize("headers", [{"api_key": KEY}, {"authorization": f"Bearer {KEY}"}, {"authorization": KEY}])
async def test_a_key_is_taken_from_either_header(guarded: Core, headers: dict[str, Any]) -> None:
    """As clients of all ages send it."""
    assert (await ask(guarded, "GET", "/recipe/roles", **headers)).status == 200


@pytest.mark.parametrize("headers", [{}, {"api_key": KEY[:-1]}, {"api_key": ""}, {"authorization": "Bearer x"}])
async def test_without_a_right_key_nothing_is_told(guarded: Core, headers: dict[str, Any]) -> None:
    """Not even whether the version or the body would have been right."""
    answer = await ask(guarded, "PUT", "/recipe/role", body=b"nonsense", cdi_version="99.9", **headers)

    assert (answer.status, answer.body) == (401, b"Invalid API key\n")


async def test_a_web_page_cannot_use_a_core_without_a_key(core: Core) -> None:
    """A page that a developer visits could else change the users of the core on their machine, as it needs no key."""
    body = b'{"email": "a@example.com", "password": "password1"}'
    answer = await ask(core, "POST", "/recipe/signup", body=body, origin="https://evil.example")

    assert answer.status == 403


async def test_an_app_that_does_not_exist_yet_needs_a_key(guarded: Core) -> None:
    """It may be created between the check of the key and the answer."""
    path = "/appid-new/recipe/multitenancy/tenant/v2"
    answer = await ask(guarded, "PUT", path, body=b'{"tenantId": "t"}')

    assert (answer.status, answer.body) == (401, b"Invalid API key\n")


@pytest.mark.parametrize("path", ["/", "/hello", "/.well-known/jwks.json"])
async def test_some_paths_need_no_key(guarded: Core, path: str) -> None:
    """Health checks, and whoever verifies tokens."""
    assert (await ask(guarded, "GET", path)).status == 200


@pytest.mark.parametrize(
    ("allow", "deny", "status"),
    [
        (None, "127.0.0.1", 403),
        ("127.*", None, 200),
        ("10.*", None, 403),
        ("127.*", "127.0.0.1", 403),
        (None, "10.*", 200),
    ],
)
async def test_address_rules(core_sqlite_url: str, allow: str | None, deny: str | None, status: int) -> None:
    """Who is denied is refused, whoever is allowed; with a list of the allowed, all others are refused."""
    core = create_core(core_sqlite_url, Settings(ip_allow_regex=allow, ip_deny_regex=deny))

    answer = await ask(core, "GET", "/recipe/roles")
    await core.stop()

    assert answer.status == status


async def test_an_address_is_no_pattern_of_its_prefix(core_sqlite_url: str) -> None:
    """The whole address must match."""
    core = create_core(core_sqlite_url, Settings(ip_allow_regex="127"))

    assert (await ask(core, "GET", "/recipe/roles")).status == 403
    await core.stop()


@pytest.mark.parametrize(
    ("version", "text"),
    [
        ("abc", "cdi-version header is invalid"),
        ("5", "cdi-version header is invalid"),
        ("9" * 100 + ".0", "cdi-version header is invalid"),
        ("4.1", "cdi-version 4.1 not supported"),
        ("99.9", "cdi-version 99.9 not supported"),
        ("2.21", "cdi-version 2.21 not supported"),
    ],
)
async def test_versions_that_are_refused(core: Core, version: str, text: str) -> None:
    """Each with the text that says why."""
    answer = await ask(core, "GET", "/recipe/roles", cdi_version=version)

    assert (answer.status, answer.body.decode().strip()) == (400, text)


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b'"x"', b"{", b"\xff\xfe", b'{"role": "\xed\xa0\x80"}', b"[" * 100_000]
)
async def test_a_body_that_is_no_object_is_a_bad_request(core: Core, body: bytes) -> None:
    """Whatever is wrong with it."""
    answer = await ask(core, "PUT", "/recipe/role", body=body)

    assert (answer.status, answer.body) == (400, b"Invalid Json Input\n")


@pytest.mark.parametrize("method", ["PATCH", "HEAD", "OPTIONS", "TRACE", "POST"])
async def test_other_methods_are_refused(core: Core, method: str) -> None:
    """A path that exists says that the method does not."""
    assert (await ask(core, method, "/recipe/roles")).status == 405


@pytest.mark.parametrize("path", ["/nowhere", "/appid-x/nowhere/else", "/t/u/recipe/roles", "/recipe/roles/x"])
async def test_unknown_paths(core: Core, path: str) -> None:
    """404, without a word about apps and tenants."""
    answer = await ask(core, "GET", path)

    assert (answer.status, answer.body) == (404, b"Not found\n")


async def test_a_lost_database_asks_clients_to_come_back(core: Core) -> None:
    """503 with Retry-After instead of a failure that looks like ours."""

    async def unavailable(*_: object) -> None:
        raise DatabaseUnavailable("gone")

    class Down(Core):
        async def answer(self, endpoint: Any, request: Any) -> Any:
            await unavailable()

    answer = await ask(Down(core.services), "GET", "/recipe/roles")

    assert answer.status == 503
    assert answer.headers == {"Retry-After": "1"}


async def test_an_unexpected_error_tells_nothing(core: Core, caplog: pytest.LogCaptureFixture) -> None:
    """The client gets two words; what happened is in the log."""

    class Broken(Core):
        async def answer(self, endpoint: Any, request: Any) -> Any:
            raise RuntimeError("a detail")

    answer = await ask(Broken(core.services), "GET", "/recipe/roles")

    assert (answer.status, answer.body) == (500, b"Internal Error\n")
    assert "a detail" in caplog.text


async def test_a_body_that_is_too_large_is_not_read_to_its_end(core: Core) -> None:
    """413 as soon as the limit is passed."""
    sent: list[Message] = []
    chunk = {"type": "http.request", "body": b"x" * (MAX_BODY_BYTES // 4), "more_body": True}

    async def receive() -> Message:
        return chunk

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(dict(message))

    scope = {"type": "http", "method": "PUT", "path": "/recipe/role", "query_string": b"", "headers": []}
    await CoreASGI(core)(scope, receive, send)

    assert sent[0]["status"] == 413


async def test_a_base_path_is_in_front_of_everything(core: Core) -> None:
    """Requests outside it are not ours."""
    app = CoreASGI(core, "/auth")
    request = HttpRequest("GET", "/auth/hello", "", {}, b"", "")

    inside = await app.handle(request)
    outside = await app.handle(replace(request, path="/hello"))

    assert (inside.status, outside.status) == (200, 404)


async def test_a_core_for_one_domain_refuses_the_others(core_sqlite_url: str) -> None:
    """A request for another known domain is told so; an unknown host is the default domain."""
    free = create_core(core_sqlite_url)
    body = {"connectionUriDomain": "other.example.com"}
    await free.call("PUT", "/recipe/multitenancy/connectionuridomain/v2", body=body)
    await free.stop()
    core = create_core(core_sqlite_url, Settings(supertokens_saas_load_only_cud="mine.example.com"))

    refused = await ask(core, "GET", "/recipe/roles", host="other.example.com")
    answered = await ask(core, "GET", "/recipe/roles", host="localhost:3567")
    await core.stop()

    assert (refused.status, refused.body) == (400, b"Connection URI domain is disallowed\n")
    assert answered.status == 200
