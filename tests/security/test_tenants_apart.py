# SPDX-License-Identifier: Apache-2.0
"""A client of one tenant, calling whatever it likes with whatever it got hold of, reaches nothing of another's."""

import random
from dataclasses import dataclass
from typing import Any

import pytest

from tests.security.application import PASSWORD, Person, World, password_form
from tests.security.rows import everything_stored
from tests.security.test_bad_input import PREPARED, WELL_FORMED, apis, send
from twofold.recipe._api import Declaration
from twofold.recipe.emailpassword.asyncio import create_reset_password_token, sign_up
from twofold.recipe.emailpassword.types import SignUpOkResult
from twofold.recipe.emailverification.asyncio import create_email_verification_token
from twofold.recipe.multitenancy.asyncio import create_or_update_tenant, delete_tenant
from twofold.recipe.multitenancy.interfaces import TenantConfigCreateOrUpdate
from twofold.recipe.passwordless.asyncio import create_code
from twofold.recipe.recoverycodes.asyncio import create_codes
from twofold.recipe.session.asyncio import get_session_information
from twofold.recipe.totp.asyncio import create_device
from twofold.recipe.trusteddevices.asyncio import recognise_device, trust_device
from twofold.recipe.usermetadata.asyncio import update_user_metadata

MINE, THEIRS = "mine", "theirs"
STEPS = 400
# What counts attempts, messages and activity of everybody.
COUNTING = ("abuse_budgets", "last_active", "totp_attempts", "totp_used_codes")


@dataclass(frozen=True)
class Loot:
    """What somebody got hold of: values of each member of bodies; `secret` is in no answer unless it is theirs."""

    user_id: str
    secret: str
    values: dict[str, list[Any]]
    person: Person


async def inhabitant(world: World, tenant_id: str, name: str, *, has_code: bool) -> Loot:
    """Somebody with an account, a session and everything beside it in a tenant."""
    email, device = f"{name}@{tenant_id}.example.com", f"phone of {name}"
    made = await sign_up(tenant_id, email, PASSWORD)
    assert isinstance(made, SignUpOkResult)
    user_id, login = made.user.id, made.user.login_methods[0].recipe_user_id
    person = world.person("header")
    signed_in = await person.send("POST", f"/auth/{tenant_id}/signin", json=password_form(email))
    assert signed_in.json()["status"] == "OK", signed_in.text
    secret = f"what {name} of {tenant_id} wrote"
    await update_user_metadata(user_id, {"diary": secret})
    await create_device(user_id, device_name=device)
    verification = await create_email_verification_token(tenant_id, login)
    reset = await create_reset_password_token(tenant_id, user_id, email)
    code = await create_code(tenant_id, email=f"{name}-codes@{tenant_id}.example.com")
    values: dict[str, list[Any]] = {
        "token": [getattr(verification, "token", "x"), getattr(reset, "token", "x")],
        "email": [email, f"{name}-codes@{tenant_id}.example.com"],
        "deviceId": [code.device_id, (await trust_device(tenant_id, user_id, ["totp"])).device_id],
        "preAuthSessionId": [code.pre_auth_session_id],
        "userInputCode": [code.user_input_code],
        "linkCode": [code.link_code],
        "deviceName": [device],
        "code": list((await create_codes(user_id)).codes[:2]) if has_code else [],
        "userId": [user_id],
        "recipeUserId": [user_id],
        "tenantId": [tenant_id],
        "sessionHandle": [person.payload()["sessionHandle"]],
        "formFields": [password_form(email)["formFields"], [{"id": "email", "value": email}]],
    }
    return Loot(user_id, secret, values, person)


def body_of(walk: random.Random, declaration: Declaration, loot: list[Loot]) -> dict[str, Any]:
    """A body whose members are what one of the two has, or what is of the form alone."""
    wanted = {item.key for item in declaration.parameters if item.read} | set(PREPARED.get(declaration.path, []))
    wanted |= {"userId", "recipeUserId", "tenantId", "sessionHandle"}
    body: dict[str, Any] = {}
    for key in sorted(wanted):
        whose = walk.choice(loot)
        known = whose.values.get(key) or ([WELL_FORMED[key]] if key in WELL_FORMED else [])
        if known:
            body[key] = walk.choice(known)
    body["shouldTryLinkingWithSessionUser"] = walk.choice((True, False))
    return body


def rows_of(stored: dict[str, list[str]], loot: Loot) -> dict[str, list[str]]:
    """The rows of a tenant and of its inhabitant."""
    names = (f"'{THEIRS}'", loot.user_id, loot.values["sessionHandle"][0])
    return {
        table: [row for row in rows if any(name in row for name in names)]
        for table, rows in stored.items()
        if table not in COUNTING
    }


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
async def test_a_walk_over_all_calls(world: World, seed: int) -> None:
    """Attack class 47.

    Random calls below the path of one tenant, with and without a session there, with ids, addresses, tokens and codes
    of another: no row of the other tenant is changed, added or gone, and no answer tells of its user.
    """
    walk = random.Random(seed)
    for tenant_id in (MINE, THEIRS):
        await create_or_update_tenant(tenant_id, TenantConfigCreateOrUpdate(first_factors=None))
    mine = await inhabitant(world, MINE, "ann", has_code=True)
    theirs = await inhabitant(world, THEIRS, "bob", has_code=True)
    core = world.under_test.core
    before = rows_of(await everything_stored(core), theirs)
    assert len([table for table, rows in before.items() if rows]) > 8
    declarations = [item for item in apis(world) if item.path not in ("/signout", "/session/refresh")]
    person, statuses = mine.person, set[str]()
    for number in range(STEPS):
        if number % 20 == 0:
            person = world.person("header")
            await person.send("POST", f"/auth/{MINE}/signin", json=password_form("ann@mine.example.com"))
        declaration = walk.choice(declarations)
        caller = person if walk.random() < 0.7 else world.person("header")
        body = body_of(walk, declaration, [mine, theirs])
        reply = await send(caller, declaration, body, tenant_id=MINE)

        shown = f"{seed}/{number} {declaration.method} {declaration.path} {body} → {reply.text[:300]}"
        assert reply.status_code < 500, shown
        assert theirs.secret not in reply.text, shown
        assert theirs.user_id not in reply.text, shown
        statuses.add(str(reply.json().get("status")) if reply.status_code == 200 else str(reply.status_code))
        after = rows_of(await everything_stored(core), theirs) if number % 10 == 9 else before
        assert after == before, shown

    assert {"OK", "400", "401"} <= statuses, "the walk got nowhere"


@pytest.mark.slow
async def test_a_tenant_of_the_same_name_is_another(world: World) -> None:
    """Attack class 47.

    What was of a tenant that is gone opens nothing in one that is made under its name later: ids are not used again.
    """
    await create_or_update_tenant(THEIRS, TenantConfigCreateOrUpdate(first_factors=None))
    gone = await inhabitant(world, THEIRS, "bob", has_code=False)
    token = (await trust_device(THEIRS, gone.user_id, ["totp"])).token
    await delete_tenant(THEIRS)
    await create_or_update_tenant(THEIRS, TenantConfigCreateOrUpdate(first_factors=None))

    handle = gone.values["sessionHandle"][0]
    assert await get_session_information(handle) is None
    assert (await recognise_device(THEIRS, gone.user_id, token)).status == "UNKNOWN_DEVICE_ERROR"
    again = await world.person("header").send(
        "POST", f"/auth/{THEIRS}/signin", json=password_form("bob@theirs.example.com")
    )
    assert again.json()["status"] == "WRONG_CREDENTIALS_ERROR"
    anew = await inhabitant(world, THEIRS, "bob", has_code=False)
    assert anew.user_id != gone.user_id
    assert anew.values["sessionHandle"] != gone.values["sessionHandle"]
