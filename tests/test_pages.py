# SPDX-License-Identifier: Apache-2.0
"""The guides are programs: a sample's first line names its file, and the last file of a page tests the others."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[1] / "docs"
GUIDES = [
    "fastapi",
    "flask",
    "django",
    "django-rest-framework",
    "plugins",
    "migration",
    "testing",
    "delivery",
    "mfa",
    "assurance",
]
SAMPLE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
QUICK_STARTS = GUIDES[:3]
MOST_LINES = 120


@pytest.mark.slow
@pytest.mark.parametrize("guide", GUIDES)
def test_every_sample_runs(guide: str, tmp_path: Path) -> None:
    """Put into the files that it names, in order, the page passes its own tests, in a process of its own."""
    page = (DOCS / f"{guide}.md").read_text(encoding="utf-8")
    for sample in SAMPLE.findall(page):
        name, _, code = sample.partition("\n")
        with (tmp_path / name.removeprefix("# ")).open("a", encoding="utf-8") as file:
            file.write(code)

    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "--rootdir=.", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("guide", QUICK_STARTS)
def test_quick_starts_are_quick(guide: str) -> None:
    """A quick start is read in one sitting."""
    assert len((DOCS / f"{guide}.md").read_text(encoding="utf-8").splitlines()) <= MOST_LINES
