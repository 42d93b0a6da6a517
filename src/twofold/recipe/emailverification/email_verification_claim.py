# SPDX-License-Identifier: Apache-2.0
"""The claim `st-ev`: whether the address of the session's login method is verified."""

from typing import Any

from twofold import _state
from twofold.exceptions import GeneralError
from twofold.recipe.session.claim_base_classes.boolean_claim import BooleanClaim, BooleanClaimValidators
from twofold.recipe.session.claim_base_classes.session_claim import (
    ClaimValidationResult,
    JSONObject,
    SessionClaimValidator,
)
from twofold.types.base import RecipeUserId, UserContext

from .emails import EmailLookup

DEFAULT_REFETCH_SECONDS = 10


class EmailVerificationClaimValidators(BooleanClaimValidators):
    """The requirements that can be made on the claim."""

    def is_verified(
        self,
        refetch_time_on_false_in_seconds: int | None = DEFAULT_REFETCH_SECONDS,
        max_age_in_seconds: int | None = None,
        id_: str | None = None,
    ) -> SessionClaimValidator:
        """Ask for a verified address; one that is not is looked up again after `refetch_time_on_false_in_seconds`."""
        refetch = (
            DEFAULT_REFETCH_SECONDS if refetch_time_on_false_in_seconds is None else refetch_time_on_false_in_seconds
        )
        return IsVerifiedSCV(self.has_value(True, max_age_in_seconds, id_), refetch, max_age_in_seconds)


class EmailVerificationClaimClass(BooleanClaim):
    """The claim of e-mail verification."""

    def __init__(self) -> None:
        super().__init__("st-ev", _fetch_value)
        self.validators: EmailVerificationClaimValidators = (  # pyright: ignore[reportIncompatibleVariableOverride]
            EmailVerificationClaimValidators(self, None)  # set once, here
        )


class IsVerifiedSCV(SessionClaimValidator):
    """The address is verified."""

    def __init__(
        self, has_value: SessionClaimValidator, refetch_on_false_seconds: int, max_age_seconds: int | None
    ) -> None:
        super().__init__(has_value.id)
        self.claim = EmailVerificationClaim
        self._has_value = has_value
        self._refetch_on_false_seconds = refetch_on_false_seconds
        self._max_age_seconds = max_age_seconds

    def should_refetch(self, payload: JSONObject, user_context: UserContext) -> bool:
        """Fetch what is missing, too old, or false and not just fetched."""
        value = EmailVerificationClaim.get_value_from_payload(payload, user_context)
        fetched_at_ms = EmailVerificationClaim.get_last_refetch_time(payload, user_context)
        if value is None or fetched_at_ms is None:
            return True
        age_seconds = (_state.current_app().clock_ms() - fetched_at_ms) / 1000
        if self._max_age_seconds is not None and age_seconds > self._max_age_seconds:
            return True
        return value is False and age_seconds > self._refetch_on_false_seconds

    async def validate(self, payload: JSONObject, user_context: UserContext) -> ClaimValidationResult:
        """Accept a session whose claim says so."""
        return await self._has_value.validate(payload, user_context)


async def _fetch_value(
    _user_id: str,
    recipe_user_id: RecipeUserId,
    _tenant_id: str,
    _current_payload: JSONObject,
    user_context: UserContext,
) -> bool:
    # Asked through the current App: the recipe's module knows this claim, so this one cannot know the recipe's.
    recipe: Any = _state.current_app().recipe("emailverification")
    if recipe is None:
        raise GeneralError("The recipe list has no emailverification.init(...)")
    lookup: EmailLookup = recipe.emails
    email = await lookup.email_of(recipe_user_id, user_context)
    return email is None or await recipe.functions.is_email_verified(recipe_user_id, email, user_context) is True


EmailVerificationClaim = EmailVerificationClaimClass()
