# SPDX-License-Identifier: Apache-2.0
"""What `verify_session` does in every framework."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from twofold._user_context import request_context
from twofold.exceptions import GeneralError
from twofold.framework.request import BaseRequest
from twofold.recipe.multifactorauth.multi_factor_auth_claim import MultiFactorAuthClaim
from twofold.recipe.multifactorauth.recipe import MultiFactorAuthRecipe
from twofold.recipe.session.claim_base_classes.session_claim import SessionClaimValidator
from twofold.recipe.session.claims_validation import resolved
from twofold.recipe.session.recipe import SessionRecipe
from twofold.recipe.session.session_class import SessionContainer
from twofold.recipe.session.types import OverrideGlobalClaimValidators


@dataclass(frozen=True)
class StepUp:
    """A fresh factor that a route requires besides what every route requires."""

    validator: SessionClaimValidator

    @classmethod
    def asked(cls, max_age_seconds: int | None, factors: Sequence[str] | None) -> Self | None:
        """Return the step-up that arguments of `verify_session` ask for, or None.

        Raises:
            GeneralError: they ask for what cannot be.
        """
        if max_age_seconds is not None:
            return cls(MultiFactorAuthClaim.validators.has_fresh_factor(max_age_seconds, factors))
        if factors is not None:
            raise GeneralError("'factors' says which factors must be fresh: say with 'max_age_seconds' how fresh")
        return None

    def beside(self, others: OverrideGlobalClaimValidators | None) -> OverrideGlobalClaimValidators:
        """Return an override that requires the fresh factor besides what `others`, or all routes, require."""

        async def with_step_up(
            validators: list[SessionClaimValidator], session: SessionContainer, user_context: dict[str, Any]
        ) -> list[SessionClaimValidator]:
            MultiFactorAuthRecipe.get()  # or an error that says what is missing
            of_route = validators if others is None else await resolved(others(validators, session, user_context))
            return [*of_route, self.validator]

        return with_step_up


class Verification:
    """The arguments of one `verify_session(…)`."""

    def __init__(
        self,
        anti_csrf_check: bool | None,
        session_required: bool,
        check_database: bool,
        override_global_claim_validators: OverrideGlobalClaimValidators | None,
        user_context: dict[str, Any] | None,
        step_up: StepUp | None,
    ) -> None:
        override = override_global_claim_validators
        if step_up is not None:
            override = step_up.beside(override)
        self._checks = (anti_csrf_check, session_required, check_database, override)
        self._user_context = user_context

    async def verify(self, request: BaseRequest) -> SessionContainer | None:
        """Attach the request's session, or None, to it.

        Raises:
            SuperTokensError: there is no valid session, or a claim of it is not as it must be.
        """
        # A context per request: one that requests share would leak from one user to another.
        context = request_context(request, None if self._user_context is None else dict(self._user_context))
        session = await SessionRecipe.get().verify_session(request, *self._checks, context)
        if session is None:
            request.set_session_as_none()
        else:
            request.set_session(session)
        return session
