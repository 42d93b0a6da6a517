# SPDX-License-Identifier: Apache-2.0
"""What overrides get and return."""

from .functions import Functions as RecipeInterface

__all__ = ["RecipeInterface"]
