# SPDX-License-Identifier: Apache-2.0
"""The cookies between "send me a code" and "here it is", and while the browser is at a provider."""

import pytest

from tests.ui.fake_request import FakeRequest
from tests.ui.fake_response import FakeResponse
from twofold.ui.login.flow import COOKIE_NAME, HOST_PREFIX, CodeFlow, FlowCookie, ProviderFlow

FLOW = CodeFlow(
    device_id="device",
    pre_auth_session_id="pre",
    channel="email",
    masked_contact="a•••@example.com",
    takes_code=True,
    takes_link=False,
    factor_id="otp-email",
    session_handle="handle",
    to="/admin",
)
OVER_HTTPS = FlowCookie(COOKIE_NAME, CodeFlow, "/auth", secure=True)
OVER_HTTP = FlowCookie(COOKIE_NAME, CodeFlow, "/auth", secure=False)


@pytest.mark.parametrize("cookie", [OVER_HTTPS, OVER_HTTP])
def test_what_is_kept_comes_back(cookie: FlowCookie[CodeFlow]) -> None:
    """A flow survives the way through the browser."""
    response = FakeResponse()

    cookie.keep(response, FLOW, now_ms=0)

    name, _, value = response.cookies[0].split(";")[0].partition("=")
    assert cookie.read(FakeRequest(cookies={name: value})) == FLOW


def test_over_https_no_neighbour_can_plant_the_cookie() -> None:
    """Class 39: browsers take it from this host alone; what another host or plain HTTP sets has another name."""
    response = FakeResponse()

    OVER_HTTPS.keep(response, FLOW, now_ms=0)

    pair, *attributes = response.cookies[0].split("; ")
    name, _, value = pair.partition("=")
    assert name == f"{HOST_PREFIX}{COOKIE_NAME}"
    assert attributes == ["Path=/", "Expires=Thu, 01 Jan 1970 01:00:00 GMT", "HttpOnly", "Secure", "SameSite=lax"]
    assert OVER_HTTPS.read(FakeRequest(cookies={COOKIE_NAME: value})) is None


def test_on_a_developers_machine_the_cookie_is_for_the_pages_alone() -> None:
    """Scripts cannot read it, other paths do not get it, and it is gone after an hour."""
    response = FakeResponse()

    OVER_HTTP.keep(response, FLOW, now_ms=0)

    attributes = response.cookies[0].split("; ")[1:]
    assert attributes == ["Path=/auth", "Expires=Thu, 01 Jan 1970 01:00:00 GMT", "HttpOnly", "SameSite=lax"]


@pytest.mark.parametrize("value", ["", "x", "e30=", "bnVsbA==", "W10=", "é", "a" * 5000, "%00"])
def test_a_cookie_that_is_not_ours_counts_as_none(value: str) -> None:
    """Whatever is in the cookie, reading it does not fail."""
    assert OVER_HTTP.read(FakeRequest(cookies={COOKIE_NAME: value})) is None


def test_their_secrets_are_not_in_their_reprs() -> None:
    """Logs may show a flow; they must not show what can be used (attack class 21)."""
    at_provider = ProviderFlow("the state", "shop", "public", "https://example.com", "the verifier", None)

    assert "device'" not in repr(FLOW)
    assert "handle" not in repr(FLOW)
    assert "the state" not in repr(at_provider)
    assert "the verifier" not in repr(at_provider)
