# SPDX-License-Identifier: Apache-2.0
"""A claim with a list of values, such as roles."""

from typing import Any, Generic, TypeVar

from twofold.recipe.session.claim_base_classes._timed_claim import TimedClaim, TimedClaimValidator
from twofold.recipe.session.claim_base_classes.session_claim import (
    FetchValue,
    JSONPrimitive,
    SessionClaim,
    SessionClaimValidator,
)

Primitive = TypeVar("Primitive", bound=JSONPrimitive)
# The published name of the element type, in the form `PrimitiveArrayClaim[str]`.
PrimitiveList = list[Primitive]


class SCVMixin(TimedClaimValidator):
    """What the requirements on lists share. Comparison is by value, so list members need not be hashable."""

    def is_satisfied_by(self, value: Any) -> bool:
        """A member of another form than a list satisfies nothing."""
        return isinstance(value, list) and self.accepts(value)

    def accepts(self, values: list[Any]) -> bool:
        """Say whether the list is as wanted."""
        raise NotImplementedError


class IncludesSCV(SCVMixin):
    """Requires one value to be in the list."""

    expectation_key = "expectedToInclude"

    def accepts(self, values: list[Any]) -> bool:
        """Look the value up."""
        return self.val in values


class ExcludesSCV(SCVMixin):
    """Requires one value not to be in the list."""

    expectation_key = "expectedToNotInclude"

    def accepts(self, values: list[Any]) -> bool:
        """Look the value up."""
        return self.val not in values


class IncludesAllSCV(SCVMixin):
    """Requires all of some values to be in the list; trivially true for none."""

    expectation_key = "expectedToInclude"

    def accepts(self, values: list[Any]) -> bool:
        """Look every value up."""
        return all(wanted in values for wanted in self.val)


class IncludesAnySCV(SCVMixin):
    """Requires at least one of some values to be in the list; never true for none."""

    expectation_key = "expectedToIncludeAtLeastOneOf"

    def accepts(self, values: list[Any]) -> bool:
        """Look for the first value that is there."""
        return any(wanted in values for wanted in self.val)


class ExcludesAllSCV(SCVMixin):
    """Requires none of some values to be in the list."""

    expectation_key = "expectedToNotInclude"

    def accepts(self, values: list[Any]) -> bool:
        """Look for the first value that is there."""
        return not any(unwanted in values for unwanted in self.val)


class PrimitiveArrayClaimValidators(Generic[Primitive]):
    """The requirements that can be made on a claim with a list."""

    def __init__(self, claim: SessionClaim[list[Primitive]], default_max_age_in_sec: int | None = None) -> None:
        self.claim = claim
        self.default_max_age_in_sec = default_max_age_in_sec

    def includes(
        self, val: Primitive, max_age_in_seconds: int | None = None, id_: str | None = None
    ) -> SessionClaimValidator:
        """Require `val` in the list."""
        return self._validator(IncludesSCV, val, max_age_in_seconds, id_)

    def excludes(
        self, val: Primitive, max_age_in_seconds: int | None = None, id_: str | None = None
    ) -> SessionClaimValidator:
        """Require that `val` is not in the list."""
        return self._validator(ExcludesSCV, val, max_age_in_seconds, id_)

    def includes_all(
        self, val: list[Primitive], max_age_in_seconds: int | None = None, id_: str | None = None
    ) -> SessionClaimValidator:
        """Require every member of `val` in the list."""
        return self._validator(IncludesAllSCV, val, max_age_in_seconds, id_)

    def includes_any(
        self, val: list[Primitive], max_age_in_seconds: int | None = None, id_: str | None = None
    ) -> SessionClaimValidator:
        """Require a member of `val` in the list."""
        return self._validator(IncludesAnySCV, val, max_age_in_seconds, id_)

    def excludes_all(
        self, val: list[Primitive], max_age_in_seconds: int | None = None, id_: str | None = None
    ) -> SessionClaimValidator:
        """Require that no member of `val` is in the list."""
        return self._validator(ExcludesAllSCV, val, max_age_in_seconds, id_)

    def _validator(
        self, kind: type[SCVMixin], val: Any, max_age_in_seconds: int | None, id_: str | None
    ) -> SessionClaimValidator:
        return kind(id_ or self.claim.key, self.claim, val, max_age_in_seconds or self.default_max_age_in_sec)


class PrimitiveArrayClaim(TimedClaim[list[Primitive]], Generic[Primitive]):
    """A claim with a list of values; see `PrimitiveClaim` for the parameters."""

    def __init__(
        self, key: str, fetch_value: FetchValue[list[Primitive]], default_max_age_in_sec: int | None = None
    ) -> None:
        super().__init__(key, fetch_value)
        self.validators: PrimitiveArrayClaimValidators[Primitive] = PrimitiveArrayClaimValidators(
            self, default_max_age_in_sec
        )
