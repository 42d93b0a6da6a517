# SPDX-License-Identifier: Apache-2.0
"""The configuration of sessions: defaults, and what is refused at once."""

from typing import Any

import pytest

from tests.recipe.session.web import PlainRequest
from twofold._app_info import AppInfo
from twofold.exceptions import GeneralError
from twofold.recipe.session.config import (
    NormalisedSessionConfig,
    SessionConfig,
    normalise_same_site,
    normalise_session_scope,
    require_secure_cookies,
    validate_and_normalise_user_input,
)

pytestmark = pytest.mark.without_core


async def revoke_nothing(handle: str) -> bool:
    """Stand in for the core."""
    return False


def app(api_domain: str, origin: Any) -> AppInfo:
    """Return what an application says about itself."""
    return AppInfo("App", api_domain, None, "fastapi", "", "/auth", "/auth", None, origin)


def normalised(
    api_domain: str = "https://api.example.com", origin: Any = "https://example.com", **config: Any
) -> NormalisedSessionConfig:
    """Return the configuration with every default decided."""
    return validate_and_normalise_user_input(app(api_domain, origin), SessionConfig(**config), revoke_nothing)


def test_defaults() -> None:
    """Without configuration: the published defaults."""
    config = normalised()

    assert (config.session_expired_status_code, config.invalid_claim_status_code) == (401, 403)
    assert (config.cookie_secure, config.cookie_domain, config.older_cookie_domain) == (True, None, None)
    assert config.use_dynamic_access_token_signing_key is True
    assert config.expose_access_token_to_frontend_in_cookie_based_auth is False
    assert config.jwks_refresh_interval_sec == 14_400
    assert config.refresh_token_path.get_as_string_dangerous() == "/auth/session/refresh"
    assert normalised("http://localhost:8000").cookie_secure is False


def test_status_codes_must_differ() -> None:
    """Front ends tell "sign in" from "not enough" by the status alone."""
    with pytest.raises(GeneralError, match=r"cannot be the same \(403\)"):
        normalised(session_expired_status_code=403)


@pytest.mark.parametrize(
    ("config", "text"),
    [
        ({"anti_csrf": "SOMETIMES"}, "anti_csrf must be one of VIA_TOKEN, VIA_CUSTOM_HEADER, NONE or None"),
        ({"error_handlers": object()}, "error_handlers must be an instance of ErrorHandlers or None"),
    ],
)
def test_wrong_values_are_refused(config: dict[str, Any], text: str) -> None:
    """A value that we do not know would weaken something silently."""
    with pytest.raises(ValueError, match=text):
        normalised(**config)


@pytest.mark.parametrize(
    ("api", "origin", "same_site", "mode"),
    [
        ("https://api.example.com", "https://example.com", "lax", "NONE"),
        ("https://api.example.com", "https://example.org", "none", "VIA_CUSTOM_HEADER"),
    ],
)
def test_anti_csrf_follows_same_site(api: str, origin: str, same_site: str, mode: str) -> None:
    """Cookies that other sites can make a browser send need the custom header."""
    config = normalised(api, origin)

    assert config.get_cookie_same_site(None, {}) == same_site
    assert config.anti_csrf_mode(None, {}) == mode


def test_same_site_is_decided_per_request() -> None:
    """The website's origin may depend on the request; what one request decided does not stick."""
    config = normalised(origin=lambda request, _context: f"https://www.{request.get_header('tenant')}")

    attributes = [
        config.get_cookie_same_site(PlainRequest(tenant=tenant), {})
        for tenant in ("example.com", "example.org", "example.com")
    ]
    assert attributes == ["lax", "none", "lax"]


@pytest.mark.parametrize(("given", "expected"), [(" Lax ", "lax"), ("STRICT", "strict"), ("none", "none")])
def test_same_site_spelling(given: str, expected: str) -> None:
    """Space and case do not matter."""
    assert normalise_same_site(given) == expected


def test_same_site_of_another_kind() -> None:
    """Anything else is refused."""
    with pytest.raises(GeneralError, match='"strict", "lax", or "none"'):
        normalise_same_site("sometimes")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("example.com", "example.com"),
        (" https://API.Example.com:3000/path?q ", "api.example.com"),
        (".example.com", ".example.com"),
        (".localhost", "localhost"),
        (".127.0.0.1", "127.0.0.1"),
        ("http://localhost:3000", "localhost"),
    ],
)
def test_cookie_domain_spelling(given: str, expected: str) -> None:
    """A cookie domain is a host, with its leading dot unless it can have no subdomains."""
    assert normalise_session_scope(given) == expected


@pytest.mark.parametrize("given", [".", "https://", "http://[::1"])
def test_cookie_domain_without_host(given: str) -> None:
    """A cookie domain without a host is refused."""
    with pytest.raises(GeneralError, match="sessionScope"):
        normalise_session_scope(given)


@pytest.mark.parametrize(
    ("mode", "for_new", "expected"),
    [
        ("cookie", True, "cookie"),
        ("HEADER", True, "header"),
        ("x", True, "any"),
        ("", True, "any"),
        ("cookie", False, "any"),
    ],
)
def test_default_transfer_method(mode: str, for_new: bool, expected: str) -> None:
    """The client's wish decides for new sessions; existing ones are found either way."""
    request = PlainRequest(st_auth_mode=mode)

    assert normalised().get_token_transfer_method(request, for_new, {}) == expected


def test_insecure_cross_site_cookies_are_refused() -> None:
    """Browsers drop cookies with SameSite none that are not Secure; the developer learns it at once."""
    config = normalised("http://api.example.com", "http://example.org")

    with pytest.raises(GeneralError, match="please use https on your apiDomain"):
        require_secure_cookies(config, app("http://api.example.com", "http://example.org"), PlainRequest(), {})


def test_insecure_cookies_on_a_developers_machine() -> None:
    """Local hosts may do without https."""
    config = normalised("http://localhost:8000", "https://127.0.0.1:3000")

    require_secure_cookies(config, app("http://localhost:8000", "https://127.0.0.1:3000"), PlainRequest(), {})

    assert config.get_cookie_same_site(None, {}) == "none"
