# SPDX-License-Identifier: Apache-2.0
"""Signing in while a session exists: is it a first factor, or a second one of the session's user, to be linked to them?

Everything depends on three voices: whether the client asks for linking, whether the application has a policy, and what
the policy says. They must agree before a session's user is touched.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from twofold import _state
from twofold.exceptions import BadInputError, GeneralError
from twofold.recipe._base import every_recipe
from twofold.recipe.session.exceptions import raise_unauthorised_exception
from twofold.types.auth_utils import LinkingToSessionUserFailedError
from twofold.types.base import LoginMethod, RecipeUserId, User, UserContext

from .automatic import (
    NotLinked,
    ask_policy,
    has_verified_contact_of,
    try_linking_by_account_info_or_create_primary_user,
)
from .parting import parts_from_factors
from .recipe import AccountLinkingRecipe, find_login_method
from .types import (
    AccountInfoWithRecipeId,
    CreatePrimaryUserAccountInfoAlreadyAssociatedError,
    CreatePrimaryUserOkResult,
    LinkAccountsInputUserNotPrimaryError,
    LinkAccountsOkResult,
    ShouldNotAutomaticallyLink,
)

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer

ROUNDS = 100
NO_LINKING_TO_SESSION = (
    "shouldDoAutomaticAccountLinking returned false when making the session user primary but "
    "shouldTryLinkingWithSessionUser is true"
)
NO_POLICY = (
    "Please initialise the account linking recipe and define should_do_automatic_account_linking to enable MFA: a "
    "second factor is linked to the user of the session"
)
NOBODY_VERIFIES = (
    "The account linking policy requires a verified email of the session's user, and nothing can verify it. Please add "
    "emailverification.init() to the recipe list"
)


@dataclass(frozen=True)
class FirstFactor:
    """The session, if any, has nothing to do with it."""


@dataclass(frozen=True)
class SecondFactor:
    """The login method belongs, or is to be linked, to the session's user."""

    session_user: User
    is_linked: bool
    requires_verification: bool = False


@dataclass(frozen=True)
class SignIn:
    """A sign-in or sign-up as linking sees it. `wants_linking` is None for clients that cannot say."""

    session: "SessionContainer | None"
    wants_linking: bool | None
    tenant_id: str
    user_context: UserContext


CheckResult = FirstFactor | SecondFactor | LinkingToSessionUserFailedError


async def which_factor(
    sign_in: SignIn,
    account_info: LoginMethod | AccountInfoWithRecipeId,
    input_user: User | None,
    *,
    leave_session_user_unchanged: bool = False,
) -> CheckResult:
    """Tell whether this is a first or a second factor.

    Args:
        sign_in: who asks.
        account_info: the login method, existing or not.
        input_user: whose it is; None when it does not exist yet.
        leave_session_user_unchanged: only look; do not make the session's user primary.

    Raises:
        UnauthorisedError: there is no session though linking was asked for, or its user is gone.
        InvalidClaimsError: the session's user must verify their email first.
        BadInputError: the client asks for linking, and the policy refuses or there is none.
        GeneralError: the policy requires a verified email, and nothing can verify it.
    """
    session, wants = sign_in.session, sign_in.wants_linking
    if session is None:
        if wants:
            raise_unauthorised_exception("Session not found but shouldTryLinkingWithSessionUser is true")
        return FirstFactor()
    if wants is False:
        return FirstFactor()
    own_user = input_user if input_user is not None and input_user.id == session.get_user_id() else None
    if not AccountLinkingRecipe.get().config.has_own_policy:
        if own_user is not None and (wants or _state.current_app().recipe("multifactorauth") is not None):
            return SecondFactor(own_user, is_linked=True)  # a factor given again, to be fresh: nothing is to be linked
        if wants:
            raise BadInputError(NO_POLICY)  # any client may ask for linking: that must not be a failure of ours
        return FirstFactor()
    if own_user is not None:
        return SecondFactor(own_user, is_linked=True)
    made = await _made_primary(session, sign_in.user_context, leave_unchanged=leave_session_user_unchanged)
    if isinstance(made, LinkingToSessionUserFailedError):
        return made
    return await _by_policy(sign_in, session, account_info, made)


async def link_to_session_user_or_by_account_info(
    sign_in: SignIn, input_user: User, recipe_user_id: RecipeUserId
) -> User | LinkingToSessionUserFailedError:
    """After right credentials: link the login method to the session's user, or by its account info, or leave it.

    Returns:
        The user of the login method from now on.

    Raises:
        as `which_factor`.
    """
    user: User | None = input_user
    for _ in range(ROUNDS):
        method = None if user is None else find_login_method(user, recipe_user_id)
        if user is None or method is None:
            raise_unauthorised_exception("The user was deleted or unlinked while signing in")
        kind = await which_factor(sign_in, method, user)
        if isinstance(kind, LinkingToSessionUserFailedError):
            return kind
        if isinstance(kind, FirstFactor):
            return await _link_by_account_info(sign_in, user, recipe_user_id)
        if kind.is_linked:
            return kind.session_user
        linked = await _link_to_session_user(user, method, kind, sign_in.user_context)
        if linked is not None:
            return linked
        get_user = AccountLinkingRecipe.get().functions.get_user
        user = await get_user(recipe_user_id.get_as_string(), sign_in.user_context)
    raise GeneralError("The accounts kept changing while they were being linked. Please try again.")


async def _by_policy(
    sign_in: SignIn,
    session: "SessionContainer",
    account_info: LoginMethod | AccountInfoWithRecipeId,
    session_user: User | None,
) -> CheckResult:
    if session_user is not None:
        decision = await ask_policy(account_info, session_user, session, session.get_tenant_id(), sign_in.user_context)
        if not isinstance(decision, ShouldNotAutomaticallyLink):
            return SecondFactor(
                session_user, is_linked=False, requires_verification=decision.should_require_verification
            )
    if sign_in.wants_linking:
        raise BadInputError(NO_LINKING_TO_SESSION)
    return FirstFactor()


async def _made_primary(
    session: "SessionContainer", user_context: UserContext, *, leave_unchanged: bool
) -> User | LinkingToSessionUserFailedError | None:
    """The session's user, primary unless it is to be left unchanged; None when the policy refuses."""
    functions = AccountLinkingRecipe.get().functions
    user = await functions.get_user(session.get_user_id(), user_context)
    if user is None:
        raise_unauthorised_exception("Session user not found")
    if user.is_primary_user:
        return user
    method = user.login_methods[0]
    decision = await ask_policy(method, None, session, session.get_tenant_id(), user_context)
    if isinstance(decision, ShouldNotAutomaticallyLink):
        return None
    if leave_unchanged:
        return user
    if decision.should_require_verification and not method.verified:
        if _state.current_app().recipe("emailverification") is None:
            raise GeneralError(NOBODY_VERIFIES)
        for recipe in every_recipe():
            await recipe.require_verified_email(session, user_context)
    result = await functions.create_primary_user(user.login_methods[0].recipe_user_id, user_context)
    if isinstance(result, CreatePrimaryUserOkResult):
        return result.user
    if isinstance(result, CreatePrimaryUserAccountInfoAlreadyAssociatedError):
        return _failed("SESSION_USER_ACCOUNT_INFO_ALREADY_ASSOCIATED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR")
    return raise_unauthorised_exception("Session user not found")


async def _link_by_account_info(sign_in: SignIn, user: User, recipe_user_id: RecipeUserId) -> User:
    if not AccountLinkingRecipe.get().config.has_own_policy:
        return user
    result = await try_linking_by_account_info_or_create_primary_user(
        user, recipe_user_id, sign_in.tenant_id, sign_in.session, sign_in.user_context
    )
    return user if isinstance(result, NotLinked) else result.user


async def _link_to_session_user(
    user: User, method: LoginMethod, kind: SecondFactor, user_context: UserContext
) -> User | LinkingToSessionUserFailedError | None:
    """The linked user, or why not; None when the session's user ceased to be primary and all must be asked again."""
    may_link = not kind.requires_verification or method.verified or has_verified_contact_of(kind.session_user, method)
    if not may_link:
        return _failed("EMAIL_VERIFICATION_REQUIRED")
    if await parts_from_factors(method, user, kind.session_user, user_context):
        return _failed("RECIPE_USER_ID_ALREADY_LINKED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR")
    functions = AccountLinkingRecipe.get().functions
    result = await functions.link_accounts(method.recipe_user_id, kind.session_user.id, user_context)
    if isinstance(result, LinkAccountsOkResult):
        return result.user
    if isinstance(result, LinkAccountsInputUserNotPrimaryError):
        return None
    return _failed(result.status)


Reason = Literal[
    "EMAIL_VERIFICATION_REQUIRED",
    "RECIPE_USER_ID_ALREADY_LINKED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR",
    "ACCOUNT_INFO_ALREADY_ASSOCIATED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR",
    "SESSION_USER_ACCOUNT_INFO_ALREADY_ASSOCIATED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR",
]


def _failed(reason: Reason) -> LinkingToSessionUserFailedError:
    return LinkingToSessionUserFailedError(reason)
