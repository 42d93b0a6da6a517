# SPDX-License-Identifier: Apache-2.0
"""Whose settings these are: the user of the session, and the login method with their password."""

from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe
from twofold.recipe.session.exceptions import raise_unauthorised_exception
from twofold.recipe.session.interfaces import SessionContainer
from twofold.types.base import LoginMethod, User
from twofold.ui.in_process_client import ApiUnavailable
from twofold.ui.visit import Visit


async def user_of(visit: Visit, session: SessionContainer) -> User:
    """Return the session's user.

    Raises:
        UnauthorisedError: It was deleted; becomes a redirect.
    """
    user = await AccountLinkingRecipe.get().functions.get_user(session.get_user_id(), visit.user_context)
    return raise_unauthorised_exception("Session user not found") if user is None else user


def password_method(user: User) -> LoginMethod | None:
    """Return the login method with a password, if the user has one."""
    return next((method for method in user.login_methods if method.recipe_id == "emailpassword"), None)


async def own_password(visit: Visit, session: SessionContainer) -> LoginMethod:
    """Return the login method with the password of the session's user.

    Raises:
        ApiUnavailable: The user has no password.
    """
    method = password_method(await user_of(visit, session))
    if method is None:
        raise ApiUnavailable("The user has no password")
    return method


def tenant_of(method: LoginMethod, session: SessionContainer) -> str:
    """Return the tenant in which a login method is used: the session's, unless the login is in others only."""
    own = session.get_tenant_id()
    return own if own in method.tenant_ids or not method.tenant_ids else method.tenant_ids[0]
