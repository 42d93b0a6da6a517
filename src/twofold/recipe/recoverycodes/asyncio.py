# SPDX-License-Identifier: Apache-2.0
"""Functions of the recovery code recipe for applications. None looks at a session: guard the routes that call them.

None sends a mail either: that is the APIs' part.
"""

from twofold._user_context import filled
from twofold.exceptions import GeneralError
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe
from twofold.types.base import UserContext

from .functions import Functions
from .recipe import RecoveryCodesRecipe
from .types import (
    ConsumeCodeOkResult,
    CountCodesOkResult,
    CreateCodesOkResult,
    InvalidRecoveryCodeError,
    LimitReachedError,
    NoRecoveryCodesError,
    RemoveCodesOkResult,
)


async def create_codes(user_id: str, user_context: UserContext | None = None) -> CreateCodesOkResult:
    """Make a set of codes, told here and never again; those of before are worthless from now on.

    Costs one slow hash per code.
    """
    return await _functions().create_codes(user_id, None, filled(user_context))


async def count_codes(user_id: str, user_context: UserContext | None = None) -> CountCodesOkResult:
    """Return how many codes a user has left; 0 of 0 for one without any, or an unknown one."""
    return await _functions().count_codes(user_id, filled(user_context))


async def consume_code(
    user_id: str, code: str, user_context: UserContext | None = None
) -> ConsumeCodeOkResult | InvalidRecoveryCodeError | LimitReachedError | NoRecoveryCodesError:
    """Use a code up. Of many calls with one code, one succeeds. Costs one slow hash.

    Args:
        user_id: whose code it is.
        code: as it was typed: case, spaces, dashes, and O for 0 or I and L for 1 make no difference.
        user_context: passed on to overrides.
    """
    return await _functions().consume_code(user_id, code, filled(user_context))


async def remove_codes(user_id: str, user_context: UserContext | None = None) -> RemoveCodesOkResult:
    """Make all codes of a user worthless."""
    return await _functions().remove_codes(user_id, filled(user_context))


async def should_offer_codes(user_id: str, user_context: UserContext | None = None) -> bool:
    """Tell whether a user has a second factor, and no code left for the day when it is lost.

    Raises:
        GeneralError: there is no such user.
    """
    context = filled(user_context)
    user = await AccountLinkingRecipe.get().functions.get_user(user_id, context)
    if user is None:
        raise GeneralError("Unknown user id")
    return (await _functions().count_codes(user.id, context)).remaining == 0 and await _functions().has_second_factor(
        user, context
    )


def _functions() -> Functions:
    return RecoveryCodesRecipe.get().functions
