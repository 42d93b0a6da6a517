# SPDX-License-Identifier: Apache-2.0
"""Users and their login methods, shared by all recipes. Start reading at `model.py`, then `rules.py`."""

from pathlib import Path

from twofold.core._recipe import CoreRecipe
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
        "last_active",
    ),
    tenant_tables=("login_method_tenants", "primary_claims"),
    schema=Path(__file__).parent / "schema",
)
