# SPDX-License-Identifier: Apache-2.0
"""The cookie between "send me a code" and "here it is"."""

import pytest

from tests.ui.fake_request import FakeRequest
from tests.ui.fake_response import FakeResponse
from twofold.ui.login.flow import COOKIE_NAME, CodeFlow, FlowCookie, read_flow

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


def test_what_is_kept_comes_back() -> None:
    """A flow survives the way through the browser."""
    response = FakeResponse()

    FlowCookie("/auth", secure=True).keep(response, FLOW, now_ms=0)

    value = response.cookies[0].split(";")[0].partition("=")[2]
    assert read_flow(FakeRequest(cookies={COOKIE_NAME: value})) == FLOW


def test_the_cookie_is_for_the_pages_alone() -> None:
    """Scripts cannot read it, other paths and plain HTTP do not get it, and it is gone after an hour."""
    response = FakeResponse()

    FlowCookie("/auth", secure=True).keep(response, FLOW, now_ms=0)

    attributes = response.cookies[0].split("; ")[1:]
    assert attributes == [
        "Path=/auth",
        "Expires=Thu, 01 Jan 1970 01:00:00 GMT",
        "HttpOnly",
        "Secure",
        "SameSite=lax",
    ]


@pytest.mark.parametrize("value", ["", "x", "e30=", "bnVsbA==", "W10=", "é", "a" * 5000, "%00"])
def test_a_cookie_that_is_not_ours_counts_as_none(value: str) -> None:
    """Whatever is in the cookie, reading it does not fail."""
    assert read_flow(FakeRequest(cookies={COOKIE_NAME: value})) is None


def test_its_ids_are_not_in_its_repr() -> None:
    """Logs may show a flow; they must not show what can be used (attack class 21)."""
    assert "device'" not in repr(FLOW)
    assert "handle" not in repr(FLOW)
