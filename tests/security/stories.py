# SPDX-License-Identifier: Apache-2.0
"""What people, staff and the application do beside signing in, to reach what the doors alone do not."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.security.application import ADDRESS, ADMIN, DASHBOARD_KEY, PHONE, STRICT, Person, World
from tests.security.ways import sign_up_with_passkey
from twofold.asyncio import delete_user
from twofold.recipe.accountlinking import asyncio as linking
from twofold.recipe.emailverification import asyncio as verification
from twofold.recipe.jwt import asyncio as jwts
from twofold.recipe.multifactorauth import asyncio as factors
from twofold.recipe.multitenancy.asyncio import associate_user_to_tenant, disassociate_user_from_tenant
from twofold.recipe.openid import asyncio as openid
from twofold.recipe.passwordless import asyncio as codes
from twofold.recipe.recoverycodes import asyncio as recovery_codes
from twofold.recipe.session import asyncio as sessions
from twofold.recipe.session.claims import BooleanClaim
from twofold.recipe.totp import asyncio as totp
from twofold.recipe.trusteddevices import asyncio as trusted_devices
from twofold.recipe.usermetadata import asyncio as metadata
from twofold.recipe.userroles import asyncio as roles
from twofold.recipe.webauthn import functions as passkeys
from twofold.recipe.webauthn.payloads import AuthenticationPayload
from twofold.testing import VirtualAuthenticator
from twofold.types import RecipeUserId

OTHER = "bob@example.com"


async def the_application_looks_after_accounts(world: World) -> None:
    """Its own code links, parts, verifies and deletes."""
    user_id, other_id = await world.account(ADMIN), await world.account(OTHER)
    own, other = RecipeUserId(user_id), RecipeUserId(other_id)
    await linking.can_create_primary_user(own)
    await linking.create_primary_user(own)
    await linking.can_link_accounts(other, user_id)
    await linking.link_accounts(other, user_id)
    await linking.unlink_account(other)
    await verification.create_email_verification_token("public", own)
    await verification.revoke_email_verification_tokens("public", own)
    await verification.unverify_email(own)
    await metadata.clear_user_metadata(user_id)
    await roles.get_roles_that_have_permission("read")
    await factors.add_to_required_secondary_factors_for_user(user_id, "totp")
    await factors.remove_from_required_secondary_factors_for_user(user_id, "totp")
    await totp.create_device(user_id, device_name="phone")
    await totp.update_device(user_id, "phone", "tablet")
    await recovery_codes.remove_codes(user_id)
    await trusted_devices.recognise_device("public", user_id, "no token of ours")
    await jwts.create_jwt({})
    await openid.create_jwt({})
    await openid.get_jwks()
    await delete_user(other_id)


async def the_application_looks_after_sessions(world: World) -> None:
    """Its own code reads and changes sessions by their handles."""
    user_id = await world.account(ADMIN)
    person = world.person("header")
    await person.sign_in(ADMIN)
    await person.send("GET", "/protected")
    [handle] = await sessions.get_all_session_handles_for_user(user_id)

    async def fetch_value(*_: Any) -> bool:
        return True

    claim = BooleanClaim(key="paid", fetch_value=fetch_value)
    await sessions.fetch_and_set_claim(handle, claim)
    await sessions.set_claim_value(handle, claim, True)
    await sessions.get_claim_value(handle, claim)
    await sessions.remove_claim(handle, claim)
    await sessions.merge_into_access_token_payload(handle, {"seen": True})
    await sessions.update_session_data_in_database(handle, {"cart": []})
    await sessions.revoke_multiple_sessions([handle])


async def the_application_looks_after_codes(world: World) -> None:
    """Its own code makes codes, lists and ends them."""
    begun = await codes.create_code("public", email=ADMIN)
    await codes.create_new_code_for_device("public", begun.device_id)
    await codes.list_codes_by_email("public", ADMIN)
    await codes.list_codes_by_phone_number("public", PHONE)
    await codes.list_codes_by_device_id("public", begun.device_id)
    await codes.list_codes_by_pre_auth_session_id("public", begun.pre_auth_session_id)
    await codes.revoke_code("public", begun.code_id)
    await codes.revoke_all_codes("public", email=ADMIN)
    made = await codes.signinup("public", ADMIN, None, None)
    login_method = made.user.login_methods[0].recipe_user_id
    await codes.update_user(login_method, phone_number=PHONE)
    await codes.delete_email_for_user(login_method)
    await codes.update_user(login_method, email=ADMIN)
    await codes.delete_phone_number_for_user(login_method)


async def a_code_is_sent_again(world: World) -> None:
    """Somebody who signs in did not get the first one."""
    person = world.person("header")
    ids = await person.ask_for_code(email=OTHER, within_session=False)
    await person.api("POST", "/signinup/code/resend", ids)


async def a_passkey_is_lost(world: World) -> None:
    """Its owner adds another one, takes the first away, loses both, and comes back by mail."""
    person = await sign_up_with_passkey(world, "header")
    await person.api("GET", "/webauthn/credential/list")
    authenticator = VirtualAuthenticator(ADDRESS)
    begun = await _begin(person, email=STRICT)
    credential = authenticator.create(begun)
    await person.api("POST", "/webauthn/credential", _answer(begun, credential))
    await person.api("POST", "/webauthn/credential/remove", {"webauthnCredentialId": credential["id"]})
    await person.api("POST", "/user/webauthn/reset/token", {"email": STRICT})
    token = parse_qs(urlsplit(world.under_test.outbox.link(STRICT)).query)["token"][0]
    begun = await _begin(person, recoverAccountToken=token)
    body = {**_answer(begun, VirtualAuthenticator(ADDRESS).create(begun)), "token": token}
    assert (await person.api("POST", "/user/webauthn/reset", body)).json()["status"] == "OK"


async def the_application_looks_after_passkeys(world: World) -> None:
    """Its own code checks a passkey's answer, looks a passkey up, and changes its owner's address."""
    authenticator = VirtualAuthenticator(ADDRESS)
    person = world.person("header")
    begun = await _begin(person, email=STRICT)
    made = authenticator.create(begun)
    signed_up = await person.api("POST", "/webauthn/signup", _answer(begun, made))
    login_method = signed_up.json()["user"]["loginMethods"][0]["recipeUserId"]
    begun = (await person.api("POST", "/webauthn/options/signin")).json()
    answer = AuthenticationPayload.from_json(authenticator.get(begun))
    options_id = begun["webauthnGeneratedOptionsId"]
    signed_in = await passkeys.sign_in(webauthn_generated_options_id=options_id, credential=answer)
    assert signed_in.status == "OK"
    await passkeys.remove_generated_options(webauthn_generated_options_id=options_id)
    await passkeys.get_credential(webauthn_credential_id=made["id"], recipe_user_id=login_method)
    await passkeys.update_user_email(email="new@example.com", recipe_user_id=login_method)


async def staff_look_after_people(world: World) -> None:
    """By the dashboard: contacts, passwords, verification, metadata, roles, sessions."""
    user_id = await world.admin()
    staff = world.person("header")
    of_user = {"userId": user_id, "recipeUserId": user_id}
    names = {"firstName": "Ann", "lastName": "Lee", "email": "", "phone": "", "recipeId": "emailpassword"}
    await _ask(staff, "PUT", "/user", {**of_user, **names, "email": "new@example.com"})
    await _ask(staff, "PUT", "/user/password", {**of_user, "newPassword": "another good 1"})
    await _ask(staff, "PUT", "/user/email/verify", {**of_user, "verified": True})
    await _ask(staff, "PUT", "/user/email/verify", {**of_user, "verified": False})
    reset = {**of_user, "reason": "lost phone", "factors": ["totp"], "afterSeconds": 3600}
    key = {"authorization": f"Bearer {DASHBOARD_KEY}"}
    await staff.api("POST", "/dashboard/api/user/factors/reset", reset, **key)
    await staff.api("POST", "/dashboard/api/user/factors/reset/cancel", {**of_user, "reason": "found it"}, **key)
    await _ask(staff, "PUT", "/user/metadata", {**of_user, "data": '{"a": 1}'})
    await _ask(staff, "DELETE", "/userroles/user/roles", {**of_user, "role": "admin"})
    await roles.get_users_that_have_role("public", "admin")
    await _ask(staff, "DELETE", "/userroles/role", {"role": "admin"})
    await _ask(staff, "POST", "/user/passwordless", {"email": OTHER})
    await _ask(staff, "POST", "/user/sessions", {"sessionHandles": ["unknown"]})
    await _ask(staff, "DELETE", "/user", {**of_user, "removeAllLinkedAccounts": "true"})


async def staff_look_after_tenants(world: World) -> None:
    """By the dashboard: a tenant's factors, settings and providers."""
    staff = world.person("header")
    await staff.page("GET", "/auth/dashboard")
    await _ask(staff, "POST", "/tenant", {"tenantId": "t1", "firstFactors": ["emailpassword"]})
    in_tenant = "/t1/dashboard/api"
    await _ask(staff, "PUT", "/tenant/first-factor", {"factorId": "thirdparty", "enable": True}, in_tenant)
    await _ask(staff, "PUT", "/tenant/required-secondary-factor", {"factorId": "totp", "enable": True}, in_tenant)
    await _ask(staff, "PUT", "/tenant/core-config", {"name": "totp_max_attempts", "value": 4}, in_tenant)
    provider = {"thirdPartyId": "own", "name": "Own", "clients": [{"clientId": "c"}]}
    await _ask(staff, "PUT", "/thirdparty/config", {"providerConfig": provider}, in_tenant)
    await _ask(staff, "DELETE", "/thirdparty/config", {"thirdPartyId": "own"}, in_tenant)
    person = await world.account(OTHER)
    # Somebody who belongs to two tenants, and then to one.
    from_tenant = RecipeUserId(person)
    await associate_user_to_tenant("t1", from_tenant)
    await disassociate_user_from_tenant("t1", from_tenant)


async def _ask(staff: Person, method: str, path: str, body: dict[str, Any], base: str = "/dashboard/api") -> None:
    """Ask the dashboard's API, which must take it."""
    authorization = {"authorization": f"Bearer {DASHBOARD_KEY}"}
    given: dict[str, Any] = {"params": body} if method == "DELETE" else {"json": body}
    reply = await staff.send(method, f"/auth{base}{path}", headers=authorization, **given)
    assert reply.status_code == 200, (method, path, reply.text)
    assert reply.json()["status"] == "OK", (method, path, reply.text)


async def _begin(person: Person, **fields: str) -> Any:
    return (await person.api("POST", "/webauthn/options/register", fields)).json()


def _answer(begun: Any, credential: dict[str, Any]) -> dict[str, Any]:
    return {"webauthnGeneratedOptionsId": begun["webauthnGeneratedOptionsId"], "credential": credential}


STORIES = (
    the_application_looks_after_accounts,
    the_application_looks_after_sessions,
    the_application_looks_after_codes,
    a_code_is_sent_again,
    a_passkey_is_lost,
    the_application_looks_after_passkeys,
    staff_look_after_people,
    staff_look_after_tenants,
)
