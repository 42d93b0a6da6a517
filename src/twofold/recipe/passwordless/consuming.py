# SPDX-License-Identifier: Apache-2.0
"""The steps of signing in with a code that was sent: whose it is, whether it may be used, using it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from twofold import _state
from twofold.recipe import _sign_in
from twofold.recipe._base import every_recipe
from twofold.recipe._sign_in import Allowed, Attempt, AuthenticatingUser, NotAllowed
from twofold.recipe.accountlinking.in_session import SignIn
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe, find_login_method
from twofold.recipe.accountlinking.types import AccountInfoWithRecipeId
from twofold.recipe.multifactorauth.types import FactorIds
from twofold.recipe.session.exceptions import raise_unauthorised_exception
from twofold.types.auth_utils import LinkingToSessionUserFailedError

from . import results
from .functions import Functions
from .types import DeviceType

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer

RECIPE_ID: Literal["passwordless"] = "passwordless"
SIGN_UP_NOT_ALLOWED, SIGN_IN_NOT_ALLOWED = (
    _sign_in.support_text(
        "Cannot sign in / up due to security reasons. Please try a different login method or contact support.", code
    )
    for code in (2, 3)
)
# Of the four reasons the first cannot happen: a right code verifies.
FIRST_LINKING_CODE = 16

CheckResult = (
    results.CheckCodeOkResult
    | results.CheckCodeIncorrectUserInputCodeError
    | results.CheckCodeExpiredUserInputCodeError
    | results.CheckCodeRestartFlowError
)
Refusal = (
    results.ConsumeCodePostRestartFlowError
    | results.ConsumeCodePostIncorrectUserInputCodeError
    | results.ConsumeCodePostExpiredUserInputCodeError
)


@dataclass(repr=False)
class GivenCode:
    """A code as it was given. Checking it counts when it is wrong, so it is checked once at most."""

    functions: Functions
    sign_in: SignIn
    pre_auth_session_id: str
    user_input_code: str | None
    device_id: str | None
    link_code: str | None
    checked: CheckResult | None = field(default=None, init=False)

    async def is_right(self) -> bool:
        """Check the code without using it up."""
        if self.checked is None:
            self.checked = await self.functions.check_code(
                self.pre_auth_session_id,
                self.user_input_code,
                self.device_id,
                self.link_code,
                self.sign_in.tenant_id,
                self.sign_in.user_context,
            )
        return isinstance(self.checked, results.CheckCodeOkResult)

    async def use_up(
        self,
    ) -> Refusal | results.ConsumeCodeOkResult | results.SignInUpPostNotAllowedResponse:
        """Use the code up, unless it was found wrong already."""
        if self.checked is not None and not isinstance(self.checked, results.CheckCodeOkResult):
            return _refusal(self.checked)
        result = await self.functions.consume_code(
            self.pre_auth_session_id,
            self.user_input_code,
            self.device_id,
            self.link_code,
            self.sign_in.session,
            self.sign_in.wants_linking,
            self.sign_in.tenant_id,
            self.sign_in.user_context,
        )
        if isinstance(result, results.ConsumeCodeOkResult):
            return result
        if isinstance(result, LinkingToSessionUserFailedError):
            return not_allowed(result)
        return _refusal(result)


async def find_user(code: GivenCode, info: AccountInfoWithRecipeId) -> AuthenticatingUser | None:
    """Find whose code it is; None for a sign-up. A session's user may bring the contact from another tenant."""

    async def right_wherever(_tenant_id: str) -> bool:
        # The code was made in this tenant, so it is checked here whichever tenant the login method comes from.
        return await code.is_right()

    return await _sign_in.find_authenticating_user(code.sign_in, info, right_wherever)


async def verify_email_of_session(code: GivenCode, session: "SessionContainer", email: str) -> None:
    """Who reads a code that was mailed to the session's own address has verified this address.

    Raises:
        UnauthorisedError: the session's user is gone.
    """
    if _state.current_app().recipe("emailverification") is None:
        return
    context = code.sign_in.user_context
    user = await AccountLinkingRecipe.get().functions.get_user(session.get_user_id(context), context)
    if user is None:
        raise_unauthorised_exception("Session user not found")
    method = find_login_method(user, session.get_recipe_user_id(context))
    if method is None or method.verified or not method.has_same_email_as(email) or not await code.is_right():
        return
    for recipe in every_recipe():
        await recipe.verify_email_without_mail(code.sign_in.tenant_id, method.recipe_user_id, email, context)


async def check_before(
    sign_in: SignIn, info: AccountInfoWithRecipeId, found: AuthenticatingUser | None, factor_id: str
) -> Allowed | results.SignInUpPostNotAllowedResponse:
    """Decide before the code is used up whether it may be, as this factor.

    Raises:
        as `_sign_in.check_before`.
    """
    is_verified = found is None or found.login_method.verified
    attempt = Attempt(info, found, [factor_id], is_verified=is_verified, proves="contact")
    before = await _sign_in.check_before(sign_in, attempt)
    return before if isinstance(before, Allowed) else not_allowed(before)


def not_allowed(
    reason: NotAllowed | LinkingToSessionUserFailedError,
) -> results.SignInUpPostNotAllowedResponse:
    """Say no with the text that people can tell support."""
    if isinstance(reason, LinkingToSessionUserFailedError):
        return results.SignInUpPostNotAllowedResponse(_sign_in.linking_text(reason, FIRST_LINKING_CODE))
    is_sign_up = reason.status == "SIGN_UP_NOT_ALLOWED"
    return results.SignInUpPostNotAllowedResponse(SIGN_UP_NOT_ALLOWED if is_sign_up else SIGN_IN_NOT_ALLOWED)


def factor_of(device: DeviceType, user_input_code: str | None) -> str:
    """Return the factor that a right code completes: by how it was sent, and as what it came back."""
    if device.email is not None:
        return FactorIds.LINK_EMAIL if user_input_code is None else FactorIds.OTP_EMAIL
    return FactorIds.LINK_PHONE if user_input_code is None else FactorIds.OTP_PHONE


def _refusal(
    result: results.ConsumeCodeIncorrectUserInputCodeError
    | results.ConsumeCodeExpiredUserInputCodeError
    | results.ConsumeCodeRestartFlowError,
) -> Refusal:
    if isinstance(result, results.ConsumeCodeRestartFlowError):
        return results.ConsumeCodePostRestartFlowError()
    kind = (
        results.ConsumeCodePostIncorrectUserInputCodeError
        if isinstance(result, results.ConsumeCodeIncorrectUserInputCodeError)
        else results.ConsumeCodePostExpiredUserInputCodeError
    )
    return kind(result.failed_code_input_attempt_count, result.maximum_code_input_attempts)
