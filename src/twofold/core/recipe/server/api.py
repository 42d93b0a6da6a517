# SPDX-License-Identifier: Apache-2.0
"""Endpoints about the server itself."""

import os
from pathlib import Path

from twofold.core import version
from twofold.core._endpoint import Call, Endpoints, Scope
from twofold.core._fields import Json
from twofold.core.errors import BadRequest, Forbidden, NotFound
from twofold.core.recipe.server import store
from twofold.core.tenancy.directory import UnknownTenant
from twofold.core.tenancy.names import DEFAULT_DOMAIN, PUBLIC, split_app_key

FEATURES = [
    "account_linking",
    "multi_tenancy",
    "dashboard_login",
    "mfa",
    "security",
    "oauth",
    "saml",
]
SEARCH_TAGS: Json = {"status": "OK", "tags": ["email", "phone", "provider"]}

endpoints = Endpoints()


async def hello(call: Call) -> str:
    """Say that the server and its database answer."""
    await store.touch(call.database)
    return "Hello"


async def root(call: Call) -> str:
    """The same, at the bare address of a tenant that exists: any other first segment is an unknown path."""
    try:
        await call.services.tenants.find(call.app_id, call.path_tenant_id)
    except UnknownTenant:
        raise NotFound from None
    return await hello(call)


for _method in ("GET", "POST", "PUT", "DELETE"):
    endpoints.add(_method, "/hello", Scope.ANY, needs_api_key=False, needs_supported_version=False)(hello)
    endpoints.add(_method, "/", Scope.ANY, needs_api_key=False)(root)


@endpoints.get("/apiversion", Scope.APP, needs_supported_version=False)
async def api_versions(call: Call, website_domain: str | None = None, api_domain: str | None = None) -> Json:
    """List the versions of the interface that this app answers."""
    newest = call.settings.supertokens_max_cdi_version
    limit = version.NEWEST if newest is None else version.parse(newest)
    return {"versions": [version.text(item) for item in version.SUPPORTED if item <= limit]}


@endpoints.get("/config", Scope.ANY, needs_api_key=False)
async def config(call: Call, pid: str) -> Json:
    """Tell a local tool that knows the process id where the configuration is."""
    if (call.app_id, call.path_tenant_id) != (PUBLIC, PUBLIC):
        raise Forbidden("you can call this only from the base connection uri domain, public app and tenant")
    if pid != str(os.getpid()):
        return {"status": "NOT_ALLOWED"}
    return {"status": "OK", "path": str(Path.cwd())}


@endpoints.get("/telemetry", Scope.APP)
async def telemetry(call: Call) -> Json:
    """There is none."""
    return {"exists": False}


@endpoints.get("/requests/stats", Scope.APP)
async def request_statistics(call: Call) -> Json:
    """Requests over HTTP per minute of the last day; minutes before this process began to count are -1."""
    day = call.services.request_statistics.last_day(call.app_id)
    return {
        "status": "OK",
        "atMinute": day.minute,
        "averageRequestsPerSecond": day.average_per_second,
        "peakRequestsPerSecond": day.peak_per_second,
    }


@endpoints.get("/user/search/tags", Scope.ANY, unknown_tenant=SEARCH_TAGS)
async def search_tags(call: Call) -> Json:
    """What users can be searched by, in any app, also one that does not exist."""
    return SEARCH_TAGS


@endpoints.get("/ee/featureflag", Scope.APP)
async def feature_flags(call: Call) -> Json:
    """Everything is on."""
    return {"status": "OK", "features": FEATURES, "usageStats": {}}


@endpoints.get("/ee/license", Scope.APP)
async def license_key(call: Call) -> Json:
    """There is no licence to ask for."""
    return {"status": "NO_LICENSE_KEY_FOUND_ERROR"}


@endpoints.put("/ee/license", Scope.APP)
async def set_license_key(call: Call, license_key: str | None = None) -> Json:
    """Accept any key, so that an operator's script goes on; it changes nothing."""
    if call.raw and license_key is None:
        raise BadRequest("Field name 'licenseKey' is missing in JSON input")
    return {"status": "OK"}


@endpoints.delete("/ee/license", Scope.APP)
async def remove_license_key(call: Call) -> Json:
    """Accept the removal of a key that was never kept."""
    return {"status": "OK"}


@endpoints.get("/migration/mode", Scope.ANY)
async def migration_mode(call: Call) -> Json:
    """Tell an operator of the incumbent how far its tables are converted: here there is nothing to convert."""
    return _migrated(call, {"mode": "MIGRATED"})


@endpoints.get("/migration/backfill/progress", Scope.ANY)
async def migration_progress(call: Call, verify: bool = False) -> Json:
    """The same, with how many users are still to be converted."""
    return _migrated(call, {"mode": "MIGRATED", "pendingUsers": 0})


def _migrated(call: Call, state: Json) -> Json:
    domain, _ = split_app_key(call.app_id)
    if domain != DEFAULT_DOMAIN:
        return {"status": "OK"} | state
    return {"status": "OK", "cuds": [{"connectionUriDomain": domain} | state]}


@endpoints.post("/recipe/handshake", Scope.ANY)
async def handshake(call: Call) -> Json:
    """Ended with CDI 2.21."""
    raise NotFound
