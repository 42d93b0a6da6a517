# SPDX-License-Identifier: Apache-2.0
"""`twofold serve`: the core behind HTTP."""

import asyncio
import ipaddress
import signal
import sys
from types import FrameType
from typing import Any, NoReturn

import uvicorn

from twofold.cli.configuration import Configuration, ConfigurationError, configurable, read
from twofold.cli.connection import Connection
from twofold.cli.draining import KEEP_ALIVE_SECONDS, WORKER_STARTS_WITHIN_SECONDS, run
from twofold.cli.worker import FACTORY, Served, hand_to_workers
from twofold.core.app import Core
from twofold.core.config import Settings
from twofold.core.observability.asgi import ObservedASGI
from twofold.core.observability.extras import metrics_of_workers
from twofold.core.observability.logs import configure_logs


@configurable()
def serve(**options: Any) -> None:
    """Serve the core over HTTP until stopped.

    Each option may also be given as a variable, TWOFOLD_LOG_LEVEL for --log-level, or as a key of the TOML file,
    log_level. Options win over variables, variables over the file. Keys that are secrets have no option.
    """
    configuration = read(options)
    server, settings = configuration.server, configuration.settings
    if not settings.api_keys and not is_loopback(settings.host):
        raise ConfigurationError(
            f"refusing to listen on {settings.host} without an API key: anyone who can reach it could read and change "
            "every user. Give TWOFOLD_API_KEYS (or --api-keys), or listen on localhost."
        )
    configure_logs(settings.log_level, server.log_format)
    served = Served(server.db, settings, server.log_format, server.access_log)
    signal.signal(signal.SIGTERM, _end)
    with metrics_of_workers(server.worker_count):
        if server.worker_count == 1:
            core = served.core()
            run(_http(configuration, served.app(core)), before=lambda: _start(core, settings))
        else:
            asyncio.run(_prepare(served.core(), settings))
            hand_to_workers(served)
            run(_http(configuration, FACTORY))


def _http(configuration: Configuration, app: ObservedASGI | str) -> uvicorn.Config:
    server, settings = configuration.server, configuration.settings
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        host=settings.host,
        port=settings.port,
        workers=server.worker_count,
        http=Connection,
        ws="none",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # read where connections are
        forwarded_allow_ips=server.trusted_proxies,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=server.graceful_stop_seconds,
        timeout_worker_healthcheck=WORKER_STARTS_WITHIN_SECONDS,
    )


async def _start(core: Core, settings: Settings) -> None:
    """Start before the server does: what is wrong is told in one sentence."""
    try:
        await _require_port(settings.host, settings.port)
        await core.start()
    except BaseException:
        await core.stop()
        raise


async def _prepare(core: Core, settings: Settings) -> None:
    """Start once before the workers do: one process makes the tables."""
    await _start(core, settings)
    await core.stop()


async def _require_port(host: str, port: int) -> None:
    try:
        server = await asyncio.get_running_loop().create_server(asyncio.Protocol, host, port, start_serving=False)
    except OSError as error:
        reason = (error.strerror or str(error)).rpartition(": ")[2]
        raise ConfigurationError(
            f"cannot listen on {host}, port {port}: {reason}. Give another --port (TWOFOLD_PORT), or --host."
        ) from error
    server.close()


def _end(_signal: int, _frame: FrameType | None) -> NoReturn:
    # Before the server has begun; and after it has ended in good order, for it repeats the signal then.
    sys.exit(0)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
