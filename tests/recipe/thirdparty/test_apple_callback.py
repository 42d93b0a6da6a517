# SPDX-License-Identifier: Apache-2.0
"""Apple's callback leads to the application's website and nowhere else, whatever the `state` says."""

import base64
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from fastapi import FastAPI

from twofold import InputAppInfo, testing
from twofold.framework.fastapi import get_middleware
from twofold.recipe import session, thirdparty

WEBSITE = "http://localhost:3000"
INFO = InputAppInfo("Shop", api_domain="http://localhost:8000", website_domain=WEBSITE)


def state(uri: Any) -> str:
    """A state as front ends make it."""
    return base64.b64encode(json.dumps({"frontendRedirectURI": uri}).encode()).decode()


async def post(**form: str) -> httpx.Response:
    """Post as Apple makes browsers do."""
    app = FastAPI()
    app.add_middleware(get_middleware())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:8000") as client:
        return await client.post("/auth/callback/apple", data=form)


@pytest.fixture
async def application() -> AsyncIterator[None]:
    """An application without rules of its own."""
    async with testing.app([session.init(), thirdparty.init()], app_info=INFO):
        yield


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example.com/",
        "//evil.example.com",
        "/relative",
        "https:/evil.example.com",
        "http://localhost:3000@evil.example.com/",
        "http://user:pass@localhost:3000/",
        "http://localhost:3000.evil.example.com/",
        "http://localhost:3001/",
        "http://localhost/",
        "https://localhost:3000/",
        "http://localhost:3000\\@evil.example.com/",
        "http:\\\\evil.example.com",
        "http://local\thost:3000/",
        " http://localhost:3000/",
        "http://localhost:3000/\r\nSet-Cookie: a=b",
        "http://localhost%2eevil.example.com:3000/",
        "http://localhost\u3002evil.example.com:3000/",
        "http://localhost:99999/",
        "http://[::1:3000/",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "",
        42,
        None,
        ["http://localhost:3000/"],
    ],
    ids=repr,
)
async def test_other_addresses_are_refused(application: None, uri: Any) -> None:
    """Attack class 45: what is not the website's own origin is a 400, and no browser is sent anywhere."""
    reply = await post(code="c", state=state(uri))

    assert reply.status_code == 400
    assert "location" not in reply.headers


@pytest.mark.parametrize("text", ["", "no-json", "eyJ", state("x")[:-9], base64.b64encode(b"[1]").decode(), "\u00fc"])
async def test_malformed_states_are_refused(application: None, text: str) -> None:
    """Attack class 45: a state that is no base64 of a JSON object is a 400."""
    assert (await post(code="c", state=text)).status_code == 400


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("http://localhost:3000", f"{WEBSITE}/"),
        ("HTTP://LOCALHOST:3000/a", f"{WEBSITE}/a"),
        ("http://localhost:3000/a/../b?x=1#f", f"{WEBSITE}/b?x=1#f"),
        ("http://localhost:3000//evil.example.com", f"{WEBSITE}/evil.example.com"),
        ("http://localhost:3000/z\u00fcrich", f"{WEBSITE}/z%C3%BCrich"),
    ],
)
async def test_the_websites_addresses_are_kept(application: None, uri: str, expected: str) -> None:
    """The browser goes to the website, with what was posted as its query."""
    reply = await post(code="c", state=state(uri))

    got, wanted = urlsplit(reply.headers["location"]), urlsplit(expected)
    assert reply.status_code == 303
    assert (got.scheme, got.netloc, got.path, got.fragment) == (
        wanted.scheme,
        wanted.netloc,
        wanted.path,
        wanted.fragment,
    )
    assert parse_qsl(got.query) == [*parse_qsl(wanted.query), ("code", "c"), ("state", state(uri))]


async def test_posted_fields_replace_those_of_the_address(application: None) -> None:
    """There is one `code`, the posted one."""
    reply = await post(code="posted", state=state(f"{WEBSITE}/?code=planted&x=1"))

    assert dict(parse_qsl(urlsplit(reply.headers["location"]).query)) == {
        "x": "1",
        "code": "posted",
        "state": state(f"{WEBSITE}/?code=planted&x=1"),
    }


async def test_url_safe_states_are_read(application: None) -> None:
    """Both alphabets of base64 are understood."""
    text = base64.urlsafe_b64encode(json.dumps({"frontendRedirectURI": f"{WEBSITE}/?q=\u00ff\u00fe>>>"}).encode())

    assert (await post(code="c", state=text.decode().rstrip("="))).status_code == 303


@pytest.mark.parametrize(
    ("uri", "status"),
    [
        ("myapp://signed-in", 303),
        ("https://other.example.com/cb", 303),
        ("https://evil.example.com/cb", 400),
        ("javascript:alert(1)", 400),
    ],
)
async def test_the_applications_own_rule(uri: str, status: int) -> None:
    """An application may name other addresses, but no script."""

    async def is_valid(uri: str, *_: Any) -> bool:
        return "evil" not in uri

    recipes = [session.init(), thirdparty.init(is_valid_frontend_redirect_uri=is_valid)]
    async with testing.app(recipes, app_info=INFO):
        assert (await post(code="c", state=state(uri))).status_code == status
