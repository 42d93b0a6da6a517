# SPDX-License-Identifier: Apache-2.0
"""WCAG 2.2 AA, criteria 1.4.3 and 1.4.11: text and controls can be read in the light and in the dark scheme."""

import re
from pathlib import Path

import pytest

from twofold import ui

CSS = (Path(ui.__file__).parent / "static" / "twofold.css").read_text()
SCHEMES = dict(zip(("light", "dark"), re.findall(r":root \{(.*?)\}", CSS, re.DOTALL), strict=True))
TEXTS = [
    ("ink", "paper"),
    ("ink", "surface"),
    ("ink", "field"),
    ("ink", "tint"),
    ("muted", "paper"),
    ("muted", "surface"),
    ("accent", "paper"),
    ("accent", "surface"),
    ("accent", "tint"),
    ("accent-strong", "surface"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("danger", "surface"),
    ("danger", "danger-tint"),
    ("warn", "warn-tint"),
    ("warn", "paper"),
]
CONTROLS = [("field-line", "field"), ("field-line", "surface"), ("field-line", "paper"), ("accent", "paper")]


def luminance(colour: str) -> float:
    """Return the relative luminance as WCAG defines it."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(scheme: str, one: str, other: str) -> float:
    """Return the contrast of two variables."""
    colours = dict(re.findall(r"--tf-([a-z-]+): (#[0-9a-f]{6});", SCHEMES[scheme]))
    darker, lighter = sorted((luminance(colours[one]), luminance(colours[other])))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text_can_be_read(scheme: str, text: str, ground: str) -> None:
    """At least 4.5 to 1."""
    assert contrast(scheme, text, ground) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("line", "ground"), CONTROLS)
def test_controls_can_be_seen(scheme: str, line: str, ground: str) -> None:
    """At least 3 to 1 for what shows where a field or the focus is."""
    assert contrast(scheme, line, ground) >= 3
