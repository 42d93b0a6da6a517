# SPDX-License-Identifier: Apache-2.0
"""`make bench-scale`: the same calls with few and with many users in PostgreSQL, and how much slower many make them.

`--users` sets the greater number, `--few` the smaller. Both databases are on one new server, and calls to them take
turns, so that a busy machine slows both alike. Calls are in process: database and core, no HTTP.
"""

import argparse
import asyncio
import base64
import hashlib
import random
import statistics
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, TypeAlias

import asyncpg

from tests.plugins.postgres import running_server, with_database
from tests.scale.filling import METHODS_PER_GROUP, NOW_MS, PEOPLE_PER_GROUP, fill
from twofold.core.app import Core, create_core
from twofold.core.clock import TurnableClock
from twofold.core.recipe import session

TABLES: Final = (
    "users",
    "login_methods",
    "login_method_tenants",
    "primary_claims",
    "user_id_mappings",
    "verified_emails",
    "password_hashes",
    "last_active",
    "sessions",
    "user_metadata",
    "user_roles",
)
GOAL: Final = 1.5
_SERVER: Final = "shared_buffers = 1GB\nmaintenance_work_mem = 512MB\nmax_wal_size = 8GB\n"
_WARM_UP: Final = 10


class World:
    """A core on a filled database, and the people in it."""

    def __init__(self, core: Core, people: int) -> None:
        self.core = core
        self._groups = people // PEOPLE_PER_GROUP
        self._random = random.Random(1)  # noqa: S311 - whom to ask about
        self.middle_of_list = ""

    async def prepare(self) -> None:
        """Find the place of a page in the middle of the list."""
        user = (await self.get("/user/id", userId=_user_id(self._groups // 2 * METHODS_PER_GROUP)))["user"]
        self.middle_of_list = base64.b64encode(f"{user['id']};{user['timeJoined']}".encode()).decode()

    def number(self) -> int:
        """Anybody: the number of a person with a password, not linked."""
        return self._random.randrange(self._groups) * METHODS_PER_GROUP + 2

    async def get(self, path: str, **query: Any) -> dict[str, Any]:
        """Call the core. Raises CoreError for everything but an answer."""
        return await self.core.call("GET", path, query=query)

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        """Call the core. Raises CoreError for everything but an answer."""
        return await self.core.call("POST", path, body=body)


Act: TypeAlias = Callable[[World], Awaitable[object]]


def _user_id(number: int) -> str:
    return str(uuid.UUID(hashlib.md5(f"user{number}".encode()).hexdigest()))  # noqa: S324 - as filling.py makes them


async def _sign_up_and_remove(world: World) -> None:
    email = {"id": "new@example.com", "isVerified": True}
    new = await world.post("/recipe/signinup", thirdPartyId="google", thirdPartyUserId=uuid.uuid4().hex, email=email)
    await world.post("/user/remove", userId=new["user"]["id"])


async def _session(world: World) -> None:
    user_id = _user_id(world.number())
    new = await world.post(
        "/recipe/session", userId=user_id, userDataInJWT={}, userDataInDatabase={}, enableAntiCsrf=False
    )
    refresh_token = new["refreshToken"]["token"]
    await world.post(
        "/recipe/session/refresh", refreshToken=refresh_token, enableAntiCsrf=False, useDynamicSigningKey=True
    )
    await world.post("/recipe/session/remove", sessionHandles=[new["session"]["handle"]])


CONSTANT: Final[dict[str, Act]] = {
    "user by id": lambda world: world.get("/user/id", userId=_user_id(world.number())),
    "users by e-mail": lambda world: world.get(
        "/users/by-accountinfo", email=f"user{world.number()}@mail.example", doUnionOfAccountInfo="true"
    ),
    "sign up, remove": _sign_up_and_remove,
    "session: new, refresh, remove": _session,
    "metadata": lambda world: world.get("/recipe/user/metadata", userId=_user_id(world.number())),
    "roles of a user": lambda world: world.get("/recipe/user/roles", userId=_user_id(world.number())),
    "first page of 100": lambda world: world.get("/users", limit=100),
    "last page of 100": lambda world: world.get("/users", limit=100, timeJoinedOrder="DESC"),
    "page in the middle": lambda world: world.get("/users", limit=100, paginationToken=world.middle_of_list),
    "page of one recipe": lambda world: world.get("/users", limit=100, includeRecipeIds=["passwordless"]),
    "search an address": lambda world: world.get("/users", email=f"user{world.number()}@"),
}
"""What must take no longer with many users."""

BOUNDED: Final[dict[str, Act]] = {
    "search that 1000 match": lambda world: world.get("/users", email="mail"),
    "search of a provider": lambda world: world.get("/users", provider="google"),
}
"""What finds at most a thousand people, however many match: more only while fewer than that do."""

COUNTING: Final[dict[str, Act]] = {
    "count a tenant": lambda world: world.get("/users/count"),
    "count one recipe": lambda world: world.get("/users/count", includeRecipeIds=["passwordless"]),
    "count the app": lambda world: world.get("/users/count", includeAllTenants=True),
    "count active users": lambda world: world.get("/users/count/active", since=0),
}
"""What is counted anew each time, in an index: grows with the users, slowly enough."""


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--users", type=int, default=1_000_000, help="users in the full database")
    parser.add_argument("--few", type=int, default=10_000, help="users in the other")
    parser.add_argument("--calls", type=int, default=200, help="measured calls of each kind; a twentieth of slow kinds")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="twofold-scale-") as name,
        running_server(Path(name) / "postgres", _SERVER) as url,
    ):
        asyncio.run(_measure_all(url, options.few, options.users, options.calls))


async def _measure_all(url: str, few: int, many: int, calls: int) -> None:
    worlds = [await _filled(url, "few", few), await _filled(url, "many", many)]
    print(f"\n{'median ms per call':32}{f'{few:,} users':>18}{f'{many:,} users':>18}{'growth':>9}")
    missed = []
    for kinds, count, has_goal in (
        (CONSTANT, calls, True),
        (BOUNDED, calls // 10, False),
        (COUNTING, calls // 20, False),
    ):
        for name, act in kinds.items():
            growth = await _measure(name, act, worlds, max(count, 3))
            if has_goal and growth > GOAL:
                missed.append(name)
    await _housekeeping(worlds[1])
    for world in worlds:
        await world.core.stop()
    print(
        f"growth beyond {GOAL}: {', '.join(missed)}" if missed else f"nothing that should not grow grew beyond {GOAL}"
    )


async def _filled(server_url: str, name: str, people: int) -> World:
    admin = await asyncpg.connect(server_url)
    await admin.execute(f"CREATE DATABASE {name}")
    await admin.close()
    url = with_database(server_url, name)
    world = World(create_core(url, clock=TurnableClock()), people)
    await world.core.start()
    connection = await asyncpg.connect(url)
    await connection.execute("SET synchronous_commit = off")
    began = time.monotonic()

    def tell(table: str, part: float) -> None:
        print(f"\r{people:,} users: {table:24}{part:>5.0%}{time.monotonic() - began:7.0f} s", end="", flush=True)

    await fill(connection, people, TABLES, tell)
    await connection.close()
    print(f"\r{people:,} users in {time.monotonic() - began:.0f} s{'':30}")
    await world.prepare()
    return world


async def _measure(name: str, act: Act, worlds: list[World], count: int) -> float:
    times: list[list[float]] = [[], []]
    for turn in range(min(_WARM_UP, count) + count):
        for world, seconds in zip(worlds, times, strict=True):
            began = time.perf_counter()
            await act(world)
            if turn >= min(_WARM_UP, count):
                seconds.append(time.perf_counter() - began)
    few, many = (statistics.median(seconds) * 1000 for seconds in times)
    print(f"{name:32}{few:18.2f}{many:18.2f}{many / few:9.2f}", flush=True)
    return many / few


async def _housekeeping(world: World) -> None:
    """Turn the clock until all sessions have expired, and see how long others wait while they are deleted."""
    clock = world.core.services.clock
    assert isinstance(clock, TurnableClock)
    clock.turn(seconds=(NOW_MS - clock.now_ms()) / 1000 + 10**6)
    began = time.perf_counter()
    job = asyncio.ensure_future(session.delete_expired(world.core.services))
    waits = []
    while not job.done():
        asked = time.perf_counter()
        await _sign_up_and_remove(world)
        waits.append(time.perf_counter() - asked)
    await job
    print(
        f"expired sessions deleted in {time.perf_counter() - began:.0f} s; meanwhile sign up, remove took"
        f" {statistics.median(waits) * 1000:.1f} ms (median), {max(waits) * 1000:.0f} ms at most"
    )


if __name__ == "__main__":
    main()
