# SPDX-License-Identifier: Apache-2.0
"""The locked dependencies install on any machine, and install what was locked."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCKS = [*sorted((ROOT / "requirements").glob("*.txt")), ROOT / "package-lock.json"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_lock_names_no_registry(lock: Path) -> None:
    """A lock holds hashes, and no address of a registry or of the machine that wrote it."""
    # npm also copies into its lock where authors ask for money.
    text = re.sub(r'"url": "https://[^"]*"', "", lock.read_text())

    assert re.findall(r"\w+://\S+|--(?:extra-)?index-url|--find-links", text) == []


def test_every_npm_package_has_a_hash() -> None:
    """An npm that meets another package than the locked one refuses it."""
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]

    assert [name for name, package in packages.items() if name and "integrity" not in package] == []


@pytest.mark.parametrize("lock", LOCKS[:-1], ids=lambda path: path.name)
def test_every_python_package_has_a_hash(lock: Path) -> None:
    """A pip or uv that meets another package than the locked one refuses it."""
    entries = re.split(r"\n(?=\w)", re.sub(r"^#.*\n", "", lock.read_text(), flags=re.MULTILINE))

    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_lock_has_what_is_declared() -> None:
    """Every dependency in pyproject.toml is locked, in a version that it accepts; scripts/lock brings that about."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras, groups = project["project"]["optional-dependencies"], project["dependency-groups"]
    del extras["supertokens-alias"]  # is built from this repository
    lists = [project["project"]["dependencies"], *extras.values(), *groups.values()]
    declared = [Requirement(text) for texts in lists for text in texts if isinstance(text, str)]
    locked = dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "requirements" / "dev.txt").read_text(), re.MULTILINE))

    missing = [str(one) for one in declared if not one.specifier.contains(locked.get(canonicalize_name(one.name), "0"))]

    assert missing == []
