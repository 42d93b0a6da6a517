# SPDX-License-Identifier: Apache-2.0
"""The session object that applications hold: who is signed in, what the access token says, and what can be changed.

A change of the payload gives a new access token. It is not written to the response at once: `response_mutators`
collects what to send, and the middleware applies it to whichever response ends the request.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from twofold._sync import blocking
from twofold.framework.request import BaseRequest
from twofold.recipe.session import access_token as tokens
from twofold.recipe.session.claim_base_classes.session_claim import JSONObject, SessionClaim, SessionClaimValidator
from twofold.recipe.session.constants import TokenTransferMethod, protected_props
from twofold.recipe.session.cookies import (
    ResponseMutator,
    access_token_mutator,
    anti_csrf_response_mutator,
    build_front_token,
    clear_session_response_mutator,
    refresh_token_mutator,
)
from twofold.recipe.session.exceptions import raise_invalid_claims_exception, raise_unauthorised_exception
from twofold.recipe.session.types import (
    GetSessionTokensDangerouslyDict,
    RegenerateAccessTokenOkResult,
    ReqResInfo,
    SessionInformationResult,
    TokenInfo,
)
from twofold.types import RecipeUserId

if TYPE_CHECKING:
    from twofold.recipe.session.config import NormalisedSessionConfig
    from twofold.recipe.session.functions import Functions

Value = TypeVar("Value")
UserContext = dict[str, Any] | None

SESSION_GONE = "Session does not exist anymore."


class SessionContainer:
    """A session that was verified or just created.

    Every method takes the `user_context` last; without one it gets an empty context. Methods that ask the core raise
    `UnauthorisedError` when the session was ended meanwhile. Each coroutine method has a blocking twin `sync_…`.
    `session["name"]` is the attribute `name`.
    """

    def __init__(  # the public signature dictates the parameters
        self,
        recipe_implementation: "Functions",
        config: "NormalisedSessionConfig",
        access_token: str,
        front_token: str | None,
        refresh_token: TokenInfo | None,
        anti_csrf_token: str | None,
        session_handle: str,
        user_id: str,
        recipe_user_id: RecipeUserId,
        user_data_in_access_token: dict[str, Any] | None,
        req_res_info: ReqResInfo | None,
        access_token_updated: bool,
        tenant_id: str,
    ) -> None:
        self.recipe_implementation = recipe_implementation
        self.config = config
        self.access_token = access_token
        self._front_token = front_token
        self.refresh_token = refresh_token
        self.anti_csrf_token = anti_csrf_token
        self.session_handle = session_handle
        self.user_id = user_id
        self.recipe_user_id = recipe_user_id
        self._payload = user_data_in_access_token
        self.read_payload: Callable[[], dict[str, Any]] | None = None
        self.req_res_info = req_res_info
        self.access_token_updated = access_token_updated
        self.tenant_id = tenant_id
        self.response_mutators: list[ResponseMutator] = []
        self._new_tokens: list[ResponseMutator] = []

    @property
    def user_data_in_access_token(self) -> dict[str, Any]:
        """The whole payload of the access token; read when first asked for, which most requests do not."""
        if self._payload is None:
            self._payload = self.read_payload() if self.read_payload is not None else {}
        return self._payload

    @user_data_in_access_token.setter
    def user_data_in_access_token(self, value: dict[str, Any]) -> None:
        self._payload = value

    @property
    def front_token(self) -> str:
        """What the front end may know of the access token; made when first asked for."""
        if self._front_token is None:
            payload = self.user_data_in_access_token
            self._front_token = build_front_token(self.user_id, int(payload["exp"] * 1000), payload)
        return self._front_token

    @front_token.setter
    def front_token(self, value: str) -> None:
        self._front_token = value

    def __repr__(self) -> str:
        """Tell which session it is, without its tokens."""
        return f"{type(self).__name__}(session_handle={self.session_handle!r}, user_id={self.user_id!r})"

    def __getitem__(self, item: str) -> Any:
        """Return the attribute of that name."""
        return getattr(self, item)

    def get_user_id(self, user_context: UserContext = None) -> str:
        """Return the id of the (primary) user."""
        return self.user_id

    def get_recipe_user_id(self, user_context: UserContext = None) -> RecipeUserId:
        """Return the id of the login method that the session began with."""
        return self.recipe_user_id

    def get_tenant_id(self, user_context: UserContext = None) -> str:
        """Return the tenant that the session belongs to."""
        return self.tenant_id

    def get_access_token_payload(self, user_context: UserContext = None) -> dict[str, Any]:
        """Return the whole payload of the access token."""
        return self.user_data_in_access_token

    def get_handle(self, user_context: UserContext = None) -> str:
        """Return the id of the session, constant through refreshes."""
        return self.session_handle

    def get_access_token(self, user_context: UserContext = None) -> str:
        """Return the access token."""
        return self.access_token

    def get_all_session_tokens_dangerously(self) -> GetSessionTokensDangerouslyDict:
        """Return all tokens, for applications that send them to the client in their own way. Never log them."""
        return {
            "accessToken": self.access_token,
            "accessAndFrontTokenUpdated": self.access_token_updated,
            "refreshToken": None if self.refresh_token is None else self.refresh_token.token,
            "frontToken": self.front_token,
            "antiCsrfToken": self.anti_csrf_token,
        }

    async def attach_to_request_response(
        self, request: BaseRequest, transfer_method: TokenTransferMethod, user_context: dict[str, Any]
    ) -> None:
        """Send this session's new tokens, now and later in this request, with the request's response."""
        self.req_res_info = ReqResInfo(request, transfer_method)
        if self.access_token_updated:
            self._send_access_token()
            if self.refresh_token is not None:
                token, expires_ms = self.refresh_token.token, self.refresh_token.expiry
                mutator = refresh_token_mutator(token, expires_ms, self.config, transfer_method, request)
                self._send(mutator)
            if self.anti_csrf_token is not None:
                self._send(anti_csrf_response_mutator(self.anti_csrf_token))
        request.set_session(self)

    async def revoke_session(self, user_context: UserContext = None) -> None:
        """End the session in the core and on the client; that it had ended already is no error."""
        await self.recipe_implementation.revoke_session(self.session_handle, _context(user_context))
        if self.req_res_info is not None:
            info = self.req_res_info
            # Not beside new tokens: of two cookies of one name, some clients keep the first (RFC 6265, section 4.1.1).
            kept = [mutator for mutator in self.response_mutators if mutator not in self._new_tokens]
            clear = clear_session_response_mutator(self.config, info.transfer_method, info.request)
            self.response_mutators = [*kept, clear]

    async def get_session_data_from_database(self, user_context: UserContext = None) -> dict[str, Any]:
        """Return the data that is stored with the session and never sent to the client."""
        return (await self._information(user_context)).session_data_in_database

    async def update_session_data_in_database(
        self, new_session_data: dict[str, Any], user_context: UserContext = None
    ) -> None:
        """Replace the data that is stored with the session."""
        updated = await self.recipe_implementation.update_session_data_in_database(
            self.session_handle, new_session_data, _context(user_context)
        )
        if not updated:
            raise_unauthorised_exception(SESSION_GONE)

    async def get_time_created(self, user_context: UserContext = None) -> int:
        """Return when the session began, in milliseconds."""
        return (await self._information(user_context)).time_created

    async def get_expiry(self, user_context: UserContext = None) -> int:
        """Return when the session ends unless it is refreshed, in milliseconds."""
        return (await self._information(user_context)).expiry

    async def merge_into_access_token_payload(
        self, access_token_payload_update: JSONObject, user_context: UserContext = None
    ) -> None:
        """Change members of the payload, at once and in later tokens; None removes a member.

        Members that the core writes itself (`sub`, `exp`, …) are left as they are.
        """
        merged = {**self.user_data_in_access_token, **access_token_payload_update}
        own = {key: value for key, value in merged.items() if key not in protected_props}
        new_payload = {
            key: value for key, value in own.items() if not (value is None and key in access_token_payload_update)
        }
        result = await self.recipe_implementation.regenerate_access_token(
            self.access_token, new_payload, _context(user_context)
        )
        if result is None:
            raise_unauthorised_exception(SESSION_GONE)
        self._take_over(result, new_payload)

    async def assert_claims(
        self, claim_validators: list[SessionClaimValidator], user_context: UserContext = None
    ) -> None:
        """Require that every validator is content, after fetching the claims that they want fetched.

        Raises:
            InvalidClaimsError: Some are not; it lists all of them.
        """
        context = _context(user_context)
        result = await self.recipe_implementation.validate_claims(
            self.user_id, self.recipe_user_id, self.user_data_in_access_token, claim_validators, context
        )
        if result.access_token_payload_update is not None:
            await self.merge_into_access_token_payload(result.access_token_payload_update, context)
        if result.invalid_claims:
            raise_invalid_claims_exception("INVALID_CLAIMS", result.invalid_claims)

    async def fetch_and_set_claim(self, claim: SessionClaim[Any], user_context: UserContext = None) -> None:
        """Fetch the claim's value and put it into the payload."""
        context = _context(user_context)
        update = await claim.build(
            self.user_id, self.recipe_user_id, self.tenant_id, self.user_data_in_access_token, context
        )
        await self.merge_into_access_token_payload(update, context)

    async def set_claim_value(self, claim: SessionClaim[Value], value: Value, user_context: UserContext = None) -> None:
        """Put a value of the claim into the payload."""
        update = claim.add_to_payload_({}, value, _context(user_context))
        await self.merge_into_access_token_payload(update, user_context)

    async def get_claim_value(self, claim: SessionClaim[Value], user_context: UserContext = None) -> Value | None:
        """Return the claim's value in the payload, or None."""
        return claim.get_value_from_payload(self.user_data_in_access_token, _context(user_context))

    async def remove_claim(self, claim: SessionClaim[Any], user_context: UserContext = None) -> None:
        """Take the claim out of the payload."""
        update = claim.remove_from_payload_by_merge_({}, _context(user_context))
        await self.merge_into_access_token_payload(update, user_context)

    async def _information(self, user_context: UserContext) -> SessionInformationResult:
        information = await self.recipe_implementation.get_session_information(
            self.session_handle, _context(user_context)
        )
        if information is None:
            raise_unauthorised_exception(SESSION_GONE)
        return information

    def _take_over(self, result: RegenerateAccessTokenOkResult, new_payload: dict[str, Any]) -> None:
        if result.access_token is None:
            # The token had expired: there is nothing to send, and the next refresh will bring the payload.
            kept = {key: value for key, value in self.user_data_in_access_token.items() if key in protected_props}
            self.user_data_in_access_token = {**new_payload, **kept}
            return
        self.access_token = result.access_token.token
        self.user_data_in_access_token = tokens.parse(self.access_token).read_payload()
        self._front_token = None
        self.access_token_updated = True
        if self.req_res_info is not None:
            self._send_access_token()

    def _send_access_token(self) -> None:
        info = self.req_res_info
        if info is not None:
            self._send(
                access_token_mutator(
                    self.access_token, self.front_token, self.config, info.transfer_method, info.request
                )
            )

    def _send(self, new_token: ResponseMutator) -> None:
        self._new_tokens.append(new_token)
        self.response_mutators.append(new_token)

    # Blocking twins

    def sync_attach_to_request_response(
        self, request: BaseRequest, transfer_method: TokenTransferMethod, user_context: dict[str, Any]
    ) -> None:
        """Do `attach_to_request_response`, blocking."""
        blocking(self.attach_to_request_response)(request, transfer_method, user_context)

    def sync_revoke_session(self, user_context: UserContext = None) -> None:
        """Do `revoke_session`, blocking."""
        blocking(self.revoke_session)(user_context)

    def sync_get_session_data_from_database(self, user_context: UserContext = None) -> dict[str, Any]:
        """Do `get_session_data_from_database`, blocking."""
        return blocking(self.get_session_data_from_database)(user_context)

    def sync_update_session_data_in_database(
        self, new_session_data: dict[str, Any], user_context: UserContext = None
    ) -> None:
        """Do `update_session_data_in_database`, blocking."""
        blocking(self.update_session_data_in_database)(new_session_data, user_context)

    def sync_get_time_created(self, user_context: UserContext = None) -> int:
        """Do `get_time_created`, blocking."""
        return blocking(self.get_time_created)(user_context)

    def sync_get_expiry(self, user_context: UserContext = None) -> int:
        """Do `get_expiry`, blocking."""
        return blocking(self.get_expiry)(user_context)

    def sync_merge_into_access_token_payload(
        self, access_token_payload_update: dict[str, Any], user_context: UserContext = None
    ) -> None:
        """Do `merge_into_access_token_payload`, blocking."""
        blocking(self.merge_into_access_token_payload)(access_token_payload_update, user_context)

    def sync_assert_claims(
        self, claim_validators: list[SessionClaimValidator], user_context: UserContext = None
    ) -> None:
        """Do `assert_claims`, blocking."""
        blocking(self.assert_claims)(claim_validators, user_context)

    def sync_fetch_and_set_claim(self, claim: SessionClaim[Any], user_context: UserContext = None) -> None:
        """Do `fetch_and_set_claim`, blocking."""
        blocking(self.fetch_and_set_claim)(claim, user_context)

    def sync_set_claim_value(self, claim: SessionClaim[Value], value: Value, user_context: UserContext = None) -> None:
        """Do `set_claim_value`, blocking."""
        blocking(self.set_claim_value)(claim, value, user_context)

    def sync_get_claim_value(self, claim: SessionClaim[Value], user_context: UserContext = None) -> Value | None:
        """Do `get_claim_value`, blocking."""
        return blocking(self.get_claim_value)(claim, user_context)

    def sync_remove_claim(self, claim: SessionClaim[Any], user_context: UserContext = None) -> None:
        """Do `remove_claim`, blocking."""
        blocking(self.remove_claim)(claim, user_context)


# The name of the only implementation; constructing one is the same.
Session = SessionContainer


def _context(user_context: UserContext) -> dict[str, Any]:
    return {} if user_context is None else user_context
