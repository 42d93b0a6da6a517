# SPDX-License-Identifier: Apache-2.0
"""A Django request as the recipes see it."""

from typing import TYPE_CHECKING, Any, TypeGuard
from urllib.parse import unquote

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest

from twofold.framework.request import MAX_BODY_BYTES, BaseRequest, body_too_large

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer


class DjangoRequest(BaseRequest):
    """Wraps a request of Django or of Django REST framework; the session is `request.supertokens` on both."""

    def __init__(self, request: Any) -> None:
        self.request: Any = request
        self._native: Any = native(request)  # Django is published without types

    async def body(self) -> bytes:
        """Return the whole body.

        Raises:
            BodyTooLargeError: it is longer than the SDK, or Django's `DATA_UPLOAD_MAX_MEMORY_SIZE`, allows.
        """
        announced = self._native.META.get("CONTENT_LENGTH") or "0"
        if not announced.isdigit() or int(announced[:20]) > MAX_BODY_BYTES:
            raise body_too_large()
        try:
            read: bytes = self._native.body
        except RequestDataTooBig:
            raise body_too_large() from None
        if len(read) > MAX_BODY_BYTES:
            raise body_too_large()
        return read

    def get_original_url(self) -> str:
        """Return the full URL, query included."""
        url: str = self._native.build_absolute_uri()
        return url

    def get_query_param(self, key: str, default: str | None = None) -> str | None:
        """Return the first value of a query parameter."""
        values = self._native.GET.getlist(key)
        return values[0] if values else default

    def get_query_params(self) -> dict[str, Any]:
        """Return all query parameters, first values only."""
        return {key: values[0] for key, values in self._native.GET.lists()}

    def method(self) -> str:
        """Return the HTTP method as it was sent."""
        return self._native.method or ""

    def get_cookie(self, key: str) -> str | None:
        """Return a cookie's percent-decoded value."""
        value = self._native.COOKIES.get(key)
        return None if value is None else unquote(value)

    def get_header(self, key: str) -> str | None:
        """Return a header's value."""
        value: str | None = self._native.headers.get(key)
        return value

    def get_addresses(self) -> list[str]:
        """Return those of `X-Forwarded-For`, and the peer's last."""
        meta = self._native.META
        return self.joined_addresses(meta.get("HTTP_X_FORWARDED_FOR"), meta.get("REMOTE_ADDR"))

    def get_session(self) -> "SessionContainer | None":
        """Return the session that the SDK attached to this request, or None."""
        session: SessionContainer | None = getattr(self._native, "supertokens", None)
        return session

    def set_session(self, session: "SessionContainer") -> None:
        """Attach a session to the request."""
        self._set(session)

    def set_session_as_none(self) -> None:
        """Record that this request has no session."""
        self._set(None)

    def get_path(self) -> str:
        """Return the path, that of the mount point included."""
        path: str = self._native.path
        return path

    def _set(self, session: "SessionContainer | None") -> None:
        for request in {id(item): item for item in (self._native, self.request)}.values():
            request.supertokens = session


def is_request(value: Any) -> TypeGuard[Any]:
    """Whether this is a request of Django, or of Django REST framework, which has one inside."""
    return isinstance(native(value), HttpRequest)


def native(request: Any) -> Any:
    """Return Django's request of one of Django REST framework's; others as they are."""
    return request if isinstance(request, HttpRequest) else getattr(request, "_request", request)
