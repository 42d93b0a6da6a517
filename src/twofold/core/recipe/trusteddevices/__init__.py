# SPDX-License-Identifier: Apache-2.0
"""Trusted devices: browsers in which a user need not give the second factor again for a while."""

from pathlib import Path

from twofold.core._recipe import CoreRecipe, Job, UserData
from twofold.core.recipe.trusteddevices import rules, store
from twofold.core.recipe.trusteddevices.api import endpoints

HOUR_SECONDS = 3600

recipe = CoreRecipe(
    "trusteddevices",
    endpoints,
    tables=("trusted_devices",),
    tenant_tables=("trusted_devices",),
    schema=Path(__file__).parent / "schema",
    user_data=UserData(
        "TrustedDevices",
        is_used=store.exists,
        forget=store.forget,
        forget_in_tenant=store.forget_in_tenant,
        move=store.move,
    ),
    end_sessions=store.forget,
    factors_changed=store.forget,
    jobs=(Job("trusted devices", HOUR_SECONDS, rules.delete_expired),),
)
