# SPDX-License-Identifier: Apache-2.0
"""What the core writes to the audit trail, each in the transaction that does it."""

import secrets

import pytest

from tests.core.recipe.calls import Json, create_tenant, get, link, make_primary, map_id, post, remove_user, sign_up
from twofold.core.app import Core, create_core
from twofold.core.config import Settings
from twofold.core.http import CoreASGI, HttpRequest
from twofold.core.recipe.recoverycodes.rules import MAX_ATTEMPTS
from twofold.core.tokens import Tokens

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


async def trail(core: Core, **query: str) -> list[Json]:
    """The entries, oldest first."""
    entries: list[Json] = (await get(core, "audit", query))["entries"]
    return entries[::-1]


async def actions(core: Core, **query: str) -> list[str]:
    """What was done, in order."""
    return [entry["action"] for entry in await trail(core, **query)]


async def import_device(core: Core, user_id: str, name: str = "phone") -> None:
    """Give a user an authenticator app."""
    body = {"userId": user_id, "deviceName": name, "skew": 1, "period": 30, "secretKey": SECRET}
    assert (await post(core, "totp/device/import", body))["status"] == "OK"


async def begin_session(core: Core, user_id: str) -> Json:
    """Begin a session."""
    body = {"userId": user_id, "userDataInJWT": {}, "userDataInDatabase": {}, "enableAntiCsrf": False}
    return await post(core, "session", body)


async def test_devices(core: Core) -> None:
    """Set up, renamed and removed; one that was not there is none (AAL2 4.1) (AAL2 4.1)."""
    ann = await sign_up(core)
    await import_device(core, ann)
    renaming = {"userId": ann, "existingDeviceName": "phone", "newDeviceName": "tablet"}
    await core.call("PUT", "/recipe/totp/device", body=renaming)
    for _ in range(2):
        await post(core, "totp/device/remove", {"userId": ann, "deviceName": "tablet"})

    added, renamed, removed = await trail(core)
    assert (added["action"], added["details"]) == ("factor.added", {"factor": "totp", "name": "phone"})
    assert renamed["details"] == {"factor": "totp", "name": "phone", "newName": "tablet"}
    assert (removed["action"], removed["userId"]) == ("factor.removed", ann)
    assert SECRET not in str(await trail(core))


async def test_passwords_and_addresses(core: Core) -> None:
    """Changed and reset; the trail has neither the password nor the address."""
    ann = await sign_up(core)
    changes = {"recipeUserId": ann, "email": "new@example.com", "password": "another password"}
    await core.call("PUT", "/recipe/user", body=changes, rid="emailpassword")
    token = (await post(core, "user/password/reset/token", {"userId": ann, "email": "new@example.com"}))["token"]
    await post(core, "user/password/reset", {"method": "token", "token": token, "newPassword": "a third one"})

    assert sorted(await actions(core)) == ["contact.changed", "password.changed", "password.reset"]
    assert "example.com" not in str(await trail(core))


async def test_roles(core: Core) -> None:
    """Given and taken, with the tenant; what changes nothing is not recorded."""
    await create_tenant(core, "t1")
    await core.call("PUT", "/recipe/role", body={"role": "admin"})
    body = {"userId": "ann", "role": "admin"}
    for _ in range(2):
        await core.call("PUT", "/recipe/user/role", tenant_id="t1", body=body)
    for _ in range(2):
        await post(core, "user/role/remove", body, tenant_id="t1")

    given, taken = await trail(core)
    assert (given["action"], given["tenantId"], given["details"]) == ("role.given", "t1", {"role": "admin"})
    assert (taken["action"], taken["userId"]) == ("role.taken", "ann")


async def test_people(core: Core) -> None:
    """Linked, parted and deleted; the trail of who is gone stays."""
    ann, other = await sign_up(core), await sign_up(core, "b@example.com")
    await make_primary(core, ann)
    for _ in range(2):
        await link(core, other, ann)
    for _ in range(2):
        await post(core, "accountlinking/user/unlink", {"recipeUserId": other})
    for _ in range(2):
        await remove_user(core, ann)

    entries = await trail(core)
    assert [entry["action"] for entry in entries] == ["user.linked", "user.unlinked", "user.deleted"]
    assert {entry["userId"] for entry in entries} == {ann}
    assert entries[0]["details"] == entries[1]["details"] == {"recipeUserId": other}


async def test_entries_are_found_under_every_id_of_the_person(core: Core) -> None:
    """What was done to a login method, before and after linking and mapping, is the person's."""
    ann, other = await sign_up(core), await sign_up(core, "b@example.com")
    await core.call("PUT", "/recipe/user", body={"recipeUserId": ann, "password": "new one"}, rid="emailpassword")
    await map_id(core, ann, "external-ann")
    await make_primary(core, ann)
    await link(core, other, ann)
    await core.call("PUT", "/recipe/user", body={"recipeUserId": other, "password": "new one"}, rid="emailpassword")

    assert await actions(core, userId="external-ann") == ["password.changed", "user.linked", "password.changed"]
    assert await actions(core, userId=other) == await actions(core, userId=ann)
    assert (await trail(core))[-1]["details"] == {"recipeUserId": other}


async def test_sessions_that_an_operator_ends(core: Core) -> None:
    """With the operator's name; a user who signs out is nobody's business."""
    handles = [(await begin_session(core, "ann"))["session"]["handle"] for _ in range(3)]
    await post(core, "session/remove", {"sessionHandles": handles[:1]})
    path, actor = "/recipe/session/remove", "operator@example.com"
    await core.call("POST", path, body={"sessionHandles": [*handles[:2], "nobody's"]}, actor=actor)
    await core.call("POST", path, body={"userId": "ann"}, actor=actor)

    entries = await trail(core)
    assert [(entry["action"], entry["actor"], entry["details"]) for entry in entries] == [
        ("sessions.revoked", actor, {"count": 1}),
        ("sessions.revoked", actor, {"count": 1}),
    ]


async def test_sign_ins_only_when_asked_for(database_url: str, core: Core) -> None:
    """They are many: the setting `audit_sign_ins` decides."""
    await begin_session(core, "ann")
    assert await actions(core) == []

    watching = create_core(database_url, Settings(audit_sign_ins=True))
    user_id = await sign_up(watching)
    for who in ("ann", user_id):
        await begin_session(watching, who)
    await watching.stop()

    assert [entry["userId"] for entry in await trail(core, action="session.created")] == ["ann", user_id]


async def test_who_acts_is_told_over_http(core: Core) -> None:
    """In a header, with percent signs, and no longer than is reasonable."""
    await core.call("PUT", "/recipe/role", body={"role": "admin"})
    for number, actor in enumerate(("operator%3AJ%C3%B6rg", "x" * 300)):
        body = b'{"userId": "u%d", "role": "admin"}' % number
        headers = {"audit-actor": actor}
        reply = await CoreASGI(core).handle(HttpRequest("PUT", "/recipe/user/role", "", headers, body, "127.0.0.1"))
        assert reply.status == 200

    assert [entry["actor"] for entry in await trail(core)] == ["operator:Jörg", "x" * 255]


async def test_the_trail_is_whole(database_url: str) -> None:
    """Class 42: when the entry cannot be written, the change is not made either."""
    is_broken: list[bool] = []

    def entropy(count: int) -> bytes:
        if is_broken:
            raise OSError("no randomness")
        return secrets.token_bytes(count)

    core = create_core(database_url, tokens=Tokens(entropy))
    await core.start()
    is_broken.append(True)

    with pytest.raises(OSError, match="no randomness"):
        await import_device(core, "ann")

    assert (await get(core, "totp/device/list", {"userId": "ann"}))["devices"] == []
    await core.stop()


async def test_the_beginning_of_a_lock(core: Core) -> None:
    """Once for each lock, however many tries it refuses, and with the way in that it closes."""
    ann = await sign_up(core)
    await import_device(core, ann)
    await post(core, "recoverycodes", {"userId": ann, "count": 1})
    before = len(await trail(core))
    settings = core.services.settings

    async def try_often(path: str, limit: int, body: Json) -> Json:
        for _ in range(limit - 1):
            await post(core, path, body)
        assert len(await trail(core)) == before
        for _ in range(3):
            await post(core, path, body)
        *_, entry = await trail(core)
        assert len(await trail(core)) == before + 1
        return entry

    tries: list[tuple[str, int, Json]] = [
        ("totp/verify", settings.totp_max_attempts, {"userId": ann, "totp": "0", "allowUnverifiedDevices": True}),
        ("recoverycodes/consume", MAX_ATTEMPTS, {"userId": ann, "code": "0000-0000-0000-0000"}),
        ("signin", settings.password_guess_budget, {"email": "a@example.com", "password": "wrong"}),
    ]
    for (path, limit, body), factor in zip(tries, ("totp", "recovery-code", "emailpassword"), strict=True):
        entry = await try_often(path, limit, body)
        assert (entry["action"], entry["userId"]) == ("account.locked", ann)
        assert entry["details"] == {"factor": factor}
        before += 1
