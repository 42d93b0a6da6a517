# SPDX-License-Identifier: Apache-2.0
"""The session recipe: its parts, what other recipes add to every session, and how its errors are answered."""

from collections.abc import Callable
from typing import Any

from twofold._app_info import AppInfo
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.recipe._base import Recipe, every_recipe
from twofold.recipe.session.apis import APIs
from twofold.recipe.session.claim_base_classes.session_claim import SessionClaim, SessionClaimValidator
from twofold.recipe.session.config import NormalisedSessionConfig, SessionConfig, validate_and_normalise_user_input
from twofold.recipe.session.cookies import clear_session_from_all_token_transfer_methods, get_cors_allowed_headers
from twofold.recipe.session.exceptions import (
    ClearDuplicateSessionCookiesError,
    InvalidClaimsError,
    SuperTokensSessionError,
    TokenTheftError,
    UnauthorisedError,
    raise_unauthorised_exception,
)
from twofold.recipe.session.functions import Functions
from twofold.recipe.session.generations import of_any_generation
from twofold.recipe.session.request_session import get_session_from_request
from twofold.recipe.session.session_class import SessionContainer
from twofold.recipe.session.types import APIOptions, OverrideGlobalClaimValidators
from twofold.recipe.session.verification import LocalVerification
from twofold.types.config import BaseOverrideConfig

SessionOverrideConfig = BaseOverrideConfig[Functions, APIs]


def _no_validators(*_: Any) -> list[SessionClaimValidator]:
    return []


class SessionRecipe(Recipe[Functions, APIs]):
    """Sessions of one App.

    Args:
        app_info: Of the application.
        config: Of the application.
        clock_ms: Current time in milliseconds, for the expiry of tokens and keys; default: the App's clock.
    """

    recipe_id = "session"
    display_name = "Session"

    def __init__(self, app_info: AppInfo, config: SessionConfig, clock_ms: Callable[[], int] | None = None) -> None:
        super().__init__(app_info, config.override)
        self._own_clock_ms = clock_ms
        self._claims: list[SessionClaim[Any]] = []
        self._claim_validators: list[SessionClaimValidator] = []
        self.config: NormalisedSessionConfig = validate_and_normalise_user_input(
            app_info, config, lambda handle: self.functions.revoke_session(handle, {})
        )

    def make_functions(self) -> Functions:
        """Make the original functions."""
        self.verification = LocalVerification(
            lambda: self.client.get("/.well-known/jwks.json", None, {}, {}),
            self._own_clock_ms or self.clock_ms,
            self.config.jwks_refresh_interval_sec * 1000,
            self.config.use_dynamic_access_token_signing_key,
        )
        functions: Functions = self.adapted(
            Functions(self.client, self.config, self.verification, lambda: self.functions)
        )
        return functions

    def adapted(self, implementation: Any) -> Any:
        """Let overrides of `create_new_session` be of either generation of its signature."""
        if hasattr(implementation, "create_new_session"):  # the APIs have none
            implementation.create_new_session = of_any_generation(implementation.create_new_session)
        return implementation

    def make_apis(self) -> APIs:
        """Make the original APIs."""
        return APIs(self)

    def api_options(self, request: BaseRequest, response: BaseResponse | None) -> APIOptions:
        """Return what the APIs get."""
        return APIOptions(request, response, self.recipe_id, self.config, self.functions)

    def after_init(self) -> None:
        """Ask every recipe what it adds to sessions and requires of them."""
        for recipe in every_recipe():
            for claim in recipe.claims():
                self.add_claim_from_other_recipe(claim)
            for validator in recipe.global_claim_validators():
                self.add_claim_validator_from_other_recipe(validator)

    def cors_headers(self) -> list[str]:
        """Return the request headers of sessions."""
        return get_cors_allowed_headers()

    def get_all_cors_headers(self) -> list[str]:
        """Return the request headers of sessions; the incumbent's name."""
        return self.cors_headers()

    def add_claim_from_other_recipe(self, claim: SessionClaim[Any]) -> None:
        """Put a claim into every new session.

        Raises:
            ValueError: Another claim has the key.
        """
        if claim.key in {known.key for known in self._claims}:
            raise ValueError(f"Claim added by multiple recipes: {claim.key}")
        self._claims.append(claim)

    def get_claims_added_by_other_recipes(self) -> list[SessionClaim[Any]]:
        """Return the claims of every new session, in the order of their recipes."""
        return list(self._claims)

    def add_claim_validator_from_other_recipe(self, claim_validator: SessionClaimValidator) -> None:
        """Make every protected route require this, unless it says otherwise."""
        self._claim_validators.append(claim_validator)

    def get_claim_validators_added_by_other_recipes(self) -> list[SessionClaimValidator]:
        """Return what every protected route requires, in the order of the recipes."""
        return list(self._claim_validators)

    async def verify_session(
        self,
        request: BaseRequest,
        anti_csrf_check: bool | None,
        session_required: bool,
        check_database: bool,
        override_global_claim_validators: OverrideGlobalClaimValidators | None,
        user_context: dict[str, Any],
    ) -> SessionContainer | None:
        """Verify the session of an application's route, through the (overridden) API.

        Raises:
            UnauthorisedError: There is none, though one is required; also when an override forgets to say so.
        """
        session = await self.apis.verify_session(
            self.api_options(request, None),
            anti_csrf_check,
            session_required,
            check_database,
            override_global_claim_validators,
            user_context,
        )
        if session is None and session_required:
            raise_unauthorised_exception("Session does not exist.", clear_tokens=False)
        return session

    async def load_session(
        self, request: BaseRequest, *, session_required: bool, check_database: bool, user_context: dict[str, Any]
    ) -> SessionContainer | None:
        """Verify the session of a request to an API of ours: no claims, since the API decides what it needs."""
        session = await get_session_from_request(
            request, self, session_required, None, check_database, _no_validators, user_context
        )
        if session is None and session_required:
            raise_unauthorised_exception("Session does not exist.", clear_tokens=False)
        return session

    def is_error_from_this_recipe_based_on_instance(self, err: Exception) -> bool:
        """Say whether `handle_error` answers this error."""
        return isinstance(err, SuperTokensSessionError)

    async def handle_error(
        self, request: BaseRequest, error: Exception, response: BaseResponse, user_context: dict[str, Any]
    ) -> BaseResponse | None:
        """Answer an error of sessions: first what it carries, then the clearing of tokens, then the handler's reply."""
        if not isinstance(error, SuperTokensSessionError):
            return None
        for mutate in error.response_mutators:
            mutate(response, user_context)
        if isinstance(error, TokenTheftError) or (isinstance(error, UnauthorisedError) and error.clear_tokens):
            clear_session_from_all_token_transfer_methods(response, self.config, request, user_context)
        return await self._reply(request, error, response)

    async def _reply(
        self, request: BaseRequest, error: SuperTokensSessionError, response: BaseResponse
    ) -> BaseResponse:
        handlers = self.config.error_handlers
        if isinstance(error, UnauthorisedError):
            return await handlers.on_unauthorised(request, str(error), response)
        if isinstance(error, TokenTheftError):
            return await handlers.on_token_theft_detected(
                request, error.session_handle, error.user_id, error.recipe_user_id, response
            )
        if isinstance(error, InvalidClaimsError):
            return await handlers.on_invalid_claim(self, request, error.payload, response)
        if isinstance(error, ClearDuplicateSessionCookiesError):
            return await handlers.on_clear_duplicate_session_cookies(request, str(error), response)
        return await handlers.on_try_refresh_token(request, str(error), response)
