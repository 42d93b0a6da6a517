# SPDX-License-Identifier: Apache-2.0
"""The functions of sessions, under the name by which applications know the class."""

from twofold.recipe.session.functions import Functions as RecipeImplementation

__all__ = ["RecipeImplementation"]
