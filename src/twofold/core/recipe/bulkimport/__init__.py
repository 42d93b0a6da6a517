# SPDX-License-Identifier: Apache-2.0
"""Users of another system, many at once: validated when they are given, imported by a job of the cluster."""

from pathlib import Path

from twofold.core._recipe import CoreRecipe, Job
from twofold.core.recipe.bulkimport import rules
from twofold.core.recipe.bulkimport.api import endpoints

# The interface's origin waits five minutes; here a claim is cheap, and people wait for their users.
INTERVAL_SECONDS = 60

recipe = CoreRecipe(
    "bulkimport",
    endpoints,
    tables=("bulk_import_users",),
    schema=Path(__file__).parent / "schema",
    jobs=(Job("bulkimport", INTERVAL_SECONDS, rules.import_waiting),),
)
