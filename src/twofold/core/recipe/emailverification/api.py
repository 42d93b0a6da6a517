# SPDX-License-Identifier: Apache-2.0
"""Endpoints of e-mail verification. User ids are any strings that clients use: they are never resolved."""

from twofold.core._endpoint import Call, Endpoints, Scope
from twofold.core._fields import Json
from twofold.core.errors import BadRequest
from twofold.core.recipe.emailverification import rules, store
from twofold.core.users.normalise import (
    MAX_EMAIL_LENGTH,
    MAX_EXTERNAL_USER_ID_LENGTH,
    normalise_email,
    require_length,
)
from twofold.core.users.verified import is_verified, unverify

endpoints = Endpoints()


@endpoints.post("/recipe/user/email/verify/token", Scope.TENANT)
async def create_token(call: Call, user_id: str, email: str) -> Json:
    """Make a token that verifies an e-mail of a user."""
    require_length("userId", user_id, MAX_EXTERNAL_USER_ID_LENGTH)
    require_length("email", email, MAX_EMAIL_LENGTH)
    token = await rules.create_token(call, user_id, normalise_email(email))
    return {"status": "EMAIL_ALREADY_VERIFIED_ERROR"} if token is None else {"status": "OK", "token": token}


@endpoints.post("/recipe/user/email/verify", Scope.TENANT)
async def verify(call: Call, method: str, token: str) -> Json:
    """Verify an e-mail with its token."""
    if method != "token":
        raise BadRequest("Unsupported method for email verification")
    found = await rules.verify(call, token)
    if found is None:
        return {"status": "EMAIL_VERIFICATION_INVALID_TOKEN_ERROR"}
    return {"status": "OK", "userId": found.user_id, "email": found.email}


@endpoints.get("/recipe/user/email/verify", Scope.APP)
async def get_verified(call: Call, user_id: str, email: str) -> Json:
    """Whether an e-mail, compared as it is given, is verified."""
    return {"status": "OK", "isVerified": await is_verified(call.database, call.app_id, user_id, email)}


@endpoints.post("/recipe/user/email/verify/token/remove", Scope.TENANT)
async def remove_tokens(call: Call, user_id: str, email: str) -> Json:
    """Make the tokens of an e-mail of a user worthless."""
    await store.delete_of_pair(call.database, call.app_id, call.tenant_id, user_id, normalise_email(email))
    return {"status": "OK"}


@endpoints.post("/recipe/user/email/verify/remove", Scope.APP)
async def remove_verified(call: Call, user_id: str, email: str) -> Json:
    """Forget that an e-mail is verified."""
    await unverify(call.database, call.app_id, user_id, normalise_email(email))
    return {"status": "OK"}
