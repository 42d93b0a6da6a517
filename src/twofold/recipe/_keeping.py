# SPDX-License-Identifier: Apache-2.0
"""What a removal must leave its user: a way in, and one of the factors that are required of them.

What is to be kept is known to the API, and what is left, only to the core in its transaction. So the API says it in
the context, and the function of the recipe takes it to the core.
"""

from typing import Final

from twofold._user_context import default_part
from twofold._wire import ALTERNATIVE, Json
from twofold.exceptions import SuperTokensError
from twofold.types.base import UserContext

_FACTORS, _WAYS_IN, _DELETES = "keep_one_of", "keep_way_in", "delete_unlinked"

IS_THE_LAST: Final = "This is your last second factor, and you need one. Please set up another one first."
IS_THE_LAST_WAY_IN: Final = "You sign in with nothing else. Please add another way to sign in first."
IS_IN_USE: Final = "You are signed in with this one now. Sign in in another way to remove it."


class RemovalRefusedError(SuperTokensError):
    """Something of the user's must not be removed now; the text is for them."""


class LastFactorError(RemovalRefusedError):
    """A removal would leave the user without a factor that they must have."""

    def __init__(self) -> None:
        super().__init__(IS_THE_LAST)


class LastWayInError(RemovalRefusedError):
    """A removal would leave the user without a way to sign in."""

    def __init__(self) -> None:
        super().__init__(IS_THE_LAST_WAY_IN)


def keep_one_of_each(groups: list[list[str]], user_context: UserContext) -> None:
    """Make removals in this request fail that would leave none of the factors of any of these groups."""
    default_part(user_context)[_FACTORS] = [ALTERNATIVE.join(group) for group in groups]


def keep_way_in(factors: list[str], user_context: UserContext) -> None:
    """Make unlinking in this request fail that would leave none of these factors, which can begin a session."""
    default_part(user_context)[_WAYS_IN] = factors


def delete_unlinked(user_context: UserContext) -> None:
    """Make the next unlinking in this request delete the login method, in the same transaction, if the core is ours."""
    default_part(user_context)[_DELETES] = True


def kept(user_context: UserContext) -> Json:
    """Return what a core call that removes a factor says beside its own fields."""
    groups = default_part(user_context).get(_FACTORS)
    return {"keepOneOf": groups} if groups else {}


def asked_of_unlinking(user_context: UserContext) -> Json:
    """Return what a core call that unlinks a login method says beside its own fields."""
    part = default_part(user_context)
    factors, deletes = part.get(_WAYS_IN), part.pop(_DELETES, False)
    return kept(user_context) | ({"keepWayIn": factors} if factors else {}) | ({"delete": True} if deletes else {})


def refuse_last(answer: Json) -> Json:
    """Return the answer of such a call.

    Raises:
        LastFactorError: it was the last factor of those to keep.
        LastWayInError: it was the last way to sign in.
    """
    if answer["status"] == "LAST_FACTOR_ERROR":
        raise LastFactorError
    if answer["status"] == "LAST_LOGIN_METHOD_ERROR":
        raise LastWayInError
    return answer
