# SPDX-License-Identifier: Apache-2.0
"""What a session learns when an address was verified: its claim, or that it belongs to a linked user from now on."""

from typing import TYPE_CHECKING

from twofold.framework.request import BaseRequest
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe
from twofold.recipe.session.asyncio import create_new_session, revoke_all_sessions_for_user
from twofold.recipe.session.exceptions import raise_unauthorised_exception
from twofold.types.base import RecipeUserId, UserContext

from .email_verification_claim import EmailVerificationClaim

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer


async def update_session(
    session: "SessionContainer | None", verified: RecipeUserId, request: BaseRequest, user_context: UserContext
) -> "SessionContainer | None":
    """Bring the session up to date; return the new one that replaces it, if the login method was linked meanwhile.

    A session of another login method is left alone: who reads a mail does not get anybody's session.
    """
    if session is None or session.get_recipe_user_id(user_context) != verified:
        return None
    user = await AccountLinkingRecipe.get().functions.get_user(verified.get_as_string(), user_context)
    if user is None:
        return raise_unauthorised_exception("Unknown User ID provided")
    if session.get_user_id(user_context) == user.id:
        await session.fetch_and_set_claim(EmailVerificationClaim, user_context)
        return None
    tenant_id = session.get_tenant_id(user_context)
    await revoke_all_sessions_for_user(verified.get_as_string(), False, None, user_context)
    return await create_new_session(request, tenant_id, verified, {}, {}, user_context)
