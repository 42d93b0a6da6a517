# SPDX-License-Identifier: Apache-2.0
"""WSGI without a framework, checked by `wsgiref`'s validator: sign-up to sign-out, errors, bodies."""

import json
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import httpx
import pytest

from twofold import testing
from twofold.exceptions import BadInputError, GeneralError
from twofold.framework.request import MAX_BODY_BYTES
from twofold.framework.wsgi import Middleware, WsgiRequest
from twofold.framework.wsgi.framework import WsgiFramework
from twofold.framework.wsgi.wsgi_response import StartResponse
from twofold.recipe import emailpassword, multifactorauth, session, totp
from twofold.recipe.multifactorauth.interfaces import RecipeInterface
from twofold.recipe.multifactorauth.types import MFARequirementList, MultiFactorAuthOverrideConfig
from twofold.recipe.session.framework.wsgi import verify_session
from twofold.recipe.session.syncio import get_session

CREDENTIALS = {
    "formFields": [{"id": "email", "value": "ann@example.com"}, {"id": "password", "value": "a good password 1"}]
}
Environ = dict[str, Any]


def answer(start_response: StartResponse, content: Any, status: str = "200 OK") -> Iterable[bytes]:
    """Answer JSON."""
    start_response(status, [("Content-Type", "application/json")])
    return [json.dumps(content).encode()]


@verify_session()
def protected(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Change and show the session."""
    environ["supertokens"].sync_merge_into_access_token_payload({"seen": True})
    return answer(start_response, environ["supertokens"].get_user_id())


@verify_session(session_required=False)
def optional(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Show whether there is a session."""
    return answer(start_response, environ["supertokens"] is not None)


def by_function(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Ask for the session."""
    found = get_session(environ)
    assert found is not None
    return answer(start_response, found.get_user_id())


@verify_session()
def bad(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Refuse, after a change of the session."""
    environ["supertokens"].sync_merge_into_access_token_payload({"seen": True})
    raise BadInputError("not like this")


def misconfigured(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Fail as a wrong configuration does."""
    raise GeneralError("the developer must see this")


VIEWS = {
    "/protected": protected,
    "/optional": optional,
    "/by-function": by_function,
    "/bad": bad,
    "/misconfigured": misconfigured,
}


def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """An application that reads its own path."""
    view = VIEWS.get(environ["PATH_INFO"])
    return answer(start_response, "none", "404 Not Found") if view is None else view(environ, start_response)


@pytest.fixture(autouse=True)
def under_test() -> Iterator[testing.AppUnderTest]:
    """The recipes, current."""
    recipes = [emailpassword.init(), session.init(get_token_transfer_method=lambda *_: "cookie")]
    with testing.app(recipes, framework="wsgi") as app:
        yield app


@pytest.fixture
def browser() -> Iterator[httpx.Client]:
    """A client that keeps cookies, of the application behind the standard library's validator."""
    transport = httpx.WSGITransport(validator(Middleware(application)))
    with httpx.Client(transport=transport, base_url="http://localhost:8000") as client:
        yield client


def sign_up(browser: httpx.Client) -> str:
    """Sign up, and return the user's id."""
    reply = browser.post("/auth/signup", json=CREDENTIALS, headers={"rid": "emailpassword"}).json()
    assert reply["status"] == "OK", reply
    user_id: str = reply["user"]["id"]
    return user_id


@pytest.mark.parametrize("path", ["/protected", "/by-function"])
def test_applications_get_the_session_of_who_signed_up(browser: httpx.Client, path: str) -> None:
    """By decorator and by function; without a session neither is reached."""
    without = browser.get(path)
    user_id = sign_up(browser)

    reply = browser.get(path)

    assert (without.status_code, without.json()) == (401, {"message": "unauthorised"})
    assert (reply.status_code, reply.json()) == (200, user_id)
    assert ("front-token" in reply.headers) == (path == "/protected")


def test_signing_out_ends_it(browser: httpx.Client) -> None:
    """Cookies are cleared; an optional session is none."""
    sign_up(browser)
    before = browser.get("/optional").json()

    out = browser.post("/auth/signout", headers={"rid": "anti-csrf"})

    assert out.json() == {"status": "OK"}
    assert (before, browser.get("/optional").json()) == (True, False)


def test_errors_of_ours_are_answered_without_session_changes(browser: httpx.Client) -> None:
    """A refused request does not hand out what its session became; what is misconfigured is raised."""
    sign_up(browser)

    reply = browser.get("/bad")

    assert (reply.status_code, reply.json()) == (400, {"message": "not like this"})
    assert "front-token" not in reply.headers
    with pytest.raises(GeneralError, match="the developer must see this"):
        browser.get("/misconfigured")


def test_what_is_not_ours_stays_the_applications(browser: httpx.Client) -> None:
    """Unknown paths, and methods that we do not serve."""
    assert [browser.get(path).status_code for path in ("/auth/nothing", "/auth/signup")] == [404, 404]


def strict(original: RecipeInterface) -> RecipeInterface:
    """Require an authenticator app of everybody."""

    async def everybody(*_: Any, **__: Any) -> MFARequirementList:
        return ["totp"]

    original.get_mfa_requirements_for_auth = everybody  # type: ignore[method-assign]  # how overrides are written
    return original


def test_unfinished_factors_open_nothing() -> None:
    """The decorator asks the policy here, too: a password alone is not enough."""
    policy = multifactorauth.init(
        first_factors=["emailpassword"], override=MultiFactorAuthOverrideConfig(functions=strict)
    )
    recipes = [emailpassword.init(), session.init(get_token_transfer_method=lambda *_: "cookie"), totp.init(), policy]
    transport = httpx.WSGITransport(Middleware(application))
    with (
        testing.app(recipes, framework="wsgi"),
        httpx.Client(transport=transport, base_url="http://localhost:8000") as client,
    ):
        sign_up(client)
        replies = [client.get(path) for path in ("/protected", "/optional", "/by-function")]

    assert [reply.status_code for reply in replies] == [403, 403, 403]


def environ(body: bytes = b"", **more: Any) -> Environ:
    """An environment."""
    made: Environ = {}
    setup_testing_defaults(made)
    return made | {"wsgi.input": BytesIO(body)} | more


@pytest.mark.parametrize("size", ["9" * 400, str(MAX_BODY_BYTES + 1)])
async def test_large_bodies_are_refused_unread(size: str) -> None:
    """By what is announced."""
    with pytest.raises(BadInputError, match="too large"):
        await WsgiRequest(environ(CONTENT_LENGTH=size)).body()


async def test_bodies_of_unknown_length_are_read_only_where_they_end() -> None:
    """Otherwise a server would wait for the client to hang up."""
    ended: Environ = {"wsgi.input_terminated": True, "CONTENT_LENGTH": ""}

    assert await WsgiRequest(environ(b"body", CONTENT_LENGTH="")).body() == b""
    assert await WsgiRequest(environ(b"body", **ended)).body() == b"body"
    with pytest.raises(BadInputError, match="too large"):
        await WsgiRequest(environ(b"x" * (MAX_BODY_BYTES + 1), **ended)).body()


async def test_requests_are_read_as_everywhere() -> None:
    """First of repeated parameters, decoded cookies, text beyond ASCII in paths, a body for two readers."""
    request = WsgiRequest(
        environ(
            b"a=1",
            CONTENT_LENGTH="3",
            QUERY_STRING="a=1&a=2&b=",
            HTTP_COOKIE='x=1; y="a%20b"',
            SCRIPT_NAME="/m",
            PATH_INFO="/Zo\xc3\xab",
        )
    )

    assert request.get_query_params() == {"a": "1", "b": ""}
    assert request.get_query_param("a") == "1"
    assert (request.get_cookie("y"), request.get_cookie("z")) == ("a b", None)
    assert request.get_path() == "/m/Zoë"
    assert await request.form_data() == {"a": "1"}
    assert await request.body() == b"a=1"


def test_wraps_what_has_an_environment() -> None:
    """The environment itself, and requests of frameworks that keep it."""

    class Request:
        environ = environ()

    wrap = WsgiFramework().wrap_request

    assert wrap(environ()) is not None
    assert wrap(Request()) is not None
    assert wrap({}) is None
    assert wrap(object()) is None
