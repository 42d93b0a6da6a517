# SPDX-License-Identifier: Apache-2.0
"""The HTTP transport: versions, several hosts, a busy core, an interceptor."""

from collections.abc import Callable
from typing import Any

import httpcore
import msgspec
import pytest

from tests.fake_core import APP_INFO
from tests.ui.fake_request import FakeRequest
from twofold._core_http import AVOIDED_SECONDS, HttpTransport
from twofold._user_context import request_context
from twofold._wire import Json
from twofold.exceptions import CoreError, CoreUnreachableError, GeneralError
from twofold.types.base import UserContext

Handler = Callable[[httpcore.Request], httpcore.Response]


class Network(httpcore.AsyncConnectionPool):
    """Hosts that answer by a function; everything sent and slept is remembered."""

    def __init__(self, handler: Handler) -> None:
        super().__init__()
        self.handler = handler
        self.requests: list[httpcore.Request] = []
        self.slept: list[float] = []
        self.seconds = 0.0

    def transport(self, uri: str = "http://one:3567", **options: Any) -> HttpTransport:
        """Return the transport over this network."""
        return HttpTransport(
            uri, APP_INFO, make_connections=lambda: self, sleep=self._sleep, now=lambda: self.seconds, **options
        )

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Answer for a host."""
        self.requests.append(request)
        if b"/apiversion" in request.url.target and request.url.host != b"down":
            return json({"versions": ["3.0", "5.4"]})
        return self.handler(request)

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def json(body: Json) -> httpcore.Response:
    """Answer with this."""
    return httpcore.Response(200, headers=[("Content-Type", "application/json")], content=msgspec.json.encode(body))


def header(request: httpcore.Request, name: str) -> str | None:
    """Return a header of a request."""
    return next((value.decode() for key, value in request.headers if key.decode().lower() == name), None)


def paths(network: Network) -> list[str]:
    """The paths that were asked, without their queries."""
    return [request.url.target.decode().split("?")[0] for request in network.requests]


async def call(
    transport: HttpTransport, method: str = "GET", path: str = "/recipe/roles", user_context: UserContext | None = None
) -> Json:
    """Make one call."""
    return await transport.call(
        method, path, tenant_id=None, query={}, body=None, rid="userroles", user_context=user_context or {}
    )


def ok(_: httpcore.Request) -> httpcore.Response:
    """Answer OK."""
    return json({"status": "OK"})


@pytest.mark.parametrize(("given", "sent"), [("abc-1", "abc-1"), ("", None), ("a\x7f", None), ("é", None)])
async def test_the_browsers_request_id_goes_on(given: str, sent: str | None) -> None:
    """A request is found in the core's log by the id that a proxy gave it; what is no id is not passed on."""
    network = Network(ok)
    await call(network.transport(), user_context=request_context(FakeRequest(headers={"x-request-id": given})))

    assert header(network.requests[-1], "x-request-id") == sent


async def test_call_carries_version_key_and_recipe() -> None:
    """The version is agreed once and named in each call, with the API key and the recipe."""
    network = Network(ok)
    transport = network.transport(api_key="key")

    await call(transport)
    await call(transport)

    sent = [header(network.requests[1], name) for name in ("cdi-version", "api-key", "rid")]
    assert paths(network) == ["/apiversion", "/recipe/roles", "/recipe/roles"]
    assert sent == ["5.4", "key", "userroles"]


async def test_core_without_a_common_version_is_refused() -> None:
    """A core that speaks none of our versions is named as the reason, before any call."""
    network = Network(lambda _: json({"versions": ["2.9"]}))

    with pytest.raises(GeneralError, match=r"2\.9"):
        await call(network.transport("http://down"))
    assert paths(network) == ["/apiversion"]


async def test_next_host_answers_when_one_is_down() -> None:
    """A host that refuses connections is passed over, also for calls that change something."""

    def handle(request: httpcore.Request) -> httpcore.Response:
        if request.url.host == b"down":
            raise httpcore.ConnectError("refused")
        return ok(request)

    answer = await call(Network(handle).transport("http://down;http://up/prefix"), "POST")

    assert answer["status"] == "OK"


async def test_a_host_that_was_down_comes_last_for_a_while() -> None:
    """Where nobody answers, each try takes as long as a connection may: it is not made in every other call."""

    def handle(request: httpcore.Request) -> httpcore.Response:
        if request.url.host == b"down":
            raise httpcore.ConnectTimeout("nobody")
        return ok(request)

    network = Network(handle)
    transport = network.transport("http://down;http://up")
    for seconds in (0, 1, 2, AVOIDED_SECONDS + 1):
        network.seconds = seconds
        await call(transport)
        await call(transport)
    tried = [request.url.host for request in network.requests if b"roles" in request.url.target]

    # The question for the version was the first to find out.
    assert [host.decode() for host in tried] == ["up"] * 7 + ["down", "up"]


async def test_a_host_that_was_down_is_tried_when_the_others_are() -> None:
    """Avoiding a host never makes a call fail that it could answer."""
    network = Network(ok)
    transport = network.transport("http://one;http://two")
    await call(transport)
    down = b"one"

    def handle(request: httpcore.Request) -> httpcore.Response:
        if request.url.host == down:
            raise httpcore.ConnectError("refused")
        return ok(request)

    network.handler = handle
    await call(transport)
    await call(transport)
    down = b"two"

    assert [(await call(transport))["status"] for _ in range(3)] == ["OK"] * 3


async def test_no_host_at_all_is_an_error_of_its_own() -> None:
    """When every host was tried once, the error says so in the published words."""

    def handle(_: httpcore.Request) -> httpcore.Response:
        raise httpcore.ConnectError("refused")

    with pytest.raises(CoreUnreachableError, match="No SuperTokens core available to query"):
        await call(Network(handle).transport("http://down;http://down"))


async def test_a_change_that_may_have_arrived_is_not_repeated() -> None:
    """A connection that breaks after a POST was sent raises: a second host must not sign the user up again."""
    network = Network(ok)

    def handle(_: httpcore.Request) -> httpcore.Response:
        raise httpcore.ReadError("broken")

    network.handler = handle

    with pytest.raises(CoreError, match="broke during POST"):
        await call(network.transport("http://one;http://two"), "POST")
    assert [request.method for request in network.requests] == [b"GET", b"POST"]


async def test_a_host_without_its_database_is_passed_over_by_what_only_reads() -> None:
    """The next host may have one; when none has, the error is one that passes, and a change is sent only once."""
    network = Network(
        lambda request: httpcore.Response(503, content=b"no") if request.url.host == b"ill" else ok(request)
    )
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
    network = Network(lambda _: httpcore.Response(429, content=b"slow down"))

    with pytest.raises(CoreError) as raised:
        await call(network.transport())

    assert raised.value.status_code == 429
    assert network.slept == [0.01, 0.26, 0.51, 0.76, 1.01]


async def test_refused_call_has_the_published_text() -> None:
    """Applications parse this text."""
    network = Network(lambda _: httpcore.Response(400, content=b"Field name 'role' is invalid in JSON input"))

    with pytest.raises(CoreError) as raised:
        await call(network.transport())

    assert str(raised.value) == (
        "SuperTokens core threw an error for a GET request to path: '/recipe/roles' with status code: 400 "
        "and message: Field name 'role' is invalid in JSON input"
    )


async def test_queries_and_odd_letters_are_encoded() -> None:
    """What an interceptor or a caller names is data; an address may have a query of its own."""
    network = Network(ok)

    def intercept(url: str, *rest: Any) -> Any:
        return (url + "/ü b?x=1", *rest[:-1])

    transport = network.transport(interceptor=intercept)
    await transport.call("GET", "/p", tenant_id="t", query={"q": "a&b ü"}, body=None, rid="", user_context={})

    assert network.requests[-1].url.target == b"/t/p/%C3%BC%20b?x=1&q=a%26b+%C3%BC"


async def test_answers_without_json_are_text() -> None:
    """With its headers only a JSON object is answered; what is no text is not lost in an error."""
    network = Network(lambda _: httpcore.Response(200, content=b"Hello\xff"))

    assert await call(network.transport()) == {"_text": "Hello\ufffd"}

    network.handler = ok
    assert await call(network.transport()) == {"status": "OK", "_headers": {"content-type": "application/json"}}


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
    assert header(network.requests[1], "x-trace") == "1"
