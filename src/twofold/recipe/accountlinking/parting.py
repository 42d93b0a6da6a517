# SPDX-License-Identifier: Apache-2.0
"""What a login method would lose by being linked to another user: the second factors of the one that it has."""

from typing import TYPE_CHECKING, cast

from twofold import _state
from twofold.recipe._base import every_recipe
from twofold.types.base import LoginMethod, User, UserContext

if TYPE_CHECKING:
    from twofold.recipe.multifactorauth.recipe import MultiFactorAuthRecipe


async def parts_from_factors(method: LoginMethod, user: User, other: User, user_context: UserContext) -> bool:
    """Tell whether linking would part a login method from second factors that protect it.

    They are of `user`, who after linking is `other`: whoever knows the password alone would be past the authenticator
    app. Of factors of the application's own those count that `other` lacks: it may say of everybody that they have one.
    To be asked after right credentials: before, the answer would tell whose account has any.
    """
    of_its_own, of_others = set[str](), set[str]()
    for recipe in every_recipe():
        found = await recipe.factors_set_up_for_user(user, user_context)
        (of_its_own if recipe.recipe_id == method.recipe_id else of_others).update(found)
    second_factors = cast("MultiFactorAuthRecipe | None", _state.current_app().recipe("multifactorauth"))
    if of_others or second_factors is None:
        return bool(of_others)
    set_up = second_factors.functions.get_factors_setup_for_user
    added = {*await set_up(user, user_context)} - of_its_own
    return bool(added and added - {*await set_up(other, user_context)})
