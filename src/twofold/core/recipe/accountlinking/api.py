# SPDX-License-Identifier: Apache-2.0
"""Endpoints of account linking. Each change has a check that tells what the change would answer."""

from twofold.core._endpoint import Call, Endpoints, Scope
from twofold.core._fields import Json
from twofold.core.recipe.accountlinking import rules
from twofold.core.recipe.audit import Action, record
from twofold.core.storage.database import Connection
from twofold.core.users import deletion, store
from twofold.core.users.json_shape import user_json
from twofold.core.users.model import User
from twofold.core.users.rules import Refused
from twofold.core.version import V4_0

endpoints = Endpoints()


@endpoints.get("/recipe/accountlinking/user/primary/check", Scope.APP)
async def check_make_primary(call: Call, recipe_user_id: str) -> Json:
    """Whether a login method can become a primary user."""
    try:
        was_primary = await rules.check_make_primary(call.database, call.app_id, recipe_user_id)
    except Refused as refused:
        return refused.answer
    return {"status": "OK", "wasAlreadyAPrimaryUser": was_primary}


@endpoints.post("/recipe/accountlinking/user/primary", Scope.APP)
async def make_primary(call: Call, recipe_user_id: str) -> Json:
    """Make a login method a primary user, to which others can be linked."""
    try:
        was_primary, user = await call.database.transaction(
            lambda tx: rules.make_primary(tx, call.app_id, recipe_user_id)
        )
    except Refused as refused:
        return refused.answer
    return {"status": "OK", "wasAlreadyAPrimaryUser": was_primary, "user": _shown(call, user)}


@endpoints.get("/recipe/accountlinking/user/link/check", Scope.APP)
async def check_link(call: Call, recipe_user_id: str, primary_user_id: str) -> Json:
    """Whether a login method can be linked to a primary user."""
    try:
        were_linked = await rules.check_link(call.database, call.app_id, recipe_user_id, primary_user_id)
    except rules.LinkedToAnother as refused:
        return refused.answer
    except Refused as refused:
        return refused.answer
    return {"status": "OK", "accountsAlreadyLinked": were_linked}


@endpoints.post("/recipe/accountlinking/user/link", Scope.APP)
async def link(call: Call, recipe_user_id: str, primary_user_id: str) -> Json:
    """Link a login method to a primary user. Its sessions end: they belong to a user that is no more."""

    async def join(tx: Connection) -> tuple[bool, User]:
        recipes, now_ms = call.services.recipes, call.now_ms()
        linked = await rules.link(tx, recipes, call.app_id, recipe_user_id, primary_user_id, now_ms)
        if not linked[0]:
            await record(tx, call, Action.USER_LINKED, primary_user_id, details={"recipeUserId": recipe_user_id})
        return linked

    try:
        were_linked, user = await call.database.transaction(join)
    except rules.LinkedToAnother as refused:
        return refused.answer | {"user": _shown(call, refused.user)}
    except Refused as refused:
        return refused.answer
    return {"status": "OK", "accountsAlreadyLinked": were_linked, "user": _shown(call, user)}


@endpoints.post("/recipe/accountlinking/user/unlink", Scope.APP)
async def unlink(
    call: Call,
    recipe_user_id: str,
    keep_way_in: list[str] | None = None,
    keep_one_of: list[str] | None = None,
    delete: bool = False,
) -> Json:
    """Part a login method from its group. The primary user's own is deleted while there are others.

    keepWayIn (ours alone): factors of which the group must have one afterwards.
    keepOneOf (ours alone): groups of factors (`totp|webauthn`), of each of which it must have one.
    delete (ours alone): delete it then, so that nothing can link it again.
    """
    recipes = call.services.recipes
    keep = {"keep_way_in": keep_way_in or [], "keep_one_of": keep_one_of or []}

    async def part(tx: Connection) -> rules.Unlinked:
        before = await store.lock_user(tx, call.app_id, recipe_user_id)
        result = await rules.unlink(tx, recipes, call.app_id, recipe_user_id, call.now_ms())
        if before is not None and result.was_linked:
            await rules.require_left(tx, recipes, call.app_id, before, **keep)
            await record(tx, call, Action.USER_UNLINKED, before.id, details={"recipeUserId": recipe_user_id})
            if delete and not result.was_deleted and before.method(recipe_user_id) is not None:
                await record(tx, call, Action.USER_DELETED, recipe_user_id)
                await deletion.delete_user(
                    tx, recipes, call.app_id, recipe_user_id, call.now_ms(), remove_all_linked_accounts=False
                )
                return rules.Unlinked(was_linked=True, was_deleted=True)
        return result

    try:
        result = await call.database.transaction(part)
    except Refused as refused:
        return refused.answer
    return {"status": "OK", "wasRecipeUserDeleted": result.was_deleted, "wasLinked": result.was_linked}


def _shown(call: Call, user: User) -> Json:
    return user_json(user, max(call.version, V4_0))
