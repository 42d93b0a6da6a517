# SPDX-License-Identifier: Apache-2.0
"""Old import path of the configuration."""

from .interfaces import JWTOverrideConfig, OverrideConfig
from .types import NormalisedJWTConfig

__all__ = ["JWTOverrideConfig", "NormalisedJWTConfig", "OverrideConfig"]
