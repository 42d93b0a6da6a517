# SPDX-License-Identifier: Apache-2.0
"""What is decided before a passkey makes or raises a session."""

from functools import partial
from typing import TYPE_CHECKING

from twofold.exceptions import BadInputError
from twofold.recipe import _abuse, _sign_in
from twofold.recipe._api import ApiCall
from twofold.recipe._fake_emails import is_fake_email
from twofold.recipe._sign_in import Allowed, Attempt, AuthenticatingUser, NotAllowed
from twofold.recipe.accountlinking.in_session import SignIn
from twofold.recipe.accountlinking.types import AccountInfoWithRecipeId
from twofold.recipe.emailpassword.factor_emails import emails_of_recipe, is_stand_in_of_user
from twofold.types.account_info import WebauthnInfo
from twofold.types.auth_utils import LinkingToSessionUserFailedError
from twofold.types.response import GeneralErrorResponse

from . import results

if TYPE_CHECKING:
    from .apis import APIOptions, APIs

FACTOR_ID = "webauthn"
_OFFERED = partial(emails_of_recipe, FACTOR_ID)
SIGN_UP_NOT_ALLOWED = _sign_in.support_text(
    "Cannot sign up due to security reasons. Please try logging in, use a different login method or contact support.",
    25,
)
SIGN_IN_NOT_ALLOWED = _sign_in.support_text(
    "Cannot sign in due to security reasons. Please try recovering your account, use a different login method or "
    "contact support.",
    30,
)
LINKING_CODES_SIGN_UP, LINKING_CODES_SIGN_IN = 26, 31


async def before_sign_up(
    apis: "APIs", sign_in: SignIn, email: str, options: "APIOptions"
) -> Allowed | results.EmailAlreadyExistsErrorResponse | results.SignUpNotAllowedErrorResponse:
    """Decide whether a sign-up with this address may go on, as a first or a second factor."""
    info = AccountInfoWithRecipeId("webauthn", email=email)
    attempt = Attempt(info, None, [FACTOR_ID], is_verified=is_fake_email(email))
    before = await _sign_in.check_before(sign_in, attempt)
    if isinstance(before, NotAllowed):
        # Someone who has an account already is told so rather than that signing up is unsafe.
        known = await apis.email_exists_get(
            email=email, tenant_id=sign_in.tenant_id, options=options, user_context=sign_in.user_context
        )
        if isinstance(known, results.EmailExistsGetResponse) and known.exists:
            return results.EmailAlreadyExistsErrorResponse()
        return results.SignUpNotAllowedErrorResponse(SIGN_UP_NOT_ALLOWED)
    if isinstance(before, LinkingToSessionUserFailedError):
        return results.SignUpNotAllowedErrorResponse(_sign_in.linking_text(before, LINKING_CODES_SIGN_UP))
    if is_fake_email(email) and (before.is_first_factor or not await is_stand_in_of_user(sign_in, email, _OFFERED)):
        return results.EmailAlreadyExistsErrorResponse()
    return before


async def before_sign_in(
    sign_in: SignIn, credential_id: str
) -> Allowed | results.InvalidCredentialsErrorResponse | results.SignInNotAllowedErrorResponse:
    """Decide whether a sign-in with a passkey, which was checked, may go on, as a first or a second factor."""
    claimed = AccountInfoWithRecipeId("webauthn", webauthn=WebauthnInfo([credential_id]))
    found = await _sign_in.find_authenticating_user(sign_in, claimed, _not_elsewhere)
    if found is None:
        return results.InvalidCredentialsErrorResponse()
    before = await _sign_in.check_before(sign_in, _attempt(found))
    if isinstance(before, NotAllowed):
        return results.SignInNotAllowedErrorResponse(SIGN_IN_NOT_ALLOWED)
    if isinstance(before, LinkingToSessionUserFailedError):
        return results.SignInNotAllowedErrorResponse(_sign_in.linking_text(before, LINKING_CODES_SIGN_IN))
    if before.is_first_factor and is_fake_email(found.login_method.email or ""):
        return results.InvalidCredentialsErrorResponse()
    return before


def _attempt(found: AuthenticatingUser) -> Attempt:
    info = AccountInfoWithRecipeId("webauthn", email=found.login_method.email)
    return Attempt(info, found, [FACTOR_ID], is_verified=found.login_method.verified)


async def _not_elsewhere(_tenant_id: str) -> bool:
    """The answer was for this tenant, whose user it is then; no other tenant's passkey has been proven."""
    return False


async def check_question(call: ApiCall) -> results.EmailExistsGetResponse | GeneralErrorResponse | None:
    """Decide whether a client may be told now that an address has passkeys; else what to answer.

    Raises:
        BadInputError: there is no address.
    """
    if not call.arguments["email"]:
        raise BadInputError("Please provide the email as a GET param")
    refusal = await _abuse.refusal_of_question(call.tenant_id, call.user_context)
    return results.EmailExistsGetResponse(False) if refusal == "NOT_TOLD" else refusal


async def check_recovery_mail(call: ApiCall) -> GeneralErrorResponse | None:
    """Decide, before it is known whether the address has an account, whether a recovery mail may be sent now."""
    return await _abuse.refusal_of_message(call.tenant_id, call.user_context, email=call.arguments["email"])
