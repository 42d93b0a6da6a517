# SPDX-License-Identifier: Apache-2.0
"""Users and their login methods, shared by all recipes. Start reading at `model.py`, then `rules.py`."""

from pathlib import Path

from twofold.core._recipe import CoreRecipe, UserData
from twofold.core.users import verified
from twofold.core.users.api import endpoints

recipe = CoreRecipe(
    "users",
    endpoints,
    tables=(
        "users",
        "login_methods",
        "login_method_tenants",
        "primary_claims",
        "user_id_mappings",
        "verified_emails",
        "webauthn_credentials",
        "last_active",
    ),
    tenant_tables=("login_method_tenants", "primary_claims"),
    schema=Path(__file__).parent / "schema",
    user_data=UserData(
        "EmailVerification",
        is_used=verified.has_verified,
        forget=verified.forget_verified,
        move=verified.move_verified,
    ),
)
