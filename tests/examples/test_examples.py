# SPDX-License-Identifier: Apache-2.0
"""The examples, each started as a reader starts it, and used over HTTP by an ordinary user and an administrator."""

import sys
from collections.abc import Iterator

import httpx
import pytest

from tests.examples.server import ADMIN, ANN, FRONT_END, browser_at, give_code, running, with_password

EXAMPLES = {
    "fastapi": [sys.executable, "-m", "examples.fastapi_app.app"],
    "flask": [sys.executable, "-m", "examples.flask_app.app"],
    "django": [sys.executable, "-m", "examples.django_app"],
}


@pytest.fixture(scope="module", params=EXAMPLES)
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Each example, running on an empty database."""
    with running(EXAMPLES[request.param], tmp_path_factory.mktemp("example") / "demo.db") as found:
        yield found


@pytest.fixture
def browser(address: str) -> Iterator[httpx.Client]:
    """Somebody who was never here."""
    with browser_at(address) as client:
        yield client


def test_an_ordinary_user(browser: httpx.Client) -> None:
    """Signs up, is in, may not see the office, signs out, is out, and comes back."""
    assert browser.get("/me").status_code == 401
    assert with_password(browser, "/auth/signup", ANN)["status"] == "OK"
    assert browser.get("/me").json()["roles"] == []
    assert ANN in browser.get("/").text
    assert browser.get("/admin").status_code == 403

    assert browser.post("/auth/signout").json() == {"status": "OK"}

    assert browser.get("/me").status_code == 401
    assert with_password(browser, "/auth/signin", ANN)["status"] == "OK"
    assert browser.get("/me").status_code == 200


def test_an_administrator(browser: httpx.Client) -> None:
    """Is asked for a code after the password, and sees everything after it."""
    assert with_password(browser, "/auth/signup", ADMIN)["status"] == "OK"
    assert browser.get("/me").status_code == 403

    assert give_code(browser)["status"] == "OK"

    assert browser.get("/me").json()["roles"] == ["admin"]
    assert browser.get("/admin").status_code == 200


def test_a_front_end_on_another_port(browser: httpx.Client) -> None:
    """May send cookies and our headers, and read our answers, errors included; another site may not."""
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "rid,st-auth-mode"}

    preflight = browser.options("/auth/signup", headers=asked)
    refused = browser.get("/me")

    assert preflight.status_code in (200, 204)
    assert "st-auth-mode" in preflight.headers["access-control-allow-headers"].lower()
    for reply in (preflight, refused):
        assert reply.headers["access-control-allow-origin"] == FRONT_END
        assert reply.headers["access-control-allow-credentials"] == "true"
    other = browser.get("/me", headers={"origin": "http://localhost:4000"})
    assert "access-control-allow-origin" not in other.headers


def test_people_are_shown_pages(address: str) -> None:
    """Who opens a page without a session is led to the one to sign in."""
    reply = httpx.get(address, headers={"accept": "text/html"})

    assert reply.status_code in (302, 303)
    assert reply.headers["location"].startswith("/auth")
