# SPDX-License-Identifier: Apache-2.0
"""The genuine back-end SDKs for Python, Node and Go, as published, against `twofold serve` on both databases.

The programs are in `programs/` and `go/`. A tour drives every recipe that the SDK has; a sample is an application from
the SDK's documentation, which must do what its text says. Each prints its checks in the Test Anything Protocol.
"""

import os
import re
import secrets
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.contract.command_line import command_line_core
from tests.plugins.postgres import Admin, with_database
from tests.plugins.skips import GENUINE

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
PROGRAMS = HERE / "programs"


def programs(language: str) -> list[str]:
    """Return the names of the programs in a language: the tour, and each sample."""
    return ["tour", *sorted(path.stem for path in (PROGRAMS / language).glob("sample_*"))]


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def core(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a core, which all programs share: each finds people of its own in it."""
    if request.param == "sqlite":
        with command_line_core(f"sqlite:///{tmp_path_factory.mktemp('core')}/twofold.db") as address:
            yield address
        return
    admin: Admin = request.getfixturevalue("postgres_admin")
    name = f"sdks_{secrets.token_hex(8)}"
    admin.execute(f"CREATE DATABASE {name}")
    with command_line_core(with_database(request.getfixturevalue("postgres_server_url"), name)) as address:
        yield address
    admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(command: Sequence[str | Path], folder: Path, **environment: str) -> None:
    """Run a program; fail, with all it printed, unless it planned checks and each of them is ok."""
    ended = subprocess.run(
        command, cwd=folder, env=os.environ | environment, capture_output=True, text=True, check=False, timeout=150
    )
    printed = f"{ended.stdout}\n{ended.stderr}"
    points = re.findall(r"^(ok|not ok) \d+ - ", ended.stdout, re.MULTILINE)
    plan = re.findall(r"^1\.\.(\d+)$", ended.stdout, re.MULTILINE)
    assert ended.returncode == 0, printed
    assert plan == [str(len(points))], printed
    assert set(points) == {"ok"}, printed


@pytest.mark.needs_supertokens_python
@pytest.mark.parametrize("program", programs("python"))
def test_supertokens_python(core: str, program: str, tmp_path: Path) -> None:
    """Every check of the program holds."""
    # This SDK reads all certificates for each request to the core; there are none to read in an empty folder.
    no_certificates = {"SSL_CERT_FILE": "", "SSL_CERT_DIR": str(tmp_path)}
    python = GENUINE / "python" / "bin" / "python"
    run([python, f"{program}.py", core], PROGRAMS / "python", PYTHONDONTWRITEBYTECODE="1", **no_certificates)


@pytest.mark.needs_node
@pytest.mark.parametrize("program", programs("node"))
def test_supertokens_node(core: str, program: str) -> None:
    """Every check of the program holds."""
    run(["node", f"{program}.mjs", core], PROGRAMS / "node")


@pytest.mark.needs_go
@pytest.mark.parametrize("program", ["tour", "second_factor"])
def test_supertokens_golang(core: str, program: str, tmp_path: Path) -> None:
    """Every check of the program holds."""
    binary = tmp_path / "program"
    subprocess.run(["go", "build", "-buildvcs=false", "-o", binary, "."], cwd=HERE / "go", check=True)
    run([binary, program, core], HERE / "go")
