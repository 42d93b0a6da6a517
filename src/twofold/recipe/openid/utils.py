# SPDX-License-Identifier: Apache-2.0
"""Old import path of the configuration."""

from .types import InputOverrideConfig, NormalisedOpenIdConfig, OpenIdOverrideConfig

__all__ = ["InputOverrideConfig", "NormalisedOpenIdConfig", "OpenIdOverrideConfig"]
