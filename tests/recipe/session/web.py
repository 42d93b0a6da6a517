# SPDX-License-Identifier: Apache-2.0
"""A request and a response without any web framework, for tests of what is read and written."""

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer


class PlainRequest(BaseRequest):
    """A request made of its headers."""

    def __init__(self, method: str = "GET", path: str = "/", **headers: str) -> None:
        self._method = method
        self._path = path
        self._headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self._session: SessionContainer | None = None

    async def body(self) -> bytes:
        """Return nothing."""
        return b""

    def get_original_url(self) -> str:
        """Return a URL."""
        return "http://localhost:8000" + self._path

    def get_query_param(self, key: str, default: str | None = None) -> str | None:
        """Return the default."""
        return default

    def get_query_params(self) -> dict[str, Any]:
        """Return none."""
        return {}

    def method(self) -> str:
        """Return the method."""
        return self._method

    def get_cookie(self, key: str) -> str | None:
        """Return none: sessions read the header."""
        raise NotImplementedError

    def get_header(self, key: str) -> str | None:
        """Return a header."""
        return self._headers.get(key)

    def get_session(self) -> "SessionContainer | None":
        """Return the attached session."""
        return self._session

    def set_session(self, session: "SessionContainer") -> None:
        """Attach a session."""
        self._session = session

    def set_session_as_none(self) -> None:
        """Attach none."""
        self._session = None

    def get_path(self) -> str:
        """Return the path."""
        return self._path


class Cookie(NamedTuple):
    """A cookie that a response sets."""

    value: str
    path: str
    domain: str | None
    http_only: bool
    secure: bool
    same_site: str
    expires_ms: int


class PlainResponse(BaseResponse):
    """A response that remembers what was written."""

    def __init__(self) -> None:
        super().__init__()
        self.status_code = 200
        self.content = b""
        self.headers: list[tuple[str, str]] = []

    def write_status(self, status_code: int) -> None:
        """Remember the status."""
        self.status_code = status_code

    def write_body(self, body: bytes, content_type: str) -> None:
        """Remember the body."""
        self.content = body

    def get_header(self, key: str) -> str | None:
        """Return the first header of this name."""
        return next((value for name, value in self.headers if name == key.lower()), None)

    def set_header(self, key: str, value: str) -> None:
        """Replace a header."""
        self.remove_header(key)
        self.add_header(key, value)

    def add_header(self, key: str, value: str) -> None:
        """Add a header."""
        self.headers.append((key.lower(), value))

    def remove_header(self, key: str) -> None:
        """Remove a header."""
        self.headers = [header for header in self.headers if header[0] != key.lower()]

    def cookies(self) -> dict[str, Cookie]:
        """Return the cookies as a browser keeps them: the last of a name wins."""
        lines = [value for name, value in self.headers if name == "set-cookie"]
        return dict(_cookie(line) for line in lines)

    def exposed(self) -> set[str]:
        """Return the headers that scripts of another origin may read."""
        return set((self.get_header("access-control-expose-headers") or "").split(",")) - {""}


def _cookie(line: str) -> tuple[str, Cookie]:
    pair, *attributes = line.split("; ")
    name, _, value = pair.partition("=")
    found = {key.lower(): text for key, _, text in (attribute.partition("=") for attribute in attributes)}
    expires_ms = int(parsedate_to_datetime(found["expires"]).timestamp() * 1000)
    cookie = Cookie(
        value,
        found["path"],
        found.get("domain"),
        "httponly" in found,
        "secure" in found,
        found["samesite"],
        expires_ms,
    )
    return name, cookie
