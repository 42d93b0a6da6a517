# SPDX-License-Identifier: Apache-2.0
"""Multitenancy: making, changing, listing and deleting apps and tenants. Their tables are in `core/tenancy`."""

from twofold.core._recipe import CoreRecipe
from twofold.core.recipe.multitenancy.api import endpoints

recipe = CoreRecipe("multitenancy", endpoints)
