# SPDX-License-Identifier: Apache-2.0
"""The steps that every sign-in and sign-up shares: may a factor begin or go on with a session, and which one results.

    1. `find_authenticating_user`   whose credentials are these?
    2. `check_before`               first or second factor, is it valid, is the sign-in safe?
    3. the recipe checks the credentials and links (`accountlinking.in_session`)
    4. `finish`                     keep the session or make a new one, and mark the factor as completed

No session is made or raised anywhere else.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from twofold import _state
from twofold.exceptions import BadInputError, GeneralError
from twofold.framework.request import BaseRequest
from twofold.recipe import _first_factors
from twofold.recipe._base import every_recipe
from twofold.recipe.accountlinking import permissions
from twofold.recipe.accountlinking.automatic import has_verified_contact_of
from twofold.recipe.accountlinking.in_session import FirstFactor, SecondFactor, SignIn, which_factor
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe
from twofold.recipe.accountlinking.types import AccountInfoWithRecipeId
from twofold.recipe.multifactorauth.asyncio import assert_allowed_to_setup_factor_else_throw_invalid_claim_error
from twofold.recipe.multifactorauth.enrolment import needs_contact
from twofold.recipe.multifactorauth.recipe import MultiFactorAuthRecipe
from twofold.recipe.multitenancy.recipe import MultitenancyRecipe
from twofold.recipe.session.asyncio import create_new_session
from twofold.recipe.session.exceptions import InvalidClaimsError, raise_unauthorised_exception
from twofold.types.auth_utils import LinkingToSessionUserFailedError
from twofold.types.base import AccountInfoInput, LoginMethod, RecipeUserId, User, UserContext, WebauthnInfoInput

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer

ROUNDS = 300
NOT_A_FIRST_FACTOR = "A valid session is required to authenticate with secondary factors"
NOT_A_FIRST_FACTOR_IN_SESSION = (
    "First factor sign in/up called for a non-first factor with an active session. This might indicate that you are "
    "trying to use this as a secondary factor, but disabled account linking."
)


@dataclass(frozen=True)
class AuthenticatingUser:
    """The user that the credentials belong to, and the login method with which."""

    user: User
    login_method: LoginMethod


@dataclass(frozen=True)
class Allowed:
    """The sign-in may go on, as one of these factors."""

    factor_ids: list[str]
    is_first_factor: bool


@dataclass(frozen=True)
class NotAllowed:
    """It would put another account at risk."""

    status: Literal["SIGN_UP_NOT_ALLOWED", "SIGN_IN_NOT_ALLOWED"]


@dataclass(frozen=True)
class Attempt:
    """What is known about credentials before they are checked.

    Attributes:
        account_info: what the client claims to be.
        authenticating: whose it is; None for a sign-up.
        factor_ids: the factors that it may count as, best first.
        is_verified: whether the address is verified already.
        proves: what right credentials prove of the address or number: that it reaches who gave them ("contact", by a
            code or link), what a provider says ("word"), or nothing.
        leave_session_user_unchanged: only look, do not make the session's user primary.
    """

    account_info: AccountInfoWithRecipeId
    authenticating: AuthenticatingUser | None
    factor_ids: list[str]
    is_verified: bool
    proves: Literal["contact", "word", "nothing"] = "nothing"
    leave_session_user_unchanged: bool = False

    @property
    def sign_in_verifies(self) -> bool:
        """Whether right credentials prove that the address is the user's."""
        return self.proves != "nothing"


async def find_authenticating_user(
    sign_in: SignIn,
    account_info: AccountInfoWithRecipeId,
    check_credentials_on_tenant: Callable[[str], Awaitable[bool]],
) -> AuthenticatingUser | None:
    """Find whose credentials these are: in this tenant, or among the session user's login methods in other tenants.

    In the second case the login method is added to this tenant once its credentials were checked in its own.

    Raises:
        UnauthorisedError: the session's user is gone, or not allowed in the tenant.
    """
    for _ in range(ROUNDS):
        found = await _on_tenant(sign_in, account_info)
        if found is not None or sign_in.session is None:
            return found
        session_user = await _user_of_session(sign_in.session, sign_in.user_context)
        if not session_user.is_primary_user:
            return None
        methods = [method for method in session_user.login_methods if _matches(method, account_info)]
        here = next((method for method in methods if sign_in.tenant_id in method.tenant_ids), None)
        if here is not None:
            return AuthenticatingUser(session_user, here)
        outcome = await _added_to_tenant(sign_in, session_user, methods, check_credentials_on_tenant)
        if outcome != "CHANGED":
            return outcome
    raise GeneralError("The accounts kept changing while signing in. Please try again.")


async def check_before(sign_in: SignIn, attempt: Attempt) -> Allowed | NotAllowed | LinkingToSessionUserFailedError:
    """Decide before any credential is looked at whether, and as which factor, the attempt may go on.

    Raises:
        UnauthorisedError: a second factor without a session, or the session's user or tenant is gone.
        InvalidClaimsError: the session must complete another factor, or verify its email, first.
        BadInputError: a factor that cannot begin a session was used as if it could.
    """
    input_user = None if attempt.authenticating is None else attempt.authenticating.user
    kind = await which_factor(
        sign_in,
        attempt.account_info if attempt.authenticating is None else attempt.authenticating.login_method,
        input_user,
        leave_session_user_unchanged=attempt.leave_session_user_unchanged,
    )
    if isinstance(kind, LinkingToSessionUserFailedError):
        return kind
    if isinstance(kind, FirstFactor):
        factor_ids = await _valid_first_factors(sign_in, attempt.factor_ids)
    else:
        factor_ids = await _valid_second_factors(sign_in, kind, attempt)
    if not await _is_safe(sign_in, attempt, kind):
        return NotAllowed("SIGN_UP_NOT_ALLOWED" if input_user is None else "SIGN_IN_NOT_ALLOWED")
    return Allowed(factor_ids, is_first_factor=isinstance(kind, FirstFactor))


async def finish(
    sign_in: SignIn, request: BaseRequest, user: User, recipe_user_id: RecipeUserId, factor_id: str
) -> "SessionContainer":
    """After right credentials: keep the session of this user, or make a new one; mark the factor as completed in it.

    Only a session of one of the user's own login methods is kept. Any other is replaced, never raised.
    """
    session, is_new = sign_in.session, False
    of_user = {method.recipe_user_id for method in user.login_methods}
    if session is None or session.get_recipe_user_id(sign_in.user_context) not in of_user:
        session = await create_new_session(request, sign_in.tenant_id, recipe_user_id, {}, {}, sign_in.user_context)
        is_new = True
    multifactorauth = MultiFactorAuthRecipe.get_or_none()
    if multifactorauth is not None:
        await multifactorauth.functions.mark_factor_as_complete_in_session(session, factor_id, sign_in.user_context)
    if is_new:
        for recipe in every_recipe():
            await recipe.session_began(session, request, sign_in.user_context)
    return session


async def _on_tenant(sign_in: SignIn, account_info: AccountInfoWithRecipeId) -> AuthenticatingUser | None:
    wanted = AccountInfoInput(
        account_info.email, account_info.phone_number, account_info.third_party, _credential(account_info)
    )
    users = await AccountLinkingRecipe.get().functions.list_users_by_account_info(
        sign_in.tenant_id, wanted, True, sign_in.user_context
    )
    found = [
        AuthenticatingUser(user, method)
        for user in users
        for method in user.login_methods
        if _matches(method, account_info) and sign_in.tenant_id in method.tenant_ids
    ]
    if len({item.user.id for item in found}) > 1:
        raise GeneralError("Several users of one tenant have the same login method: the core's data is inconsistent")
    return found[0] if found else None


def _matches(method: LoginMethod, account_info: AccountInfoWithRecipeId) -> bool:
    return method.recipe_id == account_info.recipe_id and (
        method.has_same_email_as(account_info.email)
        or method.has_same_phone_number_as(account_info.phone_number)
        or method.has_same_third_party_info_as(account_info.third_party)
        or method.has_same_webauthn_info_as(_credential(account_info))
    )


def _credential(account_info: AccountInfoWithRecipeId) -> WebauthnInfoInput | None:
    """The passkey that is being signed in with: a client claims to be one at a time."""
    known = account_info.webauthn
    return WebauthnInfoInput(known.credential_ids[0]) if known is not None and known.credential_ids else None


async def _added_to_tenant(
    sign_in: SignIn,
    session_user: User,
    methods: list[LoginMethod],
    check_credentials_on_tenant: Callable[[str], Awaitable[bool]],
) -> AuthenticatingUser | Literal["CHANGED"] | None:
    functions = MultitenancyRecipe.get().functions
    for method in methods:
        if not method.tenant_ids or not await check_credentials_on_tenant(method.tenant_ids[0]):
            continue
        result = await functions.associate_user_to_tenant(
            sign_in.tenant_id, method.recipe_user_id, sign_in.user_context
        )
        if result.status == "OK":
            method.tenant_ids.append(sign_in.tenant_id)
            return AuthenticatingUser(session_user, method)
        if result.status == "ASSOCIATION_NOT_ALLOWED_ERROR":
            raise_unauthorised_exception("Session user not associated with the session tenant")
        return "CHANGED"
    return None


async def _user_of_session(session: "SessionContainer", user_context: UserContext) -> User:
    user = await AccountLinkingRecipe.get().functions.get_user(session.get_user_id(user_context), user_context)
    if user is None:
        raise_unauthorised_exception("Session user not found")
    return user


async def _valid_first_factors(sign_in: SignIn, factor_ids: list[str]) -> list[str]:
    valid = await _first_factors.valid_first_factors(sign_in.tenant_id, factor_ids, sign_in.user_context)
    if valid is None:
        if sign_in.session is not None:
            raise_unauthorised_exception("Tenant not found")
        raise BadInputError(f"The tenant {sign_in.tenant_id} does not exist")
    if valid:
        return valid
    if sign_in.session is not None:
        raise BadInputError(NOT_A_FIRST_FACTOR_IN_SESSION)
    return raise_unauthorised_exception(NOT_A_FIRST_FACTOR)


async def _valid_second_factors(sign_in: SignIn, kind: SecondFactor, attempt: Attempt) -> list[str]:
    session = sign_in.session
    if kind.is_linked or session is None or _state.current_app().recipe("multifactorauth") is None:
        return attempt.factor_ids
    step = _step_of_setting_up(attempt, kind.session_user)
    if step == "is-set-up":
        return attempt.factor_ids
    valid: list[str] = []
    refusal: InvalidClaimsError | None = None
    for factor_id in attempt.factor_ids:
        try:
            await assert_allowed_to_setup_factor_else_throw_invalid_claim_error(
                session, factor_id, sign_in.user_context, step=step
            )
        except InvalidClaimsError as error:
            refusal = error
        else:
            valid.append(factor_id)
    if refusal is not None and not valid:
        raise refusal
    return valid


def _step_of_setting_up(attempt: Attempt, session_user: User) -> Literal["is-set-up", "begins", "proves-contact"]:
    """What the attempt is to the factor that it would add: all that is spared a code, and nothing else is.

    Other credentials with an address of the user, a new password, a new passkey or another provider's account, would
    prove nothing of it.
    """
    info, methods = attempt.account_info, session_user.login_methods
    if attempt.proves != "contact":
        return "begins"
    if any(_matches(method, info) for method in methods):
        return "is-set-up"  # in another tenant
    is_own = any(
        method.has_same_email_as(info.email) or method.has_same_phone_number_as(info.phone_number)
        for method in methods
        if method.verified or not needs_contact()
    )
    # As in the protocol a code may be sent before an address is verified: it is the code that sets the factor up.
    only_sends = attempt.leave_session_user_unchanged and not needs_contact()
    return "proves-contact" if is_own or only_sends else "begins"


async def _is_safe(sign_in: SignIn, attempt: Attempt, kind: FirstFactor | SecondFactor) -> bool:
    found = attempt.authenticating
    if found is not None:
        return await permissions.is_sign_in_allowed(
            found.user,
            attempt.account_info,
            attempt.sign_in_verifies,
            sign_in.session,
            sign_in.tenant_id,
            sign_in.user_context,
        )
    info = attempt.account_info
    verified_in_session = isinstance(kind, SecondFactor) and has_verified_contact_of(kind.session_user, info)
    return await permissions.is_sign_up_allowed(
        info,
        attempt.is_verified or attempt.sign_in_verifies or verified_in_session,
        sign_in.session,
        sign_in.tenant_id,
        sign_in.user_context,
    )


LINKING_REASONS = (
    "EMAIL_VERIFICATION_REQUIRED",
    "RECIPE_USER_ID_ALREADY_LINKED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR",
    "ACCOUNT_INFO_ALREADY_ASSOCIATED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR",
    "SESSION_USER_ACCOUNT_INFO_ALREADY_ASSOCIATED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR",
)


def support_text(sentence: str, code: int) -> str:
    """Return a text that front ends show and translate as a whole, closed by the code that support asks for."""
    return f"{sentence} (ERR_CODE_{code:03})"


def linking_text(failure: LinkingToSessionUserFailedError, first_code: int) -> str:
    """Return the text for a failed linking: four reasons have four codes in a row, from `first_code` on."""
    sentence = "Cannot sign in / up due to security reasons. Please contact support."
    return support_text(sentence, first_code + LINKING_REASONS.index(failure.reason))
