# SPDX-License-Identifier: Apache-2.0
"""Chooses where the core is: in this process, on a database; or elsewhere, over HTTP.

With `testing.py` and `cli/` the only place that knows both SDK and core.
"""

from collections.abc import Awaitable, Mapping
from typing import Protocol

from twofold._app_info import AppInfo, SupertokensConfig
from twofold._core_client import PUBLIC_TENANT, CoreTransport
from twofold._user_context import actor_of
from twofold._wire import Json
from twofold.core.app import create_core
from twofold.core.config import settings_of
from twofold.core.errors import CoreError as RefusedCall
from twofold.core.storage.database import DatabaseUnavailable
from twofold.exceptions import UNAVAILABLE, GeneralError, core_call_failed
from twofold.types.base import UserContext

_DATABASES = ("sqlite:", "postgresql:", "postgres:")
_HTTP = ("http:", "https:")


class CallableCore(Protocol):
    """What the SDK needs of a core in this process."""

    def call(  # noqa: PLR0913  # the core call
        self,
        method: str,
        path: str,
        *,
        tenant_id: str = PUBLIC_TENANT,
        query: Mapping[str, str] | None = None,
        body: Json | None = None,
        rid: str | None = None,
        actor: str = "",
    ) -> Awaitable[Json]:
        """Answer a core call, or raise the core's own error."""
        ...

    async def start(self) -> None:
        """Prepare the database."""
        ...

    async def stop(self) -> None:
        """Close the database."""
        ...


class InProcessTransport:
    """Calls a core in this process: a dict goes in, a dict comes out, no JSON text in between."""

    def __init__(self, core: CallableCore) -> None:
        self._core = core

    async def start(self) -> None:
        """Prepare the database, before the first request has to wait for it."""
        await self._core.start()

    async def stop(self) -> None:
        """Close the database."""
        await self._core.stop()

    async def call(  # noqa: PLR0913  # the core call
        self,
        method: str,
        path: str,
        *,
        tenant_id: str | None,
        query: Mapping[str, str],
        body: Json | None,
        rid: str,
        user_context: UserContext,
    ) -> Json:
        """Answer a core call; see `CoreTransport`."""
        try:
            return await self._core.call(
                method,
                path,
                tenant_id=tenant_id or PUBLIC_TENANT,
                query=query,
                body=body,
                rid=rid or None,
                actor=actor_of(user_context),
            )
        except RefusedCall as error:
            raise core_call_failed(method, path, error.status, error.message) from error
        except DatabaseUnavailable as error:
            raise core_call_failed(method, path, UNAVAILABLE, f"Database unavailable: {error}") from error


def transport_for(config: SupertokensConfig, app_info: AppInfo) -> CoreTransport:
    """Return the transport that `connection_uri` asks for. Nothing is opened before the first call.

    Raises:
        GeneralError: the URI is of no known kind, or an option does not go with it.
    """
    uri = config.connection_uri.strip()
    if uri and not uri.startswith(_DATABASES):
        # Without a scheme it is a host, as for the incumbent; but a misspelt database must not become one.
        if ":" in uri.split("//")[0] and "//" in uri and not uri.startswith(_HTTP):
            raise GeneralError("connection_uri must be empty, sqlite:///…, postgresql://… or http(s)://…")
        # Imported on first use: an HTTP client is a quarter of our start-up time, and an embedded core needs none.
        from twofold._core_http import HttpTransport  # noqa: PLC0415  # see above

        return HttpTransport(uri, app_info, api_key=config.api_key, interceptor=config.network_interceptor)
    if config.network_interceptor is not None:
        raise GeneralError("network_interceptor needs a core elsewhere: connection_uri must be http(s)://…")
    settings = settings_of({"base_config_modifiable": True, "assurance": app_info.assurance})
    return InProcessTransport(create_core(uri, settings))
