# SPDX-License-Identifier: Apache-2.0
"""Endpoints of dashboard users, their sessions, and the configuration that the dashboard shows."""

from typing import Annotated

from twofold.core._endpoint import Call, Endpoints, Scope
from twofold.core._fields import Field, Json
from twofold.core.errors import BadRequest
from twofold.core.recipe.dashboard import rules, store
from twofold.core.recipe.dashboard.core_config import shown_config
from twofold.core.recipe.dashboard.rules import Who
from twofold.core.recipe.dashboard.store import DashboardUser
from twofold.core.users.normalise import MAX_EMAIL_LENGTH, normalise_email, require_length

Text = Annotated[str, Field(trim=True, not_blank=True)]
OptionalText = Annotated[str | None, Field(trim=True, not_blank=True)]
INVALID_EMAIL: Json = {"status": "INVALID_EMAIL_ERROR"}
SUSPENDED: Json = {
    "status": "USER_SUSPENDED_ERROR",
    "message": "Too many wrong passwords. Wait some time, or ask somebody who runs the dashboard for a new password.",
}
INVALID_SESSION: Json = {"status": "INVALID_SESSION_ERROR"}

endpoints = Endpoints()


@endpoints.post("/recipe/dashboard/user", Scope.APP)
async def create_user(call: Call, email: Text, password: Text) -> Json:
    """Let somebody sign in to the dashboard."""
    address = normalise_email(email)
    refusal = _refusal(address, password)
    return refusal or _user_answer(await rules.create_user(call, address, password))


@endpoints.put("/recipe/dashboard/user", Scope.APP)
async def update_user(
    call: Call,
    user_id: OptionalText = None,
    email: OptionalText = None,
    new_email: OptionalText = None,
    new_password: OptionalText = None,
) -> Json:
    """Change e-mail, password or both."""
    who = _who(user_id, email)
    address = None if new_email is None else normalise_email(new_email)
    refusal = _refusal(address, new_password)
    return refusal or _user_answer(await rules.update_user(call, who, address, new_password))


@endpoints.delete("/recipe/dashboard/user", Scope.APP)
async def delete_user(call: Call, user_id: OptionalText = None, email: OptionalText = None) -> Json:
    """End the access of a user."""
    return {"status": "OK", "didUserExist": await rules.delete_user(call, _who(user_id, email))}


@endpoints.get("/recipe/dashboard/users", Scope.APP)
async def list_users(call: Call) -> Json:
    """All dashboard users, those who joined first in front."""
    users = await store.list_users(call.database, call.app_id)
    return {"status": "OK", "users": [_user_json(user) for user in users]}


@endpoints.get("/recipe/dashboard/user/sessions", Scope.APP)
async def list_sessions(call: Call, user_id: Text) -> Json:
    """The sessions of a user. `sessionId` is a name by which to end a session; it opens nothing."""
    sessions = await store.list_sessions(call.database, call.app_id, user_id, call.now_ms())
    return {
        "status": "OK",
        "sessions": [
            {
                "userId": session.user_id,
                "sessionId": session.session_hash,
                "timeCreated": session.created_at,
                "expiry": session.expires_at,
            }
            for session in sessions
        ],
    }


@endpoints.post("/recipe/dashboard/signin", Scope.APP)
async def sign_in(call: Call, email: Text, password: Text, client_network: str | None = None) -> Json:
    """Begin a session. clientNetwork (ours alone): where the client is."""
    begun = await rules.sign_in(call, normalise_email(email), password, client_network or "")
    if isinstance(begun, str):
        return {"status": "OK", "sessionId": begun}
    return {"status": "INVALID_CREDENTIALS_ERROR"} if begun is None else SUSPENDED


@endpoints.post("/recipe/dashboard/session/verify", Scope.APP)
async def verify_session(call: Call, session_id: Text) -> Json:
    """Tell whose session it is."""
    email = await rules.email_of_session(call, session_id)
    return INVALID_SESSION if email is None else {"status": "OK", "email": email}


@endpoints.delete("/recipe/dashboard/session", Scope.APP)
async def end_session(call: Call, session_id: Text) -> Json:
    """End a session."""
    await rules.end_session(call, session_id)
    return {"status": "OK"}


@endpoints.get("/recipe/dashboard/tenant/core-config", Scope.TENANT)
async def list_core_config(call: Call) -> Json:
    """The settings that hold for the tenant in the path."""
    return {"status": "OK", "config": shown_config(call.settings, is_operator=call.is_operator)}


def _who(user_id: str | None, email: str | None) -> Who:
    if user_id is None and email is None:
        raise BadRequest("Either field 'email' or 'userId' must be present")
    return Who(user_id, normalise_email(email or ""))


def _refusal(email: str | None, password: str | None) -> Json | None:
    """What to answer when the new e-mail or the new password will not do."""
    if email is not None:
        require_length("email", email, MAX_EMAIL_LENGTH)
        if not rules.is_email(email):
            return INVALID_EMAIL
    weakness = None if password is None else rules.weakness(password)
    return None if weakness is None else {"status": "PASSWORD_WEAK_ERROR", "message": weakness}


def _user_answer(outcome: DashboardUser | rules.EmailTaken | rules.UnknownUser) -> Json:
    if isinstance(outcome, str):
        return {"status": outcome}
    return {"status": "OK", "user": _user_json(outcome)}


def _user_json(user: DashboardUser) -> Json:
    return {"email": user.email, "userId": user.user_id, "timeJoined": user.time_joined}
