# SPDX-License-Identifier: Apache-2.0
"""Where the browser goes after Apple posted to our callback: only ever to the application's own website.

The address comes from the `state`, which anybody can make up. What browsers read differently from us (backslashes,
white space, user names, encoded hosts) is refused before anything is compared.
"""

import binascii
import inspect
from base64 import b64decode
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

import msgspec

from twofold.exceptions import BadInputError
from twofold.types.base import UserContext

if TYPE_CHECKING:
    from .apis import APIOptions

_DEFAULT_PORTS = {"http": 80, "https": 443}
_DANGEROUS_SCHEMES = {"javascript", "data", "vbscript", "file", "blob", "about", "filesystem"}
_NAME = "frontendRedirectURI in state"
_URL_CHARACTERS = "%/:?#[]@!$&'()*+,;=-._~"


async def checked_redirect_uri(state: Any, options: "APIOptions", user_context: UserContext) -> str:
    """Return the address in a `state`, in one spelling.

    Raises:
        BadInputError: the state is malformed, or the address is not the application's.
    """
    uri = _read_state(state)
    own_check = options.config.is_valid_frontend_redirect_uri
    _refuse_what_browsers_read_differently(uri)
    parts = _split(uri)
    if own_check is None:
        return _of_website(parts, options, user_context)
    if parts.scheme in _DANGEROUS_SCHEMES or not parts.scheme:
        raise BadInputError(f"{_NAME} must be an absolute URL")
    normalised = _normalised(parts) if parts.scheme in _DEFAULT_PORTS else urlunsplit(parts)
    verdict = own_check(normalised, options.request, user_context)
    if (await verdict if inspect.isawaitable(verdict) else verdict) is not True:
        raise BadInputError(f"{_NAME} is not allowed")
    return normalised


def with_posted_fields(uri: str, fields: Mapping[str, Any]) -> str:
    """Return the address with every posted field as a query parameter, over those of the same name."""
    parts = urlsplit(uri)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in fields]
    return urlunsplit(parts._replace(query=urlencode([*kept, *fields.items()])))


def _read_state(state: Any) -> str:
    try:
        content = msgspec.json.decode(_decoded(state))
    except (AttributeError, TypeError, ValueError, binascii.Error) as error:
        raise BadInputError("state must be a base64 encoded JSON object") from error
    if not isinstance(content, dict):
        raise BadInputError("state must be a base64 encoded JSON object")
    uri = content.get("frontendRedirectURI")
    if not isinstance(uri, str):
        raise BadInputError("state must contain frontendRedirectURI as a string")
    return uri


def _decoded(state: Any) -> bytes:
    """Base64 of either alphabet; forms turn its `+` into a space."""
    text = state.replace("-", "+").replace("_", "/").replace(" ", "+").rstrip("=")
    return b64decode(text + "=" * (-len(text) % 4), validate=True)


def _refuse_what_browsers_read_differently(uri: str) -> None:
    if any(character <= " " or character in "\x7f\\" or character.isspace() for character in uri):
        raise BadInputError(f"{_NAME} must not contain backslashes, whitespace or control characters")


def _split(uri: str) -> SplitResult:
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError as error:
        raise BadInputError(f"{_NAME} must be an absolute http or https URL") from error
    return parts


def _of_website(parts: SplitResult, options: "APIOptions", user_context: UserContext) -> str:
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise BadInputError(f"{_NAME} must be an absolute http or https URL")
    if "@" in parts.netloc:
        raise BadInputError(f"{_NAME} must not contain a username or password")
    if "%" in parts.netloc or not parts.netloc.isascii():
        raise BadInputError(f"{_NAME} must name its host in plain ASCII")
    website = options.app_info.get_origin(options.request, user_context).get_as_string_dangerous()
    if _origin(parts) != _origin(urlsplit(website)):
        raise BadInputError(f"{_NAME} does not match the configured origin")
    return _normalised(parts)


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    return parts.scheme, parts.hostname or "", parts.port or _DEFAULT_PORTS[parts.scheme]


def _normalised(parts: SplitResult) -> str:
    scheme, host, port = _origin(parts)
    host = f"[{host}]" if ":" in host else host
    netloc = host if port == _DEFAULT_PORTS[scheme] else f"{host}:{port}"
    root = f"{scheme}://{netloc}/"
    path = urlsplit(urljoin(root, "/" + parts.path.lstrip("/") if parts.path else "/")).path
    query, fragment = (quote(part, safe=_URL_CHARACTERS) for part in (parts.query, parts.fragment))
    return urlunsplit((scheme, netloc, quote(path, safe=_URL_CHARACTERS), query, fragment))
