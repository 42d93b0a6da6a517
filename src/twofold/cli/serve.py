# SPDX-License-Identifier: Apache-2.0
"""`twofold serve`: the core behind HTTP."""

import ipaddress
import os
import sys
from typing import Annotated

import uvicorn
from cyclopts import Parameter

from twofold.core.app import create_core
from twofold.core.config import Settings
from twofold.core.errors import BadRequest
from twofold.core.http import CoreASGI
from twofold.core.http_path import normalise_base_path
from twofold.core.recipe.multitenancy.core_config import check_ranges

DEFAULT_DATABASE = "sqlite:///twofold.db"
_DATABASE = "TWOFOLD_DB"
_API_KEYS = "TWOFOLD_API_KEYS"
_BASE_PATH = "TWOFOLD_BASE_PATH"


def serve(
    *,
    db: Annotated[str, Parameter(env_var=_DATABASE)] = DEFAULT_DATABASE,
    host: Annotated[str, Parameter(env_var="TWOFOLD_HOST")] = "localhost",
    port: Annotated[int, Parameter(env_var="TWOFOLD_PORT")] = 3567,
    workers: Annotated[int, Parameter(env_var="TWOFOLD_WORKERS")] = 1,
    api_keys: Annotated[str, Parameter(env_var=_API_KEYS)] = "",
    base_path: Annotated[str, Parameter(env_var=_BASE_PATH)] = "",
    log_level: Annotated[str, Parameter(env_var="TWOFOLD_LOG_LEVEL")] = "info",
) -> None:
    """Serve the core over HTTP until stopped.

    Parameters
    ----------
    db
        `sqlite:///file.db` or `postgresql://user:password@host/name`.
    host
        Address to listen on. Beyond loopback an API key is required.
    port
        Port to listen on.
    workers
        Processes that share the port and the database.
    api_keys
        Comma-separated keys, one of which callers must send in the header `api-key`.
    base_path
        Prefix of every path.
    log_level
        `debug`, `info`, `warning` or `error`.
    """
    api_keys = ",".join(key.strip() for key in api_keys.split(",") if key.strip())
    if not api_keys and not is_loopback(host):
        sys.exit(
            f"twofold: refusing to listen on {host} without an API key: anyone who can reach it could read and change "
            "every user. Give --api-keys (or TWOFOLD_API_KEYS), or listen on localhost."
        )
    if api_keys:
        _check(api_keys)
    os.environ.update({_DATABASE: db, _API_KEYS: api_keys, _BASE_PATH: base_path})
    uvicorn.run(
        "twofold.cli.serve:make_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_level=log_level.lower(),
        access_log=log_level.lower() == "debug",
        server_header=False,
        timeout_graceful_shutdown=10,
    )


def make_app() -> CoreASGI:
    """The application of one worker, from the environment that `serve` prepared."""
    settings = Settings(api_keys=os.environ.get(_API_KEYS) or None)
    core = create_core(os.environ.get(_DATABASE, DEFAULT_DATABASE), settings)
    return CoreASGI(core, normalise_base_path(os.environ.get(_BASE_PATH)))


def _check(api_keys: str) -> None:
    try:
        check_ranges(Settings(api_keys=api_keys))
    except BadRequest as error:
        sys.exit(f"twofold: {error.message}")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
