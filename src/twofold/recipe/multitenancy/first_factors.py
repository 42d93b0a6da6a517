# SPDX-License-Identifier: Apache-2.0
"""Which factors a tenant's users may begin with: the tenant's list, else the application's, else all that there are."""

from twofold.recipe._base import every_recipe

# In the published order.
BUILT_IN_FACTORS = (
    "emailpassword",
    "otp-email",
    "otp-phone",
    "link-email",
    "link-phone",
    "thirdparty",
    "totp",
    "webauthn",
)


def first_factors_of(configured_for_tenant: list[str] | None) -> list[str]:
    """Return a tenant's first factors, in the order of the list they come from.

    A built-in factor whose recipe is not initialised is left out; an id of the application's own stays. An empty list
    of the tenant is a list: nothing is offered.
    """
    recipes = every_recipe()
    available = [factor for recipe in recipes for factor in recipe.first_factors()]
    configured = configured_for_tenant
    if configured is None:
        lists = (recipe.configured_first_factors() for recipe in recipes)
        configured = next((factors for factors in lists if factors is not None), available)
    return list(dict.fromkeys(factor for factor in configured if factor in available or factor not in BUILT_IN_FACTORS))
