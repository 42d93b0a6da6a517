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
