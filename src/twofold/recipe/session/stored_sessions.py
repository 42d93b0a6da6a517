# SPDX-License-Identifier: Apache-2.0
"""What is done with sessions by handle or user, without a request: ending them, reading and changing their data."""

from typing import TYPE_CHECKING, Any, TypeVar

from twofold.recipe.session.claim_base_classes.session_claim import JSONObject, SessionClaim
from twofold.recipe.session.constants import protected_props
from twofold.recipe.session.types import GetClaimValueOkResult, SessionDoesNotExistError, SessionInformationResult
from twofold.types import RecipeUserId
from twofold.types.recipe import BaseRecipeInterface

if TYPE_CHECKING:
    from twofold._core_client import CoreClient

Value = TypeVar("Value")


class StoredSessions(BaseRecipeInterface):
    """The functions of sessions that ask the core alone. Access tokens that are out already stay as they are."""

    def __init__(self, core: "CoreClient") -> None:
        self._core = core

    async def revoke_session(self, session_handle: str, user_context: dict[str, Any]) -> bool:
        """End a session; returns whether it existed."""
        return len(await self._end(None, {"sessionHandles": [session_handle]}, user_context)) == 1

    async def revoke_all_sessions_for_user(
        self,
        user_id: str,
        revoke_sessions_for_linked_accounts: bool,
        tenant_id: str | None,
        revoke_across_all_tenants: bool,
        user_context: dict[str, Any],
    ) -> list[str]:
        """End a user's sessions; returns the handles of those that existed."""
        body = {
            "userId": user_id,
            "revokeAcrossAllTenants": revoke_across_all_tenants,
            "revokeSessionsForLinkedAccounts": revoke_sessions_for_linked_accounts,
        }
        return await self._end(tenant_id, body, user_context)

    async def get_all_session_handles_for_user(
        self,
        user_id: str,
        fetch_sessions_for_linked_accounts: bool,
        tenant_id: str | None,
        fetch_across_all_tenants: bool,
        user_context: dict[str, Any],
    ) -> list[str]:
        """Return the handles of a user's sessions, in no order."""
        query = {
            "userId": user_id,
            "fetchAcrossAllTenants": fetch_across_all_tenants,
            "fetchSessionsForAllLinkedAccounts": fetch_sessions_for_linked_accounts,
        }
        response = await self._core.get("/recipe/session/user", tenant_id, query, user_context)
        handles: list[str] = response["sessionHandles"]
        return handles

    async def revoke_multiple_sessions(self, session_handles: list[str], user_context: dict[str, Any]) -> list[str]:
        """End sessions; returns the handles of those that existed."""
        return await self._end(None, {"sessionHandles": session_handles}, user_context)

    async def get_session_information(
        self, session_handle: str, user_context: dict[str, Any]
    ) -> SessionInformationResult | None:
        """Return what is stored of a session, or None when it does not exist."""
        query = {"sessionHandle": session_handle}
        response = await self._core.get("/recipe/session", None, query, user_context)
        if response["status"] != "OK":
            return None
        return SessionInformationResult(
            response["sessionHandle"],
            response["userId"],
            recipe_user_id_of(response),
            response["userDataInDatabase"],
            response["expiry"],
            response["userDataInJWT"],
            response["timeCreated"],
            response["tenantId"],
        )

    async def update_session_data_in_database(
        self, session_handle: str, new_session_data: dict[str, Any], user_context: dict[str, Any]
    ) -> bool:
        """Replace the data stored with a session; returns whether the session exists."""
        body = {"sessionHandle": session_handle, "userDataInDatabase": new_session_data}
        return bool((await self._core.put("/recipe/session/data", None, body, user_context))["status"] == "OK")

    async def merge_into_access_token_payload(
        self, session_handle: str, access_token_payload_update: JSONObject, user_context: dict[str, Any]
    ) -> bool:
        """Change members of the stored payload; None removes one. Returns whether the session exists.

        Access tokens that are out already keep the old payload until a refresh or a check with the database.
        """
        information = await self.get_session_information(session_handle, user_context)
        if information is None:
            return False
        before = information.custom_claims_in_access_token_payload
        merged = {**before, **access_token_payload_update}
        new_payload = {
            key: value
            for key, value in merged.items()
            if key not in protected_props and not (value is None and key in access_token_payload_update)
        }
        # Another request may complete a factor meanwhile: with what was read here the core sees which change is meant.
        body = {"sessionHandle": session_handle, "userDataInJWT": new_payload, "userDataInJWTBefore": before}
        return bool((await self._core.put("/recipe/jwt/data", None, body, user_context))["status"] == "OK")

    async def fetch_and_set_claim(
        self, session_handle: str, claim: SessionClaim[Any], user_context: dict[str, Any]
    ) -> bool:
        """Fetch the claim's value and store it; returns whether the session exists."""
        information = await self.get_session_information(session_handle, user_context)
        if information is None:
            return False
        update = await claim.build(
            information.user_id,
            information.recipe_user_id,
            information.tenant_id,
            information.custom_claims_in_access_token_payload,
            user_context,
        )
        return await self.merge_into_access_token_payload(session_handle, update, user_context)

    async def set_claim_value(
        self, session_handle: str, claim: SessionClaim[Value], value: Value, user_context: dict[str, Any]
    ) -> bool:
        """Store a value of the claim; returns whether the session exists."""
        update = claim.add_to_payload_({}, value, user_context)
        return await self.merge_into_access_token_payload(session_handle, update, user_context)

    async def get_claim_value(
        self, session_handle: str, claim: SessionClaim[Any], user_context: dict[str, Any]
    ) -> SessionDoesNotExistError | GetClaimValueOkResult[Any]:
        """Return the stored value of the claim."""
        information = await self.get_session_information(session_handle, user_context)
        if information is None:
            return SessionDoesNotExistError()
        payload = information.custom_claims_in_access_token_payload
        return GetClaimValueOkResult(claim.get_value_from_payload(payload, user_context))

    async def remove_claim(self, session_handle: str, claim: SessionClaim[Any], user_context: dict[str, Any]) -> bool:
        """Remove the claim from the stored payload; returns whether the session exists."""
        update = claim.remove_from_payload_by_merge_({}, user_context)
        return await self.merge_into_access_token_payload(session_handle, update, user_context)

    async def _end(self, tenant_id: str | None, body: dict[str, Any], user_context: dict[str, Any]) -> list[str]:
        response = await self._core.post("/recipe/session/remove", tenant_id, body, user_context)
        handles: list[str] = response["sessionHandlesRevoked"]
        return handles


def recipe_user_id_of(session: dict[str, Any]) -> RecipeUserId:
    """The login method of a session as the core tells it; cores of before linking know only the user."""
    return RecipeUserId(session.get("recipeUserId", session["userId"]))
