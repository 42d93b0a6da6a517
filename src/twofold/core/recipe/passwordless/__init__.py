# SPDX-License-Identifier: Apache-2.0
"""Sign-in without a password: codes to type and links to follow, sent by mail or message."""

from pathlib import Path

from twofold.core._recipe import CoreRecipe, Job
from twofold.core.recipe.passwordless import rules
from twofold.core.recipe.passwordless.api import endpoints

HOUR_SECONDS = 3600

_TABLES = ("passwordless_devices", "passwordless_codes", "passwordless_failures")

recipe = CoreRecipe(
    "passwordless",
    endpoints,
    tables=_TABLES,
    tenant_tables=_TABLES,
    schema=Path(__file__).parent / "schema",
    lift_limits=rules.lift_limits,
    jobs=(Job("passwordless devices", HOUR_SECONDS, rules.delete_expired),),
)
