# SPDX-License-Identifier: Apache-2.0
"""Old import path of the configuration."""

from .types import InputOverrideConfig, UserRolesOverrideConfig

__all__ = ["InputOverrideConfig", "UserRolesOverrideConfig"]
