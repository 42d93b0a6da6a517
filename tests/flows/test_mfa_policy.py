# SPDX-License-Identifier: Apache-2.0
"""The samples of "OTP for specific users" do what their text says, and nobody can avoid it."""

import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from tests.flows.person import ANN, EVE, Person, StartSample, application
from tests.flows.samples import OTP, otp_for_specific_users, run_sample
from tests.recipe.session.application import Browser
from twofold import _state
from twofold.exceptions import GeneralError
from twofold.recipe.multifactorauth.asyncio import remove_from_required_secondary_factors_for_user
from twofold.recipe.multitenancy.asyncio import associate_user_to_tenant, create_or_update_tenant
from twofold.recipe.multitenancy.interfaces import TenantConfigCreateOrUpdate
from twofold.recipe.userroles.asyncio import add_role_to_user, create_new_role_or_add_permissions
from twofold.types import RecipeUserId

MISSING_FACTOR = {
    "message": "invalid claim",
    "claimValidationErrors": [{"id": "st-mfa", "reason": {"message": "MFA requirement for auth is not satisfied"}}],
}


@pytest.fixture
async def start(sqlite_url: str) -> AsyncIterator[StartSample]:
    """Start a sample on a new database, below an application with one protected route."""

    def start_sample(name: str) -> FastAPI:
        otp_for_specific_users(name, sqlite_url)
        return application()

    yield start_sample
    await _state.current_app().stop()
    _state.set_current_app(None)


async def make_admin(user_id: str, tenant: str = "public") -> None:
    """Give the role."""
    await create_new_role_or_add_permissions("admin", [])
    await add_role_to_user(tenant, user_id, "admin")


async def admin_at_the_door(app: FastAPI) -> Person:
    """An administrator who has typed the password and no code."""
    user = await Person(app).enter("signup")
    await make_admin(user["id"])
    admin = Person(app)
    await admin.enter("signin")
    return admin


async def test_others_need_no_code(start: StartSample) -> None:
    """A user without the role signs in with the password alone."""
    person = Person(start("admins"))
    await person.enter("signup")

    assert person.claim == ({"emailpassword"}, True)
    assert (await person.orders()).status_code == 200
    assert (await person.info())["factors"]["next"] == []


async def test_admin_needs_a_code(start: StartSample) -> None:
    """An administrator with the password alone is stopped, and told what is missing and where a code can go."""
    admin = await admin_at_the_door(start("admins"))

    reply, info = await admin.orders(), await admin.info()

    assert admin.claim == ({"emailpassword"}, False)
    assert (reply.status_code, reply.json()) == (403, MISSING_FACTOR)
    assert info["factors"]["next"] == ["otp-email"]
    assert info["emails"]["otp-email"] == [ANN]


async def test_admin_with_a_code(start: StartSample) -> None:
    """The right code opens the same session of the same user; the mailbox becomes a login method of theirs."""
    app = start("admins")
    admin = await admin_at_the_door(app)
    handle = admin.browser.payload()["sessionHandle"]

    answer = await admin.type_code((await admin.ask_for_code()).json())

    assert (answer["status"], answer["createdNewRecipeUser"]) == ("OK", True)
    assert [method["recipeId"] for method in answer["user"]["loginMethods"]] == ["emailpassword", "passwordless"]
    assert admin.claim == ({"emailpassword", "otp-email"}, True)
    assert admin.browser.payload()["sessionHandle"] == handle
    assert (await admin.orders()).json() == {"of": answer["user"]["id"]}
    assert (await admin.info())["factors"]["next"] == []


async def test_admin_needs_a_code_every_time(start: StartSample) -> None:
    """A code opens one session; the next sign-in needs the next code, and makes no further login method."""
    app = start("admins")
    admin = await admin_at_the_door(app)
    await admin.type_code((await admin.ask_for_code()).json())
    again = Person(app)
    await again.enter("signin")

    before = (await again.orders()).status_code
    info = await again.info()
    answer = await again.type_code((await again.ask_for_code()).json())

    assert before == 403
    assert info["factors"] | {"allowedToSetup": None} == {
        "next": ["otp-email"],
        "alreadySetup": ["emailpassword", "otp-email"],
        "allowedToSetup": None,
    }
    assert (answer["createdNewRecipeUser"], len(answer["user"]["loginMethods"])) == (False, 2)
    assert (await again.orders()).status_code == 200


async def test_wrong_codes_open_nothing(start: StartSample) -> None:
    """Guessing ends after five attempts with the session as it was."""
    admin = await admin_at_the_door(start("admins"))
    device = (await admin.ask_for_code()).json()

    answers = [(await admin.type_code(device, "wrong"))["status"] for _ in range(5)]
    late = await admin.type_code(device)

    assert answers == ["INCORRECT_USER_INPUT_CODE_ERROR"] * 4 + ["RESTART_FLOW_ERROR"]
    assert late == {"status": "RESTART_FLOW_ERROR"}
    assert (await admin.orders()).status_code == 403


async def test_code_alone_is_no_way_in(start: StartSample) -> None:
    """The second factor does not begin a session: a stolen mailbox is not enough."""
    app = start("admins")
    admin = await admin_at_the_door(app)
    await admin.type_code((await admin.ask_for_code()).json())

    reply = await Browser(app, "cookie").send("POST", "/auth/signinup/code", {"email": ANN})

    assert reply.status_code == 401


async def test_stolen_password_cannot_bring_its_own_mailbox(start: StartSample) -> None:
    """Once a code goes somewhere, whoever has the password alone cannot have it sent elsewhere."""
    app = start("admins")
    admin = await admin_at_the_door(app)
    await admin.type_code((await admin.ask_for_code()).json())
    thief = Person(app)
    await thief.enter("signin")
    sent = len(_state.current_app().inbox.messages())

    reply = await thief.ask_for_code(EVE)

    assert reply.status_code == 403
    assert reply.json()["claimValidationErrors"][0]["id"] == "st-mfa"
    assert len(_state.current_app().inbox.messages()) == sent


async def test_session_of_somebody_else_is_not_raised(start: StartSample) -> None:
    """A right code for another account does not complete this session, and does not take it over."""
    app = start("admins")
    admin = await admin_at_the_door(app)
    await admin.type_code((await admin.ask_for_code()).json())
    eve = Person(app, EVE)
    user = await eve.enter("signup")
    await make_admin(user["id"])
    eve = Person(app, EVE)
    await eve.enter("signin")

    reply = await eve.ask_for_code(ANN)
    asked = reply.json()
    answer = await eve.type_code(asked) if "deviceId" in asked else asked

    assert answer.get("status") != "OK"
    assert (await eve.orders()).status_code == 403


async def test_role_given_during_a_session(start: StartSample) -> None:
    """A new administrator's session goes on until it is looked at anew, and then needs a code."""
    app = start("admins")
    person = Person(app)
    user = await person.enter("signup")
    await make_admin(user["id"])

    before = (await person.orders()).status_code
    info = await person.info()

    assert before == 200
    assert info["factors"]["next"] == ["otp-email"]
    assert (await person.orders()).status_code == 403


async def test_opting_in(start: StartSample) -> None:
    """Whoever turns the code on needs it at the next sign-in; others do not; turned off, it is gone."""
    app = start("opt_in")
    person, other = Person(app), Person(app, EVE)
    user = await person.enter("signup")
    await other.enter("signup")
    free = (await person.orders()).status_code

    answer = await person.type_code((await person.ask_for_code()).json())
    again, unaffected = Person(app), Person(app, EVE)
    await again.enter("signin")
    await unaffected.enter("signin")
    stopped = (await again.orders()).status_code
    await again.type_code((await again.ask_for_code()).json())

    assert (free, answer["status"], stopped) == (200, "OK", 403)
    assert again.claim == ({"emailpassword", "otp-email"}, True)
    assert (await again.orders()).status_code == 200
    assert (await unaffected.orders()).status_code == 200

    await remove_from_required_secondary_factors_for_user(user["id"], "otp-email")
    afterwards = Person(app)
    await afterwards.enter("signin")
    assert (await afterwards.orders()).status_code == 200


@pytest.fixture
async def strict_tenant() -> Callable[[], Any]:
    """Make a tenant that requires mailed codes."""

    async def make() -> None:
        config = TenantConfigCreateOrUpdate(first_factors=["emailpassword"], required_secondary_factors=["otp-email"])
        await create_or_update_tenant("strict", config)

    return make


async def test_admins_of_a_tenant(start: StartSample, strict_tenant: Callable[[], Any]) -> None:
    """The same administrator needs a code in the tenant that requires it, and none in the other."""
    app = start("admins_of_tenants")
    await strict_tenant()
    user = await Person(app).enter("signup")
    await associate_user_to_tenant("strict", RecipeUserId(user["id"]))
    for tenant in ("public", "strict"):
        await make_admin(user["id"], tenant)
    lax, strict = Person(app), Person(app, tenant="strict")
    await lax.enter("signin")
    await strict.enter("signin")

    stopped = (await strict.orders()).status_code
    answer = await strict.type_code((await strict.ask_for_code()).json())

    assert (await lax.orders()).status_code == 200
    assert (stopped, answer["status"]) == (403, "OK")
    assert (await strict.orders()).status_code == 200


async def test_opting_in_where_the_tenant_asks(start: StartSample, strict_tenant: Callable[[], Any]) -> None:
    """Whoever turned the code on is asked in the tenant that requires it, and in no other."""
    app = start("opt_in_of_tenants")
    await strict_tenant()
    person = Person(app)
    user = await person.enter("signup")
    await associate_user_to_tenant("strict", RecipeUserId(user["id"]))
    await person.type_code((await person.ask_for_code()).json())
    lax, strict = Person(app), Person(app, tenant="strict")
    await lax.enter("signin")
    await strict.enter("signin")

    stopped = (await strict.orders()).status_code
    answer = await strict.type_code((await strict.ask_for_code()).json())

    assert (await lax.orders()).status_code == 200
    assert (stopped, answer["status"]) == (403, "OK")
    assert len(answer["user"]["loginMethods"]) == 2
    assert (await strict.orders()).status_code == 200


async def test_settings_of_ones_own(start: StartSample) -> None:
    """The page's functions for a settings page: ask, turn on, turn off."""
    app = start("opt_in")
    user_id = (await Person(app).enter("signup"))["id"]
    asked = run_sample("otp_for_specific_users/is_enabled").is_otp_email_factor_enabled_for_user
    settings = run_sample("otp_for_specific_users/enable_and_disable")

    answers = [await asked(user_id)]
    await settings.enable_mfa_for_user(user_id)
    answers.append(await asked(user_id))
    stopped = Person(app)
    await stopped.enter("signin")
    refused = (await stopped.orders()).status_code
    await settings.disable_mfa_for_user(user_id)
    answers.append(await asked(user_id))
    free = Person(app)
    await free.enter("signin")

    assert answers == [False, True, False]
    assert (refused, (await free.orders()).status_code) == (403, 200)


def test_a_sample_without_the_recipes_before(sqlite_url: str) -> None:
    """Who copies a sample alone, and not what its page takes for granted, is told what is missing."""
    placeholders = {old: new for old, new in OTP.items() if not old.startswith("recipe_list")}

    with pytest.raises(GeneralError, match=r"add, for example, emailpassword\.init\(\)"):
        run_sample("otp_for_specific_users/admins", placeholders, {"database": sqlite_url})


THROUGH_THE_ALIAS = """
import asyncio, sys
import twofold.alias
twofold.alias.install()
from tests.flows.person import Person, application
from tests.flows.samples import otp_for_specific_users
from tests.flows.test_mfa_policy import admin_at_the_door

async def main():
    otp_for_specific_users("admins", sys.argv[1], root="supertokens_python")
    admin = await admin_at_the_door(application())
    before = (await admin.orders()).status_code
    await admin.type_code((await admin.ask_for_code()).json())
    print(before, (await admin.orders()).status_code)

asyncio.run(main())
"""


@pytest.mark.slow
def test_without_renaming_anything(sqlite_url: str) -> None:
    """Through the alias a sample runs with its imports as they are."""
    command = [sys.executable, "-c", THROUGH_THE_ALIAS, sqlite_url]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])

    assert ended.stdout == "403 200\n", ended.stderr
