# SPDX-License-Identifier: Apache-2.0
"""Sign-in by another provider. The SDK has spoken with the provider; the core knows whom it named."""

from twofold.core._recipe import CoreRecipe
from twofold.core.recipe.thirdparty.api import endpoints

recipe = CoreRecipe("thirdparty", endpoints)
