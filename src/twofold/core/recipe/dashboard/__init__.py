# SPDX-License-Identifier: Apache-2.0
"""Who may sign in to the dashboard, and their sessions. They belong to an app and are none of its users."""

from pathlib import Path

from twofold.core._recipe import CoreRecipe, Job
from twofold.core.recipe.dashboard import rules
from twofold.core.recipe.dashboard.api import endpoints

HALF_A_DAY_SECONDS = 12 * 3600

recipe = CoreRecipe(
    "dashboard",
    endpoints,
    tables=("dashboard_users", "dashboard_sessions"),
    schema=Path(__file__).parent / "schema",
    jobs=(Job("dashboard sessions", HALF_A_DAY_SECONDS, rules.delete_expired_sessions),),
)
