# SPDX-License-Identifier: Apache-2.0
"""Sessions: short-lived access tokens that anyone can verify, and refresh tokens that replace each other."""

from pathlib import Path

from twofold.core._recipe import CoreRecipe, Job, UserData
from twofold.core.recipe.session import store
from twofold.core.recipe.session.api import endpoints
from twofold.core.services import Services

EXPIRED_EVERY_SECONDS = 12 * 3600


async def delete_expired(services: Services) -> None:
    """Delete the sessions that have expired; nobody sees them any more."""
    await store.delete_expired(services.database, services.clock.now_ms())


recipe = CoreRecipe(
    "session",
    endpoints,
    tables=("sessions",),
    tenant_tables=("sessions",),
    schema=Path(__file__).parent / "schema",
    user_data=UserData("Session", store.exists, store.forget, store.forget_in_tenant),
    end_sessions=store.forget,
    jobs=(Job("expired sessions", EXPIRED_EVERY_SECONDS, delete_expired),),
)
