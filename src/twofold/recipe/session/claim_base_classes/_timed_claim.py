# SPDX-License-Identifier: Apache-2.0
"""What primitive and array claims share: the form `{"v": value, "t": fetched at, in ms}` and the age of a value."""

import time
from collections.abc import Callable
from typing import Any, TypeVar, cast

from twofold import _state
from twofold.recipe.session.claim_base_classes.session_claim import (
    ClaimValidationResult,
    JSONObject,
    SessionClaim,
    SessionClaimValidator,
)

Value = TypeVar("Value")


def now_ms() -> int:
    """Return the current time in milliseconds, by the clock of the current App where there is one."""
    app = _state.current_app_or_none()
    return time.time_ns() // 1_000_000 if app is None else app.clock_ms()


class TimedClaim(SessionClaim[Value]):
    """A claim that remembers when its value was fetched."""

    # An attribute, so that a test can give a claim another clock.
    clock: Callable[[], int] = staticmethod(now_ms)

    def add_to_payload_(
        self, payload: dict[str, Any], value: Value, user_context: dict[str, Any] | None = None
    ) -> JSONObject:
        """Write the value and the current time into `payload` and return it."""
        payload[self.key] = {"v": value, "t": self.clock()}
        return payload

    def remove_from_payload_by_merge_(
        self, payload: JSONObject, user_context: dict[str, Any] | None = None
    ) -> JSONObject:
        """Write the null that removes the claim when it is merged, and return `payload`."""
        payload[self.key] = None
        return payload

    def remove_from_payload(self, payload: JSONObject, user_context: dict[str, Any] | None = None) -> JSONObject:
        """Delete the claim from `payload`, if it is there, and return it."""
        payload.pop(self.key, None)
        return payload

    def get_value_from_payload(self, payload: JSONObject, user_context: dict[str, Any] | None = None) -> Value | None:
        """Return the value that `payload` carries, or None; a member of another form counts as none."""
        return cast(Value | None, self._entry(payload).get("v"))

    def get_last_refetch_time(self, payload: JSONObject, user_context: dict[str, Any] | None = None) -> int | None:
        """Return when the value in `payload` was fetched, in milliseconds, or None."""
        return cast(int | None, self._entry(payload).get("t"))

    def _entry(self, payload: JSONObject) -> dict[str, Any]:
        entry = payload.get(self.key)
        return cast(dict[str, Any], entry) if isinstance(entry, dict) else {}


class TimedClaimValidator(SessionClaimValidator):
    """A requirement on a timed claim: its value must be there, young enough, and what `is_satisfied_by` wants.

    `max_age_in_sec` of None or 0 means that any age will do.
    """

    expectation_key = "expectedValue"

    def __init__(self, id_: str, claim: SessionClaim[Any], val: Any, max_age_in_sec: int | None = None) -> None:
        super().__init__(id_)
        self.claim = claim
        self._timed = claim
        self.val = val
        self.max_age_in_sec = max_age_in_sec

    def is_satisfied_by(self, value: Any) -> bool:
        """Say whether the claim's value is the wanted one."""
        raise NotImplementedError

    def should_refetch(self, payload: JSONObject, user_context: dict[str, Any]) -> bool:
        """Ask for the value when it is missing or older than the maximum age."""
        if self._timed.get_value_from_payload(payload, user_context) is None:
            return True
        return self._expired_after_seconds(payload) is not None

    async def validate(self, payload: JSONObject, user_context: dict[str, Any]) -> ClaimValidationResult:
        """Check presence, then age, then value."""
        value = self._timed.get_value_from_payload(payload, user_context)
        if value is None:
            return self._refused("value does not exist", None)
        age_seconds = self._expired_after_seconds(payload)
        if age_seconds is not None:
            reason = {"message": "expired", "ageInSeconds": age_seconds, "maxAgeInSeconds": self.max_age_in_sec}
            return ClaimValidationResult(False, reason)
        if not self.is_satisfied_by(value):
            return self._refused("wrong value", value)
        return ClaimValidationResult(True)

    def _refused(self, message: str, value: Any) -> ClaimValidationResult:
        reason = {"message": message, self.expectation_key: self.val, "actualValue": value}
        return ClaimValidationResult(False, reason)

    def _expired_after_seconds(self, payload: JSONObject) -> float | None:
        if not self.max_age_in_sec:
            return None
        claim = cast(TimedClaim[Any], self._timed)
        fetched_at_ms = claim.get_last_refetch_time(payload) or 0
        age_ms = claim.clock() - fetched_at_ms
        return age_ms / 1000 if age_ms > self.max_age_in_sec * 1000 else None
