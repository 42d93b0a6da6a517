# SPDX-License-Identifier: Apache-2.0
"""What depends on the version of the front-end interface (FDI) that a client speaks: three decisions, all here."""

from functools import lru_cache
from typing import Any

from twofold._wire import Json
from twofold.exceptions import BadInputError
from twofold.types.base import LoginMethod, RecipeUserId, User

Version = tuple[int, ...]

_FLAG = "shouldTryLinkingWithSessionUser"


@lru_cache(maxsize=256)
def effective_version(fdi_version_header: str | None) -> Version | None:
    """Return the highest version in the header's list; None, meaning the newest, when it names none."""
    versions = (_parsed(text) for text in (fdi_version_header or "")[:1000].split(","))
    return max((version for version in versions if version), default=None)


def knows_login_methods(version: Version | None) -> bool:
    """Tell whether the client reads users with `loginMethods` and `createdNewRecipeUser`."""
    return version is None or (1, 18) <= version < (2, 0) or version >= (3, 0)


def linking_flag(version: Version | None, body: Json) -> bool | None:
    """Return whether an auth request wants to be linked to its session; None for clients that cannot say.

    Raises:
        BadInputError: the flag is not a boolean.
    """
    if version is not None and version < (3, 1):
        return None
    flag = body.get(_FLAG, False)
    if not isinstance(flag, bool):
        raise BadInputError(f"{_FLAG} must be a boolean")
    return flag


def legacy_reply(json: Json, user: User, recipe_user_id: RecipeUserId) -> Json:
    """Return a sign-in reply as clients before account linking read it."""
    reply = {**json, "user": _legacy_user(user, recipe_user_id)}
    if "createdNewRecipeUser" in reply:
        reply["createdNewUser"] = reply.pop("createdNewRecipeUser")
    return reply


def _legacy_user(user: User, recipe_user_id: RecipeUserId) -> Json:
    own = [method for method in user.login_methods if method.recipe_user_id == recipe_user_id]
    method = own[0] if own else min(user.login_methods, key=_time_joined)
    members: dict[str, Any] = {
        "thirdParty": method.third_party.to_json() if method.third_party else None,
        "email": method.email,
        "phoneNumber": method.phone_number,
    }
    present = {name: value for name, value in members.items() if value is not None}
    return {"id": user.id, "timeJoined": user.time_joined, **present}


def _time_joined(method: LoginMethod) -> int:
    return method.time_joined


def _parsed(text: str) -> Version | None:
    parts = text.strip().split(".")
    if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        return None
    return tuple(int(part) for part in parts)
