# SPDX-License-Identifier: Apache-2.0
"""Configuration and results of user metadata."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal


@dataclass
class MetadataResult:
    """A user's metadata, whole."""

    status: ClassVar[Literal["OK"]] = "OK"
    metadata: dict[str, Any]


@dataclass
class ClearUserMetadataResult:
    """The user has no metadata any more."""

    status: ClassVar[Literal["OK"]] = "OK"
