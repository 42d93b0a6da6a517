# SPDX-License-Identifier: Apache-2.0
"""What a claim is, and what a requirement on it (a validator) is.

A claim knows how to find its value (`fetch_value`) and how the value lies in the access token's payload. A validator
says whether a payload is good enough, and whether the value must be fetched first.
"""

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

from twofold.types import MaybeAwaitable, RecipeUserId

JSONObject = dict[str, Any]
JSONPrimitive = str | int | bool | dict[str, Any] | None
JSONPrimitiveList = list[str] | list[int] | list[bool] | list[None] | list[dict[str, Any]]

Value = TypeVar("Value")
FetchValue = Callable[[str, RecipeUserId, str, dict[str, Any], dict[str, Any]], MaybeAwaitable[Value | None]]


class SessionClaim(ABC, Generic[Value]):
    """A value about the user that the access token carries under `key`.

    Args:
        key: Member of the access token's payload; also the default id of this claim's validators.
        fetch_value: Called with `(user_id, recipe_user_id, tenant_id, current_payload, user_context)`; may be a
            coroutine function. None means that there is no value. The older forms `(user_id, user_context)` and
            `(user_id, tenant_id, user_context)` are told by their number of parameters and work as well.
    """

    def __init__(self, key: str, fetch_value: FetchValue[Value]) -> None:
        self.key = key
        self.fetch_value: FetchValue[Value] = _in_current_form(fetch_value)

    @abstractmethod
    def add_to_payload_(
        self, payload: JSONObject, value: Value, user_context: dict[str, Any] | None = None
    ) -> JSONObject:
        """Write the value into `payload` and return it."""

    @abstractmethod
    def remove_from_payload_by_merge_(
        self, payload: JSONObject, user_context: dict[str, Any] | None = None
    ) -> JSONObject:
        """Write into `payload` what removes the claim when it is merged, and return it."""

    @abstractmethod
    def remove_from_payload(self, payload: JSONObject, user_context: dict[str, Any] | None = None) -> JSONObject:
        """Delete the claim from `payload` and return it."""

    @abstractmethod
    def get_value_from_payload(self, payload: JSONObject, user_context: dict[str, Any] | None = None) -> Value | None:
        """Return the value that `payload` carries, or None."""

    async def build(self, user_id: str, *arguments: Any) -> JSONObject:
        """Fetch the value and return the piece of payload that carries it; `{}` when there is no value.

        Call it `(user_id, recipe_user_id, tenant_id, current_payload, user_context)`; the older form
        `(user_id, tenant_id, user_context=None)` is understood, too.
        """
        recipe_user_id, tenant_id, current_payload, user_context = _build_arguments(user_id, arguments)
        value = self.fetch_value(user_id, recipe_user_id, tenant_id, current_payload, user_context)
        if inspect.isawaitable(value):
            value = await value
        if value is None:
            return {}
        return self.add_to_payload_({}, cast(Value, value), user_context)


class ClaimValidationResult:
    """Whether a validator is content, and the reason (shown to the front end) when it is not."""

    def __init__(self, is_valid: bool, reason: dict[str, Any] | None = None) -> None:
        self.is_valid = is_valid
        self.reason: dict[str, Any] | None = {} if is_valid else reason


class SessionClaimValidator(ABC):
    """A requirement on the access token's payload; `claim` names the claim to fetch first, if any."""

    def __init__(self, id_: str) -> None:
        self.id = id_
        self.claim: SessionClaim[Any] | None = None

    @abstractmethod
    async def validate(self, payload: JSONObject, user_context: dict[str, Any]) -> ClaimValidationResult:
        """Say whether `payload` satisfies the requirement."""

    def should_refetch(self, payload: JSONObject, user_context: dict[str, Any]) -> MaybeAwaitable[bool]:
        """Say whether the claim's value must be fetched before `validate`; asked only when `claim` is set."""
        raise NotImplementedError(f"{type(self).__name__} has a claim, so it must define should_refetch")


def _build_arguments(
    user_id: str, arguments: tuple[Any, ...]
) -> tuple[RecipeUserId, str, dict[str, Any], dict[str, Any]]:
    if len(arguments) == 4:
        recipe_user_id, tenant_id, current_payload, user_context = arguments
        return recipe_user_id, tenant_id, current_payload or {}, {} if user_context is None else user_context
    tenant_id, *rest = arguments
    return RecipeUserId(user_id), tenant_id, {}, (rest[0] if rest else None) or {}


def _in_current_form(fetch_value: FetchValue[Value]) -> FetchValue[Value]:
    older = cast(Callable[..., MaybeAwaitable[Value | None]], fetch_value)
    match _number_of_positionals(fetch_value):
        case 2:
            return lambda user_id, _recipe_user_id, _tenant_id, _payload, context: older(user_id, context)
        case 3:
            return lambda user_id, _recipe_user_id, tenant_id, _payload, context: older(user_id, tenant_id, context)
        case _:
            return fetch_value


def _number_of_positionals(function: Callable[..., Any]) -> int | None:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters):
        return None
    return sum(
        parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD) for parameter in parameters
    )
