# SPDX-License-Identifier: Apache-2.0
"""Account linking: login methods that become one person, and part again. Its tables are those of the users."""

from twofold.core._recipe import CoreRecipe
from twofold.core.recipe.accountlinking.api import endpoints

recipe = CoreRecipe("accountlinking", endpoints)
