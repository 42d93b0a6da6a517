# SPDX-License-Identifier: Apache-2.0
"""What the documents tell a reader to type exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def goals() -> set[str]:
    """Return the goals that the Makefile has."""
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_make_commands_exist(document: Path) -> None:
    """Every ``make …`` that a document shows is a goal of the Makefile."""
    shown = set(re.findall(r"(?:^|`)make ([a-z-]+)", document.read_text(), re.MULTILINE))

    assert shown <= goals()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_python_samples_compile(document: Path) -> None:
    """Every Python sample can be pasted: it is whole, and its syntax is right."""
    for sample in re.findall(r"^```python\n(.*?)^```", document.read_text(), re.MULTILINE | re.DOTALL):
        compile(sample, str(document), "exec")


def test_quick_start_runs() -> None:
    """The README's first program starts as it stands there: every name in it can be imported."""
    sample = re.findall(r"^```python\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)[0]
    imports = "\n".join(line for line in sample.splitlines() if line.startswith(("from ", "import ")))

    exec(imports, {})


@pytest.mark.parametrize("document", DOCUMENTS[:1], ids=lambda path: path.name)
def test_files_that_are_linked_exist(document: Path) -> None:
    """A link from the README into the repository leads somewhere."""
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text())

    assert [link for link in links if not (document.parent / link).exists()] == []


def test_every_goal_is_explained() -> None:
    """``make`` alone lists what can be run, each with a word of explanation."""
    makefile = (ROOT / "Makefile").read_text()
    explained = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))

    assert goals() - explained <= {"tools"}
