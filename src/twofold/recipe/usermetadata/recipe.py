# SPDX-License-Identifier: Apache-2.0
"""The recipe object of user metadata."""

from twofold.recipe._base import Recipe

from .functions import Functions
from .interfaces import APIInterface


class UserMetadataRecipe(Recipe[Functions, APIInterface]):
    """Stores a JSON object per user. Has no HTTP APIs."""

    recipe_id = "usermetadata"
    display_name = "Usermetadata"

    def make_functions(self) -> Functions:
        """Make the functions on the core."""
        return Functions(self.client)
