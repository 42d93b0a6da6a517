# SPDX-License-Identifier: Apache-2.0
"""The one way in which recipes and pages report what they changed.

Whom to tell is asked before the change: it may take an address away, and it must not fail once it has happened::

    user = await user_to_tell(user_id, user_context)
    ...
    await tell(user, "removed", FactorIds.TOTP, device_name, user_context)
"""

import logging
from typing import Any, Literal

from twofold import _state
from twofold._masking import masked_contact
from twofold._user_context import default_part
from twofold.types.base import LoginMethod, RecipeUserId, User, UserContext

from .recipe import NoticesRecipe
from .recipients import recipients_of
from .types import Action, FactorChange, Recipients

_logger = logging.getLogger("twofold.notices")

_ALWAYS = "tells_of_factor_changes"
_LONGEST_NAME = 40
_OF_LOGIN_METHODS = {"emailpassword": "password", "thirdparty": "thirdparty", "webauthn": "webauthn"}


def tell_in_any_case(user_context: UserContext) -> None:
    """Have users told of changes in this request, whatever was configured."""
    default_part(user_context)[_ALWAYS] = True


async def user_to_tell(user_id: str, user_context: UserContext) -> User | None:
    """Return the user that an id belongs to, if changes are told of. Nothing is read if not."""
    is_told = NoticesRecipe.get().config.tells_of_factor_changes or default_part(user_context).get(_ALWAYS)
    return await find_user(user_id, user_context) if is_told else None


async def find_user(user_id: str, user_context: UserContext) -> User | None:
    """Return the user that an id belongs to."""
    # Asked through the current App: account linking reports changes here, so this cannot know its module.
    linking: Any = _state.current_app().recipe("accountlinking")
    found: User | None = await linking.functions.get_user(user_id, user_context)
    return found


async def tell(
    user: User | None,
    action: Action,
    factor: str,
    name: str | None,
    user_context: UserContext,
) -> None:
    """Tell a user of a change that has happened, after the answer; None is told nothing.

    It raises nothing: what happened is not undone when nobody hears of it, and the operator reads of it in the log.

    Args:
        user: as `user_to_tell` returned them before.
        action: what happened.
        factor: to what; see `FactorChange`.
        name: of the device, the provider, or what may be shown of the address or number.
        user_context: the request's.
    """
    if user is None:
        return
    recipe = NoticesRecipe.get()
    recipients = recipients_of(user.login_methods)
    change = FactorChange(action, factor, _shown(name), recipe.clock_ms())
    await recipe.email_delivery.send_unobserved(_told(recipe, user, recipients, change, user_context))


async def tell_of_login_method(
    user: User | None,
    action: Literal["added", "removed"],
    of: User | None,
    recipe_user_id: RecipeUserId,
    user_context: UserContext,
) -> None:
    """Tell a user that they have a login method now, or have it no longer; see `tell`.

    Args:
        user: whom to tell.
        action: which of the two.
        of: who had the login method before.
        recipe_user_id: its id.
        user_context: the request's.
    """
    method = _method_of(of, recipe_user_id)
    if method is None:
        return
    factor = _OF_LOGIN_METHODS.get(method.recipe_id) or ("phone" if method.email is None else "email")
    name = _masked(method.email or method.phone_number) if method.third_party is None else method.third_party.id
    await tell(user, action, factor, name, user_context)


async def tell_of_contacts(
    user: User | None,
    recipe_user_id: RecipeUserId,
    user_context: UserContext,
    *,
    email: str | None = None,
    phone_number: str | None = None,
) -> None:
    """Tell a user of an address and a number that one of their login methods has now; None: it stays. See `tell`.

    Args:
        user: as they were before.
        recipe_user_id: the login method.
        user_context: the request's.
        email: the new address, as it was given.
        phone_number: the new number, as it was given.
    """
    method = _method_of(user, recipe_user_id)
    if method is None:
        return
    if email is not None and not method.has_same_email_as(email):
        action: Action = "added" if method.email is None else "changed"
        await tell(user, action, "email", _masked(email), user_context)
    if phone_number is not None and not method.has_same_phone_number_as(phone_number):
        action = "added" if method.phone_number is None else "changed"
        await tell(user, action, "phone", _masked(phone_number), user_context)


def _method_of(user: User | None, recipe_user_id: RecipeUserId) -> LoginMethod | None:
    methods = [] if user is None else user.login_methods
    return next((method for method in methods if method.recipe_user_id == recipe_user_id), None)


def _masked(contact: str | None) -> str | None:
    return None if contact is None else masked_contact(contact)


async def _told(
    recipe: NoticesRecipe, user: User, recipients: Recipients, change: FactorChange, user_context: UserContext
) -> None:
    try:
        await recipe.functions.tell_of_factor_change(user, recipients, change, user_context)
    except Exception:  # of an override
        _logger.exception("nobody was told of a changed factor")


def _shown(name: str | None) -> str | None:
    """One short line: a name is what somebody typed, perhaps to deceive whoever reads of it."""
    printable = "".join(sign if sign.isprintable() else " " for sign in name or "")
    return " ".join(printable.split())[:_LONGEST_NAME] or None
