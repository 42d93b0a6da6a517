# SPDX-License-Identifier: Apache-2.0
"""What the functions and APIs of sessions take and return."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, Literal, TypedDict, TypeVar

from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.recipe.session.claim_base_classes.session_claim import SessionClaimValidator
from twofold.recipe.session.constants import TokenTransferMethod
from twofold.recipe.session.exceptions import ClaimValidationError
from twofold.types import APIResponse, MaybeAwaitable, RecipeUserId

if TYPE_CHECKING:
    from twofold.recipe.session.config import NormalisedSessionConfig
    from twofold.recipe.session.functions import Functions
    from twofold.recipe.session.session_class import SessionContainer

ClaimValue = TypeVar("ClaimValue")

OverrideGlobalClaimValidators = Callable[
    [list[SessionClaimValidator], "SessionContainer", dict[str, Any]], MaybeAwaitable[list[SessionClaimValidator]]
]


class TokenInfo:
    """A token with its times in milliseconds."""

    def __init__(self, token: str, expiry: int, created_time: int) -> None:
        self.token = token
        self.expiry = expiry
        self.created_time = created_time

    def __repr__(self) -> str:
        """Leave the token out: logs are read by many."""
        return f"{type(self).__name__}(expiry={self.expiry}, created_time={self.created_time})"

    def to_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"token": self.token, "expiry": self.expiry, "createdTime": self.created_time}


class AccessTokenObj(TokenInfo):
    """A new access token."""


class SessionObj:
    """What a new access token says of its session."""

    def __init__(
        self,
        handle: str,
        user_id: str,
        recipe_user_id: RecipeUserId,
        user_data_in_jwt: dict[str, Any],
        tenant_id: str,
    ) -> None:
        self.handle = handle
        self.user_id = user_id
        self.recipe_user_id = recipe_user_id
        self.user_data_in_jwt = user_data_in_jwt
        self.tenant_id = tenant_id

    def to_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "handle": self.handle,
            "userId": self.user_id,
            "recipeUserId": self.recipe_user_id.get_as_string(),
            "tenantId": self.tenant_id,
            "userDataInJWT": self.user_data_in_jwt,
        }


class RegenerateAccessTokenOkResult:
    """The payload was stored; `access_token` is None when the given one had expired."""

    status: Literal["OK"] = "OK"

    def __init__(self, session: SessionObj, access_token: AccessTokenObj | None) -> None:
        self.session = session
        self.access_token = access_token

    def to_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        content: dict[str, Any] = {"status": self.status, "session": self.session.to_json()}
        if self.access_token is not None:
            content["accessToken"] = self.access_token.to_json()
        return content


class SessionInformationResult:
    """What is stored of a session. Times are in milliseconds."""

    status: Literal["OK"] = "OK"

    def __init__(
        self,
        session_handle: str,
        user_id: str,
        recipe_user_id: RecipeUserId,
        session_data_in_database: dict[str, Any],
        expiry: int,
        custom_claims_in_access_token_payload: dict[str, Any],
        time_created: int,
        tenant_id: str,
    ) -> None:
        self.session_handle = session_handle
        self.user_id = user_id
        self.recipe_user_id = recipe_user_id
        self.session_data_in_database = session_data_in_database
        self.expiry = expiry
        self.custom_claims_in_access_token_payload = custom_claims_in_access_token_payload
        self.time_created = time_created
        self.tenant_id = tenant_id

    def to_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "sessionHandle": self.session_handle,
            "userId": self.user_id,
            "recipeUserId": self.recipe_user_id.get_as_string(),
            "sessionDataInDatabase": self.session_data_in_database,
            "expiry": self.expiry,
            "customClaimsInAccessTokenPayload": self.custom_claims_in_access_token_payload,
            "timeCreated": self.time_created,
            "tenantId": self.tenant_id,
        }


class ReqResInfo:
    """The request that a session is attached to, and how its tokens travel."""

    def __init__(self, request: BaseRequest, transfer_method: TokenTransferMethod) -> None:
        self.request = request
        self.transfer_method: TokenTransferMethod = transfer_method


class SessionDoesNotExistError:
    """No session has this handle."""

    status: Literal["SESSION_DOES_NOT_EXIST_ERROR"] = "SESSION_DOES_NOT_EXIST_ERROR"


class GetClaimValueOkResult(Generic[ClaimValue]):
    """The claim's value in a stored session; None when it has none."""

    status: Literal["OK"] = "OK"

    def __init__(self, value: ClaimValue | None) -> None:
        self.value = value


class ClaimsValidationResult:
    """Which requirements failed, and what fetching claims changed in the payload (None: nothing)."""

    def __init__(
        self,
        invalid_claims: list[ClaimValidationError],
        access_token_payload_update: dict[str, Any] | None = None,
    ) -> None:
        self.invalid_claims = invalid_claims
        self.access_token_payload_update = access_token_payload_update

    def to_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "invalidClaims": [claim.to_json() for claim in self.invalid_claims],
            "accessTokenPayloadUpdate": self.access_token_payload_update,
        }


class GetSessionTokensDangerouslyDict(TypedDict):
    """All tokens of a session, for applications that send them to the client in their own way."""

    accessToken: str
    accessAndFrontTokenUpdated: bool
    refreshToken: str | None
    frontToken: str
    antiCsrfToken: str | None


class SignOutOkayResponse(APIResponse):
    """The session has ended."""

    def __init__(self) -> None:
        self.status = "OK"

    def to_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"status": self.status}


class APIOptions:
    """What an API of this recipe is called with, beside its parameters."""

    def __init__(
        self,
        request: BaseRequest,
        response: BaseResponse | None,
        recipe_id: str,
        config: "NormalisedSessionConfig",
        recipe_implementation: "Functions",
    ) -> None:
        self.request = request
        self.response = response
        self.recipe_id = recipe_id
        self.config = config
        self.recipe_implementation = recipe_implementation
