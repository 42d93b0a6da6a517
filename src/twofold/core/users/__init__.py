# SPDX-License-Identifier: Apache-2.0
"""Users and their login methods, shared by all recipes. Start reading at `model.py`, then `rules.py`."""

from pathlib import Path

from twofold.core._recipe import CoreRecipe, Job, UserData
from twofold.core.services import Services
from twofold.core.users import deleted, verified
from twofold.core.users.api import endpoints

FORGET_DELETED_EVERY_SECONDS = 3600


async def forget_deleted(services: Services) -> None:
    """Forget the ids that were deleted long enough ago."""
    await deleted.forget_old(services.database, services.clock.now_ms())


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
        "deleted_user_ids",
    ),
    tenant_tables=("login_method_tenants", "primary_claims"),
    schema=Path(__file__).parent / "schema",
    user_data=UserData(
        "EmailVerification",
        is_used=verified.has_verified,
        forget=verified.forget_verified,
        move=verified.move_verified,
    ),
    jobs=(Job("deleted user ids", FORGET_DELETED_EVERY_SECONDS, forget_deleted),),
)
