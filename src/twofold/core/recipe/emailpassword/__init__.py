# SPDX-License-Identifier: Apache-2.0
"""E-mail and password: sign-up, sign-in, reset tokens, and the import of password hashes."""

from pathlib import Path

from twofold.core._recipe import CoreRecipe, Job
from twofold.core.recipe.emailpassword import rules, store
from twofold.core.recipe.emailpassword.api import endpoints

HOUR_SECONDS = 3600

recipe = CoreRecipe(
    "emailpassword",
    endpoints,
    tables=("password_hashes", "password_reset_tokens"),
    schema=Path(__file__).parent / "schema",
    forget_login_method=store.forget_login_method,
    lift_limits=rules.lift_limits,
    jobs=(Job("password reset tokens", HOUR_SECONDS, rules.delete_expired_reset_tokens),),
)
