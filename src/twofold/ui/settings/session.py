# SPDX-License-Identifier: Apache-2.0
"""Who may see the settings: a session that may open every page of the application."""

from twofold.recipe.multifactorauth.asyncio import assert_allowed_to_change_factors_else_throw_invalid_claim_error
from twofold.recipe.session.claims_validation import get_required_claim_validators
from twofold.recipe.session.interfaces import SessionContainer
from twofold.recipe.session.recipe import SessionRecipe
from twofold.ui.login.factor import session_of
from twofold.ui.visit import Visit


async def whole_session(visit: Visit) -> SessionContainer:
    """Return the session, which has all that a page of the application needs.

    Raises:
        SuperTokensSessionError: It lacks something; becomes a redirect.
    """
    session = await session_of(visit)
    added = SessionRecipe.get().get_claim_validators_added_by_other_recipes()
    validators = await get_required_claim_validators(session, added, None, visit.user_context)
    await session.assert_claims(validators, visit.user_context)
    return session


async def fresh_session(visit: Visit, *, loses_factor: bool = False) -> SessionContainer:
    """Return the session, whose user gave a factor a short time ago.

    Raises:
        SuperTokensSessionError: It lacks something, or needs a fresh factor; becomes a redirect, and then back.
    """
    session = await whole_session(visit)
    await assert_allowed_to_change_factors_else_throw_invalid_claim_error(
        session, visit.user_context, loses_factor=loses_factor
    )
    return session
