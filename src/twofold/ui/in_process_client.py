# SPDX-License-Identifier: Apache-2.0
"""A client of the SDK's own HTTP APIs, without HTTP: what the pages do instead of a browser SDK's fetch.

A call takes the way of any request — routing, validation of the form, session policy, overrides, disabled APIs — and
differs from a browser SDK's in nothing but that it stays in the process. So a page can do what an API allows, and no
more.
"""

from typing import Any

import msgspec

from twofold._state import current_app
from twofold._wire import Json
from twofold.exceptions import BadInputError, SuperTokensError
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.recipe.session.access_token import TokenMalformed, parse
from twofold.recipe.session.constants import ACCESS_TOKEN_COOKIE_KEY
from twofold.recipe.session.exceptions import SuperTokensSessionError
from twofold.recipe.session.interfaces import SessionContainer
from twofold.types.base import UserContext

_FDI_VERSION = "4.2"


class ApiUnavailable(Exception):
    """No recipe of this application answers the API, or the application has disabled it."""


async def call_own_api(
    request: BaseRequest, method: str, path: str, body: Json, tenant_id: str | None, user_context: UserContext
) -> Json:
    """Call the API at `path` below the base path with the cookies of `request`, and return its JSON.

    A session that the API creates or changes is attached to `request`, hence sent with whatever answers it.

    Raises:
        ApiUnavailable: see there.
        SuperTokensSessionError: The session does not do.
        BadInputError: The body is not what the API expects.
    """
    app = current_app()
    base_path = app.app_info.api_base_path.get_as_string_dangerous()
    full_path = base_path + (f"/{tenant_id}" if tenant_id else "") + path
    below_gateway = full_path.removeprefix(app.app_info.api_gateway_path.get_as_string_dangerous())
    match = app.find(method, below_gateway)
    if match is None:
        raise ApiUnavailable(f"{method} {path}")
    reply = _JsonReply()
    api_request = _ApiRequest(request, method, below_gateway, body)
    try:
        answered = await app.answer(match, api_request, reply, user_context)
    except (SuperTokensSessionError, BadInputError):
        raise
    except SuperTokensError as error:
        # A recipe's own error, wrong form fields for example, which it answers with JSON.
        answered = await app.handle_error(api_request, error, reply, user_context)
    if answered is None:
        raise ApiUnavailable(f"{method} {path}")
    return reply.json


def offers_api(method: str, path: str) -> bool:
    """Tell whether the API exists and is enabled."""
    app = current_app()
    base_path = app.app_info.api_base_path.get_as_string_dangerous()
    gateway_path = app.app_info.api_gateway_path.get_as_string_dangerous()
    return app.find(method, (base_path + path).removeprefix(gateway_path)) is not None


def require_api(method: str, path: str) -> None:
    """Make sure that the API exists and is enabled: a form that nobody answers is not shown.

    Raises:
        ApiUnavailable: It is not.
    """
    if not offers_api(method, path):
        raise ApiUnavailable(f"{method} {path}")


def as_api_request(request: BaseRequest) -> BaseRequest:
    """Return a page's request as its session is verified: with what says that it was not forged; see `same_origin`."""
    return _ApiRequest(request, request.method(), request.get_path(), {})


class _ApiRequest(BaseRequest):
    """The page's request, as a browser SDK would have sent it: JSON, and tokens by cookie."""

    def __init__(self, page_request: BaseRequest, method: str, path: str, body: Json) -> None:
        self.request = page_request.request
        self._page_request = page_request
        self._method = method
        self._path = path
        self._body = body
        self._headers = {
            "content-type": "application/json",
            "accept": "application/json",
            "fdi-version": _FDI_VERSION,
            "st-auth-mode": "cookie",
            # Says to the API that the request was not forged. Pages have made sure of it already: see `same_origin`.
            "rid": "anti-csrf",
            "anti-csrf": _anti_csrf_token(_access_token(page_request)),
            "authorization": None,
            "cookie": _cookies(page_request),
        }

    async def body(self) -> bytes:
        return msgspec.json.encode(self._body)

    async def json(self) -> Any | None:
        return self._body

    def get_original_url(self) -> str:
        return self._page_request.get_original_url()

    def get_query_param(self, key: str, default: str | None = None) -> str | None:
        value = self._body.get(key, default)
        return None if value is None else str(value)

    def get_query_params(self) -> dict[str, Any]:
        return dict(self._body)

    def method(self) -> str:
        return self._method

    def get_cookie(self, key: str) -> str | None:
        return (
            _access_token(self._page_request) if key == ACCESS_TOKEN_COOKIE_KEY else self._page_request.get_cookie(key)
        )

    def get_header(self, key: str) -> str | None:
        key = key.lower()
        return self._headers[key] if key in self._headers else self._page_request.get_header(key)

    def get_session(self) -> SessionContainer | None:
        return self._page_request.get_session()

    def set_session(self, session: SessionContainer) -> None:
        before = self._page_request.get_session()
        if before is not None and before is not session:
            # What an earlier API of this page has to send is sent before what this one has.
            session.response_mutators[:0] = before.response_mutators
        self._page_request.set_session(session)

    def set_session_as_none(self) -> None:
        self._page_request.set_session_as_none()

    def get_path(self) -> str:
        return self._path


class _JsonReply(BaseResponse):
    """Keeps the JSON that an API answers. Its headers lead nowhere: tokens are written on the page's own response."""

    def __init__(self) -> None:
        super().__init__()
        self.json: Json = {}
        self._headers: dict[str, str] = {}

    def set_json_content(self, content: Json) -> None:
        if not self.response_sent:
            self.response_sent = True
            self.json = content

    def write_status(self, status_code: int) -> None:
        pass

    def write_body(self, body: bytes, content_type: str) -> None:
        pass

    def get_header(self, key: str) -> str | None:
        return self._headers.get(key.lower())

    def set_header(self, key: str, value: str) -> None:
        self._headers[key.lower()] = value

    def add_header(self, key: str, value: str) -> None:
        self._headers[key.lower()] = value

    def remove_header(self, key: str) -> None:
        self._headers.pop(key.lower(), None)


def _access_token(request: BaseRequest) -> str | None:
    """Return the access token that the browser would send by now: an API that this page called may have renewed it."""
    session = request.get_session()
    return request.get_cookie(ACCESS_TOKEN_COOKIE_KEY) if session is None else session.get_access_token()


def _cookies(request: BaseRequest) -> str:
    """Return the cookies that the browser would send by now."""
    pairs = [pair.strip() for pair in (request.get_header("cookie") or "").split(";")]
    session = request.get_session()
    if session is not None:
        pairs = [pair for pair in pairs if pair.partition("=")[0] != ACCESS_TOKEN_COOKIE_KEY]
        pairs.append(f"{ACCESS_TOKEN_COOKIE_KEY}={session.get_access_token()}")
    return "; ".join(filter(None, pairs))


def _anti_csrf_token(access_token: str | None) -> str | None:
    """Return the token that a browser SDK would have kept; the access token has it, for who can read the cookie."""
    try:
        return parse(access_token or "").anti_csrf_token
    except TokenMalformed:
        return None
