# SPDX-License-Identifier: Apache-2.0
"""The core has every endpoint of the interface, no other, and each takes a tenant in its path as every version does."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

from tests.contract.endpoint_index import INDEX, refuses_other_tenants
from tests.core.quick import quick_core
from twofold.core._endpoint import Endpoint
from twofold.core.app import RECIPES, Core
from twofold.core.http import CoreASGI, HttpRequest, HttpResponse
from twofold.core.version import SUPPORTED, V5_0, Version, text

ENDPOINTS = [endpoint for recipe in RECIPES for endpoint in recipe.endpoints.all]
# What the incumbent has not: the paths of these recipes are in our own names.
OUR_RECIPES = {"abuse", "audit", "factorreset", "recoverycodes", "trusteddevices"}
OURS_ALONE = {
    # The Python SDK sends POST where the interface has PUT.
    "POST /recipe/userid/external-user-id-info",
    # What is changed at once is not lost: a whole list cannot be merged into metadata without being read before.
    "PUT /recipe/user/metadata/list",
    *(
        f"{item.method} {item.path}"
        for recipe in RECIPES
        if recipe.name in OUR_RECIPES
        for item in recipe.endpoints.all
    ),
}
# Ended with CDI 2.21.
GONE = "POST /recipe/handshake"
PUBLIC_TENANT_ONLY = b"Only public tenantId can call this app specific API\n"
# A well-formed value of each kind of parameter, by the name of its reader.
VALUES: dict[str, Any] = {
    "_string": "nobody",
    "_boolean": False,
    "_integer": 1,
    "_object": {},
    "_list": [],
    "_list_of_strings": [],
    "_query_string": "nobody",
    "_query_integer": "1",
    "_query_long": "1",
    "_query_boolean": "false",
    "_query_list": "emailpassword",
    "_anything": None,
}


# Endpoints of the tenant in the path, but of the app when these fields are given.
OF_THE_APP: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/users/count", {"includeAllTenants": "true"}),
    ("GET", "/recipe/user", {"userId": "nobody"}),
    ("GET", "/recipe/session/user", {"userId": "nobody"}),
    ("POST", "/recipe/session/remove", {"userId": "nobody"}),
]
OF_THE_TENANT: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/users/count", {}),
    ("GET", "/recipe/user", {"email": "nobody@example.com"}),
    ("GET", "/recipe/session/user", {"userId": "nobody", "fetchAcrossAllTenants": "false"}),
    ("POST", "/recipe/session/remove", {"userId": "nobody", "revokeAcrossAllTenants": False}),
    ("POST", "/recipe/session/remove", {"sessionHandles": []}),
]


@pytest.fixture
async def core() -> AsyncIterator[Core]:
    """A core with a second tenant."""
    started = quick_core("sqlite:///:memory:")
    await started.start()
    await started.call("PUT", "/recipe/multitenancy/tenant/v2", body={"tenantId": "t1"})
    yield started
    await started.stop()


def name_of(endpoint: Endpoint) -> str:
    """Method and path."""
    return f"{endpoint.method} {endpoint.path}"


async def ask(core: Core, endpoint: Endpoint, version: Version, prefix: str) -> HttpResponse:
    """A well-formed request about nobody."""
    values = {item.key_in(version): VALUES[item.read.__name__] for item in endpoint.parameters}
    return await send(core, endpoint.method, prefix + endpoint.path, values, version, endpoint.rid or "")


async def send(
    core: Core, method: str, path: str, values: dict[str, Any], version: Version, rid: str = ""
) -> HttpResponse:
    """A request with its fields in the query or the body."""
    headers = {"cdi-version": text(version), "rid": rid}
    request = HttpRequest(method, path, urlencode(values), headers, msgspec.json.encode(values), "127.0.0.1")
    return await CoreASGI(core).handle(request)


def test_the_core_has_the_endpoints_of_the_interface() -> None:
    """All of them and no other, except those that are named here."""
    found = {name_of(endpoint) for endpoint in ENDPOINTS}

    assert found - INDEX.keys() == OURS_ALONE
    assert INDEX.keys() - found == set()


@pytest.mark.parametrize("version", SUPPORTED, ids=text)
async def test_every_endpoint_takes_a_tenant_as_its_version_does(core: Core, version: Version) -> None:
    """None is an unknown path in an older version; what belongs to the app refuses another tenant from 5.0 on."""
    for endpoint in ENDPOINTS:
        name = name_of(endpoint)
        reply = await ask(core, endpoint, version, "/t1")

        shown = f"{name}: {reply.status} {reply.body!r}"
        assert (reply.status in (404, 405)) == (name == GONE), shown
        refuses = None if name in OURS_ALONE else refuses_other_tenants(name, version)
        if refuses is not None:
            assert (reply.body == PUBLIC_TENANT_ONLY) == refuses, shown


@pytest.mark.parametrize("version", SUPPORTED, ids=text)
async def test_what_fields_ask_for_decides_where_the_endpoint_varies(core: Core, version: Version) -> None:
    """Who asks about the whole app asks through its public tenant."""
    for method, path, values in OF_THE_APP:
        reply = await send(core, method, "/t1" + path, values, version)
        assert (reply.body == PUBLIC_TENANT_ONLY) == (version >= V5_0), f"{method} {path} {values}: {reply.body!r}"
    for method, path, values in OF_THE_TENANT:
        reply = await send(core, method, "/t1" + path, values, version)
        assert reply.status == 200, f"{method} {path} {values}: {reply.body!r}"
