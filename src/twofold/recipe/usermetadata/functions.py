# SPDX-License-Identifier: Apache-2.0
"""What can be done with a user's metadata; each may be overridden."""

from typing import Any

from twofold._core_client import CoreClient
from twofold._wire import outcome
from twofold.types.base import UserContext
from twofold.types.recipe import BaseRecipeInterface

from .types import ClearUserMetadataResult, MetadataResult


class Functions(BaseRecipeInterface):
    """The functions on the core."""

    def __init__(self, client: CoreClient) -> None:
        self.client = client

    async def get_user_metadata(self, user_id: str, user_context: UserContext) -> MetadataResult:
        """Return a user's metadata; `{}` for users without any, known or unknown."""
        answer = await self.client.get("/recipe/user/metadata", None, {"userId": user_id}, user_context)
        return outcome(answer, MetadataResult)

    async def update_user_metadata(
        self, user_id: str, metadata_update: dict[str, Any], user_context: UserContext
    ) -> MetadataResult:
        """Merge `metadata_update` into the root and return the whole; a member that is None is deleted."""
        body = {"userId": user_id, "metadataUpdate": metadata_update}
        return outcome(await self.client.put("/recipe/user/metadata", None, body, user_context), MetadataResult)

    async def clear_user_metadata(self, user_id: str, user_context: UserContext) -> ClearUserMetadataResult:
        """Delete a user's metadata."""
        body = {"userId": user_id}
        answer = await self.client.post("/recipe/user/metadata/remove", None, body, user_context)
        return outcome(answer, ClearUserMetadataResult)
