# SPDX-License-Identifier: Apache-2.0
"""What the browser keeps between "send me a code" and "here it is", while it is at a provider, or waits for a mail.

Each is a short-lived cookie, neither signed nor secret to the person whose browser it is in. Nothing in it is believed:
the ids go to the core, which knows what belongs together; `to` is checked again when it is used; and a second factor
counts only for the session it was begun in.

A signature would not help against what is left: an attacker who plants the cookie of a sign-in of their own, to sign a
victim in to the attacker's account (login CSRF), would plant a signed one. So over HTTPS its name begins with
`__Host-`: browsers take such a cookie from this very host alone, over HTTPS, and not from its neighbours (RFC 6265bis).
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Generic, Literal, TypeVar

import msgspec

from twofold._core_client import PUBLIC_TENANT
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse

COOKIE_NAME = "twofold_flow"
PROVIDER_COOKIE_NAME = "twofold_provider"
EMAIL_COOKIE_NAME = "twofold_email"
HOST_PREFIX = "__Host-"
LIFETIME_MS = 60 * 60 * 1000
_MAXIMUM_LENGTH = 4000


class CodeFlow(msgspec.Struct, frozen=True):
    """A code or link under way."""

    device_id: str
    pre_auth_session_id: str
    channel: Literal["email", "phone"]
    masked_contact: str
    takes_code: bool
    takes_link: bool
    factor_id: str | None
    """The second factor it is for; `None` while signing in without a password."""
    session_handle: str | None
    to: str | None
    tenant_id: str = PUBLIC_TENANT
    asked: str | None = None
    """The factors that a page asked for anew; the session has all that it needs already."""
    has_other_ways: bool = False
    """Another factor would do as well."""
    has_recovery_codes: bool = False
    trust_days: int | None = None
    is_setting: bool = False
    """It was begun in the settings, for a contact of whoever is signed in."""
    changes: str | None = None
    """The login method whose contact this is to be; `None`: it is one more."""

    @property
    def is_sign_in(self) -> bool:
        """Whether nobody is signed in yet: all else counts for its session alone, also where a cookie names none."""
        return self.factor_id is None and self.changes is None

    def __repr__(self) -> str:
        """Tell what it is for, without its ids."""
        return f"CodeFlow(channel={self.channel!r}, factor_id={self.factor_id!r})"


class ProviderFlow(msgspec.Struct, frozen=True):
    """A sign-in at a provider under way."""

    state: str
    provider_id: str
    tenant_id: str
    redirect_uri: str
    pkce_code_verifier: str | None
    to: str | None
    session_handle: str | None = None
    """The session whose user connects the account there; `None` while signing in."""

    def __repr__(self) -> str:
        """Tell where it leads, without its secrets."""
        return f"ProviderFlow(provider_id={self.provider_id!r})"


class EmailFlow(msgspec.Struct, frozen=True):
    """A change of address under way: the link to the new one was sent."""

    email: str
    session_handle: str


FlowT = TypeVar("FlowT", bound=msgspec.Struct)


class FlowCookie(Generic[FlowT]):
    """Reads and writes a cookie with a flow of one kind.

    Args:
        name: Of the cookie, over plain HTTP.
        kind: Of the flow.
        path: The base path of the pages.
        secure: Whether the site is served over HTTPS.
    """

    def __init__(self, name: str, kind: type[FlowT], path: str, secure: bool) -> None:
        self._name = HOST_PREFIX + name if secure else name
        self._path = "/" if secure else path or "/"  # the prefix demands the root
        self._secure = secure
        self._kind = kind

    def read(self, request: BaseRequest) -> FlowT | None:
        """Return the flow of this browser; `None` when there is none or the cookie is not ours."""
        value = request.get_cookie(self._name)
        if not value or len(value) > _MAXIMUM_LENGTH:
            return None
        try:
            return msgspec.json.decode(urlsafe_b64decode(value.encode("ascii")), type=self._kind)
        except (ValueError, msgspec.DecodeError):
            return None

    def keep(self, response: BaseResponse, flow: FlowT, now_ms: int) -> None:
        """Keep the flow in the browser, instead of an earlier one."""
        self._set(response, urlsafe_b64encode(msgspec.json.encode(flow)).decode("ascii"), now_ms + LIFETIME_MS)

    def forget(self, response: BaseResponse) -> None:
        """Remove the flow from the browser."""
        self._set(response, "", 0)

    def _set(self, response: BaseResponse, value: str, expires_ms: int) -> None:
        # Lax: the browser must send it when a link in a mail is opened, to see that it is the one that asked for it.
        response.set_cookie(self._name, value, expires_ms, self._path, None, self._secure, True, "lax")
