# SPDX-License-Identifier: Apache-2.0
"""Django's middleware, for sync and async stacks: our routes, session changes on every response, our errors."""

from collections.abc import Awaitable, Callable
from typing import Any

import asgiref.sync
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from twofold import _state
from twofold._app import Match, apply_response_mutators
from twofold._sync import run
from twofold._user_context import request_context
from twofold.exceptions import SuperTokensError
from twofold.framework.response import BaseResponse

from .django_request import DjangoRequest
from .django_response import DjangoResponse

Handler = Callable[[HttpRequest], Any]


@sync_and_async_middleware  # type: ignore[untyped-decorator]  # Django is published without types
def middleware(get_response: Any) -> Handler:
    """Name it in `MIDDLEWARE`, after the middleware for CORS and before those that need to know who is signed in."""
    # Before Python 3.12, only its own function sees Django's marks.
    is_async: bool = asgiref.sync.iscoroutinefunction(get_response)  # pyright: ignore[reportDeprecated]
    chosen: Any = _async_stack(get_response) if is_async else _sync_stack(get_response)
    # Django answers what views raise before any middleware could see it, and asks only this hook.
    chosen.process_exception = _process_async if is_async else _process_sync
    handler: Handler = chosen
    return handler


async def answer_error(request: Any, error: SuperTokensError) -> HttpResponseBase:
    """Turn an error into a response.

    Raises:
        Exception: the error itself, when it is the developer who must see it.
    """
    wrapped = DjangoRequest(request)
    reply = await _state.current_app().handle_error(
        wrapped, error, DjangoResponse(HttpResponse()), request_context(wrapped)
    )
    # Changes of the request's session are not on an error's reply; what an error changes it carries itself.
    wrapped.set_session_as_none()
    return _native(reply)


def _sync_stack(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Handler:
    def handle(request: HttpRequest) -> HttpResponseBase:
        match = _find(request)
        reply = None if match is None else run(_answer(match, request))
        return _with_session(request, get_response(request) if reply is None else reply)

    return handle


def _async_stack(get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]]) -> Handler:
    async def handle(request: HttpRequest) -> HttpResponseBase:
        match = _find(request)
        reply = None if match is None else await _answer(match, request)
        return _with_session(request, await get_response(request) if reply is None else reply)

    return handle


def _process_sync(request: HttpRequest, error: Exception) -> HttpResponseBase | None:
    return run(answer_error(request, error)) if isinstance(error, SuperTokensError) else None


async def _process_async(request: HttpRequest, error: Exception) -> HttpResponseBase | None:
    return await answer_error(request, error) if isinstance(error, SuperTokensError) else None


def _find(request: HttpRequest) -> Match | None:
    wrapped = DjangoRequest(request)
    return _state.current_app().find(wrapped.method(), wrapped.get_path())


async def _answer(match: Match, request: HttpRequest) -> HttpResponseBase | None:
    wrapped = DjangoRequest(request)
    try:
        reply = await _state.current_app().answer(
            match, wrapped, DjangoResponse(HttpResponse()), request_context(wrapped)
        )
    except SuperTokensError as error:
        return await answer_error(request, error)
    return None if reply is None else _native(reply)


def _with_session(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    wrapped = DjangoRequest(request)
    session = wrapped.get_session()
    if session is not None:
        apply_response_mutators(session, DjangoResponse(response), request_context(wrapped))
    return response


def _native(reply: BaseResponse) -> HttpResponseBase:
    if not isinstance(reply, DjangoResponse):
        raise TypeError("An API override or error handler must return the response that it was given")
    return reply.response
