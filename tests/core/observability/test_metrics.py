# SPDX-License-Identifier: Apache-2.0
"""`/metrics`: what is counted, under which names, and who may see it."""

import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.core.observability.http import ask
from twofold.core.app import Core, create_core
from twofold.core.config import Settings
from twofold.core.jobs import run_due
from twofold.core.observability import extras
from twofold.core.observability.asgi import ObservedASGI

KEY = "a-key-of-more-than-20-characters"
DAY = 86_400

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


async def samples(app: ObservedASGI, path: str = "/metrics") -> Samples:
    """What Prometheus reads."""
    reply = await ask(app, "GET", path)
    assert reply.status == 200
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(reply.text)
        for sample in family.samples
    }


def labels(**values: str) -> tuple[tuple[str, str], ...]:
    """Labels as `samples` has them."""
    return tuple(sorted(values.items()))


async def test_requests_are_counted_by_the_template_of_their_path(core: Core) -> None:
    """Not by the path itself, nor a method that a caller made up: strangers cannot make the page grow."""
    app = ObservedASGI(core)
    for tenant in ("", "/public", "/appid-public/public"):
        await ask(app, "POST", f"{tenant}/recipe/signin", body={"email": "a@example.com", "password": "wrong"})
    for path in ("/a/b/c", "/d/e/f"):
        await ask(app, "GET", path)
    await ask(app, "BREW", "/a/b/c")
    found = await samples(app)

    count = "twofold_http_requests_total"
    assert found[count, labels(method="POST", route="/recipe/signin", status="200")] == 3
    assert found[count, labels(method="GET", route="none", status="404")] == 2
    assert found[count, labels(method="_OTHER", route="none", status="404")] == 1
    assert found["twofold_http_request_duration_seconds_count", labels(method="POST", route="/recipe/signin")] == 3
    assert found["twofold_http_requests_in_flight", ()] == 1  # the one that asks


async def test_what_is_kept_elsewhere_is_read(core: Core, clock: Any) -> None:
    """Database, hashing, jobs, and the process."""
    app = ObservedASGI(core)
    await run_due(core.services)
    clock.turn(seconds=DAY)
    names = await run_due(core.services, core.housekeeper.runs)
    found = await samples(app)

    limit = 2 if core.services.database.dialect == "sqlite" else 10
    assert found["twofold_database_connections_limit", ()] == limit
    assert found["twofold_database_connections", ()] <= limit
    assert found["twofold_database_waiting", ()] == found["twofold_password_hashes_unfinished", ()] == 0
    assert names
    for name in names:
        assert found["twofold_job_last_begun_timestamp_seconds", labels(job=name)] == pytest.approx(
            clock.now_ms() / 1000, abs=60
        )
    assert found["process_resident_memory_bytes", ()] > 1_000_000


async def test_a_failing_job_is_counted_and_holds_up_no_other(
    core_sqlite_url: str, clock: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is named in the log, and tried again after its period."""
    core = create_core(core_sqlite_url, clock=clock)
    await core.start()
    recipe = next(item for item in core.services.recipes if item.jobs)
    first = recipe.jobs[0]

    async def fail(_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("twofold.core.jobs._jobs", lambda _: iter([replaced(first, fail), *recipe.jobs[1:]]))
    app = ObservedASGI(core)
    for _ in range(3):
        await run_due(core.services, core.housekeeper.runs)
        clock.turn(seconds=DAY)
    once, twice = await samples(app), await samples(app)
    await core.stop()

    key = ("twofold_job_failures_total", labels(job=first.name))
    assert once[key] == twice[key] == 2
    assert f"the job {first.name} failed" in caplog.text


def replaced(job: Any, run: Callable[[Any], Awaitable[None]]) -> Any:
    """The job with another body."""
    return type(job)(job.name, job.interval_seconds, run)


@pytest.fixture
async def guarded(core_sqlite_url: str) -> AsyncIterator[Core]:
    """A core that asks for a key and refuses some addresses."""
    core = create_core(core_sqlite_url, Settings(api_keys=KEY))
    await core.start()
    yield core
    await core.stop()


async def test_the_key_is_asked_for(guarded: Core) -> None:
    """Figures tell of users and load."""
    app = ObservedASGI(guarded)
    without = await ask(app, "GET", "/metrics")
    key = await ask(app, "GET", "/metrics", api_key=KEY)
    bearer = await ask(app, "GET", "/metrics", authorization=f"Bearer {KEY}")

    assert (without.status, without.text) == (401, "Invalid API key\n")
    assert (key.status, bearer.status) == (200, 200)


async def test_the_rules_for_addresses_hold(core_sqlite_url: str) -> None:
    """As for every endpoint."""
    core = create_core(core_sqlite_url, Settings(ip_deny_regex="127.*"))
    reply = await ask(ObservedASGI(core), "GET", "/metrics")
    await core.stop()

    assert reply.status == 403


async def test_a_web_page_does_not_see_them(core: Core) -> None:
    """A page that runs on the machine of a core without a key."""
    assert (await ask(ObservedASGI(core), "GET", "/metrics", origin="https://evil.example")).status == 403


async def test_without_the_extra_it_is_named(guarded: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    """To whoever may see the figures; everything else works as ever."""
    monkeypatch.setattr(extras, "is_installed", lambda _: False)
    app = ObservedASGI(guarded)
    stranger = await ask(app, "GET", "/metrics")
    reply = await ask(app, "GET", "/metrics", api_key=KEY)

    assert stranger.status == 401
    assert (reply.status, reply.text) == (501, "Metrics need the extra: pip install 'twofold[metrics]'\n")
    assert (await ask(app, "GET", "/hello")).status == 200


def test_the_core_runs_without_either_extra(tmp_path: Path) -> None:
    """Neither library is imported where it is not installed."""
    program = (
        "import sys; sys.modules['prometheus_client'] = sys.modules['opentelemetry'] = None\n"
        "from twofold.cli import serve\n"
        "from twofold.core.observability.extras import configured_tracing, metrics_of\n"
        "assert configured_tracing() is None and metrics_of(None) is None\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
