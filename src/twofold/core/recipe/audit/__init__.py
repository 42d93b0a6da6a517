# SPDX-License-Identifier: Apache-2.0
"""The audit trail: what was done to an account, by whom, when and why.

async def remove(tx: Connection) -> bool:
    ...
    await record(tx, call, Action.FACTOR_REMOVED, user_id, details={"factor": "totp", "name": name})
"""

from pathlib import Path

from twofold.core._recipe import CoreRecipe, Job
from twofold.core.recipe.audit.actions import Action
from twofold.core.recipe.audit.api import endpoints
from twofold.core.recipe.audit.rules import delete_old, record

__all__ = ["Action", "recipe", "record"]

DELETE_OLD_EVERY_SECONDS = 24 * 3600

recipe = CoreRecipe(
    "audit",
    endpoints,
    tables=("audit_log",),
    schema=Path(__file__).parent / "schema",
    jobs=(Job("audit log", DELETE_OLD_EVERY_SECONDS, delete_old),),
)
