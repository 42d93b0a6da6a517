# SPDX-License-Identifier: Apache-2.0
"""What sessions read from requests and write to responses."""

import json
from base64 import b64decode
from typing import Any

import pytest

from tests.recipe.session.web import PlainRequest, PlainResponse
from twofold._app_info import AppInfo
from twofold.recipe.session.config import NormalisedSessionConfig, SessionConfig, validate_and_normalise_user_input
from twofold.recipe.session.cookies import (
    ResponseMutator,
    access_token_mutator,
    anti_csrf_response_mutator,
    build_front_token,
    clear_older_domain_cookie_mutator,
    clear_session_from_all_token_transfer_methods,
    clear_session_response_mutator,
    get_token,
    has_multiple_cookies_for_token_type,
    read_cookie,
    refresh_token_mutator,
)

pytestmark = pytest.mark.without_core

YEAR_MS = 365 * 24 * 3600 * 1000


async def revoke_nothing(handle: str) -> bool:
    """Stand in for the core."""
    return False


def configured(api_domain: str = "https://api.example.com", **config: Any) -> NormalisedSessionConfig:
    """Return a configuration of an application with a gateway path."""
    app_info = AppInfo(
        "App", api_domain, "https://www.example.com", "fastapi", "/gateway", "/auth", "/auth", None, None
    )
    return validate_and_normalise_user_input(app_info, SessionConfig(**config), revoke_nothing)


def written(*mutators: ResponseMutator) -> PlainResponse:
    """Return a response after the mutators."""
    response = PlainResponse()
    for mutate in mutators:
        mutate(response, {})
    return response


def test_front_token_is_sorted_standard_base64() -> None:
    """Browsers decode it with atob and compare its text, so every level is sorted and the bytes are UTF-8."""
    payload = {"z": {"b": 1, "a": [{"d": None, "c": "ü>?"}]}, "a": "\U0001f510"}

    decoded = b64decode(build_front_token("user", 1_800_000_000_000, payload), validate=True)

    expected = {"ate": 1_800_000_000_000, "uid": "user", "up": payload}
    assert decoded.decode() == json.dumps(expected, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def test_front_token_without_payload() -> None:
    """A front token always has its three members."""
    assert json.loads(b64decode(build_front_token("user", 5))) == {"ate": 5, "uid": "user", "up": {}}


def test_access_token_cookie() -> None:
    """The access token's cookie goes to the whole API, is hidden from scripts, and outlives the token (AAL2 5.1.1)."""
    response = written(access_token_mutator("a.b.c", "front", configured(), "cookie", PlainRequest()))

    cookie = response.cookies()["sAccessToken"]
    assert cookie[:6] == ("a.b.c", "/", None, True, True, "lax")
    assert cookie.expires_ms > 1_800_000_000_000 - 10 * YEAR_MS
    assert response.get_header("front-token") == "front"
    assert response.get_header("st-access-token") is None
    assert response.exposed() == {"front-token"}


def test_refresh_token_cookie() -> None:
    """The refresh token's cookie goes to the refresh path alone and ends with the token."""
    config = configured(cookie_domain="https://Example.com:3000/x", cookie_same_site="strict", cookie_secure=False)

    response = written(refresh_token_mutator("r+/=", 1_900_000_000_000, config, "cookie", PlainRequest()))

    cookie = response.cookies()["sRefreshToken"]
    assert cookie[1:6] == ("/gateway/auth/session/refresh", "example.com", True, False, "strict")
    assert cookie.expires_ms == 1_900_000_000_000
    assert read_cookie(f"sRefreshToken={cookie.value}", "sRefreshToken") == "r+/="


def test_tokens_in_headers() -> None:
    """In header mode tokens come as exposed headers, without cookies."""
    config, request = configured(), PlainRequest()

    response = written(
        access_token_mutator("a.b.c", "front", config, "header", request),
        refresh_token_mutator("r", 5, config, "header", request),
        anti_csrf_response_mutator("anti"),
    )

    assert response.cookies() == {}
    assert response.get_header("st-access-token") == "a.b.c"
    assert response.get_header("st-refresh-token") == "r"
    assert response.exposed() == {"front-token", "st-access-token", "st-refresh-token", "anti-csrf"}


def test_access_token_may_be_exposed() -> None:
    """If the application asks for it, scripts get the access token of cookie sessions, never the refresh token."""
    config = configured(expose_access_token_to_frontend_in_cookie_based_auth=True)
    request = PlainRequest()

    response = written(
        access_token_mutator("a.b.c", "front", config, "cookie", request),
        refresh_token_mutator("r", 5, config, "cookie", request),
    )

    assert response.get_header("st-access-token") == "a.b.c"
    assert response.get_header("st-refresh-token") is None


def test_clearing_replaces_what_was_set_before() -> None:
    """A session that ends in the same request leaves expired cookies, no anti-CSRF token, and says so."""
    config, request = configured(), PlainRequest()

    response = written(
        access_token_mutator("a.b.c", "front", config, "cookie", request),
        anti_csrf_response_mutator("anti"),
        clear_session_response_mutator(config, "cookie", request),
    )

    cookies = response.cookies()
    assert {name: (cookie.value, cookie.expires_ms) for name, cookie in cookies.items()} == {
        "sAccessToken": ("", 0),
        "sRefreshToken": ("", 0),
    }
    assert cookies["sRefreshToken"].path == "/gateway/auth/session/refresh"
    assert response.get_header("anti-csrf") is None
    assert response.get_header("front-token") == "remove"


def test_clearing_by_every_method() -> None:
    """When the request does not tell how its client keeps tokens, cookies and headers are cleared."""
    response = PlainResponse()

    clear_session_from_all_token_transfer_methods(response, configured(), PlainRequest(), {})

    assert {cookie.value for cookie in response.cookies().values()} == {""}
    assert response.get_header("st-access-token") == ""
    assert response.get_header("st-refresh-token") == ""


@pytest.mark.parametrize(("older", "domain"), [("api.example.com", "api.example.com"), ("", None)])
def test_older_domain(older: str, domain: str | None) -> None:
    """Cookies of an older domain are cleared there; empty means that they were set for the host alone."""
    config = configured(cookie_domain=".example.com", older_cookie_domain=older)

    response = written(clear_older_domain_cookie_mutator(config, "access", PlainRequest()))

    assert response.cookies()["sAccessToken"].domain == domain
    assert response.cookies()["sAccessToken"].expires_ms == 0


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("sAccessToken=a", "a"),
        ("other=1; sAccessToken=a", "a"),
        ("sAccessToken=a;other=1", "a"),
        ('sAccessToken="a%2Fb"', "a/b"),
        ("sAccessToken=a; sAccessToken=b", "b"),
        ("sAccessToken=a=b", "a=b"),
        ("sAccessToken=", ""),
        ("sAccessToken", None),
        ("other=x sAccessToken=a", None),
        ("other=x;  sAccessToken=a", "a"),
        ("sAccessToken=a; sAccessToken", "a"),
        ("xsAccessToken=a", None),
        ("sAccessTokenx=a", None),
        ("other=sAccessToken", None),
        ("saccesstoken=a", None),
        ("", None),
    ],
)
def test_read_cookie(header: str, value: str | None) -> None:
    """A cookie is found by its exact name; of several the last one counts."""
    assert read_cookie(header, "sAccessToken") == value


@pytest.mark.parametrize(
    ("header", "several"),
    [
        ("sAccessToken=a", False),
        ("sAccessToken=a; sAccessToken=a", True),
        ("sAccessToken=a; xsAccessToken=b", False),
        ("sAccessToken=sAccessToken", False),
    ],
)
def test_several_cookies_of_a_name(header: str, several: bool) -> None:
    """Only names count, not values or longer names."""
    assert has_multiple_cookies_for_token_type(header, "access") is several


@pytest.mark.parametrize(
    ("authorization", "token"),
    [("Bearer a.b", "a.b"), ("Bearer   a.b ", "a.b"), ("bearer a.b", None), ("Basic a", None), ("Bearer", None)],
)
def test_bearer_token(authorization: str, token: str | None) -> None:
    """The scheme is compared with its case, as clients send it."""
    assert get_token(PlainRequest(authorization=authorization), "access", "header") == token


def test_no_tokens() -> None:
    """A request without headers carries nothing."""
    assert get_token(PlainRequest(), "access", "header") is None
    assert get_token(PlainRequest(), "refresh", "cookie") is None
