# SPDX-License-Identifier: Apache-2.0
# pyright: strict
"""Claims of an application, and what it does with users."""

from typing import Any

from twofold import RecipeUserId
from twofold.asyncio import get_user
from twofold.recipe.session import SessionContainer
from twofold.recipe.session.claims import BooleanClaim, PrimitiveArrayClaim
from twofold.syncio import get_user as get_user_blocking


async def has_paid(
    user_id: str, recipe_user_id: RecipeUserId, tenant_id: str, payload: dict[str, Any], user_context: dict[str, Any]
) -> bool:
    """Look it up."""
    user = await get_user(user_id, user_context)
    return user is not None and user.time_joined > 0


async def teams_of(
    user_id: str, recipe_user_id: RecipeUserId, tenant_id: str, payload: dict[str, Any], user_context: dict[str, Any]
) -> list[str]:
    """Look them up."""
    return [tenant_id]


PaidClaim = BooleanClaim(key="paid", fetch_value=has_paid)
TeamsClaim: PrimitiveArrayClaim[str] = PrimitiveArrayClaim(key="teams", fetch_value=teams_of)


async def use(session: SessionContainer) -> tuple[bool, list[str]]:
    """Fetch, read and require."""
    await session.fetch_and_set_claim(PaidClaim)
    await session.assert_claims([PaidClaim.validators.is_true(), TeamsClaim.validators.includes("crew")])
    paid: bool | None = await session.get_claim_value(PaidClaim)
    teams: list[str] | None = await session.get_claim_value(TeamsClaim)
    return bool(paid), teams or []


def first_address(user_id: str) -> str | None:
    """Ask from blocking code."""
    user = get_user_blocking(user_id)
    return user.emails[0] if user is not None and user.emails else None
