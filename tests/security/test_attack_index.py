# SPDX-License-Identifier: Apache-2.0
"""The table of attack classes says what the tests say, and each class has a test."""

from scripts.attack_index import CLASSES, PAGE, WAITING, found, with_table


def test_each_class_is_attacked() -> None:
    """A class that does not apply yet says why, and has no test."""
    assert set(found()) == set(CLASSES) - set(WAITING)


def test_the_table_is_up_to_date() -> None:
    """Repaired by `scripts/attack_index.py`."""
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_table(page)
