# SPDX-License-Identifier: Apache-2.0
"""Log lines, as text for people or as one JSON object per line; both name the request they belong to."""

import logging
import sys
from datetime import UTC, datetime
from typing import Any, Final, TextIO

import msgspec

from twofold.core.observability.requests import CurrentRequest, current_request

LEVELS: Final = {
    "DEBUG": logging.DEBUG,
    "INFO": logging.INFO,
    "WARN": logging.WARNING,
    "ERROR": logging.ERROR,
    "NONE": logging.CRITICAL + 1,
}
# A path or a library's message may hold what moves a terminal's cursor or begins a line of its own.
_CONTROLS: Final = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160), 0x2028, 0x2029)}

access_logger = logging.getLogger("twofold.access")
_encode = msgspec.json.Encoder(enc_hook=str).encode


def configure_logs(level: str, log_format: str, stream: TextIO | None = None) -> None:
    """Send everything that this process logs from `level` on to `stream` (standard error), in one of the formats."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(LEVELS[level])


def log_access(request: CurrentRequest, duration_seconds: float) -> None:
    """Write the line of a request that was answered: always for a failing server, else at level INFO."""
    failed = request.status is not None and request.status > 500  # 500 itself was logged with its traceback
    level = logging.WARNING if failed else logging.INFO
    milliseconds = round(duration_seconds * 1000, 3)
    fields = {"status": request.status, "duration_ms": milliseconds}
    access_logger.log(
        level, "%s %s %s in %s ms", request.method, request.path, request.status, milliseconds, extra={"fields": fields}
    )


class JsonFormatter(logging.Formatter):
    """One object: time, level, logger, message; of a request its id, method, path, app and tenant."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_of_request(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return _encode(line).decode()


class TextFormatter(logging.Formatter):
    """Time, level, logger, message and the id of the request; a traceback follows on lines of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        message = record.getMessage().translate(_CONTROLS)
        request = current_request.get()
        mark = f" [{request.request_id}]" if request is not None else ""
        line = f"{_time(record)} {record.levelname} {record.name}: {message}{mark}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _of_request() -> dict[str, str]:
    request = current_request.get()
    if request is None:
        return {}
    return {
        "request_id": request.request_id,
        "method": request.method,
        "path": request.path,
        "app": request.app_id,
        "tenant": request.tenant_id,
    }
