# SPDX-License-Identifier: Apache-2.0
"""Bad input from somebody who has the key: every parameter of every API, with each hostile value."""

import json
from typing import Any

import pytest

from tests.recipe.dashboard.application import KEY, Caller
from tests.security.bad_values import BODIES, DEEP, NUMBERS, OTHERS, STRINGS
from twofold.recipe._api import Declaration, declared_apis
from twofold.recipe.dashboard.access import API
from twofold.recipe.dashboard.apis import APIs

DECLARATIONS = [item for item in declared_apis(APIs) if item.reads_values]
HOSTILE: list[Any] = [*STRINGS, *NUMBERS, *OTHERS]
FEW: list[Any] = ["", "a\0b@example.com", "💥" * 5_000, "\ud800", 10**300, [None], {}, DEEP]
# What is read in `prepare`.
PREPARED = {f"{API}/tenant": ["firstFactors", "requiredSecondaryFactors", "coreConfig"], f"{API}/users": ["email"]}
WELL_FORMED: dict[str, Any] = {
    "tenantId": "t1",
    "factorId": "totp",
    "enable": True,
    "verified": True,
    "permissions": ["read"],
    "sessionHandles": ["x"],
    "data": "{}",
    "limit": "10",
    "phoneNumber": None,
    "paginationToken": None,
    "providerConfig": {"thirdPartyId": "x"},
    **dict.fromkeys(("firstName", "lastName", "email", "phone", "recipeId"), ""),
}


@pytest.mark.parametrize(
    "values", [pytest.param(HOSTILE, marks=pytest.mark.slow, id="all"), pytest.param(FEW, id="few")]
)
async def test_no_value_is_a_failure_of_the_server(admin: Caller, values: list[Any]) -> None:
    """A 4xx that says something, or an answer of the interface; nothing of our insides."""
    for declaration in DECLARATIONS:
        keys = [item.key for item in declaration.parameters if item.read]
        body = {key: WELL_FORMED.get(key, "x") for key in keys}
        for key in keys + PREPARED.get(declaration.path, []):
            for value in values:
                reply = await sent(admin, declaration, {**body, key: value})
                shown = f"{declaration.method} {declaration.path} {key}={value!r:.100}: {reply.text}"
                assert reply.status_code in (200, 400), shown
                assert reply.json().get("status") or reply.json()["message"], shown
                assert "Traceback" not in reply.text, shown


async def test_no_body_is_a_failure_of_the_server(admin: Caller) -> None:
    """Whatever the bytes."""
    for declaration in DECLARATIONS:
        for name, body in BODIES.items():
            if declaration.method in ("POST", "PUT"):
                url = f"/auth{declaration.path}"
                reply = await admin.http.request(declaration.method, url, content=body, headers=admin.headers)
                assert reply.status_code in (200, 400), f"{url} {name}: {reply.text}"


@pytest.mark.parametrize("header", [f"Bearer {KEY}x", "Bearer " + "x" * 100_000, "Bearer é"])
async def test_no_key_is_a_failure_of_the_server(admin: Caller, header: str) -> None:
    """It is no key."""
    reply = await admin.http.get(f"/auth{API}/users/count", headers=[(b"authorization", header.encode("latin-1"))])

    assert reply.status_code == 401


async def sent(admin: Caller, declaration: Declaration, values: dict[str, Any]) -> Any:
    """Return the reply to a request with these values: as JSON that may hold half a surrogate pair, or as a query."""
    url = f"/auth{declaration.path}"
    if declaration.method in ("POST", "PUT"):
        content = json.dumps(values).encode()
        return await admin.http.request(declaration.method, url, content=content, headers=admin.headers)
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
    params = {key: text[:4000].encode(errors="replace").decode() for key, text in texts.items() if text != "null"}
    return await admin.http.request(declaration.method, url, params=params, headers=admin.headers)
