# SPDX-License-Identifier: Apache-2.0
"""Random lives of people: both databases answer as the model says, and everybody looks so after each step.

Every example runs in an app of its own, in one core on SQLite and one on PostgreSQL.
"""

import asyncio
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.core.model.people import TENANTS, Method, People
from tests.core.quick import quick_core
from twofold.core.app import Core
from twofold.core.errors import CoreError
from twofold.core.storage import Query

EMAILS = ("a@example.com", "b@example.com", "c@example.com")
PHONES = ("+14155550001", "+14155550002")
ACCOUNTS = {"g1": EMAILS[0], "g2": EMAILS[1]}
CLAIMS = Query("SELECT tenant_id, account_info, primary_user_id FROM primary_claims WHERE app_id = :app_id")
CLAIMED_AS = {"email": "email:{}", "phone number": "phone_number:{}", "third party": 'third_party:["google", "{}"]'}
UNKNOWN = {"status": 400, "text": "Unknown user ID provided"}

tenants = st.sampled_from(TENANTS)
emails = st.sampled_from(EMAILS)
numbers = st.integers(0, 11)  # of people, in the order in which they came
apps = count(1)


class Life(RuleBasedStateMachine):
    """One app in two cores, and the model."""

    def __init__(self, loop: asyncio.AbstractEventLoop, cores: list[Core]) -> None:
        super().__init__()
        self.loop, self.cores = loop, cores
        self.app = f"life{next(apps)}"
        self.people = People()
        self.names: list[str] = []
        self.ids: list[dict[str, str]] = [{} for _ in cores]  # name → id, in each core
        self.joined: list[dict[str, int]] = [{} for _ in cores]

    @initialize()
    def make_app(self) -> None:
        """An app with three tenants."""
        for core in self.cores:
            self._run(core.call("PUT", "/recipe/multitenancy/app/v2", body={"appId": self.app}))
            for tenant in TENANTS[1:]:
                body = {"tenantId": tenant}
                self._run(core.call("PUT", "/recipe/multitenancy/tenant/v2", app_id=self.app, body=body))

    @precondition(lambda self: len(self.names) < 12)
    @rule(email=emails, tenant=tenants)
    def sign_up(self, email: str, tenant: str) -> None:
        """By password."""
        body = {"email": email, "password": "password"}
        self._arrive(
            Method("", "emailpassword", "", email=email),
            tenant,
            self._ask("POST", "/recipe/signup", tenant, body),
            otherwise={"status": "EMAIL_ALREADY_EXISTS_ERROR"},
        )

    @precondition(lambda self: len(self.names) < 12)
    @rule(account=st.sampled_from(sorted(ACCOUNTS)), tenant=tenants)
    def sign_in_with_google(self, account: str, tenant: str) -> None:
        """By an account elsewhere."""
        email = ACCOUNTS[account]
        body = {"thirdPartyId": "google", "thirdPartyUserId": account, "email": {"id": email, "isVerified": False}}
        method = Method("", "thirdparty", "", email=email, account=account)
        answers = self._ask("POST", "/recipe/signinup", tenant, body)
        self._arrive(method, tenant, answers, otherwise={"status": "OK", "createdNewUser": False})

    @precondition(lambda self: len(self.names) < 12)
    @rule(contact=st.sampled_from((*EMAILS[:2], *PHONES)), tenant=tenants)
    def sign_in_by_link(self, contact: str, tenant: str) -> None:
        """By a magic link to an address or number."""
        is_email = "@" in contact
        sent = self._ask("POST", "/recipe/signinup/code", tenant, {"email" if is_email else "phoneNumber": contact})
        answers = [
            self._call(
                core,
                "POST",
                "/recipe/signinup/code/consume",
                tenant,
                {"preAuthSessionId": code["preAuthSessionId"], "linkCode": code["linkCode"]},
            )
            for core, code in zip(self.cores, sent, strict=True)
        ]
        method = Method("", "passwordless", "", contact if is_email else None, None if is_email else contact)
        self._arrive(method, tenant, answers, otherwise={"status": "OK", "createdNewUser": False})

    @rule(number=numbers)
    def make_primary(self, number: int) -> None:
        """The check says before what happens."""
        name = self._name(number)
        expected = self._primary_expected(name)
        if expected is None:
            return
        path = "/recipe/accountlinking/user/primary"
        self._expect(self._with_ids("GET", f"{path}/check", recipeUserId=name), expected)
        self._expect(self._with_ids("POST", path, recipeUserId=name), expected)
        if expected.get("wasAlreadyAPrimaryUser") is False:
            self.people.make_primary(name)

    @rule(number=numbers, primary=numbers)
    def link(self, number: int, primary: int) -> None:
        """The check says before what happens."""
        name, other = self._name(number), self._name(primary)
        expected = self._link_expected(name, other)
        if expected is None:
            return
        path = "/recipe/accountlinking/user/link"
        self._expect(self._with_ids("GET", f"{path}/check", recipeUserId=name, primaryUserId=other), expected)
        self._expect(self._with_ids("POST", path, recipeUserId=name, primaryUserId=other), expected)
        if expected.get("accountsAlreadyLinked") is False:
            person = self.people.resolve(other)
            assert person is not None
            self.people.link(name, person)

    @rule(number=numbers)
    def unlink(self, number: int) -> None:
        """What was linked is parted, or deleted."""
        name = self._name(number)
        if self._is_empty_shell(name):
            return
        answers = self._with_ids("POST", "/recipe/accountlinking/user/unlink", recipeUserId=name)
        if name not in self.people.methods:
            self._expect(answers, UNKNOWN)
            return
        was_deleted, was_linked = self.people.unlink(name)
        self._expect(answers, {"status": "OK", "wasRecipeUserDeleted": was_deleted, "wasLinked": was_linked})

    @rule(number=numbers, everything=st.booleans())
    def delete(self, number: int, everything: bool) -> None:
        """It always succeeds."""
        name = self._name(number)
        more = {"removeAllLinkedAccounts": everything}
        self._expect(self._with_ids("POST", "/user/remove", more=more, userId=name), {"status": "OK"})
        self.people.delete(name, everything=everything)

    @rule(number=numbers, tenant=tenants)
    def join(self, number: int, tenant: str) -> None:
        """A way to sign in is used in one more tenant."""
        name = self._name(number)
        answers = self._with_ids("POST", "/recipe/multitenancy/tenant/user", tenant=tenant, recipeUserId=name)
        expected = self._join_expected(name, tenant)
        self._expect(answers, expected)
        if expected["status"] == "OK":
            self.people.join(name, tenant)

    @rule(number=numbers, tenant=tenants)
    def leave(self, number: int, tenant: str) -> None:
        """A way to sign in is not used in a tenant any more."""
        name = self._name(number)
        path = "/recipe/multitenancy/tenant/user/remove"
        method = self.people.methods.get(name)
        answers = self._with_ids("POST", path, tenant=tenant, recipeUserId=name)
        if method is None:
            self._expect(answers, {"status": "UNKNOWN_USER_ID_ERROR"})
            return
        self._expect(answers, {"status": "OK", "wasAssociated": tenant in method.tenants})
        self.people.leave(name, tenant)

    @rule(number=numbers, email=emails)
    def change_email(self, number: int, email: str) -> None:
        """The address of a way to sign in by password changes."""
        name = self._name(number)
        answers = self._with_ids("PUT", "/recipe/user", rid="emailpassword", more={"email": email}, recipeUserId=name)
        expected = self._change_expected(name, email)
        self._expect(answers, expected)
        if expected["status"] == "OK":
            self.people.change_email(name, email)

    @invariant()
    def everybody_is_as_the_model_says(self) -> None:
        """By id, in the lists of the tenants, and in what is claimed."""
        for name in self.names:
            self._require_user(name)
        for tenant in TENANTS:
            expected = {method.person for method in self.people.methods.values() if tenant in method.tenants}
            for number, page in enumerate(self._ask("GET", "/users", tenant, {"limit": "500"})):
                assert self._translate(number, {user["id"] for user in page["users"]}) == expected
            for answer in self._ask("GET", "/users/count", tenant, {}):
                assert answer["count"] == len(expected)
        self._require_claims()

    def _require_user(self, name: str) -> None:
        person = self.people.resolve(name)
        members = [] if person is None else self.people.members(person)
        for number, answer in enumerate(self._with_ids("GET", "/user/id", userId=name)):
            if not members:
                assert answer["status"] == "UNKNOWN_USER_ID_ERROR"
                continue
            user = answer["user"]
            assert self._translate(number, {user["id"]}) == {person}
            assert user["isPrimaryUser"] == (person in self.people.primary)
            assert user["timeJoined"] == min(self.joined[number][method.name] for method in members)
            assert set(user["tenantIds"]) == set().union(*(method.tenants for method in members))
            assert set(user["emails"]) == {method.email for method in members if method.email}
            assert set(user["phoneNumbers"]) == {method.phone for method in members if method.phone}
            shown = {method["recipeUserId"]: set(method["tenantIds"]) for method in user["loginMethods"]}
            assert shown == {self.ids[number][method.name]: method.tenants for method in members}

    def _require_claims(self) -> None:
        for number, core in enumerate(self.cores):
            rows = self._run(core.services.database.fetch_all(CLAIMS, app_id=self.app))
            assert {(row["tenant_id"], row["account_info"], row["primary_user_id"]) for row in rows} == {
                (tenant, CLAIMED_AS[kind].format(value), self.ids[number][person])
                for (tenant, (kind, value)), person in self.people.claims.items()
            }

    def _arrive(self, method: Method, tenant: str, answers: list[dict[str, Any]], *, otherwise: dict[str, Any]) -> None:
        if self.people.holder(method.recipe, method.keys, [tenant]) is not None:
            self._expect(answers, otherwise)
            return
        method.name = method.person = f"u{len(self.names)}"
        for number, answer in enumerate(answers):
            assert answer["status"] == "OK", answer
            self.ids[number][method.name] = answer["recipeUserId"]
            self.joined[number][method.name] = answer["user"]["timeJoined"]
        self.names.append(method.name)
        self.people.add(method, tenant)

    def _primary_expected(self, name: str) -> dict[str, Any] | None:
        if self._is_empty_shell(name):
            return None
        method = self.people.methods.get(name)
        if method is None:
            return UNKNOWN
        if name in self.people.primary:
            return {"status": "OK", "wasAlreadyAPrimaryUser": True}
        if method.person != name:
            status = "RECIPE_USER_ID_ALREADY_LINKED_WITH_PRIMARY_USER_ID_ERROR"
            return {"status": status, "primaryUserId": {method.person}}
        found = self.people.conflicts(name, method.tenants, method.infos)
        return self._taken(found) if found else {"status": "OK", "wasAlreadyAPrimaryUser": False}

    def _link_expected(self, name: str, other: str) -> dict[str, Any] | None:
        if self._is_empty_shell(name):
            return None
        method, person = self.people.methods.get(name), self.people.resolve(other)
        if method is None or person is None:
            return UNKNOWN
        if person not in self.people.primary:
            return {"status": "INPUT_USER_IS_NOT_A_PRIMARY_USER"}
        if method.person == person:
            return {"status": "OK", "accountsAlreadyLinked": True}
        if method.person in self.people.primary:
            status = "RECIPE_USER_ID_ALREADY_LINKED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR"
            return {"status": status, "primaryUserId": {method.person}}
        group = [method, *self.people.members(person)]
        union = set().union(*(item.tenants for item in group)), set().union(*(item.infos for item in group))
        found = self.people.conflicts(person, *union)
        return self._taken(found) if found else {"status": "OK", "accountsAlreadyLinked": False}

    def _join_expected(self, name: str, tenant: str) -> dict[str, Any]:
        method = self.people.methods.get(name)
        if method is None:
            return {"status": "UNKNOWN_USER_ID_ERROR"}
        is_member = tenant in method.tenants
        if not is_member and self.people.holder(method.recipe, method.keys, [tenant], besides=name):
            taken = {"emailpassword": "EMAIL", "thirdparty": "THIRD_PARTY_USER"}.get(method.recipe)
            kind = taken or ("EMAIL" if method.email else "PHONE_NUMBER")
            return {"status": f"{kind}_ALREADY_EXISTS_ERROR"}
        if method.person in self.people.primary:
            infos = set().union(*(item.infos for item in self.people.members(method.person)))
            if self.people.conflicts(method.person, [tenant], infos):
                return {"status": "ASSOCIATION_NOT_ALLOWED_ERROR"}
        return {"status": "OK", "wasAlreadyAssociated": is_member}

    def _change_expected(self, name: str, email: str) -> dict[str, Any]:
        method = self.people.methods.get(name)
        if method is None or method.recipe != "emailpassword":
            return {"status": "UNKNOWN_USER_ID_ERROR"}
        if method.email == email:
            return {"status": "OK"}
        is_primary = method.person in self.people.primary
        if is_primary and self.people.conflicts(method.person, method.tenants, [("email", email)]):
            return {"status": "EMAIL_CHANGE_NOT_ALLOWED_ERROR"}
        if self.people.holder("emailpassword", {("email", email)}, method.tenants, besides=name):
            return {"status": "EMAIL_ALREADY_EXISTS_ERROR"}
        return {"status": "OK"}

    def _taken(self, found: tuple[str, set[str]]) -> dict[str, Any]:
        status = "ACCOUNT_INFO_ALREADY_ASSOCIATED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR"
        return {"status": status, "primaryUserId": found[1]}

    def _is_empty_shell(self, name: str) -> bool:
        """The id of a primary user whose own way to sign in is gone: what it then means is not defined."""
        return name not in self.people.methods and name in self.people.primary

    def _name(self, number: int) -> str:
        return self.names[number] if number < len(self.names) else "nobody"

    def _expect(self, answers: list[dict[str, Any]], expected: dict[str, Any]) -> None:
        for number, answer in enumerate(answers):
            for key, value in expected.items():
                if isinstance(value, set):  # one of these people
                    assert self._translate(number, {answer[key]}) <= value
                else:
                    assert answer.get(key) == value, (answer, expected)

    def _translate(self, number: int, ids: set[str]) -> set[str]:
        names = {user_id: name for name, user_id in self.ids[number].items()}
        return {names[user_id] for user_id in ids}

    def _with_ids(
        self,
        method: str,
        path: str,
        *,
        tenant: str = "public",
        rid: str | None = None,
        more: dict[str, Any] | None = None,
        **names: str,
    ) -> list[dict[str, Any]]:
        """Ask each core, with the ids that these names have there."""
        return [
            self._call(
                core,
                method,
                path,
                tenant,
                {key: self.ids[number].get(name, name) for key, name in names.items()} | (more or {}),
                rid,
            )
            for number, core in enumerate(self.cores)
        ]

    def _ask(self, method: str, path: str, tenant: str, content: dict[str, Any]) -> list[dict[str, Any]]:
        return [self._call(core, method, path, tenant, content, "emailpassword") for core in self.cores]

    def _call(
        self, core: Core, method: str, path: str, tenant: str, content: dict[str, Any], rid: str | None = None
    ) -> dict[str, Any]:
        given: dict[str, Any] = {"query" if method == "GET" else "body": content}
        try:
            answer: dict[str, Any] = self._run(
                core.call(method, path, app_id=self.app, tenant_id=tenant, rid=rid, **given)
            )
        except CoreError as error:
            return {"status": error.status, "text": error.message}
        return answer

    def _run(self, coroutine: Any) -> Any:
        return self.loop.run_until_complete(coroutine)


LifeMaker = Callable[[], Life]


@pytest.fixture
def new_life(core_sqlite_url: str, core_postgres_url: str) -> Iterator[LifeMaker]:
    """Make the machine for one example."""
    loop = asyncio.new_event_loop()
    cores = [quick_core(url) for url in (core_sqlite_url, core_postgres_url)]
    for core in cores:
        loop.run_until_complete(core.start())
    yield lambda: Life(loop, cores)
    for core in cores:
        loop.run_until_complete(core.stop())
    loop.close()


def live(new_life: LifeMaker, examples: int, steps: int) -> None:
    """Run the machine."""
    run_state_machine_as_test(
        new_life,  # type: ignore[arg-type]  # it wants what makes a machine; a class is only the usual one
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            phases=[Phase.explicit, Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )


def test_a_few_lives(new_life: LifeMaker) -> None:
    """Attack class 47: in every run."""
    live(new_life, examples=5, steps=20)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_many_lives(new_life: LifeMaker) -> None:
    """Attack class 47: in the long run."""
    live(new_life, examples=30, steps=40)
