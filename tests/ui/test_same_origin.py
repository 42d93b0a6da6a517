# SPDX-License-Identifier: Apache-2.0
"""Cross-site request forgery: a form counts only if a browser says that it was sent from here."""

import pytest

from tests.ui.fake_request import FakeRequest
from twofold.ui.same_origin import is_same_origin

OURS = ["https://app.example"]
FROM_HERE = [
    {"sec-fetch-site": "same-origin"},
    {"sec-fetch-site": "none"},
    {"origin": "https://app.example"},
    {"origin": "http://192.168.1.7:8000", "host": "192.168.1.7:8000"},
]
FROM_ELSEWHERE = [
    {},
    {"host": "app.example"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": ""},
    {"sec-fetch-site": "cross-site", "origin": "https://app.example"},
    {"origin": "null"},
    {"origin": "null", "host": "null"},
    {"origin": ""},
    {"origin": "http://[", "host": "app.example"},
    {"origin": "http://", "host": ""},
    {"origin": "https://evil.example", "host": "app.example"},
    {"origin": "https://app.example.evil.example", "host": "app.example"},
    {"origin": "http://app.example", "host": "other.example"},
    {"referer": "https://app.example/auth/sign-in"},
]


@pytest.mark.parametrize("headers", FROM_HERE)
def test_accepts_forms_of_this_site(headers: dict[str, str]) -> None:
    """Fetch Metadata, or an origin that is ours or the very host the form is sent to."""
    assert is_same_origin(FakeRequest(method="POST", headers=headers), OURS)


@pytest.mark.parametrize("headers", FROM_ELSEWHERE)
def test_refuses_everything_else(headers: dict[str, str]) -> None:
    """Also a sibling domain, a sandboxed frame, and a request that says nothing."""
    assert not is_same_origin(FakeRequest(method="POST", headers=headers), OURS)
