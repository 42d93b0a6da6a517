# SPDX-License-Identifier: Apache-2.0
"""What several recipes do to one person at once, over the sixteen connections of one node: see docs/architecture.md."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import asyncpg
import pytest

from tests.core.quick import core_for_races
from tests.core.recipe.calls import link, make_primary, map_id, post, remove_user, rows, run_jobs, sign_up
from tests.core.recipe.session.client import SessionClient
from twofold.core.app import Core
from twofold.core.clock import TurnableClock
from twofold.core.errors import BadRequest
from twofold.core.recipe.session import rules as session_rules
from twofold.core.recipe.session import store as session_store
from twofold.core.recipe.session.store import Session
from twofold.core.storage.database import Body, Connection
from twofold.core.users import deletion, last_active
from twofold.core.users.store import find_user_ids

Json = dict[str, Any]
CONNECTIONS = 16
DELETED = "The user was deleted"
WAITING_FOR_A_LOCK = (
    "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@pytest.fixture
async def core(database_url: str, clock: TurnableClock) -> AsyncIterator[Core]:
    """A core that may use sixteen connections at once."""
    async with core_for_races(database_url, clock, CONNECTIONS) as started:
        yield started


async def outcome(answer: Awaitable[Json]) -> str:
    """The status of an answer, or the beginning of the text of a 400."""
    try:
        return str((await answer)["status"])
    except BadRequest as error:
        return error.message.partition(":")[0]


async def sign_in_by_code(core: Core, email: str) -> Json:
    """Sign up or in by a code."""
    code = await post(core, "signinup/code", {"email": email})
    names = ("preAuthSessionId", "deviceId", "userInputCode")
    return await post(core, "signinup/code/consume", {name: code[name] for name in names})


async def sign_in_by_provider(core: Core, email: str) -> Json:
    """Sign up or in with an account elsewhere."""
    body = {"thirdPartyId": "google", "thirdPartyUserId": "g1", "email": {"id": email, "isVerified": True}}
    return await post(core, "signinup", body)


async def test_one_address_signs_up_once_with_each_recipe(core: Core) -> None:
    """One login method of each recipe is made, whoever asks first; of the three, one becomes a primary user."""
    email = "a@example.com"
    answers = await asyncio.gather(
        *(sign_in_by_code(core, email) for _ in range(8)),
        *(sign_in_by_provider(core, email) for _ in range(8)),
        *(post(core, "signup", {"email": email, "password": "password1"}) for _ in range(8)),
    )
    methods = await rows(core, "login_methods")
    bodies = [{"recipeUserId": item["recipe_user_id"]} for item in methods]
    primary = await asyncio.gather(*(outcome(post(core, "accountlinking/user/primary", body)) for body in bodies))

    assert {answer["status"] for answer in answers[:8]} <= {"OK", "RESTART_FLOW_ERROR"}
    assert {answer["status"] for answer in answers[8:16]} == {"OK"}
    assert Counter(answer["status"] for answer in answers[16:]) == {"OK": 1, "EMAIL_ALREADY_EXISTS_ERROR": 7}
    assert sum(answer.get("createdNewUser", False) for answer in answers) == 2
    assert sorted(item["recipe_id"] for item in methods) == ["emailpassword", "passwordless", "thirdparty"]
    assert primary.count("OK") == 1


async def test_roles_given_taken_and_deleted_at_once(core: Core) -> None:
    """The deletion of the role wins: nobody has it afterwards, and whoever comes later is told that it is unknown."""
    for number in range(4):
        body = {"userId": f"u{number}", "role": f"role{number}"}
        await core.call("PUT", "/recipe/role", body={"role": body["role"]})
        outcomes = await asyncio.gather(
            *(outcome(core.call("PUT", "/recipe/user/role", body=body)) for _ in range(8)),
            post(core, "role/remove", {"role": body["role"]}),
            *(outcome(post(core, "user/role/remove", body)) for _ in range(8)),
        )
        assert set(outcomes[:8] + outcomes[9:]) <= {"OK", "UNKNOWN_ROLE_ERROR"}

    assert await rows(core, "user_roles") == []
    assert await rows(core, "roles") == []


async def test_no_session_is_left_of_a_user_who_is_deleted_meanwhile(core: Core) -> None:
    """Sign-ins and the deletion at once: the deletion ends each session, or its sign-in is refused."""
    sdk = SessionClient(core)
    for number in range(6):
        user_id = await sign_up(core, f"{number}@example.com")
        if number % 2:
            await map_id(core, user_id, f"ext{number}")
        outcomes = await asyncio.gather(
            *(outcome(sdk.create(user_id)) for _ in range(5)),
            outcome(core.call("POST", "/user/remove", body={"userId": user_id})),
            *(outcome(sdk.create(f"ext{number}" if number % 2 else user_id)) for _ in range(10)),
        )
        assert set(outcomes) <= {"OK", DELETED}
        assert await rows(core, "sessions") == []
        assert await rows(core, "last_active") == []


@pytest.mark.parametrize("external_id", [None, "ext-1"])
async def test_user_deleted_after_the_password_was_checked_gets_no_session(
    core: Core, clock: TurnableClock, external_id: str | None
) -> None:
    """Whatever id is used, for an hour; a string that was never a user's id still gets one."""
    sdk = SessionClient(core)
    user_id = await sign_up(core)
    if external_id is not None:
        await map_id(core, user_id, external_id)
    await remove_user(core, user_id)

    for gone in {user_id, external_id or user_id}:
        with pytest.raises(BadRequest, match=DELETED):
            await sdk.create(gone)
    assert (await sdk.create("nobody's"))["status"] == "OK"
    assert [item["user_id"] for item in await rows(core, "last_active")] == ["nobody's"]
    clock.turn(seconds=3601)
    await run_jobs(core, "users")
    assert await rows(core, "deleted_user_ids") == []
    assert (await sdk.create(user_id))["status"] == "OK"


@pytest.fixture
def before_the_session(monkeypatch: pytest.MonkeyPatch) -> list[Awaitable[object]]:
    """What happens after the user was looked up and before the session is stored, once.

    Only who has an id of the application's, or is linked, is looked up before: for all others it is one statement.
    """
    waiting: list[Awaitable[object]] = []
    touch = last_active.touch_last_active_of

    async def change_and_touch(*arguments: Any) -> None:
        while waiting:
            await waiting.pop()
        await touch(*arguments)

    monkeypatch.setattr(session_rules, "touch_last_active_of", change_and_touch)
    return waiting


async def test_deletion_between_look_up_and_session(core: Core, before_the_session: list[Awaitable[object]]) -> None:
    """Nothing is stored: neither the session, nor that the user was active."""
    user_id = await sign_up(core)
    await map_id(core, user_id, "ext-1")
    before_the_session.append(remove_user(core, user_id))

    with pytest.raises(BadRequest, match=DELETED):
        await SessionClient(core).create(user_id)
    assert await rows(core, "sessions") == []
    assert await rows(core, "last_active") == []


async def test_deletion_of_one_login_method_between_look_up_and_session(
    core: Core, before_the_session: list[Awaitable[object]]
) -> None:
    """The person lives on, the login method gets no session any more; the id of the person does."""
    primary, member = await sign_up(core, "a@example.com"), await sign_up(core, "b@example.com")
    await make_primary(core, primary)
    await link(core, member, primary)
    for gone in (member, primary):
        body = {"userId": gone, "removeAllLinkedAccounts": False}
        before_the_session.append(core.call("POST", "/user/remove", body=body))
        if gone == primary:
            await link(core, await sign_up(core, "c@example.com"), primary)
        outcomes = [await outcome(SessionClient(core).create(gone))]
        assert outcomes == [DELETED if gone == member else "OK"]

    assert [item["user_id"] for item in await rows(core, "sessions")] == [primary]


async def test_linking_between_look_up_and_session(core: Core, before_the_session: list[Awaitable[object]]) -> None:
    """The session begins for the person whom the login method belongs to by then."""
    primary, member = await sign_up(core, "a@example.com"), await sign_up(core, "b@example.com")
    await make_primary(core, primary)
    await map_id(core, member, "ext-1")

    before_the_session.append(link(core, member, primary))
    linked = await SessionClient(core).create(member)
    before_the_session.append(post(core, "accountlinking/user/unlink", {"recipeUserId": member}))
    parted = await SessionClient(core).create(member)

    assert linked["session"]["userId"] == primary
    assert parted["session"]["userId"] == "ext-1"
    assert linked["session"]["recipeUserId"] == parted["session"]["recipeUserId"] == "ext-1"


@pytest.fixture
async def postgres_core(core_postgres_url: str, clock: TurnableClock) -> AsyncIterator[Core]:
    """A core on the database where statements of several transactions run at once."""
    async with core_for_races(core_postgres_url, clock) as started:
        yield started


async def committed_while_waiting(core: Core, url: str, change: Body[object], other: Awaitable[Json]) -> Json:
    """Make a change, commit it when the other request waits for its locks or is done, and return the other's answer."""
    is_changed = asyncio.Event()

    async def after_the_change() -> Json:
        await is_changed.wait()
        return await other

    waiting = asyncio.create_task(after_the_change())
    watching = await asyncpg.connect(url)

    async def change_and_hold(tx: Connection) -> None:
        await change(tx)
        is_changed.set()
        while not (waiting.done() or await watching.fetchval(WAITING_FOR_A_LOCK)):  # noqa: ASYNC110 - of the server
            await asyncio.sleep(0.01)

    await core.services.database.transaction(change_and_hold)
    await watching.close()
    return await waiting


async def test_session_waits_for_a_deletion(postgres_core: Core, core_postgres_url: str) -> None:
    """A deletion that is not committed yet wins against the session that begins meanwhile."""
    core = postgres_core
    user_id = await sign_up(core)

    async def delete(tx: Connection) -> None:
        await deletion.delete_user(tx, core.services.recipes, "public", user_id, 1, remove_all_linked_accounts=True)

    creating = SessionClient(core).create(user_id)
    with pytest.raises(BadRequest, match=DELETED):
        await committed_while_waiting(core, core_postgres_url, delete, creating)
    assert await rows(core, "sessions") == []


@pytest.mark.parametrize("change", ["deletion", "link", "unlink"])
async def test_session_that_is_not_committed_yet_is_ended(
    postgres_core: Core, core_postgres_url: str, change: str
) -> None:
    """Deletion, linking and parting wait for it, so that they find it."""
    core = postgres_core
    primary, member = await sign_up(core, "a@example.com"), await sign_up(core, "b@example.com")
    await make_primary(core, primary)
    if change == "unlink":
        await link(core, member, primary)
    requests = {
        "deletion": ("user/remove", {"userId": member}),
        "link": ("recipe/accountlinking/user/link", {"recipeUserId": member, "primaryUserId": primary}),
        "unlink": ("recipe/accountlinking/user/unlink", {"recipeUserId": member}),
    }
    ids = await find_user_ids(core.services.database, "public", member)

    async def begin(tx: Connection) -> None:
        session = Session("public", "handle", member, "hash", None, None, {}, {}, 2**50, 1, uses_static_key=True)
        assert await session_store.create(tx, "public", session, ids)

    path, body = requests[change]
    changing = core.call("POST", f"/{path}", body=body)
    answer = await committed_while_waiting(core, core_postgres_url, begin, changing)

    assert answer["status"] == "OK"
    assert await rows(core, "sessions") == []
