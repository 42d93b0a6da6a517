# SPDX-License-Identifier: Apache-2.0
"""Automatic linking by account info: whom a login method is linked to when it signs in as a first factor.

Every step may lose a race with another request (someone else links, unlinks or deletes); then the story starts anew
from the state that is there, at most ROUNDS times.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from twofold import _state
from twofold.exceptions import GeneralError
from twofold.types.base import AccountInfoInput, LoginMethod, RecipeUserId, User, UserContext

from .parting import parts_from_factors
from .recipe import AccountLinkingRecipe, find_login_method
from .types import (
    AccountInfoWithRecipeId,
    AccountInfoWithRecipeIdAndUserId,
    CreatePrimaryUserOkResult,
    LinkAccountsOkResult,
    LinkAccountsRecipeUserIdAlreadyLinkedError,
    ShouldAutomaticallyLink,
    ShouldNotAutomaticallyLink,
)

if TYPE_CHECKING:
    from twofold.recipe.multifactorauth.recipe import MultiFactorAuthRecipe
    from twofold.recipe.session.interfaces import SessionContainer

ROUNDS = 100


@dataclass(frozen=True)
class Linked:
    """The story ended: `user` is the user of the login method, linked or not."""

    user: User


@dataclass(frozen=True)
class NotLinked:
    """The policy, a missing verification, or factors that it would lose keep the login method apart."""


class _LostRace(Exception):
    """The state changed under us."""


async def try_linking_by_account_info_or_create_primary_user(
    input_user: User,
    recipe_user_id: RecipeUserId,
    tenant_id: str,
    session: "SessionContainer | None",
    user_context: UserContext,
) -> Linked | NotLinked:
    """Link a login method to the user that shares its account info, or make it a primary user, as the policy says.

    Raises:
        GeneralError: other requests changed the accounts ROUNDS times in a row.
    """
    user: User | None = input_user
    for _ in range(ROUNDS):
        if user is None:
            break
        try:
            return await _try_once(user, recipe_user_id, tenant_id, session, user_context)
        except _LostRace:
            user = await AccountLinkingRecipe.get().functions.get_user(recipe_user_id.get_as_string(), user_context)
    raise GeneralError("The accounts kept changing while they were being linked. Please try again.")


async def find_primary_user(
    user: User, recipe_user_id: RecipeUserId, tenant_id: str, user_context: UserContext
) -> User | None:
    """Return the primary user that the login method belongs to or shares account info with, in this tenant."""
    if user.is_primary_user:
        return user
    sharing = await users_sharing_account_info(_method(user, recipe_user_id), tenant_id, user_context)
    return next((other for other in sharing if other.is_primary_user), None)


async def users_sharing_account_info(
    account_info: LoginMethod | AccountInfoWithRecipeId, tenant_id: str, user_context: UserContext
) -> list[User]:
    """Return the tenant's users that have the same email, phone number or third-party account."""
    wanted = AccountInfoInput(account_info.email, account_info.phone_number, account_info.third_party)
    # Positional, as every overridable function is called.
    return await AccountLinkingRecipe.get().functions.list_users_by_account_info(tenant_id, wanted, True, user_context)


async def ask_policy(
    account_info: LoginMethod | AccountInfoWithRecipeId,
    user: User | None,
    session: "SessionContainer | None",
    tenant_id: str,
    user_context: UserContext,
) -> ShouldNotAutomaticallyLink | ShouldAutomaticallyLink:
    """Ask the application whether these accounts are to be linked.

    A passkey joins a user's login methods in a session of that user only, where they have a factor that control of a
    mailbox is not, and under a profile of assurance: there one is two factors. It would stand in for the others.
    """
    is_in_session = session is not None and user is not None and session.get_user_id() == user.id
    joins_by_address = account_info.recipe_id == "webauthn" and user is not None and not is_in_session
    if joins_by_address and user and await _has_more_than_a_mailbox(user, account_info, user_context):
        return ShouldNotAutomaticallyLink()
    return await AccountLinkingRecipe.get().config.should_do_automatic_account_linking(
        AccountInfoWithRecipeIdAndUserId.from_account_info_or_login_method(account_info),
        user,
        session,
        tenant_id,
        user_context,
    )


async def _has_more_than_a_mailbox(
    user: User, account_info: LoginMethod | AccountInfoWithRecipeId, user_context: UserContext
) -> bool:
    """Tell whether the user has a factor that who reads the mail of this account lacks, or a profile says they must."""
    app = _state.current_app()
    second_factors = cast("MultiFactorAuthRecipe | None", app.recipe("multifactorauth"))
    if app.app_info.assurance is not None or second_factors is None:
        return app.app_info.assurance is not None
    by_mail = {"emailpassword"}  # which a mail replaces
    by_code = [method for method in user.login_methods if method.recipe_id == "passwordless"]
    if all(method.has_same_email_as(account_info.email) for method in by_code):
        by_mail |= {"otp-email", "link-email"}
    # As the application overrides it: it may have factors of its own.
    set_up = await second_factors.functions.get_factors_setup_for_user(user, user_context)
    return not by_mail.issuperset(set_up)


def has_verified_contact_of(user: User, account_info: LoginMethod | AccountInfoWithRecipeId) -> bool:
    """Tell whether the user has proved to own the email address or the phone number of the account info."""
    return any(
        method.verified
        and (method.has_same_email_as(account_info.email) or method.has_same_phone_number_as(account_info.phone_number))
        for method in user.login_methods
    )


async def _try_once(
    user: User,
    recipe_user_id: RecipeUserId,
    tenant_id: str,
    session: "SessionContainer | None",
    user_context: UserContext,
) -> Linked | NotLinked:
    primary = await find_primary_user(user, recipe_user_id, tenant_id, user_context)
    if primary is None:
        primary = await _oldest_made_primary(user, recipe_user_id, tenant_id, session, user_context)
    if primary is None:
        return Linked(await _made_primary_if_allowed(user, tenant_id, session, user_context) or user)
    if find_login_method(primary, recipe_user_id) is not None:
        return Linked(primary)
    return await _link(_method(user, recipe_user_id), user, primary, tenant_id, session, user_context)


async def _oldest_made_primary(
    user: User,
    recipe_user_id: RecipeUserId,
    tenant_id: str,
    session: "SessionContainer | None",
    user_context: UserContext,
) -> User | None:
    """The oldest other user with the same account info, made primary if it may be; it is the one to link to."""
    sharing = await users_sharing_account_info(_method(user, recipe_user_id), tenant_id, user_context)
    oldest = min(sharing, key=lambda other: other.time_joined, default=None)
    if oldest is None or oldest.id == user.id:
        return None
    return await _made_primary_if_allowed(oldest, tenant_id, session, user_context)


async def _made_primary_if_allowed(
    user: User, tenant_id: str, session: "SessionContainer | None", user_context: UserContext
) -> User | None:
    """The user as a primary one; None when the policy or a missing verification speaks against it."""
    method = user.login_methods[0]
    decision = await ask_policy(method, None, session, tenant_id, user_context)
    if isinstance(decision, ShouldNotAutomaticallyLink):
        return None
    if decision.should_require_verification and not method.verified:
        return None
    result = await AccountLinkingRecipe.get().functions.create_primary_user(method.recipe_user_id, user_context)
    if isinstance(result, CreatePrimaryUserOkResult):
        return result.user
    raise _LostRace


async def _link(
    method: LoginMethod,
    user: User,
    primary: User,
    tenant_id: str,
    session: "SessionContainer | None",
    user_context: UserContext,
) -> Linked | NotLinked:
    decision = await ask_policy(method, primary, session, tenant_id, user_context)
    if isinstance(decision, ShouldNotAutomaticallyLink):
        return NotLinked()
    # Both sides must be verified: otherwise whoever signs up first with a stranger's address owns the account later.
    is_verified = method.verified and has_verified_contact_of(primary, method)
    if decision.should_require_verification and not is_verified:
        return NotLinked()
    if await parts_from_factors(method, user, primary, user_context):
        return NotLinked()
    functions = AccountLinkingRecipe.get().functions
    result = await functions.link_accounts(method.recipe_user_id, primary.id, user_context)
    if isinstance(result, LinkAccountsOkResult | LinkAccountsRecipeUserIdAlreadyLinkedError):
        return Linked(result.user)
    raise _LostRace


def _method(user: User, recipe_user_id: RecipeUserId) -> LoginMethod:
    method = find_login_method(user, recipe_user_id)
    if method is None:
        raise _LostRace
    return method
