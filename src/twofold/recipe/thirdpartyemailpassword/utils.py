# SPDX-License-Identifier: Apache-2.0
"""Old import path of the configuration."""

from twofold.recipe.emailpassword.types import InputSignUpFeature

from .interfaces import InputOverrideConfig

__all__ = ["InputOverrideConfig", "InputSignUpFeature"]
