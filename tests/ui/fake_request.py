# SPDX-License-Identifier: Apache-2.0
"""A request of which a test says only what it is about."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from twofold.framework.request import BaseRequest
from twofold.recipe.session.interfaces import SessionContainer


class FakeRequest(BaseRequest):
    """A GET of `/` unless said otherwise."""

    def __init__(
        self,
        method: str = "GET",
        url: str = "http://localhost/",
        headers: dict[str, str] | None = None,
        cookies: dict[str, str] | None = None,
    ) -> None:
        self._method = method
        self._url = url
        self._headers = headers or {}
        self._cookies = cookies or {}

    async def body(self) -> bytes:
        """Return nothing."""
        return b""

    def get_original_url(self) -> str:
        """Return what the test gave."""
        return self._url

    def get_query_param(self, key: str, default: str | None = None) -> str | None:
        """Return what the address says."""
        return parse_qs(urlsplit(self._url).query).get(key, [default])[0]

    def get_query_params(self) -> dict[str, Any]:
        """Return none."""
        return {}

    def method(self) -> str:
        """Return what the test gave."""
        return self._method

    def get_cookie(self, key: str) -> str | None:
        """Return what the test gave."""
        return self._cookies.get(key)

    def get_header(self, key: str) -> str | None:
        """Return what the test gave."""
        return self._headers.get(key.lower())

    def get_session(self) -> SessionContainer | None:
        """Return none."""
        return None

    def set_session(self, session: SessionContainer) -> None:
        """Refuse: no test needs it."""
        raise NotImplementedError

    def set_session_as_none(self) -> None:
        """Refuse: no test needs it."""
        raise NotImplementedError

    def get_path(self) -> str:
        """Return the path of the address."""
        return urlsplit(self._url).path
