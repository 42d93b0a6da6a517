# SPDX-License-Identifier: Apache-2.0
"""The ASGI middleware: answers our routes, writes session changes on every response, turns our errors into replies."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from twofold import _state
from twofold._app import App, Match, apply_response_mutators
from twofold._user_context import request_context
from twofold.exceptions import SuperTokensError

from ._body_limit import LimitedBody
from .fastapi_request import FastApiRequest, path_of
from .fastapi_response import FastApiResponse


class TwofoldMiddleware:
    """Plain ASGI middleware over the current App. Scopes other than `http` and `lifespan` pass untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self.app(scope, receive, _following_lifespan(send))
        else:
            await self.app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = _state.current_app()
        # Set here, so that the copies of the scope that routers make share it: the session is found through it.
        scope.setdefault("state", {})
        match = app.find(scope["method"], path_of(scope))
        if match is None:
            await self._pass_on(app, scope, receive, send)
            return
        body = LimitedBody(scope, receive)
        if not await _answered(app, match, scope, body.receive, send):
            await self._pass_on(app, scope, body.receive_again, send)

    async def _pass_on(self, app: App, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def send_with_session(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _write_session(scope, message)
            await send(message)

        try:
            await self.app(scope, receive, send_with_session)
        except SuperTokensError as error:
            if started:
                raise
            request = FastApiRequest(Request(scope, receive))
            reply = await app.handle_error(request, error, FastApiResponse(Response()), request_context(request))
            await _native(reply)(scope, receive, send)


def get_middleware() -> type[TwofoldMiddleware]:
    """Return the middleware class: `app.add_middleware(get_middleware())`."""
    return TwofoldMiddleware


async def _answered(app: App, match: Match, scope: Scope, receive: Receive, send: Send) -> bool:
    request = FastApiRequest(Request(scope, receive))
    user_context = request_context(request)
    try:
        reply = await app.answer(match, request, FastApiResponse(Response()), user_context)
        session = request.get_session() if reply is not None else None
    except SuperTokensError as error:
        # Changes of the request's session are not on an error's reply; what an error changes it carries itself.
        reply, session = await app.handle_error(request, error, FastApiResponse(Response()), user_context), None
    if reply is None:
        return False
    if session is not None:
        apply_response_mutators(session, reply, user_context)
    await _native(reply)(scope, receive, send)
    return True


def _native(reply: object) -> Response:
    if not isinstance(reply, FastApiResponse):
        raise TypeError("An API override or error handler must return the response that it was given")
    return reply.response


def _write_session(scope: Scope, message: Message) -> None:
    session = scope["state"].get("supertokens")
    if session is None or not session.response_mutators:
        return
    response = Response()
    response.raw_headers = [(name, value) for name, value in message.get("headers", ())]
    request = FastApiRequest(Request(scope))
    apply_response_mutators(session, FastApiResponse(response), request_context(request))
    message["headers"] = response.raw_headers


def _following_lifespan(send: Send) -> Send:
    """Open the core before the server reports that it is up, and close it after the application has closed."""

    async def send_following(message: Message) -> None:
        app = _state.current_app_or_none()
        if app is not None and message["type"] == "lifespan.startup.complete":
            await app.start()
        if app is not None and message["type"] in ("lifespan.shutdown.complete", "lifespan.shutdown.failed"):
            await app.stop()
        await send(message)

    return send_following
