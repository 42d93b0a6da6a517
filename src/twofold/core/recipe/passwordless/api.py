# SPDX-License-Identifier: Apache-2.0
"""Endpoints of codes and links that are sent by mail or message."""

from typing import Annotated

from twofold.core._endpoint import Call, Endpoints, Scope
from twofold.core._fields import ABSENT, Absent, Field, Json
from twofold.core.errors import BadRequest, invalid_field
from twofold.core.recipe.passwordless import attempts, rules, store, values
from twofold.core.recipe.passwordless.attempts import Failed, LinkCode, TypedCode
from twofold.core.recipe.passwordless.store import Device, Listed
from twofold.core.recipe.passwordless.values import Contact
from twofold.core.tenancy.login_methods import LoginKind, require_enabled
from twofold.core.users.json_shape import user_json
from twofold.core.users.model import User
from twofold.core.users.normalise import (
    MAX_EMAIL_LENGTH,
    MAX_PHONE_NUMBER_LENGTH,
    normalise_email,
    normalise_phone_number,
    require_length,
)
from twofold.core.users.rules import KEEP, Change, Refused
from twofold.core.version import V4_0, V5_0

RecipeUserId = Annotated[str, Field("recipeUserId", name_before="userId")]
OK: Json = {"status": "OK"}

endpoints = Endpoints()


@endpoints.post("/recipe/signinup/code", Scope.TENANT)
async def create_code(
    call: Call,
    email: str | None = None,
    phone_number: str | None = None,
    device_id: str | None = None,
    user_input_code: str | None = None,
) -> Json:
    """Begin a flow for a contact, or make another code for a flow."""
    if [email, phone_number, device_id].count(None) != 2:
        raise BadRequest("Please provide exactly one of email, phoneNumber or deviceId")
    if user_input_code == "":
        raise BadRequest("userInputCode cannot be an empty string.")
    require_enabled(call.tenant.record, LoginKind.PASSWORDLESS, call.version)
    try:
        if device_id is not None:
            created = await rules.create_another_code(call, values.decode_device_id(device_id), user_input_code)
        else:
            created = await rules.create_code(call, _contact(email, phone_number), user_input_code)
    except Refused as refused:
        return refused.answer
    return {
        "status": "OK",
        "preAuthSessionId": values.pre_auth_session_id(created.device_id),
        "codeId": created.code_id,
        "deviceId": values.encode_device_id(created.device_id),
        "userInputCode": created.user_input_code,
        "linkCode": values.encode_link_code(created.link_code),
        "timeCreated": created.created_at,
        "codeLifetime": call.settings.passwordless_code_lifetime,
    }


@endpoints.post("/recipe/signinup/code/consume", Scope.TENANT, since={"recipeUserId": V4_0, "consumedDevice": V5_0})
async def consume_code(
    call: Call,
    pre_auth_session_id: str,
    link_code: str | None = None,
    device_id: str | None = None,
    user_input_code: str | None = None,
) -> Json:
    """Sign in or up with a code or a link."""
    code = _code(link_code, device_id, user_input_code)
    require_enabled(call.tenant.record, LoginKind.PASSWORDLESS, call.version)
    result = await attempts.consume(call, _unpadded(pre_auth_session_id), code)
    if isinstance(result, Failed):
        return result.answer
    return {
        "status": "OK",
        "createdNewUser": result.is_new,
        "user": user_json(result.found.user, call.version),
        "recipeUserId": result.found.method.id,
        "consumedDevice": _device_json(result.device),
    }


@endpoints.post("/recipe/signinup/code/check", Scope.TENANT)
async def check_code(
    call: Call,
    pre_auth_session_id: str,
    link_code: str | None = None,
    device_id: str | None = None,
    user_input_code: str | None = None,
    use_up: bool = False,
) -> Json:
    """Say whether a code or a link is right. useUp (ours alone): a right one is used up; nobody is signed in."""
    code = _code(link_code, device_id, user_input_code)
    require_enabled(call.tenant.record, LoginKind.PASSWORDLESS, call.version)
    result = await attempts.check(call, _unpadded(pre_auth_session_id), code, uses_up=use_up)
    if isinstance(result, Failed):
        return result.answer
    return {"status": "OK", "consumedDevice": _device_json(result)}


@endpoints.post("/recipe/signinup/code/remove", Scope.TENANT)
async def remove_code(
    call: Call,
    code_id: str | None = None,
    pre_auth_session_id: Annotated[str | None, Field("preAuthSessionId", since=V5_0)] = None,
) -> Json:
    """Make one code, or a whole flow, worthless."""
    if code_id is not None and pre_auth_session_id is not None:
        raise BadRequest("Please provide only one of 'codeId' or 'preAuthSessionId'")
    if code_id is not None:
        await rules.remove_code(call, code_id)
    elif pre_auth_session_id is not None:
        await rules.remove_device(call, _unpadded(pre_auth_session_id))
    elif call.version < V5_0:
        raise invalid_field("codeId")
    else:
        raise BadRequest("Please provide either 'codeId' or 'preAuthSessionId'")
    return OK


@endpoints.post("/recipe/signinup/codes/remove", Scope.TENANT)
async def remove_codes(call: Call, email: str | None = None, phone_number: str | None = None) -> Json:
    """End all flows of a contact in the tenant."""
    if (email is None) == (phone_number is None):
        raise BadRequest("Please provide exactly one of email or phoneNumber")
    await rules.remove_devices(call, _contact(email, phone_number))
    return OK


@endpoints.get("/recipe/signinup/codes", Scope.TENANT)
async def list_codes(
    call: Call,
    email: str | None = None,
    phone_number: str | None = None,
    device_id: str | None = None,
    pre_auth_session_id: str | None = None,
) -> Json:
    """The flows of a contact, or one flow, with what may be told of their codes."""
    if [email, phone_number, device_id, pre_auth_session_id].count(None) != 3:
        raise BadRequest("Please provide exactly one of email, phoneNumber, deviceId or preAuthSessionId")
    if device_id is not None:
        pre_auth_session_id = values.pre_auth_session_id(values.decode_device_id(device_id))
    if pre_auth_session_id is not None:
        key = _unpadded(pre_auth_session_id)
        listed = await store.list_of_device(call.database, call.app_id, call.tenant_id, key)
    else:
        contact = _contact(email, phone_number)
        listed = await store.list_of_contact(call.database, call.app_id, call.tenant_id, contact)
    return {"status": "OK", "devices": _devices_json(listed, call.settings.passwordless_code_lifetime)}


@endpoints.get("/recipe/user", Scope.TENANT, rid="passwordless", is_default=False)
async def get_user(
    call: Call, user_id: str | None = None, email: str | None = None, phone_number: str | None = None
) -> Json:
    """Look a user up by id or contact (older clients)."""
    if [user_id, email, phone_number].count(None) != 2:
        raise BadRequest("Please provide exactly one of userId, email or phoneNumber")
    if user_id is not None:
        call.require_public_tenant()
        return _user_answer(call, await rules.find_by_id(call, user_id), "UNKNOWN_USER_ID_ERROR")
    user = await rules.find_by_contact(call, _contact(email, phone_number))
    return _user_answer(call, user, "UNKNOWN_PHONE_NUMBER_ERROR" if email is None else "UNKNOWN_EMAIL_ERROR")


@endpoints.put("/recipe/user", Scope.APP, rid="passwordless", is_default=False)
async def update_user(
    call: Call,
    recipe_user_id: RecipeUserId,
    email: str | Absent | None = ABSENT,
    phone_number: str | Absent | None = ABSENT,
) -> Json:
    """Change (a string), remove (null) or keep (absent) each contact of a user."""
    new_email: Change = KEEP if isinstance(email, Absent) else email and normalise_email(email)
    new_phone_number: Change = (
        KEEP if isinstance(phone_number, Absent) else phone_number and normalise_phone_number(phone_number)
    )
    try:
        await rules.update_user(call, recipe_user_id, email=new_email, phone_number=new_phone_number)
    except Refused as refused:
        return refused.answer
    return OK


def _contact(email: str | None, phone_number: str | None) -> Contact:
    contact = (
        Contact(email=normalise_email(email))
        if email is not None
        else Contact(phone_number=normalise_phone_number(phone_number or ""))
    )
    require_length("email", contact.email or "", MAX_EMAIL_LENGTH)
    require_length("phoneNumber", contact.phone_number or "", MAX_PHONE_NUMBER_LENGTH)
    return contact


def _code(link_code: str | None, device_id: str | None, user_input_code: str | None) -> LinkCode | TypedCode:
    if link_code is not None and device_id is None and user_input_code is None:
        return LinkCode(values.decode_link_code(link_code))
    if link_code is None and device_id is not None and user_input_code is not None:
        return TypedCode(values.decode_device_id(device_id), user_input_code)
    raise BadRequest("Please provide exactly one of linkCode or deviceId+userInputCode")


def _unpadded(pre_auth_session_id: str) -> str:
    return pre_auth_session_id.replace("=", "")


def _device_json(device: Device) -> Json:
    return {
        "preAuthSessionId": device.device_id_hash,
        "failedCodeInputAttemptCount": device.failed_attempts,
        **device.contact.json(),
    }


def _devices_json(listed: list[Listed], code_lifetime_ms: int) -> list[Json]:
    devices: dict[str, Json] = {}
    for item in listed:
        device = devices.setdefault(
            item.device_id_hash,
            {
                "preAuthSessionId": item.device_id_hash,
                "failedCodeInputAttemptCount": item.failed_attempts,
                **item.contact.json(),
                "codes": [],
            },
        )
        code = {"codeId": item.code_id, "timeCreated": item.created_at, "codeLifetime": code_lifetime_ms}
        device["codes"].append(code)
    return list(devices.values())


def _user_answer(call: Call, user: User | None, unknown: str) -> Json:
    return {"status": unknown} if user is None else {"status": "OK", "user": user_json(user, call.version)}
