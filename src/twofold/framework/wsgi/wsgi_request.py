# SPDX-License-Identifier: Apache-2.0
"""A WSGI environment as the recipes see it."""

from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote
from wsgiref.util import request_uri

from twofold.framework.request import MAX_BODY_BYTES, BaseRequest, body_too_large

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer

SESSION = "supertokens"


class WsgiRequest(BaseRequest):
    """Wraps an environment (PEP 3333); the session is `environ["supertokens"]`."""

    def __init__(self, environ: dict[str, Any]) -> None:
        self.request: dict[str, Any] = environ

    async def body(self) -> bytes:
        """Return the whole body; the application can read it again.

        Raises:
            BodyTooLargeError: it is longer than the SDK reads.
        """
        announced = self.request.get("CONTENT_LENGTH") or "0"
        length = int(announced[:20]) if announced.isdigit() else 0
        # Without a length there is no body, unless the server says that it marks the end of one.
        if not length and self.request.get("wsgi.input_terminated"):
            length = MAX_BODY_BYTES + 1
        elif length > MAX_BODY_BYTES:
            raise body_too_large()
        read: bytes = self.request["wsgi.input"].read(length) if length else b""
        if len(read) > MAX_BODY_BYTES:
            raise body_too_large()
        self.request["wsgi.input"] = BytesIO(read)
        return read

    def get_original_url(self) -> str:
        """Return the full URL, query included."""
        return request_uri(self.request)

    def get_query_param(self, key: str, default: str | None = None) -> str | None:
        """Return the first value of a query parameter."""
        return next((value for name, value in self._query() if name == key), default)

    def get_query_params(self) -> dict[str, Any]:
        """Return all query parameters, first values only."""
        return dict(reversed(self._query()))

    def method(self) -> str:
        """Return the HTTP method as it was sent."""
        method: str = self.request["REQUEST_METHOD"]
        return method

    def get_cookie(self, key: str) -> str | None:
        """Return a cookie's percent-decoded value."""
        for pair in self.request.get("HTTP_COOKIE", "").split(";"):
            name, is_pair, value = pair.strip().partition("=")
            if is_pair and name == key:
                return unquote(value.strip('"'))
        return None

    def get_header(self, key: str) -> str | None:
        """Return a header's value."""
        name = key.upper().replace("-", "_")
        plain = name in ("CONTENT_TYPE", "CONTENT_LENGTH")
        value: str | None = self.request.get(name if plain else f"HTTP_{name}")
        return value

    def get_addresses(self) -> list[str]:
        """Return those of `X-Forwarded-For`, and the peer's last."""
        return self.joined_addresses(self.request.get("HTTP_X_FORWARDED_FOR"), self.request.get("REMOTE_ADDR"))

    def get_session(self) -> "SessionContainer | None":
        """Return the session that the SDK attached to this request, or None."""
        session: SessionContainer | None = self.request.get(SESSION)
        return session

    def set_session(self, session: "SessionContainer") -> None:
        """Attach a session to the request."""
        self.request[SESSION] = session

    def set_session_as_none(self) -> None:
        """Record that this request has no session."""
        self.request[SESSION] = None

    def get_path(self) -> str:
        """Return the path, that of the mount point included."""
        path: str = self.request.get("SCRIPT_NAME", "") + self.request.get("PATH_INFO", "")
        # WSGI hands bytes over as Latin-1 text.
        return path.encode("latin-1").decode("utf-8", "replace")

    def _query(self) -> list[tuple[str, str]]:
        return parse_qsl(self.request.get("QUERY_STRING", ""), keep_blank_values=True)
