# SPDX-License-Identifier: Apache-2.0
"""What the server says of itself: hello, versions, features; and what it does not have: telemetry and licences."""

from twofold.core._recipe import CoreRecipe
from twofold.core.recipe.server.api import endpoints

recipe = CoreRecipe("server", endpoints)
