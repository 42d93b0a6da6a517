# SPDX-License-Identifier: Apache-2.0
"""The functions of sessions, as applications may override them.

Those here begin, verify and renew the session of a request; the rest are in `stored_sessions.py`.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twofold.exceptions import CoreError, GeneralError
from twofold.recipe.session import access_token as tokens
from twofold.recipe.session.claim_base_classes.session_claim import SessionClaimValidator
from twofold.recipe.session.claims_validation import Subject, validate_claims_in_payload, with_fetched_claims
from twofold.recipe.session.exceptions import (
    raise_token_theft_exception,
    raise_try_refresh_token_exception,
    raise_unauthorised_exception,
)
from twofold.recipe.session.session_class import SessionContainer
from twofold.recipe.session.stored_sessions import StoredSessions, recipe_user_id_of
from twofold.recipe.session.types import (
    AccessTokenObj,
    ClaimsValidationResult,
    OverrideGlobalClaimValidators,
    RegenerateAccessTokenOkResult,
    SessionObj,
    TokenInfo,
)
from twofold.recipe.session.verification import LocalVerification, check_anti_csrf_token
from twofold.types import MaybeAwaitable, RecipeUserId

if TYPE_CHECKING:
    from twofold._core_client import CoreClient
    from twofold.recipe.session.config import NormalisedSessionConfig

_NO_TOKEN = (
    "Session does not exist. "
    "Are you sending the session tokens in the request with the appropriate token transfer method?"
)
_CALLER_MUST_CHECK = (
    "Since the anti-csrf mode is VIA_CUSTOM_HEADER getSession can't check the CSRF token. "
    "Please either use VIA_TOKEN or set antiCsrfCheck to false"
)
_CALLER_MUST_CHECK_AT_REFRESH = (
    "Since the anti-csrf mode is VIA_CUSTOM_HEADER refreshSession can't check the CSRF token. "
    "Please either use VIA_TOKEN or set antiCsrfCheck to false"
)


class Functions(StoredSessions):
    """What the session recipe can do; `override.functions` may replace any method.

    Args:
        core: Client of the core.
        config: The recipe's configuration.
        verification: Verifies access tokens in this process.
        overridden: Returns the functions as the application has replaced them, which sessions call.
    """

    def __init__(
        self,
        core: "CoreClient",
        config: "NormalisedSessionConfig",
        verification: LocalVerification,
        overridden: "Callable[[], Functions]",
    ) -> None:
        super().__init__(core)
        self._config = config
        self._verification = verification
        self._overridden = overridden

    async def create_new_session(
        self,
        user_id: str,
        recipe_user_id: RecipeUserId,
        access_token_payload: dict[str, Any] | None,
        session_data_in_database: dict[str, Any] | None,
        disable_anti_csrf: bool | None,
        tenant_id: str,
        user_context: dict[str, Any],
    ) -> SessionContainer:
        """Create a session in the core, not sent to anybody yet. Raises UnauthorisedError for who was just deleted."""
        body = {
            "userId": recipe_user_id.get_as_string(),
            "userDataInJWT": access_token_payload or {},
            "userDataInDatabase": session_data_in_database or {},
            "useDynamicSigningKey": self._config.use_dynamic_access_token_signing_key,
            "enableAntiCsrf": self._enables_anti_csrf(disable_anti_csrf),
        }
        try:
            return self._new_session(await self._core.post("/recipe/session", tenant_id, body, user_context))
        except CoreError as error:
            if error.status_code == 400 and error.body.startswith("The user was deleted"):
                raise_unauthorised_exception(error.body.strip())
            raise

    def get_global_claim_validators(
        self,
        tenant_id: str,
        user_id: str,
        recipe_user_id: RecipeUserId,
        claim_validators_added_by_other_recipes: list[SessionClaimValidator],
        user_context: dict[str, Any],
    ) -> MaybeAwaitable[list[SessionClaimValidator]]:
        """Return what every session must satisfy; by default what the other recipes ask for."""
        return claim_validators_added_by_other_recipes

    async def get_session(
        self,
        access_token: str | None,
        anti_csrf_token: str | None = None,
        anti_csrf_check: bool | None = None,
        session_required: bool | None = None,
        check_database: bool | None = None,
        override_global_claim_validators: OverrideGlobalClaimValidators | None = None,
        user_context: dict[str, Any] | None = None,
    ) -> SessionContainer | None:
        """Verify an access token; its claims are the caller's to check.

        The core is asked only with `check_database`, under a profile of assurance, and when the token is the first one
        after a refresh.

        Raises:
            UnauthorisedError: There is no token, or the core says that the session has ended.
            TryRefreshTokenError: The token is not valid (any more), or the anti-CSRF check failed.
        """
        if anti_csrf_check is not False and self._config.anti_csrf_function_or_string == "VIA_CUSTOM_HEADER":
            raise GeneralError(_CALLER_MUST_CHECK)
        if access_token is None:
            return None if session_required is False else raise_unauthorised_exception(_NO_TOKEN, clear_tokens=False)
        try:
            parsed = await self._verification.verify(access_token)
        except tokens.TokenMalformed:
            if session_required is False:
                return None
            raise_unauthorised_exception("Token parsing failed", clear_tokens=False)
        check_anti_csrf = anti_csrf_check is not False
        if check_anti_csrf and self._config.anti_csrf_function_or_string == "VIA_TOKEN":
            check_anti_csrf_token(parsed.anti_csrf_token, anti_csrf_token)
        asks = bool(check_database) or self._config.always_checks_database
        if not asks and parsed.parent_refresh_token_hash1 is None:
            return self._session(parsed, access_token_updated=False)
        return await self._verified_by_core(
            parsed, anti_csrf_token, check_anti_csrf, asks, {} if user_context is None else user_context
        )

    async def validate_claims(
        self,
        user_id: str,
        recipe_user_id: RecipeUserId,
        access_token_payload: dict[str, Any],
        claim_validators: list[SessionClaimValidator],
        user_context: dict[str, Any],
    ) -> ClaimsValidationResult:
        """Fetch the claims that validators want fetched, then ask every validator."""
        subject = Subject(user_id, recipe_user_id)
        payload = await with_fetched_claims(subject, access_token_payload, claim_validators, user_context)
        update = None if payload == access_token_payload else payload
        return ClaimsValidationResult(await validate_claims_in_payload(claim_validators, payload, user_context), update)

    async def refresh_session(
        self, refresh_token: str, anti_csrf_token: str | None, disable_anti_csrf: bool, user_context: dict[str, Any]
    ) -> SessionContainer:
        """Exchange a refresh token for new tokens.

        Raises:
            UnauthorisedError: The token is none, or its session has ended.
            TokenTheftError: The token was exchanged before, and its successor was used.
        """
        if not disable_anti_csrf and self._config.anti_csrf_function_or_string == "VIA_CUSTOM_HEADER":
            raise GeneralError(_CALLER_MUST_CHECK_AT_REFRESH)
        body: dict[str, Any] = {
            "refreshToken": refresh_token,
            "enableAntiCsrf": self._enables_anti_csrf(disable_anti_csrf),
            "useDynamicSigningKey": self._config.use_dynamic_access_token_signing_key,
        }
        if anti_csrf_token is not None:
            body["antiCsrfToken"] = anti_csrf_token
        response = await self._core.post("/recipe/session/refresh", None, body, user_context)
        if response["status"] == "TOKEN_THEFT_DETECTED":
            session = response["session"]
            raise_token_theft_exception(session["userId"], recipe_user_id_of(session), session["handle"])
        if response["status"] != "OK":
            raise_unauthorised_exception(response["message"])
        return self._new_session(response)

    async def regenerate_access_token(
        self, access_token: str, new_access_token_payload: dict[str, Any] | None, user_context: dict[str, Any]
    ) -> RegenerateAccessTokenOkResult | None:
        """Store a whole new payload and return an access token with it; None when the session does not exist."""
        body = {"accessToken": access_token, "userDataInJWT": new_access_token_payload or {}}
        response = await self._core.post("/recipe/session/regenerate", None, body, user_context)
        if response["status"] != "OK":
            return None
        session, token = response["session"], response.get("accessToken")
        return RegenerateAccessTokenOkResult(
            SessionObj(
                session["handle"],
                session["userId"],
                recipe_user_id_of(session),
                session["userDataInJWT"],
                session["tenantId"],
            ),
            None if token is None else AccessTokenObj(token["token"], token["expiry"], token["createdTime"]),
        )

    async def _verified_by_core(
        self,
        parsed: tokens.ParsedToken,
        anti_csrf_token: str | None,
        check_anti_csrf: bool,
        check_database: bool,
        user_context: dict[str, Any],
    ) -> SessionContainer:
        body: dict[str, Any] = {
            "accessToken": parsed.raw,
            "doAntiCsrfCheck": check_anti_csrf,
            "enableAntiCsrf": self._enables_anti_csrf(False),
            "checkDatabase": check_database,
        }
        if anti_csrf_token is not None:
            body["antiCsrfToken"] = anti_csrf_token
        response = await self._core.post("/recipe/session/verify", None, body, user_context)
        if response["status"] == "UNAUTHORISED":
            raise_unauthorised_exception(response["message"])
        if response["status"] != "OK":
            raise_try_refresh_token_exception(response["message"])
        renewed = response.get("accessToken")
        parsed = parsed if renewed is None else tokens.parse(renewed["token"])
        return self._session(parsed, access_token_updated=renewed is not None)

    def _session(
        self, parsed: tokens.ParsedToken, access_token_updated: bool, refresh_token: TokenInfo | None = None
    ) -> SessionContainer:
        session = SessionContainer(
            self._overridden(),
            self._config,
            parsed.raw,
            None,
            refresh_token,
            parsed.anti_csrf_token,
            parsed.session_handle,
            parsed.user_id,
            RecipeUserId(parsed.recipe_user_id),
            None,
            None,
            access_token_updated,
            parsed.tenant_id,
        )
        session.read_payload = parsed.read_payload
        return session

    def _new_session(self, response: dict[str, Any]) -> SessionContainer:
        refresh = response["refreshToken"]
        refresh_token = TokenInfo(refresh["token"], refresh["expiry"], refresh["createdTime"])
        return self._session(tokens.parse(response["accessToken"]["token"]), True, refresh_token)

    def _enables_anti_csrf(self, disabled: bool | None) -> bool:
        return not disabled and self._config.anti_csrf_function_or_string == "VIA_TOKEN"
