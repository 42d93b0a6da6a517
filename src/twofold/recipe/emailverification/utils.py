# SPDX-License-Identifier: Apache-2.0
"""An old import path of the configuration."""

from .types import MODE_TYPE, EmailVerificationOverrideConfig, InputOverrideConfig

__all__ = ["MODE_TYPE", "EmailVerificationOverrideConfig", "InputOverrideConfig"]
