# SPDX-License-Identifier: Apache-2.0
"""Versions of what is spoken and offered."""

from typing import Final

VERSION: Final = "0.31.4"
"""The published Python interface that this package offers; what plugins compare with. Not Twofold's own version."""
