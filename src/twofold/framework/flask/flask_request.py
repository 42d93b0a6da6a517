# SPDX-License-Identifier: Apache-2.0
"""A Flask request as the recipes see it."""

from io import BytesIO
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote

from flask import Request, g

from twofold.framework.request import MAX_BODY_BYTES, BaseRequest, body_too_large

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer


class FlaskRequest(BaseRequest):
    """Wraps a Flask request; the session is kept in `flask.g.supertokens`."""

    def __init__(self, req: Any) -> None:
        self.request: Request = native(req)

    async def body(self) -> bytes:
        """Return the whole body; the application can read it again.

        Raises:
            BodyTooLargeError: it is longer than the SDK reads.
        """
        request = self.request
        if (request.content_length or 0) > MAX_BODY_BYTES:
            raise body_too_large()
        if request.content_length is None:  # in chunks: how long it is, only reading tells
            read = request.stream.read(MAX_BODY_BYTES + 1)
            if len(read) > MAX_BODY_BYTES:
                raise body_too_large()
            vars(request)["stream"] = BytesIO(read)  # a cached property: this is its cache
        return request.get_data()

    def get_original_url(self) -> str:
        """Return the full URL, query included."""
        return self.request.url

    def get_query_param(self, key: str, default: str | None = None) -> str | None:
        """Return the first value of a query parameter."""
        return self.request.args.get(key, default)

    def get_query_params(self) -> dict[str, Any]:
        """Return all query parameters, first values only."""
        return self.request.args.to_dict()

    def method(self) -> str:
        """Return the HTTP method as it was sent."""
        return self.request.method

    def get_cookie(self, key: str) -> str | None:
        """Return a cookie's percent-decoded value."""
        value = self.request.cookies.get(key)
        return None if value is None else unquote(value)

    def get_header(self, key: str) -> str | None:
        """Return a header's value."""
        return self.request.headers.get(key)

    def get_addresses(self) -> list[str]:
        """Return those of `X-Forwarded-For`, and the peer's last."""
        environ = self.request.environ
        return self.joined_addresses(environ.get("HTTP_X_FORWARDED_FOR"), environ.get("REMOTE_ADDR"))

    def get_session(self) -> "SessionContainer | None":
        """Return the session that the SDK attached to this request, or None."""
        return cast("SessionContainer | None", g.get("supertokens"))

    def set_session(self, session: "SessionContainer") -> None:
        """Attach a session to the request."""
        g.supertokens = session

    def set_session_as_none(self) -> None:
        """Record that this request has no session."""
        g.supertokens = None

    def get_path(self) -> str:
        """Return the path, that of the mount point included."""
        return self.request.root_path.rstrip("/") + self.request.path


def native(request: Any) -> Any:
    """Return the request itself where `flask.request`, which stands for the current one, was given."""
    return request._get_current_object() if hasattr(request, "_get_current_object") else request  # noqa: SLF001  # as Flask documents
