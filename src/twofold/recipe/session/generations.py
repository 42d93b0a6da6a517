# SPDX-License-Identifier: Apache-2.0
"""Calls `create_new_session` rightly, whichever generation of its signature a caller or an override was written for.

The older one has no `recipe_user_id`. Which one an override takes is decided once, when it is installed.
"""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from twofold._user_context import default_part
from twofold.types import RecipeUserId

CreateNewSession = Callable[..., Awaitable[Any]]
RECIPE_USER_ID = "recipe_user_id"
_NAMES = (
    "user_id",
    RECIPE_USER_ID,
    "access_token_payload",
    "session_data_in_database",
    "disable_anti_csrf",
    "tenant_id",
    "user_context",
)
_OLDER_NAMES = tuple(name for name in _NAMES if name != RECIPE_USER_ID)
_WHOSE_SESSION = "whose_session_is_created"


def of_any_generation(create_new_session: CreateNewSession) -> CreateNewSession:
    """Return a function that both generations of callers may call, and that calls the given one as it wants it."""
    names = _OLDER_NAMES if _is_older(create_new_session) else _NAMES

    async def create(*args: Any, **kwargs: Any) -> Any:
        values = _values(args, kwargs)
        whose = default_part(values["user_context"])
        if RECIPE_USER_ID not in values:
            # An older override passes the call on: the login method is still the one that it was called for.
            user_id, recipe_user_id = whose.get(_WHOSE_SESSION, (None, None))
            is_same = user_id == values["user_id"]
            values[RECIPE_USER_ID] = recipe_user_id if is_same else RecipeUserId(values["user_id"])
        whose[_WHOSE_SESSION] = (values["user_id"], values[RECIPE_USER_ID])
        return await create_new_session(*(values[name] for name in names))

    return create


def _values(args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    is_newer = RECIPE_USER_ID in kwargs or len(args) + len(kwargs) == len(_NAMES)
    return dict(zip(_NAMES if is_newer else _OLDER_NAMES, args, strict=False)) | kwargs


def _is_older(function: CreateNewSession) -> bool:
    parameters = inspect.signature(function).parameters
    has_rest = any(item.kind is inspect.Parameter.VAR_POSITIONAL for item in parameters.values())
    return RECIPE_USER_ID not in parameters and not has_rest and len(parameters) == len(_OLDER_NAMES)
