# SPDX-License-Identifier: Apache-2.0
"""What one node changes, the other sees within a second: tenants, configuration, deleted apps, keys."""

from collections.abc import AsyncIterator

import pytest

from twofold.core._fields import Json
from twofold.core.app import Core, create_core
from twofold.core.clock import TurnableClock
from twofold.core.tenancy.directory import LOOK_EVERY_MS, UnknownTenant

A_MOMENT_SECONDS = LOOK_EVERY_MS // 1000
WEEK_SECONDS = 7 * 24 * 3600


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """URL of an empty database."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "core_postgres_url")
    return url


@pytest.fixture
def clock() -> TurnableClock:
    """The clock of both nodes."""
    return TurnableClock()


@pytest.fixture
async def nodes(database_url: str, clock: TurnableClock) -> AsyncIterator[tuple[Core, Core]]:
    """Two cores on one database, as two processes would have."""
    one, other = (create_core(database_url, clock=clock) for _ in range(2))
    await one.start()
    await other.start()
    yield one, other
    await one.stop()
    await other.stop()


async def put_tenant(core: Core, tenant_id: str, **core_config: object) -> None:
    """Create a tenant or change its configuration."""
    body: Json = {"tenantId": tenant_id, "coreConfig": core_config}
    await core.call("PUT", "/recipe/multitenancy/tenant/v2", body=body)


async def new_session(core: Core, app_id: str = "public") -> Json:
    """Make a session."""
    body: Json = {"userId": "u", "userDataInJWT": {}, "userDataInDatabase": {}, "enableAntiCsrf": False}
    return await core.call("POST", "/recipe/session", body=body, app_id=app_id)


async def verify(core: Core, session: Json, app_id: str = "public") -> Json:
    """Verify a session's access token."""
    body: Json = {
        "accessToken": session["accessToken"]["token"],
        "enableAntiCsrf": False,
        "doAntiCsrfCheck": False,
        "checkDatabase": False,
    }
    return await core.call("POST", "/recipe/session/verify", body=body, app_id=app_id)


async def key_ids(core: Core, app_id: str = "public") -> set[str]:
    """The ids of the published keys."""
    jwks = await core.call("GET", "/.well-known/jwks.json", app_id=app_id)
    return {key["kid"] for key in jwks["keys"]}


async def test_deleted_tenant(nodes: tuple[Core, Core], clock: TurnableClock) -> None:
    """A tenant that the other node has just used is gone there, too."""
    one, other = nodes
    await put_tenant(one, "t1")
    await other.tenant("public", "t1")
    await one.call("POST", "/recipe/multitenancy/tenant/remove", body={"tenantId": "t1"})
    clock.turn(seconds=A_MOMENT_SECONDS)

    with pytest.raises(UnknownTenant):
        await other.tenant("public", "t1")


async def test_changed_configuration(nodes: tuple[Core, Core], clock: TurnableClock) -> None:
    """A setting of a tenant holds on the other node as well."""
    one, other = nodes
    await put_tenant(one, "t1")
    before = (await other.tenant("public", "t1")).settings.passwordless_code_lifetime
    await put_tenant(one, "t1", passwordless_code_lifetime=before + 1000)
    clock.turn(seconds=A_MOMENT_SECONDS)

    assert (await other.tenant("public", "t1")).settings.passwordless_code_lifetime == before + 1000


async def test_new_tenant(nodes: tuple[Core, Core]) -> None:
    """A tenant made by one node is known to the other at once, though that was asked for it before."""
    one, other = nodes
    with pytest.raises(UnknownTenant):
        await other.tenant("public", "t1")
    await put_tenant(one, "t1")

    assert (await other.tenant("public", "t1")).tenant_id == "t1"


async def test_app_deleted_and_made_anew(nodes: tuple[Core, Core], clock: TurnableClock) -> None:
    """The other node forgets the keys of the app that was, and knows those of the new one."""
    one, other = nodes
    await one.call("PUT", "/recipe/multitenancy/app/v2", body={"appId": "a1"})
    before = await key_ids(other, "a1")
    await one.call("POST", "/recipe/multitenancy/app/remove", body={"appId": "a1"})
    await one.call("PUT", "/recipe/multitenancy/app/v2", body={"appId": "a1"})
    session = await new_session(one, "a1")
    clock.turn(seconds=A_MOMENT_SECONDS)

    assert before.isdisjoint(await key_ids(other, "a1"))
    assert (await verify(other, session, "a1"))["status"] == "OK"


async def test_rotated_key(nodes: tuple[Core, Core], clock: TurnableClock) -> None:
    """A token of a key that the other node has not seen verifies there at once, and its JWKS has the key."""
    one, other = nodes
    before = await key_ids(other)
    clock.turn(seconds=WEEK_SECONDS)
    session = await new_session(one)

    assert (await verify(other, session))["status"] == "OK"
    assert await key_ids(other) == await key_ids(one) > before
