# SPDX-License-Identifier: Apache-2.0
"""Declares endpoints and runs them: parameters, scope, tenant, version, once for all.

    endpoints = Endpoints()

    @endpoints.post("/recipe/signup", Scope.TENANT, since={"recipeUserId": V4_0})
    async def sign_up(call: Call, email: str, password: str) -> Json: ...

The order of checks is that of the interface: parameters first, then the scope, then whether the tenant exists. An
endpoint therefore runs only for a tenant that exists, with arguments of the declared types.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from twofold.core._fields import Json, Parameter, Source, declared, read_all
from twofold.core._record import Record
from twofold.core.config import Settings
from twofold.core.errors import BadRequest, Forbidden, MethodNotAllowed, NotFound
from twofold.core.services import Services
from twofold.core.storage.database import Database, InvalidValue
from twofold.core.tenancy.directory import Tenant, UnknownTenant
from twofold.core.tenancy.names import PUBLIC
from twofold.core.version import V5_0, Version

_NOTHING: Version = (0, 0)


class Scope(Enum):
    """What the tenant in the path means to an endpoint."""

    TENANT = "tenant"
    """Works on the tenant in the path."""
    APP = "app"
    """Works on the app. From CDI 5.0 on only the public tenant may be named; before, a tenant is ignored."""
    ANY = "any"
    """Works on the app, and ignores a tenant in the path in every version."""


class Call(Record, frozen=True):
    """One call while it runs: whose it is, in which version it is answered, and the parts to answer it with."""

    services: Services
    tenant: Tenant
    version: Version
    path_tenant_id: str
    raw: Mapping[str, Any]
    """The body or query as it came, for endpoints that look at which fields were given."""
    is_operator: bool
    """Whether the caller may see and change protected settings."""
    actor: str
    """Who acts, as the audit trail is to name them; empty for the application itself."""

    @property
    def app_id(self) -> str:
        """The key of the app: the value of every `app_id` column."""
        return self.tenant.app_id

    @property
    def tenant_id(self) -> str:
        """The tenant that the endpoint works on; `public` for endpoints of the app."""
        return self.tenant.tenant_id

    @property
    def settings(self) -> Settings:
        """The settings that hold for this tenant."""
        return self.tenant.settings

    @property
    def database(self) -> Database:
        """The database."""
        return self.services.database

    def now_ms(self) -> int:
        """Milliseconds since the epoch, by the core's clock."""
        return self.services.clock.now_ms()

    def require_public_tenant(self) -> None:
        """Refuse another tenant in the path, for endpoints whose scope depends on their arguments."""
        if self.version >= V5_0 and self.path_tenant_id != PUBLIC:
            raise Forbidden("Only public tenantId can call this app specific API")


@dataclass(frozen=True, slots=True, repr=False)
class Reply:
    """An answer with HTTP headers of its own."""

    body: Json | str
    headers: Mapping[str, str] = field(default_factory=dict)


Answer = Json | str | Reply
Handler = Callable[..., Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One declared endpoint. `rid` chooses between endpoints of one path; the one with `is_default` takes the rest."""

    method: str
    path: str
    scope: Scope
    handler: Handler
    parameters: tuple[Parameter, ...]
    source: Source
    since: Mapping[str, Version]
    newest_since: Version
    rid: str | None
    is_default: bool
    needs_api_key: bool
    needs_supported_version: bool
    unknown_tenant: Json | None = None

    async def run(self, services: Services, request: "Request") -> Answer:
        """Answer a call. Raises CoreError."""
        values = (request.body if self.source == "body" else request.query) or {}
        arguments = read_all(self.parameters, values, request.version, self.source)
        tenant_id = self._tenant_id(request)
        try:
            tenant = request.tenant
            if tenant is None or tenant.tenant_id != tenant_id:
                tenant = await services.tenants.find(request.app_id, tenant_id)
            call = Call(
                services, tenant, request.version, request.tenant_id, values, request.is_operator, request.actor
            )
            answer = await self.handler(call, **arguments)
        except UnknownTenant:
            if self.unknown_tenant is None:
                raise
            return self.unknown_tenant
        except InvalidValue as error:
            raise BadRequest(f"The input cannot be stored: {error}") from error
        if request.version < self.newest_since and isinstance(answer, dict):
            return {key: value for key, value in answer.items() if request.version >= self.since.get(key, _NOTHING)}
        return answer

    def _tenant_id(self, request: "Request") -> str:
        if self.scope is Scope.TENANT:
            return request.tenant_id
        if self.scope is Scope.APP and request.tenant_id != PUBLIC and request.version >= V5_0:
            raise Forbidden("Only public tenantId can call this app specific API")
        return PUBLIC


class Request(Record, frozen=True):
    """A call before it is matched to an endpoint: what both doors, in-process and HTTP, have to say.

    is_operator: not one of several customers of a shared core. Who calls in process is the operator.
    actor: who acts on behalf of the application, for the audit trail.
    tenant: one of the app that was found a moment ago.
    """

    method: str
    path: str
    app_id: str
    tenant_id: str
    version: Version
    query: Mapping[str, Any] | None = None
    body: Json | None = None
    rid: str | None = None
    is_operator: bool = True
    actor: str = ""
    tenant: Tenant | None = None


class Endpoints:
    """Collects the endpoints of one recipe."""

    def __init__(self) -> None:
        self.all: list[Endpoint] = []

    def add(
        self,
        method: str,
        path: str,
        scope: Scope,
        *,
        since: Mapping[str, Version] | None = None,
        rid: str | None = None,
        is_default: bool = True,
        needs_api_key: bool = True,
        needs_supported_version: bool = True,
        unknown_tenant: Json | None = None,
    ) -> Callable[[Handler], Handler]:
        """Declare the decorated function as the endpoint of a method and path.

        since: fields of the answer that appear from a version on. is_default False: only for calls with this `rid`.
        unknown_tenant: the answer where the tenant does not exist, instead of an error.
        """

        def declare(handler: Handler) -> Handler:
            source: Source = "query" if method in ("GET", "DELETE") else "body"
            versions = since or {}
            self.all.append(
                Endpoint(
                    method,
                    path,
                    scope,
                    handler,
                    declared(handler, source),
                    source,
                    versions,
                    max(versions.values(), default=_NOTHING),
                    rid,
                    is_default,
                    needs_api_key,
                    needs_supported_version,
                    unknown_tenant,
                )
            )
            return handler

        return declare

    def get(self, path: str, scope: Scope, **options: Any) -> Callable[[Handler], Handler]:
        """Declare a GET endpoint; its parameters come from the query."""
        return self.add("GET", path, scope, **options)

    def post(self, path: str, scope: Scope, **options: Any) -> Callable[[Handler], Handler]:
        """Declare a POST endpoint; its parameters come from the JSON body."""
        return self.add("POST", path, scope, **options)

    def put(self, path: str, scope: Scope, **options: Any) -> Callable[[Handler], Handler]:
        """Declare a PUT endpoint; its parameters come from the JSON body."""
        return self.add("PUT", path, scope, **options)

    def delete(self, path: str, scope: Scope, **options: Any) -> Callable[[Handler], Handler]:
        """Declare a DELETE endpoint; its parameters come from the query."""
        return self.add("DELETE", path, scope, **options)


class Routes:
    """Finds the endpoint of a call: two dictionary look-ups."""

    def __init__(self, endpoints: list[Endpoint]) -> None:
        self.paths: dict[str, dict[str, list[Endpoint]]] = {}
        for endpoint in endpoints:
            self.paths.setdefault(endpoint.path, {}).setdefault(endpoint.method, []).append(endpoint)

    def find(self, method: str, path: str, rid: str | None) -> Endpoint:
        """The endpoint. Raises NotFound for the path, MethodNotAllowed for the method."""
        methods = self.paths.get(path)
        if methods is None:
            raise NotFound
        candidates = methods.get(method)
        if candidates is None:
            raise MethodNotAllowed
        if len(candidates) == 1:
            return candidates[0]
        chosen = next((item for item in candidates if item.rid == rid), None)
        return chosen or next(item for item in candidates if item.is_default)
