# SPDX-License-Identifier: Apache-2.0
"""The WSGI middleware: answers our routes, writes session changes on every response, turns our errors into replies."""

from collections.abc import Callable, Iterable
from typing import Any

from twofold import _state
from twofold._app import apply_response_mutators
from twofold._sync import run
from twofold._user_context import request_context
from twofold.exceptions import SuperTokensError
from twofold.framework.response import BaseResponse

from .wsgi_request import WsgiRequest
from .wsgi_response import Headers, StartResponse, WsgiResponse

Environ = dict[str, Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


class Middleware:
    """Adds Twofold to a WSGI application; put middleware for CORS around it."""

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, or pass on."""
        app, request = _state.current_app(), WsgiRequest(environ)
        match = app.find(request.method(), request.get_path())
        try:
            reply = None if match is None else run(app.answer(match, request, WsgiResponse(), request_context(request)))
        except SuperTokensError as error:
            return answer_error(environ, error).send(start_response)
        if reply is not None:
            answer = _native(reply)
            _write_session(environ, answer.headers)
            return answer.send(start_response)
        return self._pass_on(environ, start_response)

    def _pass_on(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        started = False

        def start_with_session(status: str, headers: Headers, *more: Any) -> Any:
            nonlocal started
            started = True
            written = list(headers)
            _write_session(environ, written)
            return start_response(status, written, *more)

        try:
            return self.application(environ, start_with_session)
        except SuperTokensError as error:
            if started:
                raise
            return answer_error(environ, error).send(start_response)


def answer_error(environ: Environ, error: SuperTokensError) -> WsgiResponse:
    """Turn an error into a response.

    Raises:
        Exception: the error itself, when it is the developer who must see it.
    """
    request = WsgiRequest(environ)
    reply = run(_state.current_app().handle_error(request, error, WsgiResponse(), request_context(request)))
    # Changes of the request's session are not on an error's reply; what an error changes it carries itself.
    request.set_session_as_none()
    return _native(reply)


def _write_session(environ: Environ, headers: Headers) -> None:
    request = WsgiRequest(environ)
    session = request.get_session()
    if session is not None:
        apply_response_mutators(session, WsgiResponse(headers), request_context(request))


def _native(reply: BaseResponse) -> WsgiResponse:
    if not isinstance(reply, WsgiResponse):
        raise TypeError("An API override or error handler must return the response that it was given")
    return reply
