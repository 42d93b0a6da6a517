# SPDX-License-Identifier: Apache-2.0
"""The core: lists the recipes, one line each, and answers calls. `create_core` makes one for a database."""

from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twofold.core import users
from twofold.core._endpoint import Answer, Endpoint, Reply, Request, Routes
from twofold.core._fields import Json
from twofold.core._recipe import CoreRecipe
from twofold.core.clock import Clock, SystemClock
from twofold.core.config import Settings
from twofold.core.jobs import Housekeeper
from twofold.core.observability.extras import configured_tracing
from twofold.core.once import Once
from twofold.core.passwords import PasswordHasher
from twofold.core.recipe import (
    abuse,
    accountlinking,
    audit,
    bulkimport,
    dashboard,
    emailpassword,
    emailverification,
    factorreset,
    jwt,
    multitenancy,
    notyet,
    passwordless,
    recoverycodes,
    server,
    session,
    thirdparty,
    totp,
    trusteddevices,
    useridmapping,
    usermetadata,
    userroles,
    webauthn,
)
from twofold.core.request_statistics import RequestStatistics
from twofold.core.sealing import Sealer
from twofold.core.services import Services
from twofold.core.signing import SigningKeys
from twofold.core.storage.database import Database
from twofold.core.storage.migrate import migrate
from twofold.core.storage.opening import open_database
from twofold.core.tenancy import store as tenancy_store
from twofold.core.tenancy.directory import Tenant, TenantDirectory
from twofold.core.tenancy.names import PUBLIC
from twofold.core.tokens import Tokens
from twofold.core.version import V5_5, Version

if TYPE_CHECKING:
    from opentelemetry.trace import TracerProvider

    from twofold.core.observability.tracing import Tracing

RECIPES: tuple[CoreRecipe, ...] = (
    server.recipe,
    multitenancy.recipe,
    users.recipe,
    useridmapping.recipe,
    accountlinking.recipe,
    emailpassword.recipe,
    emailverification.recipe,
    thirdparty.recipe,
    passwordless.recipe,
    webauthn.recipe,
    totp.recipe,
    recoverycodes.recipe,
    trusteddevices.recipe,
    abuse.recipe,
    audit.recipe,
    factorreset.recipe,
    usermetadata.recipe,
    userroles.recipe,
    bulkimport.recipe,
    jwt.recipe,
    session.recipe,
    dashboard.recipe,
    notyet.recipe,
)

SCHEMA_FOLDERS: tuple[tuple[str, Path], ...] = (
    ("tenancy", Path(tenancy_store.__file__).parent / "schema"),
    ("signing", Path(__file__).parent / "schema"),
    *((recipe.name, recipe.schema) for recipe in RECIPES if recipe.schema is not None),
)


class Core:
    """A running core. Calls may come from several threads and event loops."""

    def __init__(self, services: Services, tracing: "Tracing | None" = None) -> None:
        self.services = services
        self._tracing = tracing
        endpoints = [endpoint for recipe in services.recipes for endpoint in recipe.endpoints.all]
        self._routes = Routes(endpoints)
        self.paths_without_api_key = frozenset(item.path for item in endpoints if not item.needs_api_key)
        self.paths_in_any_version = frozenset(item.path for item in endpoints if not item.needs_supported_version)
        self.housekeeper = Housekeeper(services)
        self._preparation = Once(self._prepare)

    async def start(self) -> None:
        """Bring the schema up to date and make sure that the public app and tenant exist; harmless when repeated.

        Of many first requests at once one does so, on one connection, and the others wait for it.
        """
        await self._preparation.run()
        self.housekeeper.start()

    async def _prepare(self) -> None:
        database = self.services.database
        await migrate(database, SCHEMA_FOLDERS)
        now_ms = self.services.clock.now_ms()
        await tenancy_store.create_app(database, PUBLIC, now_ms)
        await tenancy_store.create_tenant(database, PUBLIC, PUBLIC, now_ms=now_ms, first_factors=None, enabled=True)

    async def stop(self) -> None:
        """Close the database and stop the threads."""
        await self.housekeeper.stop()
        self.services.passwords.close()
        await self.services.database.close()

    def find(self, method: str, path: str, rid: str | None) -> Endpoint:
        """The endpoint for a path without app and tenant. Raises NotFound or MethodNotAllowed."""
        return self._routes.find(method, path, rid)

    def has_path(self, path: str) -> bool:
        """Whether any endpoint has this path."""
        return path in self._routes.paths

    async def domain_of_host(self, host: str) -> str:
        """The connection URI domain that a Host header names; the default one for every unknown host."""
        if not self._preparation.is_done:
            await self.start()
        return await self.services.tenants.domain_of_host(host)

    async def tenant(self, app_id: str, tenant_id: str) -> Tenant:
        """A tenant and the settings that hold for it. Raises UnknownTenant."""
        if not self._preparation.is_done:
            await self.start()
        return await self.services.tenants.find(app_id, tenant_id)

    async def answer(self, endpoint: Endpoint, request: Request) -> Answer:
        """Run an endpoint. Raises CoreError."""
        if not self._preparation.is_done:
            await self.start()
        return await endpoint.run(self.services, request)

    async def call(
        self,
        method: str,
        path: str,
        *,
        app_id: str = PUBLIC,
        tenant_id: str = PUBLIC,
        query: Mapping[str, Any] | None = None,
        body: Json | None = None,
        version: Version = V5_5,
        rid: str | None = None,
        actor: str = "",
    ) -> Json:
        """Answer a core call from within the process: a dict in, a dict out.

        The path has no app or tenant in it. A plain-text answer comes as `{"_text": …}`. Raises CoreError for
        everything that is not HTTP 200.
        """
        request = Request(method, path, app_id, tenant_id, version, query, body, rid, actor=actor)
        with self._tracing.called(method, path) if self._tracing is not None else nullcontext():
            answer = await self.answer(self.find(method, path, rid), request)
        content = answer.body if isinstance(answer, Reply) else answer
        # A copy: many answers are constants of their modules, and the caller may do with its own what it likes.
        return {"_text": content} if isinstance(content, str) else dict(content)


def create_core(
    database_url: str = "",
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    tokens: Tokens | None = None,
    tracer_provider: "TracerProvider | None" = None,
) -> Core:
    """Make a core on a database.

    Args:
        database_url: `sqlite:///file.db`, `postgresql://…`, or empty for `twofold.db` in the working directory.
        settings: what holds unless an app or tenant overrides it.
        clock, tokens: time and randomness, for tests.
        tracer_provider: of OpenTelemetry; left out, the process's own, if it has one.

    Nothing is opened or written before `start` or the first call.
    """
    tracing = configured_tracing(tracer_provider)
    opened = open_database(database_url)
    database = opened if tracing is None else tracing.watch(opened)
    chosen = settings or Settings()
    time = clock or SystemClock()
    secrets = tokens or Tokens()
    return Core(_services(database, chosen, time, secrets), tracing)


def _services(database: Database, settings: Settings, clock: Clock, tokens: Tokens) -> Services:
    sealer = Sealer(settings.encryption_key, tokens)
    return Services(
        database=database,
        settings=settings,
        clock=clock,
        tokens=tokens,
        tenants=TenantDirectory(database, settings, clock),
        passwords=PasswordHasher(settings),
        signing_keys=SigningKeys(database, clock, tokens, sealer),
        sealer=sealer,
        request_statistics=RequestStatistics(clock),
        recipes=RECIPES,
    )
