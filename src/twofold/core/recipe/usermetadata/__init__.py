# SPDX-License-Identifier: Apache-2.0
"""User metadata: one JSON object per user id, which is any string that the caller uses."""

from pathlib import Path

from twofold.core._recipe import CoreRecipe, UserData
from twofold.core.recipe.usermetadata import store
from twofold.core.recipe.usermetadata.api import endpoints

recipe = CoreRecipe(
    "usermetadata",
    endpoints,
    tables=("user_metadata",),
    schema=Path(__file__).parent / "schema",
    user_data=UserData("UserMetadata", is_used=store.exists, forget=store.delete),
)
