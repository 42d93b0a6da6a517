# SPDX-License-Identifier: Apache-2.0
"""Which addresses a user's password or passkeys have, or may have when they are set up as a second factor."""

from collections.abc import Callable

from twofold.recipe._fake_emails import is_fake_email
from twofold.recipe.accountlinking.in_session import SignIn
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe, find_login_method
from twofold.types.base import LoginMethod, RecipeUserId, User


def emails_for_password(user: User, session_recipe_user_id: RecipeUserId) -> list[str]:
    """Return the addresses, the best first; a made-up one when the user has none at all."""
    emails = emails_of_recipe("emailpassword", user, session_recipe_user_id)
    return emails or [f"{session_recipe_user_id.get_as_string()}@stfakeemail.supertokens.com"]


async def is_stand_in_of_user(sign_in: SignIn, email: str, offered: Callable[[User, RecipeUserId], list[str]]) -> bool:
    """Tell whether a made-up address stands in for the session's user, and not for somebody else.

    It counts as verified, and that of a provider's user can be guessed: who had taken it would be linked to them.
    offered: the addresses that such a factor of the user may have.
    """
    if sign_in.session is None:
        return False
    user_id = sign_in.session.get_user_id(sign_in.user_context)
    user = await AccountLinkingRecipe.get().functions.get_user(user_id, sign_in.user_context)
    recipe_user_id = sign_in.session.get_recipe_user_id(sign_in.user_context)
    return user is not None and email.lower() in [known.lower() for known in offered(user, recipe_user_id)]


def emails_of_recipe(recipe_id: str, user: User, session_recipe_user_id: RecipeUserId) -> list[str]:
    """Return the addresses that login methods of a recipe have, else those of any, the best first."""
    methods = sorted(user.login_methods, key=lambda method: method.time_joined)
    own = [method for method in methods if method.recipe_id == recipe_id]
    emails = _of_own(own) if own else _of_any(methods)
    of_session = find_login_method(user, session_recipe_user_id)
    preferred = None if of_session is None else of_session.email
    if preferred in emails:
        emails = [preferred, *(email for email in emails if email != preferred)]
    return emails


def _of_own(methods: list[LoginMethod]) -> list[str]:
    """Verified addresses first, then unverified, then made-up ones; each kind oldest first."""
    with_email = [(method.email, method.verified) for method in methods if method.email is not None]
    verified = [email for email, is_verified in with_email if is_verified and not is_fake_email(email)]
    unverified = [email for email, is_verified in with_email if not is_verified and not is_fake_email(email)]
    fake = [email for email, _ in with_email if is_fake_email(email)]
    return [*verified, *unverified, *fake]


def _of_any(methods: list[LoginMethod]) -> list[str]:
    emails = list(dict.fromkeys(method.email for method in methods if method.email is not None))
    real = [email for email in emails if not is_fake_email(email)]
    return real or emails
