# SPDX-License-Identifier: Apache-2.0
"""Old import path of the configuration."""

from .interfaces import InputOverrideConfig, UserMetadataOverrideConfig

__all__ = ["InputOverrideConfig", "UserMetadataOverrideConfig"]
