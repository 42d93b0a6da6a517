# SPDX-License-Identifier: Apache-2.0
"""Old import path of the configuration."""

from .types import JWTOverrideConfig, NormalisedJWTConfig, OverrideConfig

__all__ = ["JWTOverrideConfig", "NormalisedJWTConfig", "OverrideConfig"]
