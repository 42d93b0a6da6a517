# SPDX-License-Identifier: Apache-2.0
"""Roles and permissions: they belong to an app; who has a role is recorded per tenant."""

from pathlib import Path

from twofold.core._recipe import CoreRecipe, UserData
from twofold.core.recipe.userroles import store
from twofold.core.recipe.userroles.api import endpoints

recipe = CoreRecipe(
    "userroles",
    endpoints,
    tables=("roles", "role_permissions", "user_roles"),
    tenant_tables=("user_roles",),
    schema=Path(__file__).parent / "schema",
    user_data=UserData(
        "UserRoles", is_used=store.has_roles, forget=store.forget_user, forget_in_tenant=store.forget_user_in_tenant
    ),
)
