# SPDX-License-Identifier: Apache-2.0
"""Support cases for applications and operators. None looks at who calls it: guard the routes that do."""

from collections.abc import Sequence

from twofold._user_context import acting, filled
from twofold.types.base import UserContext

from . import notices
from .recipe import FactorResetRecipe
from .types import (
    DEFAULT_FACTORS,
    CancelResetOkResult,
    LastLoginMethodError,
    ResetFactorsOkResult,
    UnknownUserIdError,
    WaitingReset,
)


async def reset_factors(
    tenant_id: str,
    user_id: str,
    reason: str,
    factors: Sequence[str] = DEFAULT_FACTORS,
    after_seconds: int = 0,
    actor: str = "",
    user_context: UserContext | None = None,
) -> ResetFactorsOkResult | UnknownUserIdError | LastLoginMethodError:
    """Take factors from a user who lost them, end all sessions, and tell the user at all addresses.

    With a delay it happens later, once, and is cancelled by `cancel_reset`, by the link in the mail, and by a sign-in
    with one of the factors. Access tokens that were issued before work until they expire, as after any revocation.

    Args:
        tenant_id: where the operator acts; for the audit trail and the mail.
        user_id: of the user, or of one of their login methods.
        reason: why. The audit trail keeps it, and the user reads it.
        factors: ids of factors: `totp`, `webauthn` (all passkeys), `otp-email` and `link-email`, `otp-phone` and
            `link-phone` (the addresses and numbers that codes are sent to), `recovery-code`, `trusted-device`.
            Recovery codes and trusted devices go with any of them.
        after_seconds: the delay, up to 90 days.
        actor: who acts, for the audit trail.
        user_context: the request's.
    """
    context = acting(filled(user_context), actor)
    functions, chosen = FactorResetRecipe.get().functions, list(factors)
    # Before: an address may be what is taken away.
    addresses = await notices.addresses_of(user_id, context)
    result = await functions.reset_factors(tenant_id, user_id, chosen, reason, after_seconds * 1000, context)
    if isinstance(result, ResetFactorsOkResult):
        await notices.send(
            user_id, addresses, chosen, reason, tenant_id, result.due_at, result.objection_token, context
        )
    return result


async def find_reset(user_id: str, user_context: UserContext | None = None) -> WaitingReset | None:
    """Return the reset that waits for a user."""
    return (await FactorResetRecipe.get().functions.find_reset(user_id, filled(user_context))).waiting


async def cancel_reset(
    user_id: str, reason: str, actor: str = "", user_context: UserContext | None = None
) -> CancelResetOkResult:
    """Cancel the reset that waits for a user."""
    context = acting(filled(user_context), actor)
    return await FactorResetRecipe.get().functions.cancel_reset(user_id, reason, context)
