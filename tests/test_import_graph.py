# SPDX-License-Identifier: Apache-2.0
"""The map of the package has one direction. Type-only imports do not count; import-linter checks the layers."""

import graphlib
import subprocess
import sys

import grimp
import pytest

ROOT = "twofold"
CORE = "twofold.core"
# What the core and the SDK share, and what is allowed to see both.
SHARED = {"twofold._wire", "twofold._assurance"}
SEES_BOTH = ("twofold._embedded", "twofold.testing", "twofold.cli")
# What a core that serves alone has no use for; each costs start-up time and memory in every worker.
NOT_FOR_THE_CORE = frozenset(
    {"OpenSSL", "cyclopts", "django", "fastapi", "flask", "httpx", "jinja2", "rich", "starlette", "webauthn"}
)


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """Every module of the package and what it imports at run time."""
    return grimp.build_graph(ROOT, exclude_type_checking_imports=True, cache_dir=None)


def inside(module: str, *packages: str) -> bool:
    """Tell whether a module is one of the packages or lies in one."""
    return any(module == package or module.startswith(package + ".") for package in packages)


def private_to(module: str) -> str | None:
    """Return the recipe that a module with an underscore belongs to, or None for any other module."""
    parts = module.split(".")
    private = parts[:2] == [ROOT, "recipe"] and any(part.startswith("_") for part in parts[3:])
    return ".".join(parts[:3]) if private else None


def imports(graph: grimp.ImportGraph) -> list[tuple[str, str]]:
    """List every direct import as (importer, imported)."""
    return [
        (one, other) for one in sorted(graph.modules) for other in sorted(graph.find_modules_directly_imported_by(one))
    ]


def test_core_does_not_know_the_sdk(graph: grimp.ImportGraph) -> None:
    """The core can be installed, read and served without the SDK."""
    wrong = [(one, other) for one, other in imports(graph) if inside(one, CORE) and not inside(other, CORE, *SHARED)]

    assert wrong == []


def loaded_by(program: str) -> set[str]:
    """The modules that a new process has in memory after a program."""
    code = f"import sys; {program}; print(*sys.modules)"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def test_core_loads_nothing_of_the_sdk() -> None:
    """A core neither waits for the SDK, the frameworks and the command line, nor keeps them in memory."""
    loaded = loaded_by("import twofold.core.app, twofold.core.http")

    assert {name for name in loaded if inside(name, ROOT) and not inside(name, CORE, *SHARED)} == {ROOT}
    assert NOT_FOR_THE_CORE & loaded == set()


def test_a_worker_loads_no_command() -> None:
    """A worker begins with the script of its parent, and goes on with the server's settings and its application."""
    loaded = loaded_by("from twofold.cli import main; import twofold.cli.draining, twofold.cli.worker")

    assert {name for name in loaded if inside(name, ROOT) and not inside(name, CORE, *SHARED)} == {
        ROOT,
        "twofold.cli",
        "twofold.cli.connection",
        "twofold.cli.draining",
        "twofold.cli.worker",
    }
    assert NOT_FOR_THE_CORE & loaded == set()


def test_a_command_loads_no_other() -> None:
    """The server starts without waiting for the commands of operators."""
    loaded = loaded_by("from twofold.cli.commands import app; import twofold.cli.serve")

    assert {name for name in ("doctor", "import_users", "tenants", "users") if f"twofold.cli.{name}" in loaded} == set()


def test_sdk_does_not_know_the_core(graph: grimp.ImportGraph) -> None:
    """The SDK meets a core in the core call only, so a core elsewhere serves it as well."""
    wrong = [(one, other) for one, other in imports(graph) if inside(other, CORE) and not inside(one, CORE, *SEES_BOTH)]

    assert wrong == []


def test_recipes_keep_their_private_modules(graph: grimp.ImportGraph) -> None:
    """A recipe asks another through its functions and hooks, never through its underscore modules."""
    wrong = [(one, other) for one, other in imports(graph) if (owner := private_to(other)) and not inside(one, owner)]

    assert wrong == []


def test_recipes_do_not_know_the_app(graph: grimp.ImportGraph) -> None:
    """The app knows its recipes; a recipe finds the current app through ``_state``."""
    wrong = [(one, other) for one, other in imports(graph) if inside(one, "twofold.recipe") and other == "twofold._app"]

    assert wrong == []


def test_shared_modules_know_nobody(graph: grimp.ImportGraph) -> None:
    """What both sides share depends on neither."""
    wrong = [(one, other) for one, other in imports(graph) if inside(one, *SHARED) and not inside(other, *SHARED)]

    assert wrong == []


def test_no_import_cycle(graph: grimp.ImportGraph) -> None:
    """Modules can be read, and imported, in an order."""
    order = graphlib.TopologicalSorter({one: graph.find_modules_directly_imported_by(one) for one in graph.modules})

    order.prepare()  # raises CycleError, which names the cycle
