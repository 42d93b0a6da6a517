# SPDX-License-Identifier: Apache-2.0
"""Which of a user's contacts a code can be sent to as a second factor, best first."""

from collections.abc import Callable

from twofold.recipe._fake_emails import is_fake_email
from twofold.recipe.accountlinking.recipe import find_login_method
from twofold.types.base import LoginMethod, RecipeUserId, User

ContactOf = Callable[[LoginMethod], str | None]


def real_email(method: LoginMethod) -> str | None:
    """Return the method's email unless it only stands in for a missing one."""
    return None if method.email is None or is_fake_email(method.email) else method.email


def phone_number(method: LoginMethod) -> str | None:
    """Return the method's phone number."""
    return method.phone_number


def contacts(user: User, session_recipe_user_id: RecipeUserId, contact_of: ContactOf) -> list[str]:
    """Return contacts that codes were sent to before; a user without any may use those of other login methods.

    The session's own contact comes first if it is one of them, then the oldest.
    """
    methods = sorted(user.login_methods, key=lambda method: method.time_joined)
    own = _present(contact_of, [method for method in methods if method.recipe_id == "passwordless"])
    found = own or _present(contact_of, methods)
    session_method = find_login_method(user, session_recipe_user_id)
    of_session = None if session_method is None else contact_of(session_method)
    first = [of_session] if of_session is not None and of_session in found else []
    return list(dict.fromkeys([*first, *found]))


def _present(contact_of: ContactOf, methods: list[LoginMethod]) -> list[str]:
    return [contact for method in methods if (contact := contact_of(method)) is not None]
