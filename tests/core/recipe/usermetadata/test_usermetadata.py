# SPDX-License-Identifier: Apache-2.0
"""User metadata through the core call: what the recordings do not show."""

import asyncio
from typing import Any

import pytest

from tests.core.recipe.calls import get, post, remove_user, sign_up
from twofold.core.app import Core
from twofold.core.errors import BadRequest

Json = dict[str, Any]


async def update(core: Core, user_id: str, change: Json) -> Json:
    """Merge, and answer the whole."""
    body = {"userId": user_id, "metadataUpdate": change}
    merged: Json = (await core.call("PUT", "/recipe/user/metadata", body=body))["metadata"]
    return merged


async def test_updates_at_once_lose_nothing(core: Core) -> None:
    """Each is merged into what the others left."""
    await asyncio.gather(*(update(core, "u", {f"key {number}": number}) for number in range(50)))

    assert (await get(core, "user/metadata", {"userId": "u"}))["metadata"] == {f"key {n}": n for n in range(50)}


async def test_values_come_back_as_they_went_in(core: Core) -> None:
    """Nested nulls, numbers, long Unicode, control characters and half surrogate pairs."""
    value = {"a": {"b": None, "c": [1, 1.5, True, {"d": "ä" * 10_000}]}, "e": "\x00\x01\ud800"}

    assert await update(core, "u", value) == value
    assert (await get(core, "user/metadata", {"userId": "u"}))["metadata"] == value


async def test_metadata_goes_with_its_user_and_stays_in_its_app(core: Core) -> None:
    """Deleting the user deletes it; another app never sees it."""
    user_id = await sign_up(core)
    await update(core, user_id, {"a": 1})
    await core.call("PUT", "/recipe/multitenancy/app/v2", body={"appId": "a1"})
    elsewhere = await core.call("GET", "/recipe/user/metadata", app_id="a1", query={"userId": user_id})
    await remove_user(core, user_id)

    assert elsewhere["metadata"] == {}
    assert (await get(core, "user/metadata", {"userId": user_id}))["metadata"] == {}


async def test_bulk_answers_in_order(core: Core) -> None:
    """Who has none is there with null, and asking twice is answered twice."""
    await update(core, "u", {"a": 1})

    answer = await post(core, "user/metadata/bulk", {"userIds": ["x", "u", "u"]})

    assert [item["metadata"] for item in answer["users"]] == [None, {"a": 1}, {"a": 1}]


async def test_an_id_that_fits_no_index_is_a_bad_request(core: Core) -> None:
    """Instead of an error of the database."""
    with pytest.raises(BadRequest, match="'userId' is too long"):
        await update(core, "u" * 10_000, {"a": 1})


async def change_list(core: Core, add: list[str], remove: list[str], path: tuple[str, ...] = ("a", "b")) -> list[str]:
    """Change a list of the user, and answer it."""
    body = {"userId": "u", "path": list(path), "add": add, "remove": remove}
    changed: list[str] = (await core.call("PUT", "/recipe/user/metadata/list", body=body))["list"]
    return changed


async def test_changes_of_a_list_at_once_lose_nothing(core: Core) -> None:
    """Each adds to what the others left, beside updates of other members."""
    texts = [str(number) for number in range(20)]

    await asyncio.gather(*(change_list(core, [text], []) for text in texts), update(core, "u", {"c": 1}))

    metadata = (await get(core, "user/metadata", {"userId": "u"}))["metadata"]
    assert (sorted(metadata["a"]["b"]), metadata["c"]) == (sorted(texts), 1)


async def test_a_list_holds_each_text_once(core: Core) -> None:
    """What is there already is not added again, what is not there is not missed, and what is no list is replaced."""
    await update(core, "u", {"a": {"b": ["x", 1, None], "other": 2}, "d": "no list"})

    assert await change_list(core, ["x", "y", "y"], ["never"]) == ["x", "y"]
    assert await change_list(core, [], ["x"]) == ["y"]
    assert await change_list(core, ["z"], [], ("d", "e")) == ["z"]
    metadata = (await get(core, "user/metadata", {"userId": "u"}))["metadata"]
    assert metadata == {"a": {"b": ["y"], "other": 2}, "d": {"e": ["z"]}}
    with pytest.raises(BadRequest, match="path"):
        await change_list(core, [], [], ())
