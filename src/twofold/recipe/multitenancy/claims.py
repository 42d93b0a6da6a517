# SPDX-License-Identifier: Apache-2.0
"""The claim that carries the domains of a session's tenant."""

from typing import Any

from twofold.recipe.session.claims import PrimitiveArrayClaim
from twofold.types.base import RecipeUserId, UserContext

from .recipe import MultitenancyRecipe


class AllowedDomainsClaimClass(PrimitiveArrayClaim[str]):
    """The domains on which a session of the tenant is at home; not there when nobody says which these are."""

    def __init__(self) -> None:
        super().__init__("st-t-dmns", _allowed_domains)


async def _allowed_domains(
    _user_id: str,
    _recipe_user_id: RecipeUserId,
    tenant_id: str,
    _current_payload: dict[str, Any],
    user_context: UserContext,
) -> list[str] | None:
    return await MultitenancyRecipe.get().allowed_domains(tenant_id, user_context)


AllowedDomainsClaim = AllowedDomainsClaimClass()
