# SPDX-License-Identifier: Apache-2.0
"""Signing up and in with passkeys, and where else of the core such a user is seen."""

from tests.core.recipe.calls import create_tenant, get, link, make_primary, map_id, post, remove_user, rows
from tests.core.recipe.calls import sign_up as sign_up_with_password
from tests.core.recipe.webauthn.passkeys import (
    EMAIL,
    ORIGIN,
    answer,
    begin_registration,
    begin_sign_in,
    register,
    sign_in,
    sign_up,
)
from twofold._authenticator import VirtualAuthenticator
from twofold.core.app import Core
from twofold.core.version import V4_0, V5_2


async def test_sign_up_makes_a_user(core: Core, authenticator: VirtualAuthenticator) -> None:
    """The answer shows the whole user, with the passkey, and which site it is for."""
    made = await sign_up(core, authenticator, " A@Example.com ")

    credential_id = authenticator.passkeys[0].id
    assert made == {
        "status": "OK",
        "user": {
            "id": made["recipeUserId"],
            "isPrimaryUser": False,
            "tenantIds": ["public"],
            "timeJoined": made["user"]["timeJoined"],
            "emails": [EMAIL],
            "phoneNumbers": [],
            "thirdParty": [],
            "webauthn": {"credentialIds": [credential_id]},
            "loginMethods": [
                {
                    "recipeId": "webauthn",
                    "recipeUserId": made["recipeUserId"],
                    "tenantIds": ["public"],
                    "timeJoined": made["user"]["timeJoined"],
                    "verified": False,
                    "email": EMAIL,
                    "webauthn": {"credentialIds": [credential_id]},
                }
            ],
        },
        "recipeUserId": made["recipeUserId"],
        "webauthnCredentialId": credential_id,
        "relyingPartyId": "example.com",
        "relyingPartyName": "Site",
    }
    found = await core.call("GET", "/user/id", query={"userId": made["recipeUserId"]})
    assert found["user"] == made["user"]


async def test_sign_in_answers_as_the_sign_up_did(core: Core, authenticator: VirtualAuthenticator) -> None:
    """The same user, by counting and by synchronised authenticators, again and again."""
    synchronised = VirtualAuthenticator(ORIGIN, counts=False, is_synchronised=True)
    for email, browser in (EMAIL, authenticator), ("b@example.com", synchronised):
        made = await sign_up(core, browser, email)
        for _ in range(2):
            signed_in = await sign_in(core, browser)
            assert signed_in == {key: made[key] for key in ("status", "user", "recipeUserId")}


async def test_authenticator_knows_the_user_by_one_handle(
    core: Core, authenticator: VirtualAuthenticator, user_id: str
) -> None:
    """A second passkey takes the place of the first in the same authenticator: section 4, user handle."""
    await register(core, authenticator, user_id)

    assert [passkey.user_handle.decode() for passkey in authenticator.passkeys] == [user_id, user_id]


async def test_security_key_without_user_handle(core: Core, authenticator: VirtualAuthenticator, user_id: str) -> None:
    """Keys that store nothing name no account; the credential says whose it is."""
    begun = await begin_sign_in(core)
    assertion = authenticator.get(begun)
    del assertion["response"]["userHandle"]

    assert (await answer(core, "signin", begun, assertion))["recipeUserId"] == user_id


async def test_email_is_taken_once_per_tenant(core: Core, authenticator: VirtualAuthenticator, user_id: str) -> None:
    """The same e-mail: refused here, and the challenge is left for another try; free for other recipes and tenants."""
    assert await sign_up(core, VirtualAuthenticator(ORIGIN)) == {"status": "EMAIL_ALREADY_EXISTS_ERROR"}
    assert len(await rows(core, "webauthn_credentials")) == 1

    await create_tenant(core, "t1")
    assert (await sign_up(core, authenticator, tenant_id="t1"))["status"] == "OK"
    await sign_up_with_password(core, EMAIL)


async def test_handle_is_of_who_has_the_email(core: Core, user_id: str) -> None:
    """Options for an e-mail name who has passkeys with it, before others who have the e-mail."""
    await sign_up_with_password(core, EMAIL)
    own, other = VirtualAuthenticator(ORIGIN), VirtualAuthenticator(ORIGIN)
    own.create(await begin_registration(core))
    password_id = await sign_up_with_password(core, "b@example.com")
    other.create(await begin_registration(core, "b@example.com"))

    assert own.passkeys[0].user_handle.decode() == user_id
    assert other.passkeys[0].user_handle.decode() == password_id


async def test_older_versions_hide_passkeys(core: Core, user_id: str) -> None:
    """Before CDI 5.3 the login method is there, its e-mail does not count and the passkeys are not shown."""
    for version in (V4_0, V5_2):
        found = await core.call("GET", "/user/id", query={"userId": user_id}, version=version)
        assert found["user"]["emails"] == []
        assert "webauthn" not in found["user"]
        assert "webauthn" not in found["user"]["loginMethods"][0]


async def test_listing_counting_and_searching(core: Core, authenticator: VirtualAuthenticator, user_id: str) -> None:
    """Users with passkeys are users of the recipe `webauthn`, found by e-mail and by credential."""
    await sign_up_with_password(core, "p@example.com")
    of_recipe = {"includeRecipeIds": "webauthn"}
    listed = await core.call("GET", "/users", query=of_recipe)
    counted = await core.call("GET", "/users/count", query=of_recipe)
    searched = await core.call("GET", "/users", query={"email": "a@"})
    found = await core.call("GET", "/users/by-accountinfo", query=_by_credential(authenticator))
    none = await core.call("GET", "/users/by-accountinfo", query={**_by_credential(authenticator), "email": "b@b"})
    await create_tenant(core, "t1")
    elsewhere = await core.call("GET", "/users/by-accountinfo", query=_by_credential(authenticator), tenant_id="t1")

    assert [user["id"] for user in listed["users"]] == [user_id]
    assert counted["count"] == 1
    assert searched["users"] == found["users"] == listed["users"]
    assert none["users"] == elsewhere["users"] == []


async def test_linked_user_is_found_by_each_passkey(
    core: Core, authenticator: VirtualAuthenticator, user_id: str
) -> None:
    """Whoever signs in with a linked passkey is the primary user, and is shown with all passkeys."""
    primary = await sign_up_with_password(core, "p@example.com")
    await make_primary(core, primary)
    await link(core, user_id, primary)
    await register(core, authenticator, user_id)
    signed_in = await sign_in(core, authenticator)

    assert (signed_in["user"]["id"], signed_in["recipeUserId"]) == (primary, user_id)
    assert sorted(signed_in["user"]["webauthn"]["credentialIds"]) == sorted(key.id for key in authenticator.passkeys)
    assert signed_in["user"]["loginMethods"][0]["webauthn"] == signed_in["user"]["webauthn"]


async def test_many_passkeys_in_many_tenants(core: Core, authenticator: VirtualAuthenticator, user_id: str) -> None:
    """Each tenant and each passkey shows once."""
    for tenant_id in ("t1", "t2"):
        await create_tenant(core, tenant_id)
        await core.call("POST", "/recipe/multitenancy/tenant/user", tenant_id=tenant_id, body={"recipeUserId": user_id})
    await register(core, authenticator, user_id)
    found = await core.call("GET", "/user/id", query={"userId": user_id})

    method = found["user"]["loginMethods"][0]
    assert method["tenantIds"] == ["public", "t1", "t2"]
    assert sorted(method["webauthn"]["credentialIds"]) == sorted(key.id for key in authenticator.passkeys)


async def test_external_id(core: Core, authenticator: VirtualAuthenticator, user_id: str) -> None:
    """Once mapped, every answer has the application's id, and every endpoint takes either."""
    await map_id(core, user_id, "ext-1")
    signed_in = await sign_in(core, authenticator)
    registered = await register(core, authenticator, "ext-1")
    token = await post(core, "webauthn/user/recover/token", {"userId": "ext-1", "email": EMAIL})
    recovering = await get(core, "webauthn/user/recover", {"token": token["token"]})
    consumed = await post(core, "webauthn/user/recover/token/consume", {"token": token["token"]})

    assert (signed_in["user"]["id"], signed_in["recipeUserId"]) == ("ext-1", "ext-1")
    assert registered["recipeUserId"] == recovering["recipeUserId"] == consumed["userId"] == "ext-1"
    for either in ("ext-1", user_id):
        listed = await get(core, "webauthn/user/credential/list", {"recipeUserId": either})
        assert [item["recipeUserId"] for item in listed["credentials"]] == ["ext-1", "ext-1"]


async def test_deleted_user_leaves_nothing(core: Core, authenticator: VirtualAuthenticator, user_id: str) -> None:
    """Passkeys and recovery tokens go with the user, and the passkey opens nothing any more."""
    await post(core, "webauthn/user/recover/token", {"userId": user_id, "email": EMAIL})
    await remove_user(core, user_id)

    assert await rows(core, "webauthn_credentials") == await rows(core, "webauthn_recovery_tokens") == []
    assert await sign_in(core, authenticator) == {"status": "CREDENTIAL_NOT_FOUND_ERROR"}


async def test_unlinked_member_keeps_passkeys(core: Core, authenticator: VirtualAuthenticator, user_id: str) -> None:
    """A login method takes its passkeys along when it leaves a group."""
    primary = await sign_up_with_password(core, "p@example.com")
    await make_primary(core, primary)
    await link(core, user_id, primary)
    await core.call("POST", "/recipe/accountlinking/user/unlink", body={"recipeUserId": user_id})

    assert (await sign_in(core, authenticator))["user"]["id"] == user_id


async def test_tenant_and_app_take_everything_along(core: Core) -> None:
    """A deleted tenant leaves no ceremonies and tokens, a deleted app no passkeys."""
    await core.call("PUT", "/recipe/multitenancy/app/v2", body={"appId": "a1"})
    await core.call("PUT", "/recipe/multitenancy/tenant/v2", app_id="a1", body={"tenantId": "t1"})
    authenticator = VirtualAuthenticator(ORIGIN)
    begun = await core.call(
        "POST",
        "/recipe/webauthn/options/register",
        app_id="a1",
        tenant_id="t1",
        body={"email": EMAIL, "relyingPartyId": "example.com", "relyingPartyName": "Site", "origin": ORIGIN},
    )
    body = {**begun, "credential": authenticator.create(begun)}
    made = await core.call("POST", "/recipe/webauthn/signup", app_id="a1", tenant_id="t1", body=body)
    await core.call(
        "POST",
        "/recipe/webauthn/options/signin",
        app_id="a1",
        tenant_id="t1",
        body={"relyingPartyId": "example.com", "relyingPartyName": "Site", "origin": ORIGIN},
    )
    token_body = {"userId": made["recipeUserId"], "email": EMAIL}
    await core.call("POST", "/recipe/webauthn/user/recover/token", app_id="a1", tenant_id="t1", body=token_body)

    await core.call("POST", "/recipe/multitenancy/tenant/remove", app_id="a1", body={"tenantId": "t1"})
    assert await rows(core, "webauthn_options") == await rows(core, "webauthn_recovery_tokens") == []
    assert len(await rows(core, "webauthn_credentials")) == 1
    await core.call("POST", "/recipe/multitenancy/app/remove", body={"appId": "a1"})
    assert await rows(core, "webauthn_credentials") == []


def _by_credential(authenticator: VirtualAuthenticator) -> dict[str, str]:
    return {"doUnionOfAccountInfo": "false", "webauthnCredentialId": authenticator.passkeys[0].id}
