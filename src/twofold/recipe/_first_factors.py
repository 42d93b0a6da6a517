# SPDX-License-Identifier: Apache-2.0
"""Which factors may begin a session in a tenant: asked by sign-in, the login page and multi-factor authentication."""

from collections.abc import Iterable

from twofold.recipe._base import every_recipe
from twofold.recipe.multitenancy.recipe import MultitenancyRecipe
from twofold.types.base import UserContext

BUILT_IN_FACTORS = frozenset(
    {"emailpassword", "otp-email", "otp-phone", "link-email", "link-phone", "thirdparty", "totp", "webauthn"}
)


async def valid_first_factors(tenant_id: str, factor_ids: Iterable[str], user_context: UserContext) -> list[str] | None:
    """Return those of `factor_ids` that may begin a session in the tenant; None when the tenant does not exist."""
    tenant = await MultitenancyRecipe.get().functions.get_tenant(tenant_id, user_context)
    if tenant is None:
        return None
    allowed = first_factors_of(tenant.first_factors)
    return [factor for factor in factor_ids if factor in allowed]


def first_factors_of(configured_for_tenant: list[str] | None) -> list[str]:
    """Return a tenant's first factors: its own list, else the application's, else all that the recipes offer.

    A built-in factor whose recipe is not initialised is left out; an id of the application's own stays.
    """
    recipes = every_recipe()
    available = [factor for recipe in recipes for factor in recipe.first_factors()]
    configured = configured_for_tenant
    if configured is None:
        lists = (recipe.configured_first_factors() for recipe in recipes)
        configured = next((factors for factors in lists if factors is not None), available)
    return list(dict.fromkeys(factor for factor in configured if factor in available or factor not in BUILT_IN_FACTORS))
