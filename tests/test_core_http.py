# SPDX-License-Identifier: Apache-2.0
"""The HTTP transport: versions, several hosts, a busy core, an interceptor."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fake_core import APP_INFO
from tests.ui.fake_request import FakeRequest
from twofold._core_client import CoreClient
from twofold._core_http import HttpTransport
from twofold._user_context import request_context
from twofold._wire import Json
from twofold.core.app import create_core
from twofold.core.http import CoreASGI
from twofold.exceptions import CoreError, CoreUnreachableError, GeneralError
from twofold.recipe.userroles.functions import Functions
from twofold.recipe.userroles.interfaces import GetPermissionsForRoleOkResult
from twofold.types.base import UserContext

Handler = Callable[[httpx.Request], httpx.Response]


class Network:
    """Hosts that answer by a function; everything sent and slept is remembered."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.requests: list[httpx.Request] = []
        self.slept: list[float] = []

    def transport(self, uri: str = "http://one:3567", **options: Any) -> HttpTransport:
        """Return the transport over this network."""
        return HttpTransport(uri, APP_INFO, make_client=self._client, sleep=self._sleep, **options)

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self._handle))

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.url.path.endswith("/apiversion") and request.url.host != "down":
            return httpx.Response(200, json={"versions": ["3.0", "5.4"]})
        return self.handler(request)

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


async def call(
    transport: HttpTransport, method: str = "GET", path: str = "/recipe/roles", user_context: UserContext | None = None
) -> Json:
    """Make one call."""
    return await transport.call(
        method, path, tenant_id=None, query={}, body=None, rid="userroles", user_context=user_context or {}
    )


def ok(_: httpx.Request) -> httpx.Response:
    """Answer OK."""
    return httpx.Response(200, json={"status": "OK"})


@pytest.mark.parametrize(("given", "sent"), [("abc-1", "abc-1"), ("", None), ("a\x7f", None), ("é", None)])
async def test_the_browsers_request_id_goes_on(given: str, sent: str | None) -> None:
    """A request is found in the core's log by the id that a proxy gave it; what is no id is not passed on."""
    network = Network(ok)
    await call(network.transport(), user_context=request_context(FakeRequest(headers={"x-request-id": given})))

    assert network.requests[-1].headers.get("x-request-id") == sent


async def test_call_carries_version_key_and_recipe() -> None:
    """The version is agreed once and named in each call, with the API key and the recipe."""
    network = Network(ok)
    transport = network.transport(api_key="key")

    await call(transport)
    await call(transport)

    paths = [request.url.path for request in network.requests]
    headers = network.requests[1].headers
    assert paths == ["/apiversion", "/recipe/roles", "/recipe/roles"]
    assert (headers["cdi-version"], headers["api-key"], headers["rid"]) == ("5.4", "key", "userroles")


async def test_core_without_a_common_version_is_refused() -> None:
    """A core that speaks none of our versions is named as the reason, before any call."""
    network = Network(ok)
    transport = HttpTransport(
        "http://one",
        APP_INFO,
        make_client=lambda: httpx.AsyncClient(
            transport=httpx.MockTransport(lambda _: httpx.Response(200, json={"versions": ["2.9"]}))
        ),
    )

    with pytest.raises(GeneralError, match=r"2\.9"):
        await call(transport)
    assert network.requests == []


async def test_next_host_answers_when_one_is_down() -> None:
    """A host that refuses connections is passed over, also for calls that change something."""

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.host == "down":
            raise httpx.ConnectError("refused")
        return ok(request)

    answer = await call(Network(handle).transport("http://down;http://up/prefix"), "POST")

    assert answer["status"] == "OK"


async def test_no_host_at_all_is_an_error_of_its_own() -> None:
    """When every host was tried once, the error says so in the published words."""

    def handle(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(CoreUnreachableError, match="No SuperTokens core available to query"):
        await call(Network(handle).transport("http://down;http://down"))


async def test_a_change_that_may_have_arrived_is_not_repeated() -> None:
    """A connection that breaks after a POST was sent raises: a second host must not sign the user up again."""
    network = Network(ok)

    def handle(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("broken")

    network.handler = handle

    with pytest.raises(CoreError, match="broke during POST"):
        await call(network.transport("http://one;http://two"), "POST")
    assert [request.method for request in network.requests] == ["GET", "POST"]


async def test_a_host_without_its_database_is_passed_over_by_what_only_reads() -> None:
    """The next host may have one; when none has, the error is one that passes, and a change is sent only once."""
    network = Network(lambda request: httpx.Response(503, text="no") if request.url.host == "ill" else ok(request))
    one_is_ill = network.transport("http://ill;http://well")
    all_are_ill = network.transport("http://ill;http://ill")

    reads = [await call(one_is_ill) for _ in range(4)]
    with pytest.raises(CoreUnreachableError, match="503") as unavailable:
        await call(all_are_ill)
    network.requests.clear()
    with pytest.raises(CoreUnreachableError, match="503"):
        await call(all_are_ill, "POST")

    assert {read["status"] for read in reads} == {"OK"}
    assert unavailable.value.status_code == 503
    assert len(network.requests) == 1


async def test_busy_core_is_asked_again_a_few_times() -> None:
    """429 is retried five times with growing pauses, then raised."""
    network = Network(lambda _: httpx.Response(429, text="slow down"))

    with pytest.raises(CoreError) as raised:
        await call(network.transport())

    assert raised.value.status_code == 429
    assert network.slept == [0.01, 0.26, 0.51, 0.76, 1.01]


async def test_refused_call_has_the_published_text() -> None:
    """Applications parse this text."""
    network = Network(lambda _: httpx.Response(400, text="Field name 'role' is invalid in JSON input"))

    with pytest.raises(CoreError) as raised:
        await call(network.transport())

    assert str(raised.value) == (
        "SuperTokens core threw an error for a GET request to path: '/recipe/roles' with status code: 400 "
        "and message: Field name 'role' is invalid in JSON input"
    )


async def test_interceptor_sees_and_changes_every_request() -> None:
    """It is called for the version question too, with `{}` as the body of a GET, and its values are sent."""
    seen: list[tuple[str, Any]] = []

    def intercept(
        url: str,
        method: str,
        headers: dict[str, Any],
        query: dict[str, Any] | None,
        body: dict[str, Any] | None,
        _: dict[str, Any] | None,
    ) -> tuple[str, str, dict[str, Any], dict[str, Any] | None, dict[str, Any] | None]:
        seen.append((url, body))
        return url, method, {**headers, "x-trace": "1"}, query, body

    network = Network(ok)

    await call(network.transport(interceptor=intercept))

    assert seen == [("http://one:3567/apiversion", {}), ("http://one:3567/recipe/roles", {})]
    assert network.requests[1].headers["x-trace"] == "1"


async def test_our_core_over_http(tmp_path: Path) -> None:
    """The same calls work on our core behind its HTTP door."""
    core = create_core(f"sqlite:///{tmp_path}/core.db")
    await core.start()
    door = httpx.ASGITransport(CoreASGI(core))
    transport = HttpTransport("http://core", APP_INFO, make_client=lambda: httpx.AsyncClient(transport=door))
    functions = Functions(CoreClient(transport).for_recipe("userroles"))

    created = await functions.create_new_role_or_add_permissions("admin", ["write"], {})
    found = await functions.get_permissions_for_role("admin", {})
    await core.stop()

    assert created.created_new_role
    assert found == GetPermissionsForRoleOkResult(["write"])
