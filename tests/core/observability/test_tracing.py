# SPDX-License-Identifier: Apache-2.0
"""Spans of requests and transactions, for whoever has set OpenTelemetry up; with no value of anybody in them."""

from collections.abc import AsyncIterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from tests.core.observability.http import ask
from twofold.core.app import Core, create_core
from twofold.core.errors import CoreError
from twofold.core.observability.asgi import ObservedASGI
from twofold.core.observability.extras import configured_tracing
from twofold.core.observability.tracing import TracedDatabase
from twofold.core.storage.database import Connection, StorageError
from twofold.core.storage.query import Query

PASSWORD, EMAIL = "canary-password-1", "canary@example.com"


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    """Where the spans arrive."""
    return InMemorySpanExporter()


@pytest.fixture
def provider(exporter: InMemorySpanExporter) -> TracerProvider:
    """What an application sets up."""
    made = TracerProvider()
    made.add_span_processor(SimpleSpanProcessor(exporter))
    return made


@pytest.fixture
async def traced(database_url: str, provider: TracerProvider, exporter: InMemorySpanExporter) -> AsyncIterator[Core]:
    """A core with tracing, whose start is forgotten."""
    core = create_core(database_url, tracer_provider=provider)
    await core.start()
    exporter.clear()
    yield core
    await core.stop()


def named(exporter: InMemorySpanExporter, name: str) -> ReadableSpan:
    """The one span of this name."""
    (span,) = [span for span in exporter.get_finished_spans() if span.name == name]
    return span


async def test_a_request_and_its_transactions(
    traced: Core, provider: TracerProvider, exporter: InMemorySpanExporter
) -> None:
    """The request's span continues the caller's trace; what the database does is below it."""
    app = ObservedASGI(traced, tracer_provider=provider)
    caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    body = {"email": EMAIL, "password": PASSWORD}
    reply = await ask(app, "POST", "/public/recipe/signup", body=body, traceparent=caller)

    span = named(exporter, "POST /recipe/signup")
    transaction = named(exporter, "TRANSACTION")
    assert reply.status == 200
    assert span.kind is SpanKind.SERVER
    assert span.context is not None
    assert transaction.parent is not None
    assert span.parent is not None
    assert (f"{span.context.trace_id:x}", f"{span.parent.span_id:x}") == (caller[4:35], caller[36:52])
    assert transaction.parent.span_id == span.context.span_id
    assert dict(span.attributes or {}) == {
        "http.request.method": "POST",
        "url.path": "/public/recipe/signup",
        "url.scheme": "http",
        "http.route": "/recipe/signup",
        "http.response.status_code": 200,
    }
    assert dict(transaction.attributes or {}) == {
        "db.system.name": "sqlite" if traced.services.database.dialect == "sqlite" else "postgresql",
        "db.operation.name": "TRANSACTION",
    }


async def test_no_span_has_a_value_in_it(
    traced: Core, provider: TracerProvider, exporter: InMemorySpanExporter
) -> None:
    """Neither what was sent nor what is stored: spans go to other people's services."""
    app = ObservedASGI(traced, tracer_provider=provider)
    body = {"email": EMAIL, "password": PASSWORD}
    user_id = (await traced.call("POST", "/recipe/signup", body=body))["user"]["id"]
    for path, query in (("/user/id", f"userId={user_id}"), ("/users", f"email={EMAIL}"), ("/nowhere", "a=canary")):
        await ask(app, "GET", path, query=query, api_key="canary-key", authorization="canary-token")
    await ask(app, "POST", "/recipe/signin", body={**body, "password": "canary-wrong"})

    exported = "\n".join(span.to_json() for span in exporter.get_finished_spans())
    assert len(exporter.get_finished_spans()) > 10
    assert "canary" not in exported
    assert user_id not in exported


async def test_a_failing_server_is_an_error_and_a_refused_call_is_none(
    traced: Core, provider: TracerProvider, exporter: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the conventions ask for spans of servers."""
    app = ObservedASGI(traced, tracer_provider=provider)
    await ask(app, "GET", "/no/such/path")
    with pytest.raises(CoreError):
        await traced.call("GET", "/user/id")

    async def broken(*_: object) -> None:
        raise ZeroDivisionError("canary")

    monkeypatch.setattr(traced, "answer", broken)
    await ask(app, "BREW", "/recipe/roles")
    await ask(app, "GET", "/recipe/roles")

    assert named(exporter, "GET").status.status_code is StatusCode.UNSET
    assert named(exporter, "GET /user/id").status.status_code is StatusCode.UNSET
    assert "_OTHER /recipe/roles" in [span.name for span in exporter.get_finished_spans()]
    failed = named(exporter, "GET /recipe/roles")
    assert (failed.status.status_code, (failed.attributes or {})["error.type"]) == (StatusCode.ERROR, "500")


async def test_statements_alone_are_named_and_their_failures_told_by_class(
    traced: Core, exporter: InMemorySpanExporter
) -> None:
    """With the text of the statement, whose values are parameters; without the text of the error."""
    database = traced.services.database
    assert isinstance(database, TracedDatabase)
    await database.fetch_value(Query("SELECT :canary"), canary="canary-value")
    await database.execute(Query("DELETE FROM job_runs WHERE name = :name"), name="canary-value")
    selected, deleted = exporter.get_finished_spans()
    with pytest.raises(StorageError):
        await database.fetch_all(Query("SELECT nothing FROM no_table"))

    async def fail(_: Connection) -> None:
        raise ZeroDivisionError("canary-value")

    with pytest.raises(ZeroDivisionError):
        await database.transaction(fail)

    assert (selected.name, deleted.name) == ("SELECT", "DELETE")
    assert (deleted.attributes or {})["db.query.text"] == "DELETE FROM job_runs WHERE name = :name"
    failures = exporter.get_finished_spans()[2:]
    assert [(span.attributes or {})["error.type"] for span in failures] == ["StorageError", "ZeroDivisionError"]
    assert "canary-value" not in "\n".join(span.to_json() for span in exporter.get_finished_spans())
    assert database.usage().limit > 0


def test_without_a_provider_nothing_is_traced(core_sqlite_url: str) -> None:
    """An application that has the library but does not use it pays nothing: the database is not wrapped."""
    core = create_core(core_sqlite_url)

    assert configured_tracing() is None
    assert not isinstance(core.services.database, TracedDatabase)
