# SPDX-License-Identifier: Apache-2.0
"""The hooks of a Flask application: answer our routes, write session changes on every response, answer our errors."""

from flask import Flask, Response, g, request

from twofold import _state
from twofold._app import App, apply_response_mutators
from twofold._sync import run
from twofold._user_context import request_context
from twofold.exceptions import SuperTokensError
from twofold.framework.response import BaseResponse

from .flask_request import FlaskRequest
from .flask_response import FlaskResponse


class Middleware:
    """Adds Twofold to a Flask application: `Middleware(app)`, after `init`.

    Extensions that write headers (CORS among them) see our replies as they see those of views.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.set_before_after_request()
        self.set_error_handler()

    def set_before_after_request(self) -> None:
        """Register the hooks around each request."""
        self.app.before_request(_answer)
        self.app.after_request(_write_session)

    def set_error_handler(self) -> None:
        """Register what answers errors of the SDK, wherever in a view they were raised."""
        self.app.register_error_handler(SuperTokensError, answer_error)


def answer_error(error: SuperTokensError) -> Response:
    """Turn an error into a response.

    Raises:
        Exception: the error itself, when it is the developer who must see it.
    """
    wrapped = FlaskRequest(request)
    handled = _state.current_app().handle_error(wrapped, error, FlaskResponse(Response()), request_context(wrapped))
    reply = _native(run(handled))
    # Changes of the request's session are not on an error's reply; what an error changes it carries itself.
    g.pop("supertokens", None)
    return reply


def _answer() -> Response | None:
    app, wrapped = _state.current_app(), FlaskRequest(request)
    method, path = wrapped.method(), wrapped.get_path()
    match = app.find(method, path)
    if match is None:
        return _answer_preflight(app, wrapped, path) if method == "OPTIONS" else None
    # An error is answered by the handler above: Flask looks for it after this hook, too.
    reply = run(app.answer(match, wrapped, FlaskResponse(Response()), request_context(wrapped)))
    return None if reply is None else _native(reply)


def _answer_preflight(app: App, request: FlaskRequest, path: str) -> Response | None:
    """Flask would answer 404 for a path that is not its own; who may come, a CORS extension adds."""
    asked = request.get_header("access-control-request-method")
    return None if asked is None or app.find(asked, path) is None else Response(status=204)


def _write_session(response: Response) -> Response:
    session = g.get("supertokens")
    if session is not None:
        apply_response_mutators(session, FlaskResponse(response), request_context(FlaskRequest(request)))
    return response


def _native(reply: BaseResponse) -> Response:
    if not isinstance(reply, FlaskResponse):
        raise TypeError("An API override or error handler must return the response that it was given")
    return reply.response
