# SPDX-License-Identifier: Apache-2.0
"""Reads the tables of `docs/compatibility.md`: what is answered otherwise than recorded, and why."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from tests.contract.replay import Difference

PAGE = Path(__file__).resolve().parents[2] / "docs" / "compatibility.md"


@dataclass(frozen=True)
class Deviation:
    """One row of the page: steps, by a pattern of `scenario/step`, and the place in their answers that differs."""

    group: str
    step: str
    place: str
    reason: str

    def explains(self, difference: Difference) -> bool:
        """Whether this row lists the difference."""
        return (difference.group, difference.path) == (self.group, self.place) and fnmatchcase(
            f"{difference.scenario}/{difference.step}", self.step
        )


def listed_deviations(group: str) -> list[Deviation]:
    """The rows of a group."""
    rows = [Deviation(*row) for row in _rows("Answered differently")]
    return [row for row in rows if row.group == group]


def groups_not_yet() -> dict[str, str]:
    """The groups that the core does not have yet, with what is said about them."""
    return {row[0]: row[1] for row in _rows("Not yet")}


def _rows(heading: str) -> list[tuple[str, ...]]:
    """The cells of the table below a heading, without their back-ticks."""
    section = PAGE.read_text("utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line.strip() for line in section.splitlines() if line.startswith("|")]
    return [tuple(cell.strip().strip("`") for cell in line.strip("|").split("|")) for line in lines[2:]]
