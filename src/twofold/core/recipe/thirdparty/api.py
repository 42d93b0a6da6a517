# SPDX-License-Identifier: Apache-2.0
"""Endpoints of sign-in by another provider."""

from typing import Any

from twofold.core._endpoint import Call, Endpoints, Scope
from twofold.core._fields import Json
from twofold.core.errors import BadRequest, invalid_field
from twofold.core.recipe.thirdparty import rules
from twofold.core.tenancy.login_methods import LoginKind, require_enabled
from twofold.core.users.json_shape import user_json
from twofold.core.users.model import ThirdParty, User
from twofold.core.users.normalise import normalise_email
from twofold.core.users.rules import Refused
from twofold.core.version import V4_0

endpoints = Endpoints()


@endpoints.post("/recipe/signinup", Scope.TENANT, since={"recipeUserId": V4_0})
async def sign_in_up(call: Call, third_party_id: str, third_party_user_id: str, email: Json) -> Json:
    """Find or create the user that a provider has named."""
    address, is_verified = _email(call, email)
    require_enabled(call.tenant.record, LoginKind.THIRD_PARTY, call.version)
    try:
        signed_in = await rules.sign_in_up(
            call, ThirdParty(third_party_id, third_party_user_id), normalise_email(address), is_verified=is_verified
        )
    except Refused as refused:
        return refused.answer
    return {
        "status": "OK",
        "createdNewUser": signed_in.is_new,
        "user": user_json(signed_in.user, call.version),
        "recipeUserId": signed_in.recipe_user_id,
    }


@endpoints.get("/recipe/user", Scope.TENANT, rid="thirdparty", is_default=False)
async def get_user(
    call: Call,
    user_id: str | None = None,
    third_party_id: str | None = None,
    third_party_user_id: str | None = None,
) -> Json:
    """Look a user up by id or by the account at a provider (older clients)."""
    if user_id is not None and (third_party_id is not None or third_party_user_id is not None):
        raise BadRequest("Please provide only one of userId or (thirdPartyId & thirdPartyUserId)")
    if user_id is not None:
        call.require_public_tenant()
        return _answer(call, await rules.find_by_id(call, user_id), "UNKNOWN_USER_ID_ERROR")
    if third_party_id is None or third_party_user_id is None:
        raise BadRequest("Please provide one of userId or (thirdPartyId & thirdPartyUserId)")
    user = await rules.find_by_third_party(call, ThirdParty(third_party_id, third_party_user_id))
    return _answer(call, user, "UNKNOWN_THIRD_PARTY_USER_ERROR")


@endpoints.get("/recipe/users/by-email", Scope.TENANT)
async def list_users_by_email(call: Call, email: str) -> Json:
    """The users of any provider with this e-mail (older clients)."""
    users = await rules.list_by_email(call, normalise_email(email))
    return {"status": "OK", "users": [user_json(user, call.version) for user in users]}


def _email(call: Call, email: Json) -> tuple[str, bool]:
    """The address, and whether the provider vouches for it: only a JSON true does."""
    address: Any = email.get("id")
    is_verified: Any = email.get("isVerified")
    if not isinstance(address, str) or "\x00" in address:
        raise invalid_field("id")
    if is_verified is None and call.version < V4_0:
        is_verified = False
    if not isinstance(is_verified, bool):
        raise invalid_field("isVerified")
    return address, is_verified


def _answer(call: Call, user: User | None, unknown: str) -> Json:
    return {"status": unknown} if user is None else {"status": "OK", "user": user_json(user, call.version)}
