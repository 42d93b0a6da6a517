# SPDX-License-Identifier: Apache-2.0
"""Modules that wait until they are used."""

import sys

import pytest

from twofold.core._lazy import LazyModule


def test_imports_when_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is imported before a name is asked for; then the module's own is given."""
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    colorsys = LazyModule("colorsys")
    was_imported = "colorsys" in sys.modules

    assert colorsys.rgb_to_hsv(0, 0, 0) == (0, 0, 0)
    assert not was_imported
    assert colorsys.rgb_to_hsv is sys.modules["colorsys"].rgb_to_hsv


def test_unknown_names_are_unknown() -> None:
    """A name that the module lacks is an error, as it is on the module."""
    with pytest.raises(AttributeError, match="nothing_like_that"):
        _ = LazyModule("colorsys").nothing_like_that
