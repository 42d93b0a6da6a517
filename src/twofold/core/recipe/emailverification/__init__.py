# SPDX-License-Identifier: Apache-2.0
"""E-mail verification: tokens that are sent by mail. The marks that they set are kept with the users."""

from pathlib import Path

from twofold.core._recipe import CoreRecipe, Job, UserData
from twofold.core.recipe.emailverification import rules, store
from twofold.core.recipe.emailverification.api import endpoints

HALF_A_DAY_SECONDS = 12 * 3600

recipe = CoreRecipe(
    "emailverification",
    endpoints,
    tables=("email_verification_tokens",),
    tenant_tables=("email_verification_tokens",),
    schema=Path(__file__).parent / "schema",
    user_data=UserData(
        "EmailVerification",
        is_used=store.is_used,
        forget=store.forget,
        forget_in_tenant=store.forget_in_tenant,
        move=store.move,
    ),
    jobs=(Job("email verification tokens", HALF_A_DAY_SECONDS, rules.delete_expired_tokens),),
)
