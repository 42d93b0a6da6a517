# SPDX-License-Identifier: Apache-2.0
"""Random policies, users, tenants, sessions and times: no sequence opens a door with a requirement unmet (class 13).

The model knows which proofs were given in which session, and when, and what was required in the meantime. The
application must open exactly what the model says once it was asked what comes next, and never more before that.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.security.application import Mode, Person, application, password_form
from twofold import testing
from twofold.recipe import accountlinking, emailpassword, multifactorauth, passwordless, session, totp
from twofold.recipe.accountlinking.types import ShouldAutomaticallyLink, ShouldNotAutomaticallyLink
from twofold.recipe.multifactorauth.asyncio import (
    add_to_required_secondary_factors_for_user,
    remove_from_required_secondary_factors_for_user,
)
from twofold.recipe.multifactorauth.types import MFARequirementList
from twofold.recipe.multitenancy.asyncio import create_or_update_tenant
from twofold.recipe.multitenancy.interfaces import TenantConfigCreateOrUpdate

TENANTS = ("public", "shop")
SECOND = ("totp", "otp-email")
MAX_AGE_SECONDS = 900
POLICIES: list[MFARequirementList] = [
    [],
    ["totp"],
    ["otp-email"],
    ["totp", "otp-email"],
    ["otp-email", "totp"],
    [{"oneOf": ["totp", "otp-email"]}],
    [{"allOfInAnyOrder": ["otp-email", "totp"]}],
    ["emailpassword", {"oneOf": ["otp-email"]}, {"oneOf": []}],
]
policies = st.sampled_from(POLICIES)
tenants = st.sampled_from(TENANTS)
factors = st.sampled_from(SECOND)
numbers = st.integers(0, 11)


def met(requirement: Any, done: set[str]) -> bool:
    """The specification of one requirement."""
    if isinstance(requirement, str):
        return requirement in done
    if "oneOf" in requirement:
        return not requirement["oneOf"] or bool(done & set(requirement["oneOf"]))
    return done >= set(requirement["allOfInAnyOrder"])


@dataclass
class User:
    """What is known of a user. `required` is what is required of them beside the tenant's policy."""

    email: str
    tenant: str
    user_id: str
    secret: str | None = None
    has_code: bool = False
    required: list[str] = field(default_factory=list)

    @property
    def second(self) -> set[str]:
        """The second factors that are set up."""
        return {name for name, there in (("totp", self.secret), ("otp-email", self.has_code)) if there}


@dataclass
class Session:
    """A session, the proofs given in it with their times, and what was required since it was last judged."""

    user: User
    person: Person
    done: dict[str, int]
    since: list[MFARequirementList]
    first_token: str


class Life(RuleBasedStateMachine):
    """One application, and the model of it."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.policy: dict[str, MFARequirementList] = {tenant: [] for tenant in TENANTS}
        self.users: list[User] = []
        self.sessions: list[Session] = []

    @initialize()
    def start(self) -> None:
        """Start the application, with two tenants."""

        def override(original: Any) -> Any:
            usual = original.get_mfa_requirements_for_auth

            async def get_mfa_requirements_for_auth(tenant_id: str, *others: Any) -> MFARequirementList:
                return [*self.policy[tenant_id], *await usual(tenant_id, *others)]

            original.get_mfa_requirements_for_auth = get_mfa_requirements_for_auth
            return original

        async def link_in_session(_info: Any, _user: Any, given: Any, *_: Any) -> Any:
            return ShouldNotAutomaticallyLink() if given is None else ShouldAutomaticallyLink(False)

        recipes = [
            session.init(),
            emailpassword.init(),
            passwordless.init(passwordless.ContactEmailOnlyConfig(), "USER_INPUT_CODE"),
            totp.init(),
            multifactorauth.init(["emailpassword"], multifactorauth.OverrideConfig(functions=override)),
            accountlinking.init(should_do_automatic_account_linking=link_in_session),
        ]
        settings = {"passwordless_max_code_input_attempts": 100}
        self.app = self.run(testing.app(recipes, settings=settings).__aenter__())
        self.web = application()
        self.run(create_or_update_tenant("shop", TenantConfigCreateOrUpdate(first_factors=["emailpassword"])))

    def teardown(self) -> None:
        """Stop it."""
        with suppress(AttributeError):  # it was not started
            self.run(self.app.__aexit__(None, None, None))
        self.loop.close()

    def run(self, coroutine: Any) -> Any:
        """Run to the end."""
        return self.loop.run_until_complete(coroutine)

    @property
    def now(self) -> int:
        """The time in seconds."""
        return int(self.app.clock.now_ms() // 1000)

    def requirements(self, user: User) -> MFARequirementList:
        """What is required of a user now."""
        own: MFARequirementList = [{"oneOf": user.required}]
        return [*self.policy[user.tenant], *own]

    def post(self, at: Session, path: str, body: Any = None, method: str = "POST") -> Any:
        """Call an API in a session."""
        return self.run(at.person.api(method, path, body))

    def judged(self, at: Session) -> None:
        """The application has just decided what the session may do."""
        at.since = [self.requirements(at.user)]

    def at(self, number: int) -> Session:
        """A session, by any number."""
        return self.sessions[number % len(self.sessions)]

    @precondition(lambda self: len(self.users) < 4)
    @rule(tenant=tenants)
    def sign_up(self, tenant: str) -> None:
        """Somebody new."""
        email = f"user{len(self.users)}@example.com"
        person = Person(self.web, "header")
        reply = self.run(person.api("POST", f"/{tenant}/signup", password_form(email)))
        assert reply.json()["status"] == "OK", reply.text
        user = User(email, tenant, person.payload()["sub"])
        self.users.append(user)
        self.begin(user, person)

    @precondition(lambda self: self.users and len(self.sessions) < 8)
    @rule(number=numbers, mode=st.sampled_from(["cookie", "header"]))
    def sign_in(self, number: int, mode: Mode) -> None:
        """Somebody again."""
        user = self.users[number % len(self.users)]
        person = Person(self.web, mode)
        reply = self.run(person.api("POST", f"/{user.tenant}/signin", password_form(user.email)))
        assert reply.json()["status"] == "OK", reply.text
        self.begin(user, person)

    def begin(self, user: User, person: Person) -> None:
        """A session that has the password."""
        done = {"emailpassword": self.now}
        self.sessions.append(Session(user, person, done, [self.requirements(user)], person.token("access")))

    @rule(tenant=tenants, policy=policies)
    def change_policy(self, tenant: str, policy: MFARequirementList) -> None:
        """Require something else of a tenant's users."""
        self.policy[tenant] = policy
        for at in self.sessions:
            at.since.append(self.requirements(at.user))

    @precondition(lambda self: self.users)
    @rule(number=numbers, factor=factors, more=st.booleans())
    def change_user(self, number: int, factor: str, more: bool) -> None:
        """Require something of a user, or no longer."""
        user = self.users[number % len(self.users)]
        if more:
            self.run(add_to_required_secondary_factors_for_user(user.user_id, factor))
            user.required = list(dict.fromkeys([*user.required, factor]))
        else:
            self.run(remove_from_required_secondary_factors_for_user(user.user_id, factor))
            user.required = [item for item in user.required if item != factor]
        for at in self.sessions:
            at.since.append(self.requirements(at.user))

    @rule(seconds=st.sampled_from([31, 600, 901]))
    def wait(self, seconds: int) -> None:
        """Let time pass, and every access token live."""
        self.let_pass(seconds)

    @precondition(lambda self: self.sessions)
    @rule(number=numbers)
    def type_password_again(self, number: int) -> None:
        """Be fresh."""
        at = self.at(number)
        body = {**password_form(at.user.email), "shouldTryLinkingWithSessionUser": True}
        assert self.post(at, f"/{at.user.tenant}/signin", body).json()["status"] == "OK"
        at.done["emailpassword"] = self.now
        self.judged(at)

    @precondition(lambda self: self.sessions)
    @rule(number=numbers)
    def set_up_totp(self, number: int) -> None:
        """Begin, and finish, an authenticator app, if the application allows it; the model must, too."""
        at = self.at(number)
        self.let_pass(90)  # no step of time counts twice
        reply = self.post(at, "/totp/device", {"deviceName": f"at {self.now}"})
        if reply.status_code != 200 or reply.json()["status"] != "OK":
            return
        assert self.may_set_up(at, "totp"), (at.done, self.requirements(at.user), at.user.second)
        secret = reply.json()["secret"]
        body = {"deviceName": reply.json()["deviceName"], "totp": self.totp_code(secret)}
        assert self.post(at, "/totp/device/verify", body).json()["status"] == "OK"
        at.user.secret = at.user.secret or secret
        at.done["totp"] = self.now
        self.judged(at)

    @precondition(lambda self: any(at.user.secret for at in self.sessions))
    @rule(number=numbers, is_right=st.booleans())
    def give_totp(self, number: int, is_right: bool) -> None:
        """Type a code of the app, or a wrong one."""
        at = self.at(number)
        if at.user.secret is None:
            return
        self.let_pass(901)
        code = self.totp_code(at.user.secret)
        given = code if is_right else f"{(int(code) + 1) % 1_000_000:06}"
        status = self.post(at, "/totp/verify", {"totp": given}).json().get("status")
        assert is_right or status != "OK"
        if status == "OK":
            at.done["totp"] = self.now
            self.judged(at)

    @precondition(lambda self: self.sessions)
    @rule(number=numbers)
    def give_code(self, number: int) -> None:
        """Have a code mailed, and type it, if the application allows it; the model must, too."""
        at = self.at(number)
        within = {"shouldTryLinkingWithSessionUser": True}
        asked = self.post(at, f"/{at.user.tenant}/signinup/code", {"email": at.user.email, **within})
        if asked.status_code != 200 or asked.json()["status"] != "OK":
            return  # not allowed, or too many were sent
        assert at.user.has_code or self.may_set_up(at, "otp-email"), (at.done, self.requirements(at.user))
        ids = {name: asked.json()[name] for name in ("deviceId", "preAuthSessionId")}
        body = {**ids, **within, "userInputCode": self.app.outbox.code(at.user.email)}
        answer = self.post(at, f"/{at.user.tenant}/signinup/code/consume", body).json()
        assert answer["status"] == "OK", answer
        at.user.has_code = True
        at.done["otp-email"] = self.now
        self.judged(at)

    @precondition(lambda self: self.sessions)
    @rule(number=numbers)
    def ask_what_is_next(self, number: int) -> None:
        """The application judges the session, and exactly as the model does."""
        at = self.at(number)
        reply = self.post(at, "/mfa/info", method="PUT")
        assert reply.status_code == 200, reply.text
        self.judged(at)

        is_whole = all(met(item, set(at.done)) for item in self.requirements(at.user))
        assert (reply.json()["factors"]["next"] == []) == is_whole
        assert self.opens(at) == is_whole
        assert set(at.person.payload()["st-mfa"]["c"]) == set(at.done)

    @precondition(lambda self: self.sessions)
    @rule(number=numbers)
    def use_an_older_token(self, number: int) -> None:
        """A tab that still has the first access token of a session changes nothing for the session."""
        at = self.at(number)
        tab = Person(self.web, "header")
        tab.access_token = at.first_token
        self.run(tab.api("PUT", "/mfa/info"))
        self.run(tab.api("POST", "/totp/verify", {"totp": "000000"}))
        self.run(at.person.api("POST", "/session/refresh"))

        at.since.append(self.requirements(at.user))
        assert set(at.person.payload()["st-mfa"]["c"]) == set(at.done)

    @invariant()
    def nothing_opens_with_a_requirement_unmet(self) -> None:
        """What opens has met everything that was required at a time since it was judged."""
        for at in self.sessions:
            if self.opens(at):
                assert any(all(met(item, set(at.done)) for item in wanted) for wanted in at.since), (at.done, at.since)

    def opens(self, at: Session) -> bool:
        """Whether the protected route opens."""
        reply = self.run(at.person.send("GET", "/protected"))
        assert reply.status_code in (200, 403), reply.text
        return bool(reply.status_code == 200)

    def let_pass(self, seconds: int) -> None:
        """Turn the clock, without an access token's end."""
        self.app.clock.turn(seconds=seconds)
        for at in self.sessions:
            self.run(at.person.api("POST", "/session/refresh"))

    def may_set_up(self, at: Session, factor: str) -> bool:
        """The specification of setting a factor up: everything that can be done first is, and something is fresh."""
        level = at.user.second | ({*at.done} - {"emailpassword"}) or {"emailpassword"}
        is_fresh = any(self.now - at.done[name] <= MAX_AGE_SECONDS for name in level if name in at.done)
        unmet = next((item for item in self.requirements(at.user) if not met(item, set(at.done))), None)
        if unmet is None:
            return is_fresh
        named = {unmet} if isinstance(unmet, str) else {name for names in unmet.values() for name in names}
        missing = named - set(at.done)
        return is_fresh and factor in missing and not missing & (at.user.second | {"emailpassword"})

    def totp_code(self, secret: str) -> str:
        """What an authenticator app shows."""
        return testing.VirtualTotp(secret, self.app.clock).code()


def live(examples: int, steps: int) -> None:
    """Run the machine."""
    few = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,  # what passes here passes elsewhere
    )
    run_state_machine_as_test(Life, settings=few)


def test_a_few_lives() -> None:
    """Attack class 13: in every run."""
    live(examples=6, steps=20)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_many_lives() -> None:
    """Attack class 13: in the long run."""
    live(examples=100, steps=40)
