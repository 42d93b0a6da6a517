# SPDX-License-Identifier: Apache-2.0
"""Does a payload satisfy its validators? First fetch what is missing or too old, then judge all of them."""

import inspect
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from twofold.recipe.session.claim_base_classes.session_claim import SessionClaimValidator
from twofold.recipe.session.constants import DEFAULT_TENANT_ID
from twofold.recipe.session.exceptions import ClaimValidationError
from twofold.types import RecipeUserId

if TYPE_CHECKING:
    from twofold.recipe.session.session_class import SessionContainer
    from twofold.recipe.session.types import OverrideGlobalClaimValidators


class Subject(NamedTuple):
    """Whose payload is validated."""

    user_id: str
    recipe_user_id: RecipeUserId


async def with_fetched_claims(
    subject: Subject,
    payload: dict[str, Any],
    claim_validators: Sequence[SessionClaimValidator],
    user_context: dict[str, Any],
) -> dict[str, Any]:
    """Return a copy of `payload` with the claims that the validators want fetched."""
    fetched = dict(payload)
    tenant_id = payload.get("tId", DEFAULT_TENANT_ID)
    for validator in claim_validators:
        claim = validator.claim
        if claim is None or not await resolved(validator.should_refetch(fetched, user_context)):
            continue
        value = await resolved(
            claim.fetch_value(subject.user_id, subject.recipe_user_id, tenant_id, fetched, user_context)
        )
        if value is not None:
            fetched = claim.add_to_payload_(fetched, value, user_context)
    return fetched


async def validate_claims_in_payload(
    claim_validators: Sequence[SessionClaimValidator], payload: dict[str, Any], user_context: dict[str, Any]
) -> list[ClaimValidationError]:
    """Return what every validator that is not content says; all are asked."""
    errors: list[ClaimValidationError] = []
    for validator in claim_validators:
        result = await validator.validate(payload, user_context)
        if not result.is_valid:
            errors.append(ClaimValidationError(validator.id, result.reason))
    return errors


async def get_required_claim_validators(
    session: "SessionContainer",
    claim_validators_added_by_other_recipes: list[SessionClaimValidator],
    override_global_claim_validators: "OverrideGlobalClaimValidators | None",
    user_context: dict[str, Any],
) -> list[SessionClaimValidator]:
    """Return the global validators, as the application has replaced them for everything and for this route."""
    given = session.recipe_implementation.get_global_claim_validators(
        session.tenant_id,
        session.user_id,
        session.recipe_user_id,
        claim_validators_added_by_other_recipes,
        user_context,
    )
    validators = given if isinstance(given, list) else await given
    if override_global_claim_validators is not None:
        validators = await resolved(override_global_claim_validators(validators, session, user_context))
    return validators


async def resolved(value: Any) -> Any:
    """Return the value, awaited if it has to be: applications give plain and coroutine functions alike."""
    return await value if inspect.isawaitable(value) else value
