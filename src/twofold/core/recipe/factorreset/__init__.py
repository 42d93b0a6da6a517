# SPDX-License-Identifier: Apache-2.0
"""Support cases: an operator takes factors from a user who lost them, at once or after a time to object."""

from pathlib import Path

from twofold.core._recipe import CoreRecipe, Job, UserData
from twofold.core.recipe.factorreset import rules, store
from twofold.core.recipe.factorreset.api import endpoints

RUN_DUE_EVERY_SECONDS = 60

recipe = CoreRecipe(
    "factorreset",
    endpoints,
    tables=("factor_resets",),
    tenant_tables=("factor_resets",),
    schema=Path(__file__).parent / "schema",
    user_data=UserData("FactorReset", is_used=store.exists, forget=store.forget, move=store.move),
    jobs=(Job("factor resets", RUN_DUE_EVERY_SECONDS, rules.run_due),),
)
