# SPDX-License-Identifier: Apache-2.0
"""What browsers were recorded to hear from the incumbent's SDK, replayed against applications of ours.

One test is one application process with all the scenarios that it serves. Where we decide otherwise than the
incumbent, its value is set in the application, with the reason (`transcripts/fdi/apps`); nothing else may differ.
"""

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.contract.fdi_browser import NO_CERTIFICATES, Json
from tests.contract.replay_fdi import load, process_key, processes, replay, running_app

TRANSCRIPTS = Path(__file__).parent / "transcripts" / "fdi"
Process = list[tuple[str, Json]]

PROCESSES: list[Process] = processes(load(TRANSCRIPTS, None))
# The other doors lead to the same recipes: those that are at home in all three places are enough to prove it.
AT_EVERY_DOOR = {"session", "emailpassword", "passwordless", "mfa"}
# Behind HTTP the core says how long its keys may be kept, and we pass it on. The incumbent's SDK looks for that header
# in the wrong case, does not find it, and always says a minute.
KEPT_AS_LONG_AS_THE_CORE_SAYS = "GET /auth/jwt/jwks.json .headers.cache-control:"
# Signed out in the request that brings a new access token: we send the cookies that clear it alone, since clients that
# keep the first of two cookies of one name would stay signed in.
NO_NEW_TOKEN_AT_SIGN_OUT = "session/chosen-cookie-attributes step 6 POST /auth/signout ."


def name_of(process: Process) -> str:
    """The configuration, and the first of the scenarios."""
    configuration, scenario = process[0]
    return f"{configuration}-{scenario['name']}"


def differences(process: Process, core: str) -> list[str]:
    """Play every scenario in one new application; say what was answered otherwise than recorded."""
    found: list[str] = []
    first = process[0][1]
    with running_app(first["app"], first.get("settings", {}), "twofold", core) as base:
        for configuration, scenario in process:
            outcome = list(replay(base, scenario))
            assert len(outcome) == len(scenario["steps"])
            for number, (step, texts) in enumerate(zip(scenario["steps"], outcome, strict=True), 1):
                place = f"{configuration}/{scenario['name']} step {number} {step['method']} {step['path']}"
                found += [told for text in texts if NO_NEW_TOKEN_AT_SIGN_OUT not in (told := f"{place} {text}")]
    return found


@pytest.fixture(scope="session")
def core_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a core of ours behind HTTP, in a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("core")
    command = [sys.executable, "-m", "twofold.cli", "serve", "--port", str(port), "--log-level", "warn"]
    with (folder / "log").open("w") as log, subprocess.Popen(command, cwd=folder, stdout=log, stderr=log) as process:
        url = f"http://localhost:{port}"
        deadline = time.monotonic() + 60
        while not _answers(url):
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline, "the core does not answer"
            time.sleep(0.05)
        yield url
        process.terminate()


def _answers(url: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(f"{url}/hello", timeout=30, verify=NO_CERTIFICATES).status_code == 200
    return False


def begins_a_configuration(process: Process) -> bool:
    """Whether this is the first application of its configuration: it is played in every run, the others in the long."""
    return process is next(other for other in PROCESSES if other[0][0] == process[0][0])


everything = pytest.mark.parametrize(
    "process",
    [
        pytest.param(process, id=name_of(process), marks=[] if begins_a_configuration(process) else pytest.mark.slow)
        for process in PROCESSES
    ],
)
what_is_at_every_door = pytest.mark.parametrize(
    "process", [process for process in PROCESSES if process[0][0] in AT_EVERY_DOOR], ids=name_of
)


@everything
def test_every_answer_is_as_recorded(process: Process) -> None:
    """Embedded on SQLite, each response has the status, body, headers, cookies and token contents of the recording."""
    assert not differences(process, "embedded")


@pytest.mark.slow
@what_is_at_every_door
def test_the_same_embedded_on_postgresql(process: Process, postgres_url: str) -> None:
    """The same holds on PostgreSQL."""
    assert not differences(process, postgres_url)


@pytest.mark.slow
@what_is_at_every_door
def test_the_same_with_a_core_behind_http(process: Process, core_url: str) -> None:
    """The same holds when the SDK speaks with a core of ours over HTTP."""
    found = differences(process, core_url)

    assert not [text for text in found if KEPT_AS_LONG_AS_THE_CORE_SAYS not in text]


def test_no_process_serves_scenarios_of_two_configurations() -> None:
    """So that each test belongs to one configuration, and all of them are played."""
    played = [scenario for process in PROCESSES for _, scenario in process]

    assert all(len({configuration for configuration, _ in process}) == 1 for process in PROCESSES)
    assert len({process_key(process[0][1]) for process in PROCESSES}) == len(PROCESSES)
    assert len(played) == len(load(TRANSCRIPTS, None))
