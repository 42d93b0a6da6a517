# SPDX-License-Identifier: Apache-2.0
"""Budgets against abuse: how many wrong secrets are looked at, and how many messages are sent."""

from pathlib import Path

from twofold.core._recipe import CoreRecipe, Job
from twofold.core.recipe.abuse import store
from twofold.core.recipe.abuse.api import endpoints
from twofold.core.services import Services

HOUR_SECONDS = 3600


async def delete_full(services: Services) -> None:
    """Housekeeping: a budget that is full is as good as none."""
    await store.delete_full(services.database, services.clock.now_ms())


recipe = CoreRecipe(
    "abuse",
    endpoints,
    tables=("abuse_budgets",),
    schema=Path(__file__).parent / "schema",
    jobs=(Job("abuse budgets", HOUR_SECONDS, delete_full),),
)
