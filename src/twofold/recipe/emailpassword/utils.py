# SPDX-License-Identifier: Apache-2.0
"""An old import path of the configuration classes."""

from .types import EmailPasswordOverrideConfig, InputOverrideConfig, InputSignUpFeature

__all__ = ["EmailPasswordOverrideConfig", "InputOverrideConfig", "InputSignUpFeature"]
