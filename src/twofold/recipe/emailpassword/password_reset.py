# SPDX-License-Identifier: Apache-2.0
"""Whose password a reset mail may set: the story of section 11.5 of the front-end interface.

A mail to an address proves that its reader owns the address, nothing more. It must not open an account that its reader
has not proved to own in that way.
"""

from dataclasses import dataclass
from typing import Literal

from twofold import _state
from twofold.recipe.accountlinking import permissions
from twofold.recipe.accountlinking.automatic import ask_policy
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe, find_login_method
from twofold.recipe.accountlinking.types import AccountInfoWithRecipeId, ShouldNotAutomaticallyLink
from twofold.types.base import AccountInfoInput, LoginMethod, RecipeUserId, User, UserContext


@dataclass(frozen=True)
class SendTo:
    """Send a mail whose token is for this id; without a login method, the reset will create one."""

    user_id: str
    recipe_user_id: RecipeUserId | None


Decision = SendTo | Literal["SEND_NOTHING", "NOT_ALLOWED"]


async def decide(email: str, tenant_id: str, user_context: UserContext) -> Decision:
    """Decide whether, and for whom, a mail is sent to this address."""
    functions = AccountLinkingRecipe.get().functions
    users = await functions.list_users_by_account_info(tenant_id, AccountInfoInput(email=email), False, user_context)
    own = _password_method(users, email, tenant_id)
    primary = next((user for user in users if user.is_primary_user), None)
    if primary is None:
        primary = await _who_may_become_primary(users, own, tenant_id, user_context)
    if primary is None:
        return "SEND_NOTHING" if own is None else _alone(own)
    if is_risky(primary, email):
        return "NOT_ALLOWED"
    if own is not None and find_login_method(primary, own.recipe_user_id) is not None:
        return SendTo(primary.id, own.recipe_user_id)
    return await _by_policy(email, own, primary, tenant_id, user_context)


def _password_method(users: list[User], email: str, tenant_id: str) -> LoginMethod | None:
    methods = (
        method
        for user in users
        for method in user.login_methods
        if method.recipe_id == "emailpassword" and method.has_same_email_as(email) and tenant_id in method.tenant_ids
    )
    return next(methods, None)


def _alone(own: LoginMethod) -> SendTo:
    return SendTo(own.recipe_user_id.get_as_string(), own.recipe_user_id)


async def _who_may_become_primary(
    users: list[User], own: LoginMethod | None, tenant_id: str, user_context: UserContext
) -> User | None:
    if not users:
        return None
    only_own = len(users) == 1 and own is not None and find_login_method(users[0], own.recipe_user_id) is not None
    if only_own:
        return None
    oldest = min(users, key=lambda user: user.time_joined)
    method = oldest.login_methods[0]
    decision = await ask_policy(method, None, None, tenant_id, user_context)
    if isinstance(decision, ShouldNotAutomaticallyLink):
        return None
    return None if decision.should_require_verification and not method.verified else oldest


def is_risky(primary: User, email: str) -> bool:
    """The address is unverified and there are other ways into the account: it may be somebody else's.

    Who signed up with an address that is not theirs could otherwise go on with a passkey or a provider's account once
    the owner has set a password. Where addresses are never verified, only other addresses and numbers tell.
    """
    is_verified = any(method.verified and method.has_same_email_as(email) for method in primary.login_methods)
    has_other_contact = any(
        (method.email is not None and not method.has_same_email_as(email)) or method.phone_number is not None
        for method in primary.login_methods
    )
    verifies = _state.current_app().recipe("emailverification") is not None
    has_other_way = has_other_contact or (verifies and len({method.recipe_id for method in primary.login_methods}) > 1)
    return has_other_way and not is_verified


async def _by_policy(
    email: str, own: LoginMethod | None, primary: User, tenant_id: str, user_context: UserContext
) -> Decision:
    new_user = AccountInfoWithRecipeId("emailpassword", email=email)
    decision = await ask_policy(own or new_user, primary, None, tenant_id, user_context)
    may_link = not isinstance(decision, ShouldNotAutomaticallyLink)
    if own is not None:
        return SendTo(primary.id, own.recipe_user_id) if may_link else _alone(own)
    if not may_link:
        return "SEND_NOTHING"
    # Reading the mail proves the address, so the new login method counts as verified.
    allowed = await permissions.is_sign_up_allowed(new_user, True, None, tenant_id, user_context)
    return SendTo(primary.id, None) if allowed else "SEND_NOTHING"
