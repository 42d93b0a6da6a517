# SPDX-License-Identifier: Apache-2.0
"""The context that travels with one request through every function: a plain dict, `_default` is ours.

`{"_default": {"request": BaseRequest, "keep_cache_alive": bool, "core_call_cache": {...}, "global_cache_tag": int}}`.
It is made per request and passed down; it is never kept in a closure, a class or a module.
"""

from typing import Any

from twofold.framework.request import BaseRequest
from twofold.types.base import UserContext

DEFAULT = "_default"


def request_context(request: BaseRequest, user_context: UserContext | None = None) -> UserContext:
    """Return a context for a request: a new one, or the caller's with the request put in when it has none.

    Answers of the core are kept for its whole life: within one request, writes of other requests do not matter.
    """
    context = filled(user_context)
    defaults = default_part(context)
    if "request" not in defaults:
        defaults["request"] = request
        defaults["keep_cache_alive"] = True
    return context


def filled(user_context: UserContext | None) -> UserContext:
    """Return the caller's context, or a new empty one."""
    return {} if user_context is None else user_context


def default_part(user_context: UserContext) -> dict[str, Any]:
    """Return our part of the context, making it when it is missing or not ours."""
    part = user_context.get(DEFAULT)
    if not isinstance(part, dict):
        part = user_context[DEFAULT] = {}
    return part


def acting(user_context: UserContext, actor: str) -> UserContext:
    """Return the context of what is done by somebody whom the audit trail is to name; empty: by the application."""
    if actor:
        default_part(user_context)["actor"] = actor
    return user_context


def actor_of(user_context: UserContext) -> str:
    """Return who acts in this context; empty for the application."""
    part = user_context.get(DEFAULT)
    actor = part.get("actor", "") if isinstance(part, dict) else ""
    return actor if isinstance(actor, str) else ""


def get_request_from_user_context(user_context: UserContext | None = None) -> BaseRequest | None:
    """Return the request that this context was made for, or None outside of a request."""
    part = (user_context or {}).get(DEFAULT)
    request = part.get("request") if isinstance(part, dict) else None
    return request if isinstance(request, BaseRequest) else None
