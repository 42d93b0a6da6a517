# SPDX-License-Identifier: Apache-2.0
"""Old import path of the configuration."""

from .types import InputOverrideConfig, UserMetadataOverrideConfig

__all__ = ["InputOverrideConfig", "UserMetadataOverrideConfig"]
