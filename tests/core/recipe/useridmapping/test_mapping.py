# SPDX-License-Identifier: Apache-2.0
"""External ids: giving them to users, reading them, taking them away."""

import asyncio
from typing import Any

import pytest

from tests.core.users.people import APP, People
from twofold.core.app import Core
from twofold.core.errors import BadRequest
from twofold.core.users import verified
from twofold.core.version import V3_1, V5_4, Version


async def post(core: Core, path: str = "map", version: Version = V5_4, **body: object) -> dict[str, Any]:
    """Make a change."""
    return await core.call("POST", f"/recipe/userid/{path}", body=body, version=version)


async def map_user(core: Core, internal_id: str, external_id: str, **more: Any) -> dict[str, Any]:
    """Give a user an external id."""
    return await post(core, superTokensUserId=internal_id, externalUserId=external_id, **more)


async def get(core: Core, user_id: str, **query: str) -> dict[str, Any]:
    """Read a mapping."""
    return await core.call("GET", "/recipe/userid/map", query={"userId": user_id, **query})


def exists(*, internal: bool, external: bool) -> dict[str, Any]:
    """The answer for ids that are mapped already."""
    return {
        "status": "USER_ID_MAPPING_ALREADY_EXISTS_ERROR",
        "doesSuperTokensUserIdExist": internal,
        "doesExternalUserIdExist": external,
        "does_external_user_id_exist": external,
    }


async def test_mapping_is_read_from_both_sides(core: Core, people: People) -> None:
    """Ids are trimmed; the note is there when it was given."""
    await people.create("a@example.com")

    assert await map_user(core, " u1 ", " ext-1 ", externalUserIdInfo="note") == {"status": "OK"}

    mapping = {
        "status": "OK",
        "superTokensUserId": "u1",
        "externalUserId": "ext-1",
        "externalUserIdInfo": "note",
    }
    assert await get(core, "u1") == mapping
    assert await get(core, "ext-1", userIdType="EXTERNAL") == mapping
    assert await get(core, "u1", userIdType="SUPERTOKENS") == mapping
    assert await get(core, "u1", userIdType="EXTERNAL") == {"status": "UNKNOWN_MAPPING_ERROR"}
    assert (await people.find("ext-1")).id == "ext-1"


async def test_one_external_id_per_user_and_back(core: Core, people: People) -> None:
    """The answer tells which side is mapped; a mapped external id, whether to this user."""
    await people.create("a@example.com")
    await people.create("b@example.com")
    await map_user(core, "u1", "ext-1")

    assert await map_user(core, "u1", "ext-1") == exists(internal=True, external=True)
    assert await map_user(core, "u2", "ext-1") == exists(internal=False, external=True)
    assert await map_user(core, "nobody", "ext-1") == exists(internal=False, external=True)
    assert await map_user(core, "u1", "ext-2") == exists(internal=True, external=False)
    assert await map_user(core, "nobody", "ext-2") == {"status": "UNKNOWN_SUPERTOKENS_USER_ID_ERROR"}


async def test_internal_reading_wins(core: Core, people: People) -> None:
    """An id on both sides of two mappings is read as internal; without a mapping of its own it hides no other."""
    await people.create("a@example.com")
    await people.create("b@example.com")
    await map_user(core, "u1", "u2", force=True)

    assert (await get(core, "u2"))["superTokensUserId"] == "u1"
    await map_user(core, "u2", "ext-2", force=True)
    assert (await get(core, "u2"))["externalUserId"] == "ext-2"


async def test_internal_ids_are_no_external_ids(core: Core, people: People) -> None:
    """Unless forced, an external id may not be another user's internal one."""
    await people.create("a@example.com")
    await people.create("b@example.com")

    with pytest.raises(BadRequest, match="the externalId is also a SuperTokens userID"):
        await map_user(core, "u1", "u2")


async def test_used_ids_are_not_mapped_away(core: Core, people: People) -> None:
    """What is stored under an id would be lost with it: refused unless forced, when mapping and when unmapping."""
    await people.create("a@example.com")
    for user_id in ("u1", "ext-1"):
        await core.call("PUT", "/recipe/user/metadata", body={"userId": user_id, "metadataUpdate": {"a": 1}})

    with pytest.raises(BadRequest, match="UserId is already in use in UserMetadata recipe"):
        await map_user(core, "u1", "ext-1")
    assert await map_user(core, "u1", "ext-1", force=True) == {"status": "OK"}
    with pytest.raises(BadRequest, match="UserId is already in use in UserMetadata recipe"):
        await post(core, "map/remove", userId="u1")
    assert await post(core, "map/remove", userId="u1", force=True) == {"status": "OK", "didMappingExist": True}


async def test_verified_emails_follow_the_user(core: Core, people: People) -> None:
    """E-mail verification alone moves to the external id; old clients are told that it is in use."""
    await people.create("a@example.com", has_verified_email=True)

    with pytest.raises(BadRequest, match="UserId is already in use in EmailVerification recipe"):
        await map_user(core, "u1", "ext-1", version=V3_1)
    await map_user(core, "u1", "ext-1")

    assert (await people.find("u1")).login_methods[0].is_verified
    assert await verified.is_verified(core.services.database, APP, "ext-1", "a@example.com")


async def test_removing(core: Core, people: People) -> None:
    """The external id is unknown afterwards and free for another."""
    await people.create("a@example.com")
    await people.create("b@example.com")
    await map_user(core, "u1", "ext-1")

    assert await post(core, "map/remove", userId="ext-1", userIdType="SUPERTOKENS") == {
        "status": "OK",
        "didMappingExist": False,
    }
    assert await post(core, "map/remove", userId="ext-1", userIdType=None) == {"status": "OK", "didMappingExist": True}
    assert not await people.exists("ext-1")
    assert await map_user(core, "u2", "ext-1") == {"status": "OK"}


@pytest.mark.parametrize("method", ["PUT", "POST"])
async def test_note_is_changed_and_removed(core: Core, people: People, method: str) -> None:
    """Null removes it; a mapping must exist."""
    await people.create("a@example.com")
    await map_user(core, "u1", "ext-1")

    async def note(user_id: str, info: str | None) -> dict[str, Any]:
        body = {"userId": user_id, "externalUserIdInfo": info}
        return await core.call(method, "/recipe/userid/external-user-id-info", body=body)

    assert await note("ext-1", " new ") == {"status": "OK"}
    assert (await get(core, "u1"))["externalUserIdInfo"] == "new"
    assert await note("u1", None) == {"status": "OK"}
    assert "externalUserIdInfo" not in await get(core, "u1")
    assert await note("nobody", None) == {"status": "UNKNOWN_MAPPING_ERROR"}


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("map", {"superTokensUserId": " ", "externalUserId": "e"}, "'superTokensUserId' cannot be an empty String"),
        ("map", {"superTokensUserId": "u", "externalUserId": ""}, "'externalUserId' cannot be an empty String"),
        ("map", {"superTokensUserId": "u", "externalUserId": "e" * 129}, "'externalUserId' is too long"),
        (
            "map",
            {"superTokensUserId": "u", "externalUserId": "e", "externalUserIdInfo": " "},
            "'externalUserIdInfo' cannot be an empty String",
        ),
        ("map/remove", {"userId": "u", "userIdType": "any"}, "'userIdType' should be one of"),
        ("external-user-id-info", {"userId": "u"}, "'externalUserIdInfo' is invalid in JSON input"),
    ],
)
async def test_malformed_input_is_a_bad_request(core: Core, path: str, body: dict[str, Any], message: str) -> None:
    """The text names the field."""
    with pytest.raises(BadRequest, match=message):
        await post(core, path, **body)


async def test_one_of_many_mappings_wins(core: Core, people: People) -> None:
    """Ten users that get one external id at once: one has it, the others are told that it exists."""
    user_ids = [await people.create(f"{number}@example.com") for number in range(10)]

    answers = await asyncio.gather(*(map_user(core, user_id, "ext") for user_id in user_ids))

    assert answers.count({"status": "OK"}) == 1
    assert answers.count(exists(internal=False, external=True)) == 9
