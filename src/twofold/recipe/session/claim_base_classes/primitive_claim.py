# SPDX-License-Identifier: Apache-2.0
"""A claim with one value: a text, a number, a flag, or an object."""

from typing import Any, Generic, TypeVar

from twofold.recipe.session.claim_base_classes._timed_claim import TimedClaim, TimedClaimValidator
from twofold.recipe.session.claim_base_classes.session_claim import (
    FetchValue,
    JSONPrimitive,
    SessionClaim,
    SessionClaimValidator,
)

Primitive = TypeVar("Primitive", bound=JSONPrimitive)


class HasValueSCV(TimedClaimValidator):
    """Requires one exact value."""

    def is_satisfied_by(self, value: Any) -> bool:
        """Compare by value."""
        return bool(value == self.val)


class PrimitiveClaimValidators(Generic[Primitive]):
    """The requirements that can be made on a primitive claim."""

    def __init__(self, claim: SessionClaim[Primitive], default_max_age_in_sec: int | None) -> None:
        self.claim = claim
        self.default_max_age_in_sec = default_max_age_in_sec

    def has_value(
        self, val: Primitive, max_age_in_sec: int | None = None, id_: str | None = None
    ) -> SessionClaimValidator:
        """Require exactly `val`, fetched at most `max_age_in_sec` seconds ago (default: the claim's)."""
        return HasValueSCV(id_ or self.claim.key, self.claim, val, max_age_in_sec or self.default_max_age_in_sec)


class PrimitiveClaim(TimedClaim[Primitive]):
    """A claim with one value.

    Args:
        key: Member of the payload.
        fetch_value: See `SessionClaim`.
        default_max_age_in_sec: Age from which validators fetch the value again, unless they say otherwise.
    """

    def __init__(self, key: str, fetch_value: FetchValue[Primitive], default_max_age_in_sec: int | None = None) -> None:
        super().__init__(key, fetch_value)
        self.validators = PrimitiveClaimValidators(self, default_max_age_in_sec)
