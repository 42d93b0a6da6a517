# SPDX-License-Identifier: Apache-2.0
"""Old import path of the configuration."""

from .interfaces import InputOverrideConfig, OpenIdOverrideConfig
from .types import NormalisedOpenIdConfig

__all__ = ["InputOverrideConfig", "NormalisedOpenIdConfig", "OpenIdOverrideConfig"]
