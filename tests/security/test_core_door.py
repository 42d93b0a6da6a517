# SPDX-License-Identifier: Apache-2.0
"""The core's own door: nothing without the key, and no session that says more than the SDK said."""

import json
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.core.quick import quick_core
from tests.security.core_doors import CORE_ENDPOINTS
from tests.security.doors import Caller
from tests.security.rows import everything_stored
from twofold.core.app import Core
from twofold.core.http import CoreASGI, HttpRequest

KEY = "a-key-of-at-least-twenty-characters"
OPEN_TO_ALL = {name.partition(" ")[2] for name, door in CORE_ENDPOINTS.items() if door.caller is Caller.ANYBODY}
WITHOUT_KEY: list[dict[str, str]] = [
    {},
    {"api-key": ""},
    {"api-key": KEY[:-1]},
    {"api-key": KEY + "x"},
    {"api-key": KEY.upper()},
    {"api-key": f"{KEY},{KEY}"},
    {"api-key": "\xff\x00"},
    {"authorization": "Bearer "},
    {"authorization": f"Basic {KEY}"},
    {"api_key": KEY},
    {"cookie": f"api-key={KEY}"},
]
UNFINISHED = {"st-mfa": {"c": {"emailpassword": 1}, "v": False}}


@pytest.fixture
async def core(database_url: str) -> AsyncIterator[Core]:
    """A core with an API key."""
    started = quick_core(database_url, api_keys=KEY)
    await started.start()
    yield started
    await started.stop()


async def test_nothing_opens_without_the_api_key(core: Core) -> None:
    """Attack class 52: every endpoint of the running core but the open ones refuses, before it reads what was sent."""
    endpoints = [item for recipe in core.services.recipes for item in recipe.endpoints.all]
    before = await everything_stored(core)
    for endpoint in endpoints:
        if endpoint.path in OPEN_TO_ALL:
            continue
        for path in (endpoint.path, f"/appid-public/public{endpoint.path}", endpoint.path.upper() + "/"):
            for headers in WITHOUT_KEY:
                request = HttpRequest(endpoint.method, path, f"api-key={KEY}", headers, b"{}", "127.0.0.1")
                reply = await CoreASGI(core).handle(request)
                assert (reply.status, reply.body) == (401, b"Invalid API key\n"), f"{path} {headers}"

    assert core.paths_without_api_key == OPEN_TO_ALL
    assert await everything_stored(core) == before


async def test_core_never_raises_a_session_by_itself(core: Core) -> None:
    """Class 12: whatever the core does with a session, it says of its factors what the SDK said last."""
    body: dict[str, Any] = {"userId": "ann", "userDataInJWT": UNFINISHED, "userDataInDatabase": {}}
    made = await core.call("POST", "/recipe/session", body={**body, "enableAntiCsrf": False})
    assert said_by(made) == UNFINISHED["st-mfa"]
    refreshed = await core.call(
        "POST",
        "/recipe/session/refresh",
        body={"refreshToken": made["refreshToken"]["token"], "enableAntiCsrf": False, "useDynamicSigningKey": True},
    )
    assert said_by(refreshed) == UNFINISHED["st-mfa"]
    verified = await core.call(
        "POST",
        "/recipe/session/verify",
        body={
            "accessToken": refreshed["accessToken"]["token"],
            "doAntiCsrfCheck": False,
            "enableAntiCsrf": False,
            "checkDatabase": True,
        },
    )
    assert said_by(verified) == UNFINISHED["st-mfa"]
    again = await core.call(
        "POST", "/recipe/session/regenerate", body={"accessToken": verified["accessToken"]["token"]}
    )
    assert said_by(again) == UNFINISHED["st-mfa"]
    stored = await core.call("GET", "/recipe/session", query={"sessionHandle": made["session"]["handle"]})
    assert stored["userDataInJWT"]["st-mfa"] == UNFINISHED["st-mfa"]


def said_by(reply: dict[str, Any]) -> Any:
    """Return what a reply's access token says of the session's factors."""
    part = reply["accessToken"]["token"].split(".")[1]
    return json.loads(urlsafe_b64decode(part + "=="))["st-mfa"]
