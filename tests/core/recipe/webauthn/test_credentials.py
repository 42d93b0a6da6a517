# SPDX-License-Identifier: Apache-2.0
"""Adding, showing and removing passkeys, and changing the e-mail of their login method."""

from tests.core.recipe.calls import create_tenant, get, make_primary
from tests.core.recipe.calls import sign_up as sign_up_with_password
from tests.core.recipe.webauthn.passkeys import EMAIL, ORIGIN, answer, begin_registration, register, sign_in, sign_up
from twofold._authenticator import VirtualAuthenticator
from twofold.core.app import Core
from twofold.core.clock import TurnableClock

CREDENTIAL = "webauthn/user/credential"
NOT_FOUND = {"status": "CREDENTIAL_NOT_FOUND_ERROR"}
UNKNOWN_USER = {"status": "UNKNOWN_USER_ID_ERROR"}


async def test_passkey_is_added_shown_and_removed(
    core: Core, authenticator: VirtualAuthenticator, user_id: str, clock: TurnableClock
) -> None:
    """The life of a second passkey: it signs in until it is removed; the first stays."""
    clock.turn(seconds=10)
    phone = VirtualAuthenticator(ORIGIN)
    added = await register(core, phone, user_id)
    first, second = authenticator.passkeys[0].id, phone.passkeys[0].id
    assert added == {
        "status": "OK",
        "webauthnCredentialId": second,
        "recipeUserId": user_id,
        "email": EMAIL,
        "relyingPartyId": "example.com",
        "relyingPartyName": "Site",
    }
    listed = await get(core, f"{CREDENTIAL}/list", {"recipeUserId": user_id})
    assert [item["webauthnCredentialId"] for item in listed["credentials"]] == [first, second]
    clock.turn(seconds=10)
    assert (await sign_in(core, phone))["recipeUserId"] == user_id

    of_second = {"recipeUserId": user_id, "webauthnCredentialId": second}
    shown = await get(core, CREDENTIAL, of_second)
    assert shown.pop("updatedAt") >= shown["createdAt"] + 10_000
    assert shown == {"status": "OK", **listed["credentials"][1]}
    assert await core.call("DELETE", f"/recipe/{CREDENTIAL}/remove", query=of_second) == {"status": "OK"}
    assert await core.call("DELETE", f"/recipe/{CREDENTIAL}/remove", query=of_second) == NOT_FOUND
    assert await get(core, CREDENTIAL, of_second) == NOT_FOUND
    assert await sign_in(core, phone) == NOT_FOUND
    assert (await sign_in(core, authenticator))["status"] == "OK"


async def test_passkeys_of_another_are_out_of_reach(
    core: Core, authenticator: VirtualAuthenticator, user_id: str
) -> None:
    """Who names another user's passkey beside their own id sees and removes nothing."""
    mallory = (await sign_up(core, VirtualAuthenticator(ORIGIN), "mallory@example.com"))["recipeUserId"]
    theirs = {"recipeUserId": mallory, "webauthnCredentialId": authenticator.passkeys[0].id}

    assert await get(core, CREDENTIAL, theirs) == NOT_FOUND
    assert await core.call("DELETE", f"/recipe/{CREDENTIAL}/remove", query=theirs) == NOT_FOUND
    assert (await sign_in(core, authenticator))["recipeUserId"] == user_id


async def test_only_login_methods_of_this_recipe_get_passkeys(core: Core, authenticator: VirtualAuthenticator) -> None:
    """A password's login method has none, nor has nobody; the challenge is left for the right one."""
    other = await sign_up_with_password(core, "p@example.com")

    assert await register(core, authenticator, other) == UNKNOWN_USER
    assert await register(core, authenticator, "nobody") == UNKNOWN_USER


async def test_passkey_for_a_user_of_a_tenant(core: Core, authenticator: VirtualAuthenticator) -> None:
    """Clients register at the app. Options of the user's own tenant count there, those of other tenants do not."""
    for tenant_id in ("t1", "t2"):
        await create_tenant(core, tenant_id)
    user_id = (await sign_up(core, authenticator, tenant_id="t1"))["recipeUserId"]
    statuses = {}
    for tenant_id in ("t1", "t2"):
        begun = await begin_registration(core, tenant_id=tenant_id)
        credential = authenticator.create(begun)
        answered = await answer(core, "user/credential/register", begun, credential, recipeUserId=user_id)
        statuses[tenant_id] = answered["status"]

    assert statuses == {"t1": "OK", "t2": "OPTIONS_NOT_FOUND_ERROR"}


async def put_email(core: Core, user_id: str, email: str) -> str:
    """Change the e-mail, and answer the status."""
    answered = await core.call("PUT", "/recipe/webauthn/user/email", body={"recipeUserId": user_id, "email": email})
    status: str = answered["status"]
    return status


async def test_email_is_changed(core: Core, authenticator: VirtualAuthenticator, user_id: str) -> None:
    """The new e-mail is stored as every other; setting it again is no change."""
    assert await put_email(core, user_id, " New@Example.com ") == "OK"
    assert await put_email(core, user_id, "new@example.com") == "OK"

    assert (await sign_in(core, authenticator))["user"]["emails"] == ["new@example.com"]


async def test_email_must_be_free(core: Core, user_id: str) -> None:
    """Another one's passkeys, or another primary user, keep the e-mail; unknown ids are told."""
    await sign_up(core, VirtualAuthenticator(ORIGIN), "b@example.com")
    password = await sign_up_with_password(core, "p@example.com")
    for primary in (password, user_id):
        await make_primary(core, primary)

    assert await put_email(core, user_id, "b@example.com") == "EMAIL_ALREADY_EXISTS_ERROR"
    assert await put_email(core, user_id, "p@example.com") == "USER_WITH_EMAIL_ALREADY_EXISTS_ERROR"
    for unknown in (password, "nobody"):
        assert await put_email(core, unknown, "c@example.com") == UNKNOWN_USER["status"]
