# SPDX-License-Identifier: Apache-2.0
"""Attack class 12: a session with the first factor alone adds a login with the user's own address.

The login that the policy requires is in another tenant, so that it is looked for in the session's in vain. A new one
with the same address proves nothing of it.
"""

from typing import Any

import pytest

from tests.recipe.webauthn.application import EMAIL, PASSWORD, Person, link_always, second_factor
from twofold import testing
from twofold.recipe import accountlinking, emailpassword, emailverification, multifactorauth, passwordless, session
from twofold.recipe.accountlinking.asyncio import link_accounts
from twofold.recipe.multitenancy.asyncio import associate_user_to_tenant, create_or_update_tenant
from twofold.recipe.multitenancy.interfaces import TenantConfigCreateOrUpdate
from twofold.recipe.passwordless.asyncio import create_new_code_for_device, signinup
from twofold.recipe.passwordless.interfaces import CreateNewCodeForDeviceOkResult
from twofold.types import RecipeUserId


def required(factor_id: str) -> multifactorauth.OverrideConfig:
    """A policy that asks everybody for one factor."""

    def replace(original: Any) -> Any:
        async def get_mfa_requirements_for_auth(*_: Any) -> list[str]:
            return [factor_id]

        original.get_mfa_requirements_for_auth = get_mfa_requirements_for_auth
        return original

    return multifactorauth.OverrideConfig(functions=replace)


@pytest.mark.parametrize("address", [EMAIL, "mallory@example.com"])
async def test_a_new_passkey_is_not_the_required_one(address: str) -> None:
    """The password alone registers no passkey, neither with the owner's address nor with another."""
    async with testing.app(second_factor()):
        await create_or_update_tenant("shop", TenantConfigCreateOrUpdate(first_factors=["emailpassword"]))
        owner = Person()
        await owner.with_password("signup")
        made = await owner.register(shouldTryLinkingWithSessionUser=True)
        assert made["status"] == "OK"
        await associate_user_to_tenant("shop", RecipeUserId(made["user"]["id"]))

        thief = Person()
        form = [{"id": "email", "value": EMAIL}, {"id": "password", "value": PASSWORD}]
        assert (await thief.post("/shop/signin", formFields=form))["status"] == "OK"
        begun = await thief.post("/shop/webauthn/options/register", email=address)
        answer = await thief.answer(
            "/shop/webauthn/signup", begun, thief.authenticator.create(begun), shouldTryLinkingWithSessionUser=True
        )

        assert answer.get("status") != "OK"
        assert not await thief.may_enter()


@pytest.mark.parametrize("address", [EMAIL, "mallory@example.com"])
async def test_a_new_password_is_not_the_required_one(address: str) -> None:
    """A code by mail alone sets no password, neither with the owner's address nor with another."""
    recipes = [
        session.init(),
        emailpassword.init(),
        passwordless.init(passwordless.ContactEmailOrPhoneConfig(), "USER_INPUT_CODE"),
        accountlinking.init(should_do_automatic_account_linking=link_always),
        emailverification.init("OPTIONAL"),
        multifactorauth.init(["emailpassword", "otp-email"], required("emailpassword")),
    ]
    async with testing.app(recipes):
        await create_or_update_tenant("shop", TenantConfigCreateOrUpdate(first_factors=["otp-email"]))
        owner = Person()
        user_id = (await owner.with_password("signup"))["user"]["id"]
        mailbox = await signinup("public", EMAIL, None, None)
        if len(mailbox.user.login_methods) == 1:
            assert (await link_accounts(mailbox.recipe_user_id, user_id)).status == "OK"
        await associate_user_to_tenant("shop", mailbox.recipe_user_id)

        thief = Person()
        device = await thief.post("/shop/signinup/code", email=EMAIL)
        code = await create_new_code_for_device("shop", device["deviceId"])
        assert isinstance(code, CreateNewCodeForDeviceOkResult)
        ids = {key: device[key] for key in ("deviceId", "preAuthSessionId")}
        used = await thief.post("/shop/signinup/code/consume", **ids, userInputCode=code.user_input_code)
        assert used["status"] == "OK"
        assert not await thief.may_enter()
        form = [{"id": "email", "value": address}, {"id": "password", "value": "mallorys password 1"}]
        answer = await thief.post("/shop/signup", formFields=form, shouldTryLinkingWithSessionUser=True)

        assert answer.get("status") != "OK"
        assert not await thief.may_enter()
