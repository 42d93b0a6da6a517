# SPDX-License-Identifier: Apache-2.0
"""A Starlette request as the recipes see it."""

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from starlette.requests import Request

from twofold.framework.request import BaseRequest

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer


class FastApiRequest(BaseRequest):
    """Wraps a Starlette or FastAPI request; the session is kept in `request.state.supertokens`."""

    def __init__(self, request: Request) -> None:
        self.request: Request = request

    async def body(self) -> bytes:
        """Return the whole body."""
        return await self.request.body()

    def get_original_url(self) -> str:
        """Return the full URL, query included."""
        return str(self.request.url)

    def get_query_param(self, key: str, default: str | None = None) -> str | None:
        """Return the first value of a query parameter."""
        values = self.request.query_params.getlist(key)
        return values[0] if values else default

    def get_query_params(self) -> dict[str, Any]:
        """Return all query parameters, first values only."""
        return dict(reversed(self.request.query_params.multi_items()))

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
        client = self.request.client
        lines = self.request.headers.getlist("x-forwarded-for")
        return self.joined_addresses(",".join(lines), client.host if client is not None else None)

    def get_session(self) -> "SessionContainer | None":
        """Return the session that the SDK attached to this request, or None."""
        session: SessionContainer | None = getattr(self.request.state, "supertokens", None)
        return session

    def set_session(self, session: "SessionContainer") -> None:
        """Attach a session to the request."""
        self.request.state.supertokens = session

    def set_session_as_none(self) -> None:
        """Record that this request has no session."""
        self.request.state.supertokens = None

    def get_path(self) -> str:
        """Return the path below the mount point."""
        return path_of(self.request.scope)


def path_of(scope: Any) -> str:
    """Return the path of an ASGI scope without its `root_path`."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))
