# SPDX-License-Identifier: Apache-2.0
"""APIs of what is kept of a user: metadata and sessions."""

import asyncio
from typing import Annotated, Any

import msgspec

from twofold._wire import Json
from twofold.exceptions import BadInputError
from twofold.recipe._api import Parse, Texts, api
from twofold.recipe.session import asyncio as sessions
from twofold.recipe.usermetadata.recipe import UserMetadataRecipe
from twofold.types.base import UserContext
from twofold.types.recipe import BaseAPIInterface

from .access import API
from .results import (
    SessionInfo,
    UserMetadataGetAPIOkResponse,
    UserMetadataPutAPIResponse,
    UserSessionsGetAPIResponse,
    UserSessionsPostAPIResponse,
)


def read_metadata(value: Any) -> Json:
    """Read metadata, which come as the text of a JSON object."""
    try:
        metadata = msgspec.json.decode(value) if isinstance(value, str) else None
    except (msgspec.DecodeError, RecursionError):
        metadata = None
    if not isinstance(metadata, dict):
        raise BadInputError("data must be the text of a JSON object")
    return metadata


def read_handles(value: Any) -> list[str]:
    """Read which sessions are meant."""
    if not isinstance(value, list) or not all(isinstance(handle, str) for handle in value):
        raise BadInputError("sessionHandles must be an array of strings")
    return value


class UserDataAPIs(BaseAPIInterface):
    """One method per HTTP API; each may be overridden or disabled."""

    disable_user_metadata_get: bool = False
    disable_user_metadata_put: bool = False
    disable_user_sessions_get: bool = False
    disable_user_sessions_post: bool = False

    @api("GET", f"{API}/user/metadata")
    async def user_metadata_get(
        self, user_id: Annotated[str, Texts("Missing required parameter 'userId'")], user_context: UserContext
    ) -> UserMetadataGetAPIOkResponse:
        """Return a user's metadata."""
        stored = await UserMetadataRecipe.get().functions.get_user_metadata(user_id, user_context)
        return UserMetadataGetAPIOkResponse(stored.metadata)

    @api("PUT", f"{API}/user/metadata")
    async def user_metadata_put(
        self, user_id: str, data: Annotated[Json, Parse(read_metadata)], user_context: UserContext
    ) -> UserMetadataPutAPIResponse:
        """Replace a user's metadata as a whole. Whoever reads it meanwhile may find none."""
        functions = UserMetadataRecipe.get().functions
        await functions.clear_user_metadata(user_id, user_context)
        await functions.update_user_metadata(user_id, data, user_context)
        return UserMetadataPutAPIResponse()

    @api("GET", f"{API}/user/sessions")
    async def user_sessions_get(
        self, user_id: Annotated[str, Texts("Missing required parameter 'userId'")], user_context: UserContext
    ) -> UserSessionsGetAPIResponse:
        """Return a user's sessions on every tenant, without those that end meanwhile."""
        handles = await sessions.get_all_session_handles_for_user(user_id, user_context=user_context)
        found = await asyncio.gather(*(sessions.get_session_information(handle, user_context) for handle in handles))
        return UserSessionsGetAPIResponse([SessionInfo(info) for info in found if info is not None])

    @api("POST", f"{API}/user/sessions")
    async def user_sessions_post(
        self, session_handles: Annotated[list[str], Parse(read_handles)], user_context: UserContext
    ) -> UserSessionsPostAPIResponse:
        """End sessions. Their access tokens work on until they expire, where the database is not asked."""
        await sessions.revoke_multiple_sessions(session_handles, user_context)
        return UserSessionsPostAPIResponse()
