# SPDX-License-Identifier: Apache-2.0
"""What an API answers. Our results are dataclasses with a literal `status`; an override may answer its own."""

from typing import Any, ClassVar, Literal, Self

from twofold._wire import Json, fields_from_json, fields_to_json


class APIResponse:
    """Base of everything an API may answer. A dataclass needs nothing more: its fields are its JSON."""

    def to_json(self) -> Json:
        """Return the body of the reply."""
        return fields_to_json(self)


class GeneralErrorResponse(APIResponse):  # noqa: PLW1641  # mutable, so not hashable
    """Refuse a request with a message that the front end shows to the user. Every API but refresh may answer it."""

    status: ClassVar[Literal["GENERAL_ERROR"]] = "GENERAL_ERROR"

    def __init__(self, message: str) -> None:
        self.message = message

    def __eq__(self, other: object) -> bool:
        return isinstance(other, GeneralErrorResponse) and self.message == other.message

    def __repr__(self) -> str:
        return f"GeneralErrorResponse(message={self.message!r})"

    def to_json(self) -> Json:
        """Return `{"status": "GENERAL_ERROR", "message"}`."""
        return {"status": self.status, "message": self.message}


class CamelCaseBaseModel(APIResponse):
    """Base of dataclasses that are read from camelCase JSON."""

    @classmethod
    def from_json(cls, obj: dict[str, Any]) -> Self:
        """Return an instance from JSON.

        Raises:
            WireError: a member is missing or has another type.
        """
        return fields_from_json(cls, obj)
