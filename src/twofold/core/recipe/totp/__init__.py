# SPDX-License-Identifier: Apache-2.0
"""Authenticator apps (TOTP): devices, their codes, and the limit on wrong ones."""

from pathlib import Path

from twofold.core._recipe import CoreRecipe, Job, UserData
from twofold.core.recipe.totp import rules, store
from twofold.core.recipe.totp.api import endpoints

HOUR_SECONDS = 3600

recipe = CoreRecipe(
    "totp",
    endpoints,
    tables=("totp_devices", "totp_used_steps", "totp_attempts"),
    tenant_tables=("totp_used_steps", "totp_attempts"),
    schema=Path(__file__).parent / "schema",
    user_data=UserData(
        "TOTP",
        is_used=store.has_device,
        forget=store.forget_user,
        forget_in_tenant=store.forget_user_in_tenant,
    ),
    lift_limits=rules.lift_limits,
    has_factor=rules.has_factor,
    jobs=(Job("totp used codes", HOUR_SECONDS, rules.delete_expired),),
)
