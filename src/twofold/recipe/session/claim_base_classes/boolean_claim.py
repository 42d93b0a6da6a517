# SPDX-License-Identifier: Apache-2.0
"""A claim that is true or false."""

from twofold.recipe.session.claim_base_classes.primitive_claim import PrimitiveClaim, PrimitiveClaimValidators
from twofold.recipe.session.claim_base_classes.session_claim import FetchValue, SessionClaimValidator


class BooleanClaimValidators(PrimitiveClaimValidators[bool]):
    """The requirements that can be made on a boolean claim."""

    def is_true(self, max_age: int | None = None, id_: str | None = None) -> SessionClaimValidator:
        """Require true, fetched at most `max_age` seconds ago if that is given."""
        return self.has_value(True, max_age, id_)

    def is_false(self, max_age: int | None = None, id_: str | None = None) -> SessionClaimValidator:
        """Require false, fetched at most `max_age` seconds ago if that is given."""
        return self.has_value(False, max_age, id_)


class BooleanClaim(PrimitiveClaim[bool]):
    """A claim that is true or false; see `PrimitiveClaim`."""

    validators: BooleanClaimValidators

    def __init__(self, key: str, fetch_value: FetchValue[bool], default_max_age_in_sec: int | None = None) -> None:
        super().__init__(key, fetch_value, default_max_age_in_sec)
        self.validators = BooleanClaimValidators(self, default_max_age_in_sec)
