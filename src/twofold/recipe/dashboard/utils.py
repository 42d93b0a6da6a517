# SPDX-License-Identifier: Apache-2.0
"""Old import path of the configuration."""

from .interfaces import DashboardOverrideConfig, InputOverrideConfig
from .results import UserWithMetadata
from .types import NormalisedDashboardConfig

__all__ = ["DashboardOverrideConfig", "InputOverrideConfig", "NormalisedDashboardConfig", "UserWithMetadata"]
