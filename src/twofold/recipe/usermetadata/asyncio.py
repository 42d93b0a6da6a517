# SPDX-License-Identifier: Apache-2.0
"""User metadata for async code."""

from typing import Any

from twofold._user_context import filled
from twofold.types.base import UserContext

from .recipe import UserMetadataRecipe
from .types import ClearUserMetadataResult, MetadataResult


async def get_user_metadata(user_id: str, user_context: UserContext | None = None) -> MetadataResult:
    """Return a user's metadata; `{}` for users without any, known or unknown."""
    return await UserMetadataRecipe.get().functions.get_user_metadata(user_id, filled(user_context))


async def update_user_metadata(
    user_id: str, metadata_update: dict[str, Any], user_context: UserContext | None = None
) -> MetadataResult:
    """Merge `metadata_update` into the root and return the whole; a member that is None is deleted."""
    functions = UserMetadataRecipe.get().functions
    return await functions.update_user_metadata(user_id, metadata_update, filled(user_context))


async def clear_user_metadata(user_id: str, user_context: UserContext | None = None) -> ClearUserMetadataResult:
    """Delete a user's metadata."""
    return await UserMetadataRecipe.get().functions.clear_user_metadata(user_id, filled(user_context))
