# SPDX-License-Identifier: Apache-2.0
"""Old import path of the configuration."""

from .interfaces import InputOverrideConfig, MultitenancyOverrideConfig
from .types import NormalisedMultitenancyConfig

__all__ = ["InputOverrideConfig", "MultitenancyOverrideConfig", "NormalisedMultitenancyConfig"]
