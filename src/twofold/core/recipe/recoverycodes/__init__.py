# SPDX-License-Identifier: Apache-2.0
"""Recovery codes: what a person keeps on paper for the day when a second factor is lost."""

from pathlib import Path

from twofold.core._recipe import CoreRecipe, UserData
from twofold.core.recipe.recoverycodes import rules, store
from twofold.core.recipe.recoverycodes.api import endpoints

recipe = CoreRecipe(
    "recoverycodes",
    endpoints,
    tables=("recovery_code_sets", "recovery_codes"),
    schema=Path(__file__).parent / "schema",
    user_data=UserData("RecoveryCodes", is_used=store.exists, forget=store.forget, move=store.move),
    # Who is linked or parted becomes another user; codes under the id of before would wait there for its return.
    end_sessions=store.forget,
    lift_limits=rules.lift_limits,
    factors_changed=rules.factors_changed,
)
