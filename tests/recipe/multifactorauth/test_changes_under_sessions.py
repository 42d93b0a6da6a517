# SPDX-License-Identifier: Apache-2.0
"""What the policy asks, and from when a change of it counts for sessions that exist."""

import asyncio
from typing import Any

import pytest

from tests.security.application import PASSWORD, Person, application, password_form
from tests.security.considerations.application import OWNER, Site, is_open, site
from twofold import testing
from twofold.exceptions import GeneralError
from twofold.recipe import emailpassword, multifactorauth, session, totp
from twofold.recipe.emailpassword.asyncio import sign_up
from twofold.recipe.emailpassword.types import SignUpOkResult
from twofold.recipe.multifactorauth.asyncio import (
    add_to_required_secondary_factors_for_user,
    get_required_secondary_factors_for_user,
)
from twofold.recipe.multifactorauth.requirements import next_unsatisfied
from twofold.recipe.multitenancy.asyncio import associate_user_to_tenant, create_or_update_tenant
from twofold.recipe.multitenancy.interfaces import TenantConfigCreateOrUpdate
from twofold.recipe.totp.asyncio import remove_device


async def test_a_factor_is_removed() -> None:
    """What a session completed stays completed; the next sign-in is asked to set the factor up anew."""
    async with site(["totp"]) as here:
        owner = await here.sign("signup")
        await here.set_up_totp(owner)
        await remove_device(owner.payload()["sub"], "phone")
        await owner.api("PUT", "/mfa/info")

        again = await here.sign("signin")
        factors = (await again.api("PUT", "/mfa/info")).json()["factors"]

        assert await is_open(owner)
        assert not await is_open(again)
        assert (factors["next"], factors["alreadySetup"]) == (["totp"], ["emailpassword"])


async def test_each_tenant_has_its_rules() -> None:
    """A session belongs to one tenant: what another one requires is asked of those who sign in there."""
    async with testing.app(
        [session.init(), emailpassword.init(), totp.init(), multifactorauth.init(["emailpassword"])]
    ) as under_test:
        here = Site(under_test)
        made = await sign_up("public", OWNER, PASSWORD)
        assert isinstance(made, SignUpOkResult)
        strict = TenantConfigCreateOrUpdate(first_factors=["emailpassword"], required_secondary_factors=["totp"])
        await create_or_update_tenant("strict", strict)
        in_public = await here.sign("signin")
        await associate_user_to_tenant("strict", made.recipe_user_id)
        in_strict = Person(application(), "header")
        await in_strict.api("POST", "/strict/signin", password_form(OWNER))
        await in_public.api("PUT", "/mfa/info")

        assert await is_open(in_public)
        assert not await is_open(in_strict)


async def test_what_the_policy_does_not_look_at_is_not_read() -> None:
    """The arguments are read when they are awaited, each once however often it is."""
    read: list[str] = []

    def override(original: Any) -> Any:
        required_of = original.get_required_secondary_factors_for_user

        async def get_required_secondary_factors_for_user(*arguments: Any) -> Any:
            read.append("required")
            return await required_of(*arguments)

        async def get_factors_setup_for_user(*_: Any) -> Any:
            read.append("set up")
            return []

        async def get_mfa_requirements_for_auth(*arguments: Any) -> Any:
            _tenant, _payload, _completed, _user, _set_up, required_of_user, _of_tenant, _context = arguments
            await required_of_user()
            return await required_of_user()

        original.get_required_secondary_factors_for_user = get_required_secondary_factors_for_user
        original.get_factors_setup_for_user = get_factors_setup_for_user
        original.get_mfa_requirements_for_auth = get_mfa_requirements_for_auth
        return original

    mfa = multifactorauth.init(["emailpassword"], multifactorauth.OverrideConfig(functions=override))
    async with testing.app([session.init(), emailpassword.init(), mfa]) as under_test:
        owner = await Site(under_test).sign("signup")

        assert read == ["required"]
        assert await is_open(owner)


def test_groups_do_not_contain_groups() -> None:
    """A rule that the protocol cannot say lets nobody through, and tells the developer."""
    nested: Any = [{"oneOf": [{"allOfInAnyOrder": ["totp"]}]}]

    with pytest.raises(GeneralError, match="group"):
        next_unsatisfied({"totp"}, nested)


async def test_requirements_added_at_once_are_all_kept() -> None:
    """Of many factors required of a user at the same time none is lost."""
    async with site([]) as here:
        user_id = (await here.sign("signup")).payload()["sub"]
        factors = [f"factor-{number}" for number in range(10)]

        await asyncio.gather(*(add_to_required_secondary_factors_for_user(user_id, factor) for factor in factors))

        assert sorted(await get_required_secondary_factors_for_user(user_id)) == factors
