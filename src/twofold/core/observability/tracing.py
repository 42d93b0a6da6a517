# SPDX-License-Identifier: Apache-2.0
"""Spans through OpenTelemetry's API, named and described by its semantic conventions (HTTP 1.23, database 1.33).

Tracing is on when the application, or `opentelemetry-instrument`, has set a tracer provider before the core is made;
else nothing of this runs. No span holds a value of a query, a header, a body or a row: only names and SQL text, whose
values are parameters.
"""

import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from opentelemetry import propagate, trace

from twofold.core.errors import CoreError
from twofold.core.observability.requests import CurrentRequest
from twofold.core.storage.database import Body, Database, Dialect, Row, T, Usage
from twofold.core.storage.query import Query, Value

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer, TracerProvider

SYSTEMS: Final[dict[Dialect, str]] = {"postgres": "postgresql", "sqlite": "sqlite"}
_OPERATION: Final = re.compile(r"\s*(\w+)")


class Tracing:
    """Makes the spans of one core."""

    def __init__(self, tracer: "Tracer") -> None:
        self._tracer = tracer

    def watch(self, database: Database) -> Database:
        """The same database, whose transactions are seen."""
        return TracedDatabase(database, self)

    @contextmanager
    def served(self, request: CurrentRequest, headers: Mapping[str, str]) -> Generator[None, None, None]:
        """The span of a request over HTTP, a child of the caller's span when the caller sends `traceparent`."""
        method = request.known_method
        attributes = {"http.request.method": method, "url.path": request.path, "url.scheme": "http"}
        if request.route is not None:
            attributes["http.route"] = request.route
        with self._tracer.start_as_current_span(
            f"{method} {request.route}" if request.route else method,
            context=propagate.extract(headers),
            kind=trace.SpanKind.SERVER,
            attributes=attributes,
            record_exception=False,
        ) as span:
            yield
            if request.status is not None:
                span.set_attribute("http.response.status_code", request.status)
                if request.status >= 500:
                    _fail(span, str(request.status))

    @contextmanager
    def called(self, method: str, path: str) -> Generator[None, None, None]:
        """The span of a core call from within the process."""
        with self._span(
            f"{method} {path}", trace.SpanKind.INTERNAL, {"http.request.method": method, "http.route": path}
        ):
            yield

    def statement(self, dialect: Dialect, query: Query) -> Any:
        """The span of a statement that is a transaction of its own."""
        found = _OPERATION.match(query.text)
        operation = found[1].upper() if found else "SQL"
        attributes = {
            "db.system.name": SYSTEMS[dialect],
            "db.operation.name": operation,
            "db.query.text": query.text,
        }
        return self._span(operation, trace.SpanKind.CLIENT, attributes)

    def transaction(self, dialect: Dialect) -> Any:
        """The span of a transaction of several statements."""
        attributes = {"db.system.name": SYSTEMS[dialect], "db.operation.name": "TRANSACTION"}
        return self._span("TRANSACTION", trace.SpanKind.CLIENT, attributes)

    @contextmanager
    def _span(self, name: str, kind: Any, attributes: Mapping[str, str]) -> Generator[None, None, None]:
        # The texts of errors are not ours to publish: only the class is told.
        with self._tracer.start_as_current_span(
            name, kind=kind, attributes=dict(attributes), record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield
            except Exception as error:
                # A refusal is the answer to a wrong call, and no failure of ours.
                if not isinstance(error, CoreError) or error.status >= 500:
                    _fail(span, type(error).__qualname__)
                raise


class TracedDatabase:
    """A `Database` that makes a span of each transaction."""

    def __init__(self, database: Database, tracing: Tracing) -> None:
        self._database = database
        self._tracing = tracing

    @property
    def dialect(self) -> Dialect:
        """Which database it is."""
        return self._database.dialect

    async def fetch_one(self, query: Query, /, **values: Value) -> Row | None:
        """Return the first row, or None."""
        with self._tracing.statement(self.dialect, query):
            return await self._database.fetch_one(query, **values)

    async def fetch_all(self, query: Query, /, **values: Value) -> list[Row]:
        """Return every row."""
        with self._tracing.statement(self.dialect, query):
            return await self._database.fetch_all(query, **values)

    async def fetch_value(self, query: Query, /, **values: Value) -> Any:
        """Return the first column of the first row, or None."""
        with self._tracing.statement(self.dialect, query):
            return await self._database.fetch_value(query, **values)

    async def execute(self, query: Query, /, **values: Value) -> int:
        """Return the number of rows changed."""
        with self._tracing.statement(self.dialect, query):
            return await self._database.execute(query, **values)

    async def transaction(self, body: Body[T], serializable: bool = False) -> T:
        """Run `body` in one transaction (see `Database.transaction`)."""
        with self._tracing.transaction(self.dialect):
            return await self._database.transaction(body, serializable)

    def usage(self) -> Usage:
        """See `Database.usage`."""
        return self._database.usage()

    async def close(self) -> None:
        """Close the database."""
        await self._database.close()


def tracing_of(provider: "TracerProvider | None") -> Tracing | None:
    """The tracing for a provider, or for the process's own; None while nobody has set one."""
    chosen = provider or trace.get_tracer_provider()
    if isinstance(chosen, trace.ProxyTracerProvider | trace.NoOpTracerProvider):
        return None
    return Tracing(chosen.get_tracer("twofold"))


def _fail(span: "Span", error_type: str) -> None:
    span.set_attribute("error.type", error_type)
    span.set_status(trace.Status(trace.StatusCode.ERROR))
