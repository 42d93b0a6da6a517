# SPDX-License-Identifier: Apache-2.0
"""The groups of the interface that are still to come: OAuth2 provider and SAML. Their callers are told so."""

from twofold.core._recipe import CoreRecipe
from twofold.core.recipe.notyet.api import endpoints

recipe = CoreRecipe("notyet", endpoints)
