# SPDX-License-Identifier: Apache-2.0
"""Session tokens on the wire: the only place that reads and writes session cookies and headers.

Nothing is written at once. A *mutator* says what to change, and the middleware applies all mutators of a request, in
order, to whichever response is sent.
"""

import time
from base64 import b64encode
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import unquote

import msgspec

from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.recipe.session.constants import (
    ACCESS_CONTROL_EXPOSE_HEADERS,
    ACCESS_TOKEN_COOKIE_KEY,
    ACCESS_TOKEN_HEADER_KEY,
    ANTI_CSRF_HEADER_KEY,
    AUTH_MODE_HEADER_KEY,
    AUTHORIZATION_HEADER_KEY,
    FRONT_TOKEN_HEADER_SET_KEY,
    LEGACY_ID_REFRESH_TOKEN_COOKIE_NAME,
    ONE_YEAR_IN_MS,
    REFRESH_TOKEN_COOKIE_KEY,
    REFRESH_TOKEN_HEADER_KEY,
    RID_HEADER_KEY,
    TokenTransferMethod,
    TokenType,
    available_token_transfer_methods,
)

if TYPE_CHECKING:
    from twofold.recipe.session.config import NormalisedSessionConfig

ResponseMutator = Callable[[BaseResponse, dict[str, Any]], None]

_COOKIE_NAMES: Final[dict[TokenType, str]] = {"access": ACCESS_TOKEN_COOKIE_KEY, "refresh": REFRESH_TOKEN_COOKIE_KEY}
_HEADER_NAMES: Final[dict[TokenType, str]] = {"access": ACCESS_TOKEN_HEADER_KEY, "refresh": REFRESH_TOKEN_HEADER_KEY}
_BEARER: Final = "Bearer "
_SESSION_ENDED: Final = "remove"

_encode_sorted = msgspec.json.Encoder(order="sorted").encode


def build_front_token(user_id: str, at_expiry: int, access_token_payload: dict[str, Any] | None = None) -> str:
    """Return what the front end may know of the access token.

    Browsers compare the decoded text with the one before, so the members are sorted at every level. They decode it with
    `atob`, hence the standard alphabet of base64.
    """
    content = {"ate": at_expiry, "uid": user_id, "up": access_token_payload or {}}
    return b64encode(_encode_sorted(content)).decode("ascii")


def get_cors_allowed_headers() -> list[str]:
    """Return the request headers of sessions that a CORS middleware must allow."""
    return [ANTI_CSRF_HEADER_KEY, RID_HEADER_KEY, AUTHORIZATION_HEADER_KEY, AUTH_MODE_HEADER_KEY]


# Reading


def get_token(request: BaseRequest, token_type: TokenType, transfer_method: TokenTransferMethod) -> str | None:
    """Return the token that the request carries by this method, or None. A refresh token comes as bearer, too."""
    if transfer_method == "cookie":
        return read_cookie(cookie_header(request), _COOKIE_NAMES[token_type])
    authorization = request.get_header(AUTHORIZATION_HEADER_KEY)
    if authorization is None or not authorization.startswith(_BEARER):
        return None
    return authorization[len(_BEARER) :].strip()


def cookie_header(request: BaseRequest) -> str:
    """Return the raw `Cookie` header, empty when there is none."""
    return request.get_header("cookie") or ""


def read_cookie(raw: str, name: str) -> str | None:
    """Return a cookie's decoded value from a raw header, or None; of several with the name, the last one counts."""
    values = _cookie_values(raw, name)
    return unquote(values[-1]) if values else None


def has_multiple_cookies_for_token_type(raw: str, token_type: TokenType) -> bool:
    """Say whether the browser sent several cookies of the token's name (set for different domains or paths)."""
    name = _COOKIE_NAMES[token_type]
    return raw.count(name) > 1 and len(_cookie_values(raw, name)) > 1


def has_legacy_id_refresh_token(raw: str) -> bool:
    """Say whether the request carries the extra cookie that very old SDK versions used."""
    return read_cookie(raw, LEGACY_ID_REFRESH_TOKEN_COOKIE_NAME) is not None


def _cookie_values(raw: str, name: str) -> list[str]:
    """Find the values of one cookie without taking the whole header apart: every request comes through here."""
    values: list[str] = []
    start = raw.find(name)
    while start >= 0:
        end = start + len(name)
        if raw.startswith("=", end) and _begins_a_cookie(raw, start):
            semicolon = raw.find(";", end)
            value = raw[end + 1 :] if semicolon < 0 else raw[end + 1 : semicolon]
            values.append(_without_quotes(value.strip()))
        start = raw.find(name, end)
    return values


def _begins_a_cookie(raw: str, start: int) -> bool:
    """Say whether only space stands between here and the `;` before; else this is part of another name or value."""
    while start > 0 and raw[start - 1] == " ":
        start -= 1
    return start == 0 or raw[start - 1] == ";"


def _without_quotes(value: str) -> str:
    # Python's cookie writers put values with special characters into double quotes.
    return value[1:-1] if len(value) >= 2 and value[0] == value[-1] == '"' else value


# Writing


def access_token_mutator(
    access_token: str,
    front_token: str,
    config: "NormalisedSessionConfig",
    transfer_method: TokenTransferMethod,
    request: BaseRequest,
) -> ResponseMutator:
    """Send the access token and, always with it, the front token."""

    def mutate(response: BaseResponse, user_context: dict[str, Any]) -> None:
        set_exposed_header(response, FRONT_TOKEN_HEADER_SET_KEY, front_token)
        # The cookie outlives the token on purpose: an expired token tells the API to ask for a refresh.
        reply = _Reply(response, config, request, user_context)
        reply.set_token("access", access_token, _now_ms() + ONE_YEAR_IN_MS, transfer_method)
        if config.expose_access_token_to_frontend_in_cookie_based_auth and transfer_method == "cookie":
            set_exposed_header(response, ACCESS_TOKEN_HEADER_KEY, access_token)

    return mutate


def refresh_token_mutator(
    refresh_token: str,
    expires_ms: int,
    config: "NormalisedSessionConfig",
    transfer_method: TokenTransferMethod,
    request: BaseRequest,
) -> ResponseMutator:
    """Send the refresh token; its cookie goes to the refresh path alone."""

    def mutate(response: BaseResponse, user_context: dict[str, Any]) -> None:
        reply = _Reply(response, config, request, user_context)
        reply.set_token("refresh", refresh_token, expires_ms, transfer_method)

    return mutate


def anti_csrf_response_mutator(value: str) -> ResponseMutator:
    """Send the anti-CSRF token that the front end must echo."""
    return lambda response, _user_context: set_exposed_header(response, ANTI_CSRF_HEADER_KEY, value)


def clear_session_response_mutator(
    config: "NormalisedSessionConfig", transfer_method: TokenTransferMethod, request: BaseRequest
) -> ResponseMutator:
    """Make the client forget its tokens of one transfer method, and its front token."""

    def mutate(response: BaseResponse, user_context: dict[str, Any]) -> None:
        reply = _Reply(response, config, request, user_context)
        for token_type in _COOKIE_NAMES:
            reply.set_token(token_type, "", 0, transfer_method)
        response.remove_header(ANTI_CSRF_HEADER_KEY)
        set_exposed_header(response, FRONT_TOKEN_HEADER_SET_KEY, _SESSION_ENDED)

    return mutate


def clear_session_from_all_token_transfer_methods(
    response: BaseResponse, config: "NormalisedSessionConfig", request: BaseRequest, user_context: dict[str, Any]
) -> None:
    """Clear by every method at once, since a request without a session does not tell which one its client uses."""
    for transfer_method in available_token_transfer_methods:
        clear_session_response_mutator(config, transfer_method, request)(response, user_context)


def clear_older_domain_cookie_mutator(
    config: "NormalisedSessionConfig", token_type: TokenType, request: BaseRequest
) -> ResponseMutator:
    """Clear the cookie that was set for `older_cookie_domain` (empty: for the host alone)."""
    domain = config.older_cookie_domain or None

    def mutate(response: BaseResponse, user_context: dict[str, Any]) -> None:
        _Reply(response, config, request, user_context).set_cookie(_COOKIE_NAMES[token_type], "", 0, domain)

    return mutate


def clear_legacy_id_refresh_token_mutator(config: "NormalisedSessionConfig", request: BaseRequest) -> ResponseMutator:
    """Clear the extra cookie of very old SDK versions."""

    def mutate(response: BaseResponse, user_context: dict[str, Any]) -> None:
        reply = _Reply(response, config, request, user_context)
        reply.set_cookie(LEGACY_ID_REFRESH_TOKEN_COOKIE_NAME, "", 0, config.cookie_domain)

    return mutate


class _Reply(NamedTuple):
    """A response, with all that decides how a token is written to it."""

    response: BaseResponse
    config: "NormalisedSessionConfig"
    request: BaseRequest
    user_context: dict[str, Any]

    def set_token(
        self, token_type: TokenType, value: str, expires_ms: int, transfer_method: TokenTransferMethod
    ) -> None:
        if transfer_method == "cookie":
            self.set_cookie(_COOKIE_NAMES[token_type], value, expires_ms, self.config.cookie_domain)
        else:
            set_exposed_header(self.response, _HEADER_NAMES[token_type], value)

    def set_cookie(self, name: str, value: str, expires_ms: int, domain: str | None) -> None:
        is_refresh_token = name == REFRESH_TOKEN_COOKIE_KEY
        self.response.set_cookie(
            key=name,
            value=value,
            expires=expires_ms,
            path=self.config.refresh_token_path.get_as_string_dangerous() if is_refresh_token else "/",
            domain=domain,
            secure=self.config.cookie_secure,
            httponly=True,
            samesite=self.config.get_cookie_same_site(self.request, self.user_context),
        )


def set_exposed_header(response: BaseResponse, name: str, value: str) -> None:
    """Set a header, and let scripts of another origin read it."""
    response.set_header(name, value)
    exposed = response.get_header(ACCESS_CONTROL_EXPOSE_HEADERS)
    if exposed is None or exposed == "":
        response.set_header(ACCESS_CONTROL_EXPOSE_HEADERS, name)
    elif name not in [known.strip() for known in exposed.split(",")]:
        response.set_header(ACCESS_CONTROL_EXPOSE_HEADERS, f"{exposed},{name}")


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
