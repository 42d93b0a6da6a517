# SPDX-License-Identifier: Apache-2.0
"""Passwords are hashed quickly here, too."""

from tests.core.recipe.recoverycodes.conftest import core

__all__ = ["core"]
