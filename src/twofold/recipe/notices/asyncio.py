# SPDX-License-Identifier: Apache-2.0
"""Notices for async code."""

from twofold._user_context import filled
from twofold.types.base import UserContext

from .telling import find_user, tell
from .types import Action


async def tell_of_factor_change(
    user_id: str, action: Action, factor: str, name: str | None = None, user_context: UserContext | None = None
) -> None:
    """Tell a user of a change that routes of yours made, for example to a factor of your own.

    What our functions change they tell of themselves. Whom nobody can reach is told nothing; nothing is raised.

    Args:
        user_id: any id of the user.
        action: what happened.
        factor: to what; see `FactorChange`.
        name: of the device, if it has one. It is shown in the message, so it must be no secret.
        user_context: the request's.
    """
    context = filled(user_context)
    await tell(await find_user(user_id, context), action, factor, name, context)
