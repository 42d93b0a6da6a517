# SPDX-License-Identifier: Apache-2.0
"""Which factors may begin a session in a tenant: asked by sign-in, the login page and multi-factor authentication."""

from collections.abc import Iterable

from twofold.recipe.multitenancy.first_factors import BUILT_IN_FACTORS, first_factors_of
from twofold.recipe.multitenancy.recipe import MultitenancyRecipe
from twofold.types.base import UserContext

__all__ = ["BUILT_IN_FACTORS", "first_factors_of", "valid_first_factors"]


async def valid_first_factors(tenant_id: str, factor_ids: Iterable[str], user_context: UserContext) -> list[str] | None:
    """Return those of `factor_ids` that may begin a session in the tenant; None when the tenant does not exist."""
    tenant = await MultitenancyRecipe.get().functions.get_tenant(tenant_id, user_context)
    if tenant is None:
        return None
    allowed = first_factors_of(tenant.first_factors)
    return [factor for factor in factor_ids if factor in allowed]
