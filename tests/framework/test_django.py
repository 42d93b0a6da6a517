# SPDX-License-Identifier: Apache-2.0
"""Django and Django REST framework, sync and async: sign-up to sign-out, views of each kind, errors."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.test import AsyncClient, Client

from tests.framework.django_project import PROTECTED
from twofold import testing
from twofold.exceptions import GeneralError
from twofold.framework.django.django_response import DjangoResponse
from twofold.recipe import emailpassword, session
from twofold.recipe.session.framework.django.syncio import verify_session

CREDENTIALS = {
    "formFields": [{"id": "email", "value": "ann@example.com"}, {"id": "password", "value": "a good password 1"}]
}
ANTI_CSRF = {"HTTP_RID": "anti-csrf"}


@pytest.fixture(autouse=True)
def under_test() -> Iterator[testing.AppUnderTest]:
    """The recipes, current."""
    recipes = [emailpassword.init(), session.init(get_token_transfer_method=lambda *_: "cookie")]
    with testing.app(recipes, framework="django") as app:
        yield app


class Browser:
    """A client of the sync or of the async stack, with cookies, that checks CSRF as browsers are checked."""

    def __init__(self, *, is_async: bool) -> None:
        self._client: Any = AsyncClient(enforce_csrf_checks=True) if is_async else Client(enforce_csrf_checks=True)
        self._is_async = is_async

    def get(self, path: str) -> Any:
        """Send a GET."""
        return self._done(self._client.get(path))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """Send JSON, or bytes as they are."""
        content = {} if body is None else body
        if self._is_async:
            headers = {key.removeprefix("HTTP_").lower(): value for key, value in headers.items()}
            return self._done(self._client.post(path, content, content_type="application/json", headers=headers))
        return self._client.post(path, content, content_type="application/json", **headers)

    def _done(self, reply: Any) -> Any:
        return asyncio.run(reply) if self._is_async else reply


@pytest.fixture(params=["sync", "async"])
def browser(request: pytest.FixtureRequest) -> Browser:
    """A browser for each kind of stack."""
    return Browser(is_async=request.param == "async")


def sign_up(browser: Browser) -> str:
    """Sign up, and return the user's id."""
    answer = browser.post("/auth/signup", CREDENTIALS, HTTP_RID="emailpassword").json()
    assert answer["status"] == "OK", answer
    user_id: str = answer["user"]["id"]
    return user_id


@pytest.mark.parametrize("name", PROTECTED)
def test_views_get_the_session_of_who_signed_up(browser: Browser, name: str) -> None:
    """Each kind of view in each kind of stack; without a session none is reached."""
    without = browser.get(f"/{name}")
    user_id = sign_up(browser)

    reply = browser.get(f"/{name}")

    assert (without.status_code, without.json()) == (401, {"message": "unauthorised"})
    assert (reply.status_code, reply.json()) == (200, {"userId": user_id})


@pytest.mark.parametrize("name", ["sync", "async", "async-rest-class"])
def test_session_changes_are_on_the_views_response(browser: Browser, name: str) -> None:
    """A new access token for a changed payload."""
    sign_up(browser)

    reply = browser.get(f"/{name}")

    assert "front-token" in reply.headers
    assert any(cookie.OutputString().startswith("sAccessToken=") for cookie in reply.cookies.values())


def test_an_optional_session_is_none(browser: Browser) -> None:
    """And the view's status stays."""
    without = browser.get("/optional")
    user_id = sign_up(browser)

    assert (without.status_code, without.json()) == (202, {"userId": None})
    assert browser.get("/optional").json() == {"userId": user_id}


async def test_signed_in_by_one_line_at_the_async_stack(under_test: testing.AppUnderTest) -> None:
    """What users' tests do, with Django's ASGI application."""
    async with under_test.client(get_asgi_application()) as client:
        await under_test.sign_in(client, "ann")

        assert (await client.get("/async")).json() == {"userId": "ann"}


def test_signed_in_by_one_line_at_the_sync_stack(under_test: testing.AppUnderTest) -> None:
    """What users' tests do, with Django's WSGI application."""
    with under_test.sync_client(get_wsgi_application()) as client:
        under_test.sync_sign_in(client, "ann")

        assert client.get("/sync").json() == {"userId": "ann"}


def test_signing_out_ends_it(browser: Browser) -> None:
    """Cookies are cleared by the reply; Django's CSRF check is not in the way of our routes."""
    sign_up(browser)

    assert browser.post("/auth/signout", **ANTI_CSRF).json() == {"status": "OK"}
    assert browser.get("/sync").status_code == 401


def test_errors_of_ours_are_answered_without_session_changes(browser: Browser) -> None:
    """A refused request does not hand out what its session became."""
    sign_up(browser)

    reply = browser.get("/bad")

    assert (reply.status_code, reply.json()) == (400, {"message": "not like this"})
    assert "front-token" not in reply.headers


def test_malformed_and_large_bodies_are_refused(browser: Browser) -> None:
    """Before anything is done with them."""
    assert browser.post("/auth/signup", b"x" * 1_100_000).status_code == 413
    assert browser.post("/auth/signup", {"formFields": 1}).status_code == 400


def test_what_is_not_ours_stays_the_applications(browser: Browser) -> None:
    """Unknown paths, and methods that we do not serve; configuration errors are raised."""
    assert browser.get("/auth/nothing").status_code == 404
    assert browser.get("/auth/signup").status_code == 404
    with pytest.raises(GeneralError, match="the developer must see this"):
        browser.get("/misconfigured")


def test_a_view_without_a_request_is_told_so() -> None:
    """Whoever decorates something else learns what to decorate."""

    @verify_session()
    def no_view(_number: int) -> None:
        """Take no request."""

    with pytest.raises(GeneralError, match="views of Django"):
        no_view(1)


def test_headers_and_cookies_are_written_as_everywhere() -> None:
    """Two cookies of one name for two domains, control characters refused, values percent-encoded."""
    response = DjangoResponse(HttpResponse())

    response.set_cookie("name", "a b;c", 0, httponly=True, secure=True, samesite="strict")
    response.set_cookie("name", "", 0, domain="example.com")
    response.set_header("x-one", "1")
    response.set_header("X-One", "2")
    response.remove_header("no-such")

    assert [cookie.OutputString() for cookie in response.response.cookies.values()] == [
        "name=a%20b%3Bc; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=strict",
        "name=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Domain=example.com; SameSite=lax",
    ]
    assert response.get_header("x-one") == "2"
    with pytest.raises(ValueError, match="control character"):
        response.set_header("x-two", "a\r\nSet-Cookie: b=c")
