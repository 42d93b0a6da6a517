# SPDX-License-Identifier: Apache-2.0
"""What works only where its library is installed: metrics (`twofold[metrics]`), traces (`twofold[opentelemetry]`)."""

import contextlib
import importlib.util
import os
import tempfile
from collections.abc import Generator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from opentelemetry.trace import TracerProvider

    from twofold.core.app import Core
    from twofold.core.observability.metrics import Metrics
    from twofold.core.observability.tracing import Tracing

METRICS_DIRECTORY: Final = "PROMETHEUS_MULTIPROC_DIR"
WITHOUT_METRICS: Final = "Metrics need the extra: pip install 'twofold[metrics]'"


def metrics_of(core: "Core") -> "Metrics | None":
    """The figures of a core; None without the extra."""
    if not is_installed("prometheus_client"):
        return None
    from twofold.core.observability.metrics import Metrics  # noqa: PLC0415 - an optional dependency

    return Metrics(core, os.environ.get(METRICS_DIRECTORY))


@contextlib.contextmanager
def metrics_of_workers(count: int) -> Generator[None, None, None]:
    """Let the processes that start within the block add up their figures, when there are several.

    Each writes its own into files of a directory, which the library looks for when it is imported.
    """
    if count == 1 or not is_installed("prometheus_client"):
        yield
        return
    with tempfile.TemporaryDirectory(prefix="twofold-metrics-") as directory:
        os.environ[METRICS_DIRECTORY] = directory
        yield


def configured_tracing(provider: "TracerProvider | None" = None) -> "Tracing | None":
    """The tracing for a provider, or for the process's own; None without the extra, or while nobody has set one."""
    if not is_installed("opentelemetry.trace"):
        return None
    from twofold.core.observability.tracing import tracing_of  # noqa: PLC0415 - an optional dependency

    return tracing_of(provider)


def is_installed(module: str) -> bool:
    """Whether a module could be imported."""
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # not even its parent
        return False
