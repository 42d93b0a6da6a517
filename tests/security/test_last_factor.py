# SPDX-License-Identifier: Apache-2.0
"""Two factors removed at once never leave a user who must have one without any (class 15)."""

import asyncio
from typing import Any

from tests.security.application import ADDRESS, Person, application, password_form
from tests.security.considerations.application import OWNER, Site
from twofold import testing
from twofold.recipe import accountlinking, emailpassword, multifactorauth, session, totp, webauthn
from twofold.recipe.accountlinking.types import ShouldAutomaticallyLink, ShouldNotAutomaticallyLink
from twofold.recipe.multifactorauth.asyncio import (
    add_to_required_secondary_factors_for_user,
    remove_from_required_secondary_factors_for_user,
)
from twofold.recipe.multitenancy.asyncio import associate_user_to_tenant
from twofold.testing import VirtualAuthenticator
from twofold.types import RecipeUserId


async def link_in_session(_info: Any, _user: Any, given: Any, *_: Any) -> Any:
    """Link whatever signs in within a session."""
    return ShouldNotAutomaticallyLink() if given is None else ShouldAutomaticallyLink(False)


def recipes(override: multifactorauth.OverrideConfig | None = None) -> list[Any]:
    """A password, authenticator apps and passkeys."""
    return [
        session.init(),
        emailpassword.init(),
        totp.init(),
        webauthn.init(),
        multifactorauth.init(["emailpassword"], override),
        accountlinking.init(should_do_automatic_account_linking=link_in_session),
    ]


async def owner_with(under_test: testing.AppUnderTest, *, devices: int, passkeys: int) -> Person:
    """Return an owner who must have an authenticator app or a passkey, with as many as said, and all of them fresh."""
    here = Site(under_test)
    owner = Person(application(), "header")
    assert (await owner.api("POST", "/signup", password_form(OWNER))).json()["status"] == "OK"
    for number in range(devices):
        await here.set_up_totp(owner, f"device {number}")
    for _ in range(passkeys):
        authenticator = VirtualAuthenticator(ADDRESS)
        begun = (await owner.api("POST", "/webauthn/options/register", {"email": OWNER})).json()
        body = {"webauthnGeneratedOptionsId": begun["webauthnGeneratedOptionsId"]}
        made = {**body, "credential": authenticator.create(begun), "shouldTryLinkingWithSessionUser": True}
        assert (await owner.api("POST", "/webauthn/signup", made)).json()["status"] == "OK"
    for factor in ("totp", "webauthn"):
        await add_to_required_secondary_factors_for_user(owner.payload()["sub"], factor)
    return owner


async def remove_all(owner: Person) -> list[str]:
    """Remove every device and every passkey at the same time; return the outcomes, in order."""
    devices = (await owner.api("GET", "/totp/device/list")).json()["devices"]
    passkeys = (await owner.api("GET", "/webauthn/credential/list")).json()["credentials"]
    replies = await asyncio.gather(
        *(owner.api("POST", "/totp/device/remove", {"deviceName": item["name"]}) for item in devices),
        *(
            owner.api("POST", "/webauthn/credential/remove", {"webauthnCredentialId": item["webauthnCredentialId"]})
            for item in passkeys
        ),
    )
    return sorted(reply.json()["status"] for reply in replies)


async def test_two_devices_at_once(database_url: str) -> None:
    """One goes, the other stays, and its owner is told why."""
    async with testing.app(recipes(), database_url=database_url) as under_test:
        owner = await owner_with(under_test, devices=2, passkeys=0)

        outcomes = await remove_all(owner)

        assert outcomes == ["GENERAL_ERROR", "OK"]
        assert len((await owner.api("GET", "/totp/device/list")).json()["devices"]) == 1


async def test_what_another_tenant_of_the_user_requires_stays() -> None:
    """Or the thief of a password would set a factor of their own up there."""
    async with testing.app(recipes()) as under_test:
        here = Site(under_test)
        strict = {"tenantId": "strict", "firstFactors": ["emailpassword"], "requiredSecondaryFactors": ["totp"]}
        await under_test.core.call("PUT", "/recipe/multitenancy/tenant/v2", body=strict)
        owner = await here.sign("signup")
        await here.set_up_totp(owner)
        await associate_user_to_tenant("strict", RecipeUserId(owner.payload()["rsub"]))

        reply = await owner.api("POST", "/totp/device/remove", {"deviceName": "phone"})

        assert reply.json()["status"] == "GENERAL_ERROR"


async def test_a_device_and_a_passkey_at_once(database_url: str) -> None:
    """Nor do factors of two kinds slip past each other."""
    async with testing.app(recipes(), database_url=database_url) as under_test:
        owner = await owner_with(under_test, devices=1, passkeys=1)

        assert await remove_all(owner) == ["GENERAL_ERROR", "OK"]


def two_groups(original: Any) -> Any:
    """A policy of which an authenticator app meets both entries, and a passkey only one."""

    async def get_mfa_requirements_for_auth(*_: Any) -> Any:
        return [{"oneOf": ["totp", "webauthn"]}, {"oneOf": ["totp", "otp-phone"]}]

    original.get_mfa_requirements_for_auth = get_mfa_requirements_for_auth
    return original


async def test_each_entry_of_the_policy_keeps_a_factor() -> None:
    """The app is the last for one entry though the passkey is left for the other."""
    async with testing.app(recipes(multifactorauth.OverrideConfig(functions=two_groups))) as under_test:
        owner = await owner_with(under_test, devices=1, passkeys=1)

        assert await remove_all(owner) == ["GENERAL_ERROR", "OK"]
        assert len((await owner.api("GET", "/totp/device/list")).json()["devices"]) == 1


async def test_who_need_not_have_one_removes_all() -> None:
    """What is required no longer may go, to the last."""
    async with testing.app(recipes()) as under_test:
        owner = await owner_with(under_test, devices=1, passkeys=1)
        refused = [await remove_all(owner), await remove_all(owner)]
        for factor in ("totp", "webauthn"):
            await remove_from_required_secondary_factors_for_user(owner.payload()["sub"], factor)

        assert refused == [["GENERAL_ERROR", "OK"], ["GENERAL_ERROR"]]
        assert await remove_all(owner) == ["OK"]
