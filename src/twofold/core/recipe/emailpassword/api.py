# SPDX-License-Identifier: Apache-2.0
"""Endpoints of e-mail and password."""

from typing import Annotated

from twofold.core._endpoint import Call, Endpoints, Scope
from twofold.core._fields import Field, Json
from twofold.core.errors import BadRequest
from twofold.core.passwords import Algorithm, require_importable
from twofold.core.recipe.abuse.passwords import Throttled
from twofold.core.recipe.emailpassword import rules
from twofold.core.tenancy.login_methods import LoginKind, require_enabled
from twofold.core.users.json_shape import user_json
from twofold.core.users.normalise import MAX_EMAIL_LENGTH, normalise_email, require_length
from twofold.core.users.rules import Refused
from twofold.core.version import V4_0

RecipeUserId = Annotated[str, Field("recipeUserId", name_before="userId")]
SINCE = {"recipeUserId": V4_0}
INVALID_TOKEN: Json = {"status": "RESET_PASSWORD_INVALID_TOKEN_ERROR"}
WRONG_CREDENTIALS: Json = {"status": "WRONG_CREDENTIALS_ERROR"}
UNKNOWN_USER_ID: Json = {"status": "UNKNOWN_USER_ID_ERROR"}

endpoints = Endpoints()


@endpoints.post("/recipe/signup", Scope.TENANT, since=SINCE)
async def sign_up(call: Call, email: str, password: str) -> Json:
    """Create a user with an e-mail and a password."""
    require_enabled(call.tenant.record, LoginKind.EMAIL_PASSWORD, call.version)
    _require_password(password)
    address = normalise_email(email)
    require_length("email", address, MAX_EMAIL_LENGTH)
    password_hash = await call.services.passwords.hash(password, call.settings)
    user = await rules.sign_up(call, address, password_hash)
    if user is None:
        return {"status": "EMAIL_ALREADY_EXISTS_ERROR"}
    return {"status": "OK", "user": user_json(user, call.version), "recipeUserId": user.login_methods[0].id}


@endpoints.post("/recipe/signin", Scope.TENANT, since=SINCE)
async def sign_in(
    call: Call, email: str, password: str, client_network: str | None = None, trusted_device: str | None = None
) -> Json:
    """Find the user whose e-mail and password these are.

    Ours alone: clientNetwork, where the client is; trustedDevice, the token of its device; and in the answer
    retryAfterMs, when the password was not looked at.
    """
    require_enabled(call.tenant.record, LoginKind.EMAIL_PASSWORD, call.version)
    client = rules.Client(client_network or "", trusted_device or "")
    found = await rules.sign_in(call, normalise_email(email), password, client)
    if found is None:
        return WRONG_CREDENTIALS
    if isinstance(found, Throttled):
        return WRONG_CREDENTIALS | {"retryAfterMs": found.retry_after_ms}
    return {"status": "OK", "user": user_json(found.user, call.version), "recipeUserId": found.method.id}


@endpoints.post("/recipe/user/password/reset/token", Scope.TENANT)
async def create_reset_token(
    call: Call, user_id: str, email: Annotated[str | None, Field("email", required_since=V4_0)] = None
) -> Json:
    """Make a token with which a user may choose a new password."""
    require_length("email", email or "", MAX_EMAIL_LENGTH)
    token = await rules.create_reset_token(call, user_id, email)
    return UNKNOWN_USER_ID if token is None else {"status": "OK", "token": token}


@endpoints.post("/recipe/user/password/reset/token/consume", Scope.TENANT)
async def consume_reset_token(call: Call, token: str) -> Json:
    """Use up a token; the caller changes the password afterwards."""
    consumed = await rules.consume_reset_token(call, token)
    return INVALID_TOKEN if consumed is None else {"status": "OK", **consumed}


@endpoints.post("/recipe/user/password/reset", Scope.TENANT)
async def reset_password(call: Call, method: str, token: str, new_password: str) -> Json:
    """Change a password with a token, in one step (older clients)."""
    if method != "token":
        raise BadRequest("Unsupported method for password reset")
    _require_password(new_password)
    user_id = await rules.reset_password(call, token, new_password)
    return INVALID_TOKEN if user_id is None else {"status": "OK", "userId": user_id}


@endpoints.get("/recipe/user", Scope.TENANT, rid="emailpassword")
async def get_user(call: Call, user_id: str | None = None, email: str | None = None) -> Json:
    """Look a user up by id or e-mail (older clients)."""
    if user_id is not None and email is not None:
        raise BadRequest("Please provide only one of userId or email")
    if user_id is not None:
        call.require_public_tenant()
        user = await rules.find_by_id(call, user_id)
        return UNKNOWN_USER_ID if user is None else {"status": "OK", "user": user_json(user, call.version)}
    if email is None:
        raise BadRequest("Please provide one of userId or email")
    user = await rules.find_by_email(call, normalise_email(email))
    return (
        {"status": "UNKNOWN_EMAIL_ERROR"} if user is None else {"status": "OK", "user": user_json(user, call.version)}
    )


@endpoints.put("/recipe/user", Scope.APP, rid="emailpassword")
async def update_user(
    call: Call, recipe_user_id: RecipeUserId, email: str | None = None, password: str | None = None
) -> Json:
    """Change the e-mail, the password or both."""
    if email is None and password is None:
        raise BadRequest("You have to provide either email or password.")
    try:
        await rules.update_user(call, recipe_user_id, None if email is None else normalise_email(email), password)
    except Refused as refused:
        return refused.answer
    return {"status": "OK"}


@endpoints.post("/recipe/user/passwordhash/import", Scope.TENANT)
async def import_password_hash(
    call: Call,
    email: str,
    password_hash: Annotated[str, Field("passwordHash", trim=True)],
    hashing_algorithm: Annotated[str | None, Field("hashingAlgorithm", trim=True)] = None,
) -> Json:
    """Create a user with a hash that another system made, or replace the hash of one who exists."""
    algorithm = None if hashing_algorithm is None else _algorithm(hashing_algorithm)
    if not password_hash:
        raise BadRequest("Password hash cannot be an empty string")
    require_importable(password_hash, algorithm, call.settings)
    user, existed = await rules.import_hash(call, normalise_email(email), password_hash)
    return {"status": "OK", "user": user_json(user, call.version), "didUserAlreadyExist": existed}


def _require_password(password: str) -> None:
    if not password:
        raise BadRequest("Password cannot be an empty string")


def _algorithm(name: str) -> Algorithm:
    if not name:
        raise BadRequest("Hashing Algorithm cannot be an empty string")
    try:
        return Algorithm(name.upper())
    except ValueError:
        raise BadRequest("Unsupported password hashing algorithm") from None
