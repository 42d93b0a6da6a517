# SPDX-License-Identifier: Apache-2.0
"""The promise: exactly the users that the application's policy names need a code, and they cannot avoid it."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from fastapi import Depends, FastAPI

from tests.flows.programs import admins, admins_of_tenants, opt_in, opt_in_of_tenants, own_claim
from tests.recipe.session.application import Browser
from twofold import _state
from twofold.framework.fastapi import get_middleware
from twofold.recipe.multifactorauth.asyncio import remove_from_required_secondary_factors_for_user
from twofold.recipe.multitenancy.asyncio import associate_user_to_tenant, create_or_update_tenant
from twofold.recipe.multitenancy.interfaces import TenantConfigCreateOrUpdate
from twofold.recipe.session.framework.fastapi import verify_session
from twofold.recipe.session.interfaces import SessionContainer
from twofold.recipe.usermetadata.asyncio import get_user_metadata
from twofold.recipe.userroles.asyncio import add_role_to_user, create_new_role_or_add_permissions
from twofold.types import RecipeUserId

ANN, EVE, PASSWORD = "ann@example.com", "eve@example.com", "correct horse battery"
MISSING_FACTOR = {
    "message": "invalid claim",
    "claimValidationErrors": [{"id": "st-mfa", "reason": {"message": "MFA requirement for auth is not satisfied"}}],
}
StartProgram = Callable[[Any], FastAPI]


@pytest.fixture
async def start(sqlite_url: str) -> AsyncIterator[StartProgram]:
    """Start a program on a new database; it has one protected route."""

    def start_program(program: Any) -> FastAPI:
        program.start(sqlite_url)
        app = FastAPI()
        app.add_middleware(get_middleware())

        @app.get("/orders")
        async def orders(session: SessionContainer = Depends(verify_session())) -> Any:
            return {"of": session.get_user_id()}

        return app

    yield start_program
    await _state.current_app().stop()
    _state.set_current_app(None)


class Person:
    """Somebody at a browser."""

    def __init__(self, app: FastAPI, email: str = ANN, tenant: str = "public") -> None:
        self.browser = Browser(app, "cookie")
        self.email = email
        self.base = f"/auth/{tenant}"

    async def enter(self, way: str) -> dict[str, Any]:
        """Sign up or in with the password."""
        fields = [{"id": "email", "value": self.email}, {"id": "password", "value": PASSWORD}]
        reply = await self.browser.send("POST", f"{self.base}/{way}", {"formFields": fields})
        assert reply.json()["status"] == "OK", reply.text
        user: dict[str, Any] = reply.json()["user"]
        return user

    async def ask_for_code(self, email: str | None = None) -> Any:
        """Ask for a code as a second factor."""
        body = {"email": email or self.email, "shouldTryLinkingWithSessionUser": True}
        return await self.browser.send("POST", f"{self.base}/signinup/code", body)

    async def type_code(
        self, device: dict[str, Any], code: str | None = None, *, wants_linking: bool = True
    ) -> dict[str, Any]:
        """Type a code: the one that was sent last, or another."""
        mailed = _state.current_app().inbox.messages()[0].text
        right = next(word for word in mailed.split() if word.isdigit() and len(word) == 6)
        body = {
            "deviceId": device["deviceId"],
            "preAuthSessionId": device["preAuthSessionId"],
            "userInputCode": code or right,
            "shouldTryLinkingWithSessionUser": wants_linking,
        }
        answer: dict[str, Any] = (await self.browser.send("POST", f"{self.base}/signinup/code/consume", body)).json()
        return answer

    async def orders(self) -> Any:
        """Open the protected route."""
        return await self.browser.send("GET", "/orders")

    async def info(self) -> dict[str, Any]:
        """Ask what is to be done next."""
        answer: dict[str, Any] = (await self.browser.send("PUT", "/auth/mfa/info")).json()
        return answer

    @property
    def claim(self) -> tuple[set[str], bool]:
        """The completed factors, and whether that is enough."""
        claim = self.browser.payload()["st-mfa"]
        return set(claim["c"]), claim["v"]


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


async def test_others_need_no_code(start: StartProgram) -> None:
    """A user without the role signs in with the password alone."""
    person = Person(start(admins))
    await person.enter("signup")

    assert person.claim == ({"emailpassword"}, True)
    assert (await person.orders()).status_code == 200
    assert (await person.info())["factors"]["next"] == []


async def test_admin_needs_a_code(start: StartProgram) -> None:
    """An administrator with the password alone is stopped, and told what is missing and where a code can go."""
    admin = await admin_at_the_door(start(admins))

    reply, info = await admin.orders(), await admin.info()

    assert admin.claim == ({"emailpassword"}, False)
    assert (reply.status_code, reply.json()) == (403, MISSING_FACTOR)
    assert info["factors"]["next"] == ["otp-email"]
    assert info["emails"]["otp-email"] == [ANN]


async def test_admin_with_a_code(start: StartProgram) -> None:
    """The right code opens the same session of the same user; the mailbox becomes a login method of theirs."""
    app = start(admins)
    admin = await admin_at_the_door(app)
    handle = admin.browser.payload()["sessionHandle"]

    answer = await admin.type_code((await admin.ask_for_code()).json())

    assert (answer["status"], answer["createdNewRecipeUser"]) == ("OK", True)
    assert [method["recipeId"] for method in answer["user"]["loginMethods"]] == ["emailpassword", "passwordless"]
    assert admin.claim == ({"emailpassword", "otp-email"}, True)
    assert admin.browser.payload()["sessionHandle"] == handle
    assert (await admin.orders()).json() == {"of": answer["user"]["id"]}
    assert (await admin.info())["factors"]["next"] == []


async def test_admin_needs_a_code_every_time(start: StartProgram) -> None:
    """A code opens one session; the next sign-in needs the next code, and makes no further login method."""
    app = start(admins)
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


async def test_wrong_codes_open_nothing(start: StartProgram) -> None:
    """Guessing ends after five attempts with the session as it was."""
    admin = await admin_at_the_door(start(admins))
    device = (await admin.ask_for_code()).json()

    answers = [(await admin.type_code(device, "wrong"))["status"] for _ in range(5)]
    late = await admin.type_code(device)

    assert answers == ["INCORRECT_USER_INPUT_CODE_ERROR"] * 4 + ["RESTART_FLOW_ERROR"]
    assert late == {"status": "RESTART_FLOW_ERROR"}
    assert (await admin.orders()).status_code == 403


async def test_code_alone_is_no_way_in(start: StartProgram) -> None:
    """The second factor does not begin a session: a stolen mailbox is not enough."""
    app = start(admins)
    admin = await admin_at_the_door(app)
    await admin.type_code((await admin.ask_for_code()).json())

    reply = await Browser(app, "cookie").send("POST", "/auth/signinup/code", {"email": ANN})

    assert reply.status_code == 401


async def test_stolen_password_cannot_bring_its_own_mailbox(start: StartProgram) -> None:
    """Once a code goes somewhere, whoever has the password alone cannot have it sent elsewhere."""
    app = start(admins)
    admin = await admin_at_the_door(app)
    await admin.type_code((await admin.ask_for_code()).json())
    thief = Person(app)
    await thief.enter("signin")
    sent = len(_state.current_app().inbox.messages())

    reply = await thief.ask_for_code(EVE)

    assert reply.status_code == 403
    assert reply.json()["claimValidationErrors"][0]["id"] == "st-mfa"
    assert len(_state.current_app().inbox.messages()) == sent


async def test_session_of_somebody_else_is_not_raised(start: StartProgram) -> None:
    """A right code for another account does not complete this session, and does not take it over."""
    app = start(admins)
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


async def test_role_given_during_a_session(start: StartProgram) -> None:
    """A new administrator's session goes on until it is looked at anew, and then needs a code."""
    app = start(admins)
    person = Person(app)
    user = await person.enter("signup")
    await make_admin(user["id"])

    before = (await person.orders()).status_code
    info = await person.info()

    assert before == 200
    assert info["factors"]["next"] == ["otp-email"]
    assert (await person.orders()).status_code == 403


async def test_opting_in(start: StartProgram) -> None:
    """Whoever turns the code on needs it at the next sign-in; others do not; turned off, it is gone."""
    app = start(opt_in)
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


async def test_admins_of_a_tenant(start: StartProgram, strict_tenant: Callable[[], Any]) -> None:
    """The same administrator needs a code in the tenant that requires it, and none in the other."""
    app = start(admins_of_tenants)
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


async def test_opting_in_where_the_tenant_asks(start: StartProgram, strict_tenant: Callable[[], Any]) -> None:
    """Whoever turned the code on is asked in the tenant that requires it, and in no other."""
    app = start(opt_in_of_tenants)
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


async def test_a_claim_of_ones_own_still_does(start: StartProgram) -> None:
    """A program from before there was a recipe for it: the code closes the gap in the session that it was begun in."""
    app = start(own_claim)
    ann = Person(app)
    user = await ann.enter("signup")
    refused = await ann.orders()
    device = (await ann.browser.send("POST", "/auth/signinup/code", {"phoneNumber": "+14155552671"})).json()
    handle = ann.browser.payload()["sessionHandle"]

    wrong = await ann.type_code(device, "000000", wants_linking=False)
    still_refused = await ann.orders()
    right = await ann.type_code(device, wants_linking=False)

    assert [refused.status_code, still_refused.status_code] == [403, 403]
    assert refused.json()["claimValidationErrors"][0]["id"] == "2fa-completed"
    assert [wrong["status"], right["status"]] == ["INCORRECT_USER_INPUT_CODE_ERROR", "OK"]
    assert (await ann.orders()).json() == {"of": user["id"]}
    assert ann.browser.payload()["sessionHandle"] == handle
    stored = (await get_user_metadata(user["id"])).metadata
    assert stored == {"passwordlessUserId": right["user"]["id"]}
