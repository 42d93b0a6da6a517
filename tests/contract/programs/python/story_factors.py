# SPDX-License-Identifier: Apache-2.0
"""Second factors: codes by mail and SMS, links, authenticators; required of a person, of a tenant."""

import time

import jwt
import pyotp
from application import PASSWORD, Client, World, new_address, new_number
from checks import holds, kind, same
from story_people import new_person
from story_tenants import new_tenant
from supertokens_python.asyncio import get_user
from supertokens_python.recipe.multifactorauth.asyncio import (
    add_to_required_secondary_factors_for_user,
    get_factors_setup_for_user,
    get_required_secondary_factors_for_user,
    remove_from_required_secondary_factors_for_user,
)
from supertokens_python.recipe.multitenancy.asyncio import associate_user_to_tenant
from supertokens_python.recipe.passwordless.asyncio import (
    check_code,
    consume_code,
    create_code,
    create_magic_link,
    create_new_code_for_device,
    delete_phone_number_for_user,
    list_codes_by_device_id,
    list_codes_by_email,
    list_codes_by_phone_number,
    list_codes_by_pre_auth_session_id,
    revoke_all_codes,
    revoke_code,
    signinup,
    update_user,
)
from supertokens_python.recipe.totp.asyncio import (
    create_device,
    list_devices,
    remove_device,
    update_device,
    verify_device,
    verify_totp,
)
from supertokens_python.recipe.usermetadata.asyncio import get_user_metadata


async def claim_of(client: Client) -> tuple[bool, list[str]]:
    """Return whether the session has all its factors, and which it has, after asking for them anew."""
    await client.put("/mfa/info")
    payload = jwt.decode(client.http.cookies["sAccessToken"], options={"verify_signature": False})
    return payload["st-mfa"]["v"], sorted(payload["st-mfa"]["c"])


async def a_code_by_function(_: World) -> None:
    """A code is checked, tried, resent, consumed once."""
    email = new_address()
    created = await create_code("public", email=email)
    await create_new_code_for_device("public", created.device_id, "654321")
    known = {"device_id": created.device_id, "pre_auth_session_id": created.pre_auth_session_id}

    wrong = await consume_code("public", user_input_code="nonsense", **known)

    same(kind(wrong), "ConsumeCodeIncorrectUserInputCodeError", "a wrong code")
    same([wrong.failed_code_input_attempt_count, wrong.maximum_code_input_attempts], [1, 5], "tries")
    same((await list_codes_by_device_id("public", created.device_id)).email, email, "the challenge by its id")
    same(len(await list_codes_by_email("public", email)), 1, "challenges of the address")
    found = await list_codes_by_pre_auth_session_id("public", created.pre_auth_session_id)
    same([found.email, found.failed_code_input_attempt_count], [email, 1], "the challenge")
    checked = await check_code("public", user_input_code="654321", **known)
    same(kind(checked), "CheckCodeOkResult", "checked, not used")
    consumed = await consume_code("public", user_input_code="654321", **known)
    same(consumed.created_new_recipe_user, True, "the second code")
    again = await consume_code("public", user_input_code=created.user_input_code, **known)
    same(kind(again), "ConsumeCodeRestartFlowError", "the first code, afterwards")


async def links_and_numbers(_: World) -> None:
    """A link signs in; codes can be revoked; a login by phone can get an address instead."""
    phone = new_number()
    link = await create_magic_link("public", None, phone)
    holds("linkCode" in link or "#" in link, "a link")
    pre_auth = link.split("preAuthSessionId=")[1].split("&")[0]
    link_code = link.split("#")[1]

    consumed = await consume_code("public", pre_auth_session_id=pre_auth, link_code=link_code)

    same(consumed.user.phone_numbers, [phone], "the link")
    code = await create_code("public", phone_number=phone)
    await revoke_code("public", code.code_id)
    same(await list_codes_by_phone_number("public", phone), [], "revoked")
    await create_code("public", phone_number=phone)
    await revoke_all_codes("public", phone_number=phone)
    same(await list_codes_by_phone_number("public", phone), [], "all revoked")
    recipe_user_id, email = consumed.user.login_methods[0].recipe_user_id, new_address()
    same(kind(await update_user(recipe_user_id, email=email)), "UpdateUserOkResult", "an address besides")
    await delete_phone_number_for_user(recipe_user_id)
    changed = await get_user(consumed.user.id)
    same([changed.emails, changed.phone_numbers], [[email], []], "instead of the number")
    same((await signinup("public", email, None)).created_new_recipe_user, False, "signing in by it")


async def too_many_tries(_: World) -> None:
    """After five wrong codes the challenge is over."""
    created = await create_code("public", email=new_address())
    known = {"device_id": created.device_id, "pre_auth_session_id": created.pre_auth_session_id}
    seen = [kind(await consume_code("public", user_input_code="nonsense", **known)) for _ in range(5)]

    wanted = ["ConsumeCodeIncorrectUserInputCodeError"] * 4 + ["ConsumeCodeRestartFlowError"]
    same(seen, wanted, "five wrong codes")
    right = await consume_code("public", user_input_code=created.user_input_code, **known)
    same(kind(right), "ConsumeCodeRestartFlowError", "the right one, too late")


async def authenticators_by_function(_: World) -> None:
    """A device counts once a code proved it; a code counts once; wrong codes are limited."""
    person = (await new_person()).id
    device = await create_device(person, user_identifier_info="person@example.com", device_name="phone")
    same(device.device_name, "phone", "made")
    holds(device.qr_code_string.startswith("otpauth://totp/"), "with a picture to scan")
    codes = pyotp.TOTP(device.secret)

    proven = await verify_device("public", person, "phone", codes.now())

    same([proven.status, proven.was_already_verified], ["OK", False], "proven")
    same((await list_devices(person)).devices[0].verified, True, "listed as proven")
    same((await update_device(person, "phone", "watch")).status, "OK", "renamed")
    same((await update_device(person, "phone", "watch")).status, "UNKNOWN_DEVICE_ERROR", "renamed again")
    wrong = await verify_totp("public", person, "nonsense")
    same([wrong.status, wrong.current_number_of_failed_attempts], ["INVALID_TOTP_ERROR", 1], "a wrong code")
    following = codes.at(int(time.time()) + 30)
    same((await verify_totp("public", person, following)).status, "OK", "the code that follows")
    same((await verify_totp("public", person, following)).status, "INVALID_TOTP_ERROR", "that code again")
    statuses = [(await verify_totp("public", person, "nonsense")).status for _ in range(5)]
    same(statuses[-1], "LIMIT_REACHED_ERROR", "too many wrong codes")
    same((await remove_device(person, "watch")).did_device_exist, True, "removed")
    same((await verify_totp("public", person, "123456")).status, "UNKNOWN_USER_ID_ERROR", "no device is left")


async def from_signing_up_to_every_factor(world: World) -> None:
    """A password, then a code by mail, then an authenticator open what is protected."""
    client, email = world.client(), new_address()
    person = (await client.form("/signup", email=email, password=PASSWORD))["user"]["id"]
    same(await claim_of(client), (True, ["emailpassword"]), "nothing more is required")
    await add_to_required_secondary_factors_for_user(person, "otp-email")
    same(await get_required_secondary_factors_for_user(person), ["otp-email"], "a code is required")
    metadata = (await get_user_metadata(person)).metadata
    same(metadata, {"_supertokens": {"requiredSecondaryFactors": ["otp-email"]}}, "and kept in the metadata")

    again = world.client()
    await again.form("/signin", email=email, password=PASSWORD)

    same(await again.status(), 403, "before the code")
    info = await again.put("/mfa/info")
    same([info["factors"]["next"], info["emails"]["otp-email"]], [["otp-email"], [email]], "what comes next")
    same((await again.second_factor(email=email))["status"], "OK", "the code")
    same(await again.status(), 200, "after the code")
    same(await claim_of(again), (True, ["emailpassword", "otp-email"]), "the claim")
    same(len((await get_user(person)).login_methods), 2, "one person, two login methods")
    device = await again.post("/totp/device", {"deviceName": "phone"})
    proven = await again.post(
        "/totp/device/verify", {"deviceName": "phone", "totp": pyotp.TOTP(device["secret"]).now()}
    )
    same(proven["status"], "OK", "an authenticator")
    set_up = sorted(await get_factors_setup_for_user(person))
    same(set_up, ["emailpassword", "link-email", "otp-email", "totp"], "all are set up")
    await remove_from_required_secondary_factors_for_user(person, "otp-email")
    await add_to_required_secondary_factors_for_user(person, "totp")
    third = world.client()
    await third.form("/signin", email=email, password=PASSWORD)
    same((await third.put("/mfa/info"))["factors"]["next"], ["totp"], "the authenticator is required instead")
    code = pyotp.TOTP(device["secret"]).at(int(time.time()) + 30)
    same((await third.post("/totp/verify", {"totp": code}))["status"], "OK", "its code")
    same(await third.status(), 200, "everything is open")


async def required_by_a_tenant(world: World) -> None:
    """A tenant requires an SMS of whoever signs in there, and of nobody elsewhere."""
    tenant = await new_tenant(["emailpassword"], ["otp-phone"])
    client, email, phone = world.client(), new_address(), new_number()
    person = (await client.form("/signup", email=email, password=PASSWORD))["user"]["id"]
    same(await client.status(), 200, "elsewhere a password is enough")
    await associate_user_to_tenant(tenant, (await get_user(person)).login_methods[0].recipe_user_id)
    there = world.client()

    await there.form(f"/{tenant}/signin", email=email, password=PASSWORD)

    same(await there.status(), 403, "before the code")
    same((await there.put("/mfa/info"))["factors"]["next"], ["otp-phone"], "what comes next")
    same((await there.second_factor(f"/{tenant}", phoneNumber=phone))["status"], "OK", "the code")
    same(await there.status(), 200, "after the code")
    same((await get_user(person)).phone_numbers, [phone], "the number is the person's")


STORIES = [
    a_code_by_function,
    links_and_numbers,
    too_many_tries,
    authenticators_by_function,
    from_signing_up_to_every_factor,
    required_by_a_tenant,
]
