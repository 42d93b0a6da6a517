# SPDX-License-Identifier: Apache-2.0
"""Versions of the Core Driver Interface (CDI): one call is answered in the shape of one version."""

from twofold.core.errors import BadRequest

Version = tuple[int, int]

V3_0: Version = (3, 0)
V3_1: Version = (3, 1)
V4_0: Version = (4, 0)
V5_0: Version = (5, 0)
V5_1: Version = (5, 1)
V5_2: Version = (5, 2)
V5_3: Version = (5, 3)
V5_4: Version = (5, 4)
V5_5: Version = (5, 5)
V5_6: Version = (5, 6)

SUPPORTED: tuple[Version, ...] = (
    V3_0,
    V3_1,
    V4_0,
    V5_0,
    V5_1,
    V5_2,
    V5_3,
    V5_4,
    V5_5,
    V5_6,
)
NEWEST = SUPPORTED[-1]


def text(version: Version) -> str:
    """A version as clients write it, for example `5.4`."""
    return f"{version[0]}.{version[1]}"


BY_TEXT: dict[str, Version] = {text(version): version for version in SUPPORTED}


def parse(header: str) -> Version:
    """Read a `cdi-version` header. Raises BadRequest when it is no version at all; it may still be unsupported."""
    major, dot, minor = header.strip().partition(".")
    if not (dot and major.isascii() and minor.isascii() and major.isdigit() and minor.isdigit()):
        raise BadRequest("cdi-version header is invalid")
    if len(header) > 12:
        raise BadRequest("cdi-version header is invalid")
    return int(major), int(minor)
