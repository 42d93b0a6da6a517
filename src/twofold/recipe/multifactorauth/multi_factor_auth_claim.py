# SPDX-License-Identifier: Apache-2.0
"""The claim `st-mfa`: which factors the session has completed, and whether that is all that is required.

`{"st-mfa": {"c": {"<factor id>": <seconds>}, "v": <bool>}}`. A factor can be added to a session, never taken away.
"""

from collections.abc import Sequence
from typing import Any

from twofold._user_context import filled
from twofold.exceptions import GeneralError
from twofold.recipe.session.claim_base_classes.session_claim import (
    ClaimValidationResult,
    JSONObject,
    SessionClaim,
    SessionClaimValidator,
)
from twofold.types.base import RecipeUserId, UserContext

from . import dead_ends, freshness, session_state
from .requirements import next_unsatisfied
from .types import FactorIdsAndType, MFAClaimValue, MFARequirementList

KEY = "st-mfa"


class MultiFactorAuthClaimClass(SessionClaim[MFAClaimValue]):
    """The claim of multi-factor authentication."""

    def __init__(self, key: str | None = None) -> None:
        super().__init__(key or KEY, _fetch_value)
        self.validators = MultiFactorAuthClaimValidators(self)

    def get_next_set_of_unsatisfied_factors(
        self, completed_factors: dict[str, int], requirement_list: MFARequirementList
    ) -> FactorIdsAndType:
        """Return what the first unsatisfied requirement still asks for; no ids when everything is done."""
        return next_unsatisfied(completed_factors, requirement_list)

    def add_to_payload_(
        self, payload: JSONObject, value: MFAClaimValue, user_context: UserContext | None = None
    ) -> JSONObject:
        """Merge the completed factors with those in `payload`, and replace the verdict."""
        before = self.get_value_from_payload(payload)
        completed = before.c if before else {}
        payload[self.key] = {"c": {**completed, **value.c}, "v": value.v}
        return payload

    def remove_from_payload(self, payload: JSONObject, user_context: UserContext | None = None) -> JSONObject:
        """Delete the claim from `payload`."""
        payload.pop(self.key, None)
        return payload

    def remove_from_payload_by_merge_(self, payload: JSONObject, user_context: UserContext | None = None) -> JSONObject:
        """Write into `payload` what removes the claim when it is merged."""
        payload[self.key] = None
        return payload

    def get_value_from_payload(
        self, payload: JSONObject, user_context: UserContext | None = None
    ) -> MFAClaimValue | None:
        """Return the claim's value; None when the session has none. Anything malformed counts as none."""
        return session_state.read_claim(payload.get(self.key))


class HasCompletedMFARequirementsForAuthSCV(SessionClaimValidator):
    """Everything that is required for the user was done. It guards every protected route."""

    def __init__(self, id_: str, claim: MultiFactorAuthClaimClass) -> None:
        super().__init__(id_)
        self.claim = claim
        self._claim = claim

    def should_refetch(self, payload: JSONObject, user_context: UserContext) -> bool:
        """Fetch only what is missing: a session from before multi-factor authentication was switched on."""
        return self._claim.get_value_from_payload(payload) is None

    async def validate(self, payload: JSONObject, user_context: UserContext) -> ClaimValidationResult:
        """Accept a session whose claim says so, and has what a profile of assurance asks for, if one is on by now."""
        value = self._claim.get_value_from_payload(payload)
        if value is not None and value.v is True and session_state.is_assured(value.c):
            return ClaimValidationResult(is_valid=True)
        return ClaimValidationResult(is_valid=False, reason={"message": "MFA requirement for auth is not satisfied"})


class HasCompletedRequirementListSCV(SessionClaimValidator):
    """A given list of requirements was done, whatever the user's own requirements are."""

    def __init__(self, id_: str, claim: MultiFactorAuthClaimClass, requirement_list: MFARequirementList) -> None:
        super().__init__(id_)
        self.claim = claim
        self._claim = claim
        self.requirement_list = requirement_list

    def should_refetch(self, payload: JSONObject, user_context: UserContext) -> bool:
        """Fetch only what is missing."""
        return self._claim.get_value_from_payload(payload) is None

    async def validate(self, payload: JSONObject, user_context: UserContext) -> ClaimValidationResult:
        """Accept a session that has completed the list; an empty list asks for nothing."""
        if not self.requirement_list:
            return ClaimValidationResult(is_valid=True)
        value = self._claim.get_value_from_payload(payload)
        step = next_unsatisfied(value.c if value else {}, self.requirement_list)
        if not step.factor_ids:
            return ClaimValidationResult(is_valid=True)
        dead_ends.tell(step, "A requirement list of a route")
        return ClaimValidationResult(is_valid=False, reason=_reason(step))


class HasFreshFactorSCV(SessionClaimValidator):
    """One of some factors was completed a short time ago in this session."""

    def __init__(
        self,
        id_: str,
        claim: MultiFactorAuthClaimClass,
        max_age_seconds: int,
        factors: Sequence[str] | None,
        instead: Sequence[str] = (),
    ) -> None:
        super().__init__(id_)
        if max_age_seconds <= 0:
            raise GeneralError("'max_age_seconds' must be more than 0: a request needs time to follow its factor")
        if factors is not None and (not factors or freshness.NEVER_FRESH.intersection(factors)):
            raise GeneralError(
                f"'factors' must name factors that prove who is there, or be left out; {sorted(freshness.NEVER_FRESH)} "
                f"never do, and {list(factors)} was given"
            )
        self.claim = claim
        self._claim = claim
        self._max_age_seconds = max_age_seconds
        self._factors = factors
        self._instead = instead

    def should_refetch(self, payload: JSONObject, user_context: UserContext) -> bool:
        """Fetch only what is missing."""
        return self._claim.get_value_from_payload(payload) is None

    async def validate(self, payload: JSONObject, user_context: UserContext) -> ClaimValidationResult:
        """Accept a session in which one of the factors is fresh enough."""
        value = self._claim.get_value_from_payload(payload)
        completed = value.c if value else {}
        factors = self._factors
        if factors is None:
            factors = await freshness.factors_of_highest_level(payload, user_context)
        age = freshness.age_seconds(completed, factors)
        for either in (age, freshness.age_seconds(completed, self._instead)):
            if either is not None and either <= self._max_age_seconds:
                return ClaimValidationResult(is_valid=True)
        reason = {"message": "A fresh factor is required", "factors": list(factors)}
        return ClaimValidationResult(
            is_valid=False, reason={**reason, "ageInSeconds": age, "maxAgeInSeconds": self._max_age_seconds}
        )


class MultiFactorAuthClaimValidators:
    """Makes validators on the claim."""

    def __init__(self, claim: MultiFactorAuthClaimClass) -> None:
        self.claim = claim

    def has_completed_requirement_list(
        self, requirement_list: MFARequirementList, claim_key: str | None = None
    ) -> SessionClaimValidator:
        """Ask for these factors on one route. `claim_key` is the validator's id in the error, `st-mfa` by default."""
        return HasCompletedRequirementListSCV(claim_key or self.claim.key, self.claim, requirement_list)

    def has_completed_mfa_requirements_for_auth(self, claim_key: str | None = None) -> SessionClaimValidator:
        """Ask for everything that is required for the user; on by default on every protected route."""
        return HasCompletedMFARequirementsForAuthSCV(claim_key or self.claim.key, self.claim)

    def has_fresh_factor(
        self, max_age_seconds: int, factors: Sequence[str] | None = None, claim_key: str | None = None
    ) -> SessionClaimValidator:
        """Ask for one of these factors, completed in this session no longer ago than `max_age_seconds`.

        Left out, `factors` are those of the highest level that the user has set up: second factors if there are any,
        else first ones. Trusted devices and recovery codes are never fresh. The error's reason says `factors`,
        `ageInSeconds` (null: not completed in this session) and `maxAgeInSeconds`.

        Raises:
            GeneralError: an age of 0, no factors, or factors that are never fresh.
        """
        return HasFreshFactorSCV(claim_key or self.claim.key, self.claim, max_age_seconds, factors)


def _reason(step: FactorIdsAndType) -> dict[str, Any]:
    ids = ", ".join(step.factor_ids)
    if step.type_ == "string":
        return {"message": f"Factor validation failed: {ids} not completed", "factor_id": step.factor_ids[0]}
    if step.type_ == "oneOf":
        return {"reason": f"None of these factors are complete in the session: {ids}", "one_of": step.factor_ids}
    return {
        "reason": f"Some of the factors are not complete in the session: {ids}",
        "all_of_in_any_order": step.factor_ids,
    }


async def _fetch_value(
    _user_id: str,
    recipe_user_id: RecipeUserId,
    tenant_id: str,
    current_payload: JSONObject,
    user_context: UserContext,
) -> MFAClaimValue | None:
    state = await session_state.of_payload(recipe_user_id, tenant_id, current_payload, filled(user_context))
    return MFAClaimValue(c=state.completed_factors, v=state.is_satisfied)


MultiFactorAuthClaim = MultiFactorAuthClaimClass()
