# SPDX-License-Identifier: Apache-2.0
"""What recipes may ask about an HTTP request, whatever framework received it."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import msgspec

from twofold.exceptions import BadInputError, BodyTooLargeError

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer

MAX_BODY_BYTES = 1024 * 1024
"""How much of a request's body the SDK's own routes read."""

_decoder = msgspec.json.Decoder()


def body_too_large() -> BodyTooLargeError:
    """The error for a longer one."""
    return BodyTooLargeError(f"The request body is too large: the limit is {MAX_BODY_BYTES} bytes")


class BaseRequest(ABC):
    """A request. `request` is the framework's own object; `wrapper_used` tells wrapped requests from native ones."""

    wrapper_used: bool = True
    request: Any = None

    @abstractmethod
    async def body(self) -> bytes:
        """Return the whole body.

        Raises:
            BodyTooLargeError: it is longer than the SDK reads.
        """

    @abstractmethod
    def get_original_url(self) -> str:
        """Return the full URL, query included."""

    @abstractmethod
    def get_query_param(self, key: str, default: str | None = None) -> str | None:
        """Return the first value of a query parameter."""

    @abstractmethod
    def get_query_params(self) -> dict[str, Any]:
        """Return all query parameters, first values only."""

    @abstractmethod
    def method(self) -> str:
        """Return the HTTP method as it was sent (upper case)."""

    @abstractmethod
    def get_cookie(self, key: str) -> str | None:
        """Return a cookie's percent-decoded value."""

    @abstractmethod
    def get_header(self, key: str) -> str | None:
        """Return a header's value; the name's case does not matter."""

    def get_addresses(self) -> list[str]:
        """Return those of `X-Forwarded-For`, which anybody may have written, and the peer's, which is sure, last.

        Empty where the peer is not known.
        """
        return []

    @abstractmethod
    def get_session(self) -> "SessionContainer | None":
        """Return the session that the SDK attached to this request, or None."""

    @abstractmethod
    def set_session(self, session: "SessionContainer") -> None:
        """Attach a session: its response mutators are applied to whatever response is sent."""

    @abstractmethod
    def set_session_as_none(self) -> None:
        """Record that this request was checked and has no session."""

    @abstractmethod
    def get_path(self) -> str:
        """Return the path below the mount point of the application."""

    @staticmethod
    def joined_addresses(forwarded_for: str | None, peer: str | None) -> list[str]:
        """Return the addresses of a request from the header (its lines joined by commas) and the peer's."""
        if not peer:
            return []
        return [*filter(None, map(str.strip, (forwarded_for or "").split(","))), peer]

    async def json(self) -> Any | None:
        """Return the JSON body. Empty and unparsable bodies are `{}`, so that they fail as missing parameters."""
        body = await self.body()
        try:
            return _decoder.decode(body)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            return {}

    async def form_data(self) -> dict[str, Any]:
        """Return an `application/x-www-form-urlencoded` body: first values only, in their order.

        Raises:
            BadInputError: the body is not such a form.
        """
        try:
            pairs = parse_qsl((await self.body()).decode("utf-8"), keep_blank_values=True, errors="strict")
        except ValueError as error:
            raise BadInputError("The body is not a valid application/x-www-form-urlencoded form") from error
        fields: dict[str, Any] = {}
        for name, value in pairs:
            fields.setdefault(name, value)
        return fields

    async def get_json_or_form_data(self) -> dict[str, Any] | None:
        """Return the body by its `Content-Type`: JSON, else form; None when the header is absent."""
        content_type = self.get_header("content-type")
        if content_type is None:
            return None
        if content_type.startswith("application/json"):
            return await self.json()
        return await self.form_data()
