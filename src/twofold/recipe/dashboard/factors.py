# SPDX-License-Identifier: Apache-2.0
"""Which recipe a tenant's factor needs, and what to say when it is not there."""

from twofold.recipe._base import every_recipe

from .tenant_results import RecipeNotConfiguredError

_RECIPES = {
    "emailpassword": "Emailpassword",
    "thirdparty": "ThirdParty",
    "otp-email": "Passwordless",
    "otp-phone": "Passwordless",
    "link-email": "Passwordless",
    "link-phone": "Passwordless",
    "totp": "Totp",
    "webauthn": "WebAuthn",
}
_FLOW_TYPES = {"otp": "USER_INPUT_CODE", "link": "MAGIC_LINK"}


def missing_recipe(factor_id: str, available: list[str]) -> RecipeNotConfiguredError | None:
    """Return what to initialise before a factor can be offered; None when it can, or is the application's own."""
    name = _RECIPES.get(factor_id)
    if name is None or factor_id in available:
        return None
    if name == "Passwordless" and any(recipe.recipe_id == "passwordless" for recipe in every_recipe()):
        way, _, contact = factor_id.partition("-")
        return RecipeNotConfiguredError(
            f"Please ensure that Passwordless recipe is initialised with contactMethod: {contact.upper()} and "
            f"flowType: {_FLOW_TYPES[way]}"
        )
    return RecipeNotConfiguredError(f"Please initialise {name} recipe to be able to use this login method")


def available_first_factors() -> list[str]:
    """Return what the application's recipes offer to begin with."""
    return [factor for recipe in every_recipe() for factor in recipe.first_factors()]


def available_secondary_factors() -> list[str]:
    """Return what the application's recipes offer to follow."""
    return [factor for recipe in every_recipe() for factor in recipe.secondary_factors()]


def changed(factors: list[str], factor_id: str, *, is_wanted: bool) -> list[str]:
    """Return a list of factors with or without one."""
    others = [factor for factor in factors if factor != factor_id]
    if not is_wanted:
        return others
    return factors if factor_id in factors else [*factors, factor_id]
