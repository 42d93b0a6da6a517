# SPDX-License-Identifier: Apache-2.0
"""People: signing up and in, proven addresses, forgotten passwords, what is known of them, finding and deleting."""

import secrets

from application import PASSWORD, World, inbox, new_address, token_of
from checks import holds, kind, same
from supertokens_python.asyncio import (
    create_user_id_mapping,
    delete_user,
    delete_user_id_mapping,
    get_user,
    get_user_count,
    get_user_id_mapping,
    get_users_newest_first,
    get_users_oldest_first,
    list_users_by_account_info,
    update_or_delete_user_id_mapping_info,
)
from supertokens_python.recipe.emailpassword.asyncio import (
    consume_password_reset_token,
    create_reset_password_token,
    reset_password_using_token,
    sign_in,
    sign_up,
    update_email_or_password,
    verify_credentials,
)
from supertokens_python.recipe.emailverification.asyncio import (
    create_email_verification_token,
    is_email_verified,
    revoke_email_verification_tokens,
    unverify_email,
    verify_email_using_token,
)
from supertokens_python.recipe.session.asyncio import get_all_session_handles_for_user
from supertokens_python.recipe.thirdparty.asyncio import manually_create_or_update_user
from supertokens_python.recipe.thirdparty.types import ThirdPartyInfo
from supertokens_python.recipe.usermetadata.asyncio import clear_user_metadata, get_user_metadata, update_user_metadata
from supertokens_python.recipe.userroles.asyncio import (
    add_role_to_user,
    create_new_role_or_add_permissions,
    delete_role,
    get_all_roles,
    get_permissions_for_role,
    get_roles_for_user,
    get_roles_that_have_permission,
    get_users_that_have_role,
    remove_permissions_from_role,
    remove_user_role,
)
from supertokens_python.types import User
from supertokens_python.types.base import AccountInfoInput


async def new_person() -> User:
    """Sign somebody up through the SDK's function."""
    signed_up = await sign_up("public", new_address(), PASSWORD)
    return signed_up.user


async def signing_up_and_in(world: World) -> None:
    """The browser's APIs make users and sessions."""
    client, email = world.client(), new_address()
    signed_up = await client.form("/signup", email=email, password=PASSWORD)

    same(signed_up["status"], "OK", "sign-up")
    same(await client.status(), 200, "the protected route after it")
    again = await world.client().form("/signup", email=email.upper(), password=PASSWORD)
    same([again["status"], again["formFields"][0]["id"]], ["FIELD_ERROR", "email"], "the same address again")
    exists = await client.get(f"/emailpassword/email/exists?email={email}")
    same(exists["exists"], True, "the address exists")
    other = world.client()
    wrong = await other.form("/signin", email=email, password=PASSWORD + "x")
    same(wrong["status"], "WRONG_CREDENTIALS_ERROR", "a wrong password")
    same(await other.status(), 401, "the protected route after it")
    signed_in = await other.form("/signin", email=email, password=PASSWORD)
    same(signed_in["user"]["id"], signed_up["user"]["id"], "the right password")
    same(kind(await verify_credentials("public", email, PASSWORD)), "SignInOkResult", "credentials")
    same(kind(await sign_in("public", new_address(), PASSWORD)), "WrongCredentialsError", "nobody's address")


async def proving_an_address(world: World) -> None:
    """A link proves an address, once; proof can be taken back."""
    client, email = world.client(), new_address()
    await client.form("/signup", email=email, password=PASSWORD)
    await client.post("/user/email/verify/token")
    link = inbox[-1].email_verify_link

    verified = await client.post("/user/email/verify", {"method": "token", "token": token_of(link)})

    same(verified["status"], "OK", "the link")
    same((await client.get("/user/email/verify"))["isVerified"], True, "the address is proven")
    used = await client.post("/user/email/verify", {"method": "token", "token": token_of(link)})
    same(used["status"], "EMAIL_VERIFICATION_INVALID_TOKEN_ERROR", "the link again")
    found = await list_users_by_account_info("public", AccountInfoInput(email=email))
    recipe_user_id = found[0].login_methods[0].recipe_user_id
    same(found[0].login_methods[0].verified, True, "the login method says so")
    token = await create_email_verification_token("public", recipe_user_id)
    same(token.status, "EMAIL_ALREADY_VERIFIED_ERROR", "a link for a proven address")
    await unverify_email(recipe_user_id)
    same(await is_email_verified(recipe_user_id), False, "proof taken back")
    token = await create_email_verification_token("public", recipe_user_id)
    await revoke_email_verification_tokens("public", recipe_user_id)
    revoked = await verify_email_using_token("public", token.token)
    same(kind(revoked), "VerifyEmailUsingTokenInvalidTokenError", "a revoked link")


async def a_forgotten_password(world: World) -> None:
    """A link changes the password, once."""
    client, email = world.client(), new_address()
    await client.form("/signup", email=email, password=PASSWORD)
    await client.form("/user/password/reset/token", email=email)
    body = {
        "method": "token",
        "token": token_of(inbox[-1].password_reset_link),
        "formFields": [{"id": "password", "value": "another 1 password"}],
    }

    same((await client.post("/user/password/reset", body))["status"], "OK", "the link")
    same((await client.post("/user/password/reset", body))["status"], "RESET_PASSWORD_INVALID_TOKEN_ERROR", "again")
    same((await sign_in("public", email, PASSWORD)).status, "WRONG_CREDENTIALS_ERROR", "the old password")
    user = (await sign_in("public", email, "another 1 password")).user
    token = (await create_reset_password_token("public", user.id, email)).token
    same((await consume_password_reset_token("public", token)).email, email, "a token consumed alone")
    same(
        (await reset_password_using_token("public", token, PASSWORD)).status,
        "RESET_PASSWORD_INVALID_TOKEN_ERROR",
        "that token again",
    )
    unknown = await create_reset_password_token("public", "nobody", email)
    same(kind(unknown), "UnknownUserIdError", "a token for nobody")


async def changing_credentials(_: World) -> None:
    """Address and password change together or apart, within the rules."""
    person, other = await new_person(), await new_person()
    recipe_user_id, email = person.login_methods[0].recipe_user_id, new_address()

    changed = await update_email_or_password(recipe_user_id, email=email, password="another 1 password")

    same(kind(changed), "UpdateEmailOrPasswordOkResult", "both change")
    same((await sign_in("public", email, "another 1 password")).user.id, person.id, "signing in with both")
    taken = await update_email_or_password(recipe_user_id, email=other.emails[0])
    same(kind(taken), "EmailAlreadyExistsError", "somebody else's address")
    weak = await update_email_or_password(recipe_user_id, password="short")
    same(kind(weak), "PasswordPolicyViolationError", "a weak password")


async def accounts_elsewhere(_: World) -> None:
    """A third-party account is made once and then found."""
    their_id, email = secrets.token_hex(8), new_address()

    first = await manually_create_or_update_user("public", "google", their_id, email, is_verified=True)
    again = await manually_create_or_update_user("public", "google", their_id, email, is_verified=True)

    same([first.created_new_recipe_user, again.created_new_recipe_user], [True, False], "made, then found")
    same(again.user.id, first.user.id, "the same user")
    info = AccountInfoInput(third_party=ThirdPartyInfo(their_id, "google"))
    same([user.id for user in await list_users_by_account_info("public", info)], [first.user.id], "found by account")
    same(first.user.login_methods[0].verified, True, "the provider's word for the address counts")


async def metadata(_: World) -> None:
    """Metadata merges at its first level; null removes."""
    person = await new_person()
    await update_user_metadata(person.id, {"a": {"b": 1}, "c": [1, None, "ü"], "d": 1.5})

    merged = await update_user_metadata(person.id, {"a": {"e": True}, "d": None})

    same(merged.metadata, {"a": {"e": True}, "c": [1, None, "ü"]}, "merged")
    same((await get_user_metadata(person.id)).metadata, merged.metadata, "read")
    await clear_user_metadata(person.id)
    same((await get_user_metadata(person.id)).metadata, {}, "cleared")


async def roles(_: World) -> None:
    """Roles carry permissions, and people carry roles."""
    person, role = await new_person(), f"role-{secrets.token_hex(4)}"
    created = await create_new_role_or_add_permissions(role, ["read", "write"])
    same(created.created_new_role, True, "a new role")
    same((await create_new_role_or_add_permissions(role, ["read"])).created_new_role, False, "a known role")

    same((await add_role_to_user("public", person.id, role)).did_user_already_have_role, False, "given")

    same((await add_role_to_user("public", person.id, role)).did_user_already_have_role, True, "given again")
    same(kind(await add_role_to_user("public", person.id, "no-role")), "UnknownRoleError", "an unknown role")
    same((await get_roles_for_user("public", person.id)).roles, [role], "roles of the person")
    same((await get_users_that_have_role("public", role)).users, [person.id], "people with the role")
    same(sorted((await get_permissions_for_role(role)).permissions), ["read", "write"], "permissions")
    holds(role in (await get_roles_that_have_permission("write")).roles, "roles with a permission")
    await remove_permissions_from_role(role, ["write"])
    same((await get_permissions_for_role(role)).permissions, ["read"], "a permission taken away")
    same((await remove_user_role("public", person.id, role)).did_user_have_role, True, "taken away")
    holds(role in (await get_all_roles()).roles, "it is listed")
    same((await delete_role(role)).did_role_exist, True, "deleted")
    same((await delete_role(role)).did_role_exist, False, "deleted again")


async def ids_of_the_application(world: World) -> None:
    """Once mapped, the application's id stands everywhere."""
    client, email = world.client(), new_address()
    person, external = (await sign_up("public", email, PASSWORD)).user, f"ours-{secrets.token_hex(4)}"
    await update_user_metadata(person.id, {"before": 1})
    mapped = await create_user_id_mapping(person.id, external, "from the old system", force=True)
    same(kind(mapped), "CreateUserIdMappingOkResult", "mapped")

    found = await get_user_id_mapping(external, "EXTERNAL")

    same([found.supertokens_user_id, found.external_user_info], [person.id, "from the old system"], "found")
    same(kind(await get_user_id_mapping(external, "SUPERTOKENS")), "UnknownMappingError", "by the other kind")
    signed_in = await client.form("/signin", email=email, password=PASSWORD)
    same(signed_in["user"]["id"], external, "signing in answers the application's id")
    same((await client.http.get("/protected")).json()["userId"], external, "and so does the session")
    same((await get_user(external)).login_methods[0].recipe_user_id.get_as_string(), external, "and the login method")
    taken = await create_user_id_mapping(person.id, "another", force=True)
    same(kind(taken), "UserIdMappingAlreadyExistsError", "a second mapping")
    same(taken.does_super_tokens_user_id_exist, True, "and it says what is there")
    same(kind(await create_user_id_mapping("nobody", "x")), "UnknownSupertokensUserIDError", "nobody")
    await update_or_delete_user_id_mapping_info(external, "EXTERNAL", None)
    same((await get_user_id_mapping(external)).external_user_info, None, "the note is gone")
    same((await delete_user_id_mapping(external, "EXTERNAL", force=True)).did_mapping_exist, True, "unmapped")
    same((await get_user(person.id)).id, person.id, "the first id is back")


async def listing_searching_counting(_: World) -> None:
    """Everybody is listed once, in both orders, in pages; a part of an address finds them."""
    mark = secrets.token_hex(5)
    people = [(await sign_up("public", f"{mark}-{number}@example.com", PASSWORD)).user.id for number in range(3)]
    total = await get_user_count(tenant_id="public")

    newest = await get_users_newest_first("public", limit=2)
    older = await get_users_newest_first("public", limit=2, pagination_token=newest.next_pagination_token)

    same([user.id for user in [*newest.users, *older.users]][:3], people[::-1], "newest first, in pages")
    found = await get_users_oldest_first("public", query={"email": mark})
    same([user.id for user in found.users], people, "search, oldest first")
    seen, token = [], None
    while True:
        page = await get_users_oldest_first("public", limit=7, pagination_token=token)
        seen += [user.id for user in page.users]
        token = page.next_pagination_token
        if token is None:
            break
    same([len(seen), len(set(seen))], [total, total], "as many as are counted, each once")
    same(await get_user_count(["passwordless", "thirdparty", "emailpassword"], "public"), total, "count by recipe")
    holds(await get_user_count(["emailpassword"], "public") < total, "some came another way")


async def deletion(world: World) -> None:
    """Whoever is deleted leaves nothing behind."""
    client, email = world.client(), new_address()
    person = (await client.form("/signup", email=email, password=PASSWORD))["user"]["id"]
    await update_user_metadata(person, {"a": 1})
    await create_new_role_or_add_permissions("guest", [])
    await add_role_to_user("public", person, "guest")

    await delete_user(person)

    same(await get_user(person), None, "the user")
    same(await get_all_session_handles_for_user(person), [], "the sessions")
    same((await get_user_metadata(person)).metadata, {}, "the metadata")
    same((await get_roles_for_user("public", person)).roles, [], "the roles")
    same(await client.status("/checked"), 401, "the route that asks the core")
    same((await sign_up("public", email, PASSWORD)).status, "OK", "the address is free")


STORIES = [
    signing_up_and_in,
    proving_an_address,
    a_forgotten_password,
    changing_credentials,
    accounts_elsewhere,
    metadata,
    roles,
    ids_of_the_application,
    listing_searching_counting,
    deletion,
]
