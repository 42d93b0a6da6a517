# SPDX-License-Identifier: Apache-2.0
"""`twofold serve`: the core behind HTTP."""

import asyncio
import ipaddress
import os
import signal
import sys
from types import FrameType
from typing import Any, NoReturn

import msgspec
import uvicorn

from twofold.cli.configuration import Configuration, ConfigurationError, configurable, read
from twofold.cli.draining import KEEP_ALIVE_SECONDS, WORKER_STARTS_WITHIN_SECONDS, DrainingProtocol, run
from twofold.core.app import create_core
from twofold.core.observability.asgi import ObservedASGI
from twofold.core.observability.extras import metrics_of_workers
from twofold.core.observability.logs import configure_logs

# Workers are new processes: their environment is seen by nobody but their own user, their command line by everybody.
_FOR_WORKERS = "_TWOFOLD_CONFIGURATION"


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
    asyncio.run(_prepare(configuration))
    os.environ[_FOR_WORKERS] = msgspec.json.encode(configuration).decode()
    signal.signal(signal.SIGTERM, _end)
    with metrics_of_workers(server.worker_count):
        run(
            uvicorn.Config(
                "twofold.cli.serve:make_app",
                factory=True,
                host=settings.host,
                port=settings.port,
                workers=server.worker_count,
                http=DrainingProtocol,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=bool(server.trusted_proxies),
                forwarded_allow_ips=server.trusted_proxies,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=server.graceful_stop_seconds,
                timeout_worker_healthcheck=WORKER_STARTS_WITHIN_SECONDS,
            )
        )


def make_app() -> ObservedASGI:
    """The application of one worker, from the environment that `serve` prepared."""
    configuration = msgspec.json.decode(os.environ[_FOR_WORKERS], type=Configuration)
    server, settings = configuration.server, configuration.settings
    configure_logs(settings.log_level, server.log_format)
    core = create_core(server.db, settings)
    return ObservedASGI(core, settings.base_path, access_log=server.access_log)


async def _prepare(configuration: Configuration) -> None:
    """Start once before the workers do: what is wrong is told in one sentence, and one process makes the tables."""
    core = create_core(configuration.server.db, configuration.settings)
    try:
        await core.start()
    finally:
        await core.stop()


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
