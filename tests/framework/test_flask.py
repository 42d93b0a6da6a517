# SPDX-License-Identifier: Apache-2.0
"""Flask: sign-up to sign-out with the test client, our errors and those of the application, sync and async views."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, Response, g, jsonify, request
from flask.testing import FlaskClient
from flask.views import MethodView
from werkzeug.wrappers import Response as WerkzeugResponse

from twofold import get_all_cors_headers, testing
from twofold.exceptions import BadInputError, GeneralError
from twofold.framework.flask import Middleware
from twofold.framework.flask.flask_response import FlaskResponse
from twofold.recipe import emailpassword, session
from twofold.recipe.session import InputErrorHandlers, SessionContainer
from twofold.recipe.session.asyncio import get_session as get_session_async
from twofold.recipe.session.framework.flask import verify_session
from twofold.recipe.session.syncio import get_session

CREDENTIALS = {
    "formFields": [{"id": "email", "value": "ann@example.com"}, {"id": "password", "value": "a good password 1"}]
}


class Account(MethodView):
    """A class-based view."""

    decorators = [verify_session()]  # noqa: RUF012  # as Flask wants it

    def get(self) -> dict[str, str]:
        """Who is signed in."""
        return {"userId": g.supertokens.get_user_id()}


def application() -> Flask:
    """An application with a view per case."""
    app = Flask(__name__)
    Middleware(app)

    @app.get("/sync")
    @verify_session()
    def sync_view() -> dict[str, str]:
        found: SessionContainer = g.supertokens
        found.sync_merge_into_access_token_payload({"seen": True})
        return {"userId": found.get_user_id()}

    @app.get("/async")
    @verify_session()
    async def async_view() -> dict[str, str]:
        await g.supertokens.merge_into_access_token_payload({"seen": True})
        return {"userId": g.supertokens.get_user_id()}

    @app.get("/optional")
    @verify_session(session_required=False)
    def optional() -> Any:
        return jsonify(None if g.supertokens is None else g.supertokens.get_user_id()), 202

    @app.get("/by-function")
    def by_function() -> dict[str, str]:
        found = get_session(request)
        assert found is not None
        return {"userId": found.get_user_id()}

    @app.get("/by-async-function")
    async def by_async_function() -> dict[str, str]:
        found = await get_session_async(request)
        assert found is not None
        return {"userId": found.get_user_id()}

    app.add_url_rule("/account", view_func=Account.as_view("account"))
    add_what_fails(app)
    add_what_documentation_asks_for(app)
    return app


def add_what_fails(app: Flask) -> None:
    """Views that raise."""

    @app.post("/bad")
    @verify_session()
    def bad() -> Response:
        g.supertokens.sync_merge_into_access_token_payload({"seen": True})
        raise BadInputError("not like this")

    @app.get("/misconfigured")
    def misconfigured() -> Response:
        raise GeneralError("the developer must see this")

    @app.get("/broken")
    def broken() -> Response:
        raise ZeroDivisionError("the application's own")


def add_what_documentation_asks_for(app: Flask) -> None:
    """A view for everything else, and CORS headers."""

    @app.route("/", defaults={"path": ""}, methods=["GET", "POST", "OPTIONS"])
    @app.route("/<path:path>", methods=["GET", "POST", "OPTIONS"])
    def everything_else(path: str) -> tuple[str, int]:
        return f"no {path}", 404

    @app.after_request
    def add_cors(response: Response) -> Response:
        response.headers["Access-Control-Allow-Origin"] = "http://localhost:3000"
        response.headers["Access-Control-Allow-Headers"] = ", ".join(["content-type", *get_all_cors_headers()])
        return response


@pytest.fixture(autouse=True)
def under_test() -> Iterator[testing.AppUnderTest]:
    """The recipes, current."""
    recipes = [emailpassword.init(), session.init(get_token_transfer_method=lambda *_: "cookie")]
    with testing.app(recipes, framework="flask") as app:
        yield app


@pytest.fixture
def browser() -> FlaskClient:
    """A client that keeps cookies."""
    return application().test_client()


def sign_up(browser: FlaskClient) -> str:
    """Sign up, and return the user's id."""
    reply = browser.post("/auth/signup", json=CREDENTIALS, headers={"rid": "emailpassword"})
    answer = reply.get_json()
    assert answer["status"] == "OK", answer
    user_id: str = answer["user"]["id"]
    return user_id


def csrf() -> dict[str, str]:
    """What a front end sends with everything that changes something."""
    return {"rid": "anti-csrf"}


@pytest.mark.parametrize("path", ["/sync", "/async", "/account", "/by-function", "/by-async-function"])
def test_views_get_the_session_of_who_signed_up(browser: FlaskClient, path: str) -> None:
    """By decorator on functions and classes, and by function; without a session they are not reached."""
    without = browser.get(path)
    user_id = sign_up(browser)

    reply = browser.get(path)

    assert (without.status_code, without.json) == (401, {"message": "unauthorised"})
    assert (reply.status_code, reply.json) == (200, {"userId": user_id})


@pytest.mark.parametrize("path", ["/sync", "/async"])
def test_session_changes_are_on_the_views_response(browser: FlaskClient, path: str) -> None:
    """A new access token for a changed payload."""
    sign_up(browser)

    reply = browser.get(path)

    assert "front-token" in reply.headers
    assert any(cookie.startswith("sAccessToken=") for cookie in reply.headers.getlist("set-cookie"))


def test_an_optional_session_is_none(browser: FlaskClient) -> None:
    """And the view's status stays."""
    without = browser.get("/optional")
    user_id = sign_up(browser)

    assert (without.status_code, without.json) == (202, None)
    assert browser.get("/optional").json == user_id


def test_signing_out_ends_it(browser: FlaskClient) -> None:
    """Cookies are cleared by the reply."""
    sign_up(browser)

    out = browser.post("/auth/signout", headers=csrf())

    assert out.json == {"status": "OK"}
    assert browser.get("/sync").status_code == 401


def test_errors_of_ours_are_answered_without_session_changes(browser: FlaskClient) -> None:
    """A refused request does not hand out what its session became."""
    sign_up(browser)

    reply = browser.post("/bad", headers=csrf())

    assert (reply.status_code, reply.json) == (400, {"message": "not like this"})
    assert "front-token" not in reply.headers


def test_malformed_and_large_bodies_are_refused(browser: FlaskClient) -> None:
    """Before anything is done with them."""
    large = browser.post("/auth/signup", data=b"x" * 1_100_000, content_type="application/json")
    malformed = browser.post("/auth/signup", json={"formFields": 1})

    assert (large.status_code, malformed.status_code) == (413, 400)


def test_what_is_not_ours_stays_the_applications(browser: FlaskClient) -> None:
    """Unknown paths, methods that we do not serve, errors of the application; configuration errors are raised."""
    assert browser.get("/auth/nothing").data == b"no auth/nothing"
    assert browser.get("/auth/signup").status_code == 404
    with pytest.raises(ZeroDivisionError):
        raised(browser, "/broken")
    with pytest.raises(GeneralError, match="the developer must see this"):
        raised(browser, "/misconfigured")


def raised(browser: FlaskClient, path: str) -> None:
    """Call with errors let through, as in debug mode."""
    browser.application.testing = True
    browser.get(path)


def test_extensions_see_our_replies(browser: FlaskClient) -> None:
    """CORS headers are on replies of ours, of errors, and on the preflight."""
    for reply in (
        browser.post("/auth/signup", json=CREDENTIALS),
        browser.post("/auth/signup", json={"formFields": 1}),
        browser.options("/auth/signup"),
        browser.get("/sync"),
    ):
        assert reply.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
        assert "st-auth-mode" in reply.headers["Access-Control-Allow-Headers"]


def test_preflights_of_our_routes_need_no_route_of_the_application() -> None:
    """They succeed, without permitting anything by themselves; those of other paths are the application's affair."""
    app = Flask(__name__)
    Middleware(app)
    asked = {"access-control-request-method": "POST"}

    reply = app.test_client().options("/auth/signup", headers=asked)
    other = app.test_client().options("/auth/nothing", headers=asked)

    assert (reply.status_code, other.status_code) == (204, 404)
    assert "access-control-allow-origin" not in reply.headers


def test_error_handlers_of_the_application_answer() -> None:
    """What the session recipe was given, with status and body."""

    async def unauthorised(_request: Any, _message: str, response: Any) -> Any:
        response.set_status_code(418)
        response.set_json_content({"own": "answer"})
        return response

    handlers = InputErrorHandlers(on_unauthorised=unauthorised)
    with testing.app([emailpassword.init(), session.init(error_handlers=handlers)], framework="flask"):
        reply = application().test_client().get("/sync")

    assert (reply.status_code, reply.json) == (418, {"own": "answer"})


def test_headers_and_cookies_are_written_as_everywhere() -> None:
    """One value per header, control characters refused, values of cookies percent-encoded."""
    native = Response()
    response = FlaskResponse(native)

    response.set_header("x-one", "1")
    response.set_header("X-One", "2")
    response.set_cookie("name", "a b;c", 0, httponly=True, secure=True, samesite="strict")
    response.remove_header("no-such")

    assert native.headers.getlist("x-one") == ["2"]
    assert native.headers["set-cookie"] == (
        "name=a%20b%3Bc; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=strict"
    )
    with pytest.raises(ValueError, match="control character"):
        response.set_header("x-two", "a\r\nSet-Cookie: b=c")
    assert isinstance(native, WerkzeugResponse)
