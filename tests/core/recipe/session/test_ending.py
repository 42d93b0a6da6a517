# SPDX-License-Identifier: Apache-2.0
"""Listing and ending sessions: of a user, of a person with linked accounts, of a tenant, by handle."""

from dataclasses import dataclass

import pytest

from tests.core.recipe.session.client import SessionClient, refresh_token
from twofold.core._fields import Json
from twofold.core.app import Core
from twofold.core.clock import TurnableClock
from twofold.core.errors import BadRequest, Forbidden
from twofold.core.recipe.session import recipe
from twofold.core.tenancy.store import create_app, create_tenant
from twofold.core.version import V4_0


@dataclass
class Handles:
    """The handles of the sessions of a test, by a name."""

    client: SessionClient
    by_name: dict[str, str]

    async def begin(self, name: str, user_id: str, tenant_id: str = "public") -> None:
        """Begin a session."""
        self.by_name[name] = (await self.client.create(user_id, tenant_id))["session"]["handle"]

    def names(self, handles: list[str]) -> set[str]:
        """The names of handles."""
        return {name for name, handle in self.by_name.items() if handle in handles}

    async def listed(self, tenant_id: str = "public", /, **query: object) -> set[str]:
        """The sessions that the core lists."""
        answer = await self.client.call("GET", "/recipe/session/user", tenant_id, **query)
        return self.names(answer["sessionHandles"])

    async def removed(self, tenant_id: str = "public", /, **body: object) -> set[str]:
        """The sessions that the core says it ended."""
        answer = await self.client.call("POST", "/recipe/session/remove", tenant_id, **body)
        return self.names(answer["sessionHandlesRevoked"])


@pytest.fixture
async def handles(core: Core, client: SessionClient) -> Handles:
    """No sessions yet; there is a tenant t1."""
    await create_tenant(core.services.database, "public", "t1", now_ms=0, first_factors=None, enabled=True)
    return Handles(client, {})


async def link(client: SessionClient) -> tuple[str, str]:
    """A person with two login methods: the id of the primary one, and the external id of the other."""

    async def sign_up(email: str) -> str:
        user: Json = await client.call("POST", "/recipe/signup", email=email, password="password1")
        user_id: str = user["recipeUserId"]
        return user_id

    primary, other = await sign_up("a@example.com"), await sign_up("b@example.com")
    await client.call("POST", "/recipe/accountlinking/user/primary", recipeUserId=primary)
    await client.call("POST", "/recipe/accountlinking/user/link", recipeUserId=other, primaryUserId=primary)
    await client.call("POST", "/recipe/userid/map", superTokensUserId=other, externalUserId="ext")
    return primary, "ext"


async def test_sessions_of_all_tenants_or_of_one(handles: Handles) -> None:
    """Attack 47: a tenant lists and ends only its own sessions; the app those of all."""
    await handles.begin("in public", "u")
    await handles.begin("in t1", "u", "t1")
    await handles.begin("of another", "v")

    assert await handles.listed(userId="u") == {"in public", "in t1"}
    assert await handles.listed("t1", userId="u", fetchAcrossAllTenants=False) == {"in t1"}
    assert await handles.removed("t1", userId="u", revokeAcrossAllTenants=False) == {"in t1"}
    assert await handles.removed(userId="u") == {"in public"}
    assert await handles.listed(userId="v") == {"of another"}


async def test_the_whole_app_is_named_by_the_public_tenant(core: Core, handles: Handles) -> None:
    """From CDI 5.0 on another tenant in the path is refused when all tenants are meant; before, it does not matter."""
    await handles.begin("in public", "u")

    with pytest.raises(Forbidden):
        await handles.listed("t1", userId="u")
    with pytest.raises(Forbidden):
        await handles.removed("t1", userId="u")
    old = Handles(SessionClient(core, V4_0), handles.by_name)
    assert await old.listed("t1", userId="u") == {"in public"}


async def test_linked_accounts(handles: Handles, client: SessionClient) -> None:
    """By default every login method's sessions are meant, whichever id is given; else only the given one's."""
    primary, other = await link(client)
    await handles.begin("of primary", primary)
    await handles.begin("of other", other)

    for user_id in (primary, other):
        assert await handles.listed(userId=user_id) == {"of primary", "of other"}
    assert await handles.listed(userId=primary, fetchSessionsForAllLinkedAccounts=False) == {"of primary"}
    assert await handles.removed(userId=other, revokeSessionsForLinkedAccounts=False) == {"of other"}
    await handles.begin("of other again", other)
    assert await handles.removed(userId=primary) == {"of primary", "of other again"}


async def test_a_session_knows_the_person_of_today(client: SessionClient) -> None:
    """The person is looked up when it is asked for: a session shows its primary user, under effective ids."""
    primary, other = await link(client)
    created = await client.create(other)

    shown = await client.get(created["session"]["handle"])
    refreshed = await client.refresh(refresh_token(created))
    for session in (created["session"], shown, refreshed["session"]):
        assert (session["userId"], session["recipeUserId"]) == (primary, "ext")


async def test_only_sessions_that_were_there_are_answered(handles: Handles, clock: TurnableClock) -> None:
    """Attack class 42: attack 42: unknown, ended and expired handles are not in the answer; tenants may be mixed."""
    await handles.begin("expired", "u")
    clock.turn(seconds=101 * 24 * 3600)
    await handles.begin("in public", "u")
    await handles.begin("in t1", "u", "t1")
    everything = [*handles.by_name.values(), "nosuch", "no_such"]

    assert await handles.removed(sessionHandles=everything) == {"in public", "in t1"}
    assert await handles.removed(sessionHandles=everything) == set()
    assert await handles.removed(sessionHandles=[]) == set()


async def test_another_apps_sessions_stay(core: Core, handles: Handles) -> None:
    """Attack class 47: attack 47: neither handle nor user id of an app reaches into another."""
    await create_app(core.services.database, "other", 0)
    await create_tenant(core.services.database, "other", "public", now_ms=0, first_factors=None, enabled=True)
    other = Handles(SessionClient(core, app_id="other"), handles.by_name)
    await handles.begin("ours", "u")

    assert await other.listed(userId="u") == set()
    assert await other.removed(userId="u") == set()
    assert await other.removed(sessionHandles=[handles.by_name["ours"]]) == set()
    assert (await other.client.get(handles.by_name["ours"]))["status"] == "UNAUTHORISED"
    assert await handles.listed(userId="u") == {"ours"}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "use one of userId or sessionHandles array"),
        ({"userId": "u", "sessionHandles": []}, "use one of userId or sessionHandles array"),
        ({"sessionHandles": [], "revokeAcrossAllTenants": True}, "revokeAcrossAllTenants can only be set if userId"),
        (
            {"sessionHandles": [], "revokeSessionsForLinkedAccounts": False},
            "revokeSessionsForLinkedAccounts can only be set if userId",
        ),
    ],
)
async def test_removal_needs_one_of_two(client: SessionClient, body: Json, text: str) -> None:
    """Either a user or handles, and options only with a user."""
    with pytest.raises(BadRequest, match=text):
        await client.call("POST", "/recipe/session/remove", **body)


async def test_hooks_for_other_recipes(core: Core, handles: Handles) -> None:
    """Deleting a user, leaving a tenant and linking end sessions by these functions; other users' stay."""
    database, data = core.services.database, recipe.user_data
    assert data is not None
    assert data.forget_in_tenant is not None
    assert recipe.end_sessions is not None
    await handles.begin("in public", "u")
    await handles.begin("in t1", "u", "t1")
    await handles.begin("of another", "v")

    assert await data.is_used(database, "public", "u")
    assert not await data.is_used(database, "public", "w")
    assert await data.forget_in_tenant(database, "public", "t1", "u")
    assert not await data.forget_in_tenant(database, "public", "t1", "u")
    assert await handles.listed(userId="u") == {"in public"}
    await recipe.end_sessions(database, "public", "u")
    assert await handles.listed(userId="u") == set()
    await data.forget(database, "public", "v")
    assert await handles.listed(userId="v") == set()


async def test_deleting_a_user_ends_its_sessions(handles: Handles, client: SessionClient) -> None:
    """Attack 33: after a deletion every refresh token of the user is refused (ASVS 7.4.2)."""
    primary, other = await link(client)
    created = await client.create(other)
    await client.call("POST", "/user/remove", userId=primary)

    assert (await client.refresh(refresh_token(created)))["status"] == "UNAUTHORISED"
