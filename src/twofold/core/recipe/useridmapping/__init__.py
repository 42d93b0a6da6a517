# SPDX-License-Identifier: Apache-2.0
"""User id mapping: an id of the application's own in place of the internal one. Its table is among the users'."""

from twofold.core._recipe import CoreRecipe
from twofold.core.recipe.useridmapping.api import endpoints

recipe = CoreRecipe("useridmapping", endpoints)
