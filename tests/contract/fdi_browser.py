# SPDX-License-Identifier: Apache-2.0
"""A browser for `replay_fdi`: what it keeps and sends, and what is seen of an answer."""

import base64
import contextlib
import hashlib
import hmac
import json
import re
import ssl
import struct
import time
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

import httpx

HEADERS = [
    "access-control-allow-credentials",
    "access-control-allow-headers",
    "access-control-allow-origin",
    "access-control-expose-headers",
    "anti-csrf",
    "cache-control",
    "location",
    "st-access-token",
    "st-refresh-token",
    "www-authenticate",
]
# Everything is on loopback. Without this, httpx would read every certificate of the machine for each request.
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

Json = Any
Bound = dict[str, str]


@dataclass
class Browser:
    """What one browser keeps between its requests: session cookies, header tokens and the anti-CSRF token."""

    cookies: dict[tuple[str, str, str], str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    anti_csrf: str | None = None

    def credentials(self, step: Json) -> dict[str, str]:
        """Request headers that this browser adds for the step's `auth` mode."""
        headers: dict[str, str] = {}
        if step.get("auth") == "cookie":
            jar = self.cookies.items()
            sent = [f"{name}={value}" for (name, path, _), value in jar if step["path"].startswith(path)]
            headers |= {"cookie": "; ".join(sent)} if sent else {}
            headers |= {"anti-csrf": self.anti_csrf} if self.anti_csrf and step.get("antiCsrf", True) else {}
        if step.get("auth") == "header":
            kind = "st-refresh-token" if step["path"].endswith("/session/refresh") else "st-access-token"
            headers |= {"authorization": f"Bearer {self.tokens[kind]}"} if kind in self.tokens else {}
        return headers

    def keep(self, response: httpx.Response) -> None:
        """Store or drop what the response sets or clears."""
        for cookie in set_cookies(response):
            key = (cookie["name"], cookie["path"] or "/", cookie["domain"] or "")
            self.cookies[key] = cookie["value"]
            if cookie["expiry"] == "past" or cookie["value"] == "":
                del self.cookies[key]
        kinds = ("st-access-token", "st-refresh-token")
        new = {kind: response.headers[kind] for kind in kinds if kind in response.headers}
        self.tokens = {name: token for name, token in (self.tokens | new).items() if token}
        ended = response.headers.get("front-token") == "remove"
        self.anti_csrf = None if ended else response.headers.get("anti-csrf", self.anti_csrf)


def send(base: str, browser: Browser, step: Json, bound: Bound) -> httpx.Response:
    """Send the step's request as the browser would, with all placeholders filled in."""
    headers = browser.credentials(step)
    headers |= {name.lower(): fill(value, bound) for name, value in step.get("headers", {}).items()}
    if "cookies" in step:
        headers["cookie"] = "; ".join(f"{name}={fill(value, bound)}" for name, value in step["cookies"])
    content: str | None = step.get("rawBody")
    if "body" in step:
        content = json.dumps(fill(step["body"], bound))
        headers.setdefault("content-type", "application/json")
    if "form" in step:
        content = urlencode(fill(step["form"], bound))
        headers.setdefault("content-type", "application/x-www-form-urlencoded")
    time.sleep(step.get("waitSeconds", 0))
    url = base + fill(step["path"], bound)
    return httpx.request(step["method"], url, headers=headers, content=content, timeout=60, verify=NO_CERTIFICATES)


def fill(value: Json, bound: Bound) -> Json:
    """Replace `${name}` and `{"$totp": secret, "shift": steps, "keep": name}` in a request by their present values."""
    if isinstance(value, str):
        return re.sub(r"\$\{(\w+)\}", lambda found: bound[found[1]], value)
    if isinstance(value, list):
        return [fill(item, bound) for item in value]
    if isinstance(value, dict) and "$totp" in value:
        bound[value.get("keep", "")] = code = totp(fill(value["$totp"], bound), value.get("shift", 0))
        return code
    return {key: fill(item, bound) for key, item in value.items()} if isinstance(value, dict) else value


def totp(secret: str, shift: int) -> str:
    """Code of an authenticator app (RFC 6238: SHA-1, 6 digits), `shift` time steps from now.

    Waits for the next time step when this one is about to end, so that the code is not late on arrival.
    """
    if (left := 30 - time.time() % 30) < 6:
        time.sleep(left + 0.1)
    counter = int(time.time() // 30) + shift
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", counter), hashlib.sha1)
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def observe(response: httpx.Response) -> dict[str, Json]:
    """Everything about a response that is compared, as JSON."""
    seen: dict[str, Json] = {"status": response.status_code}
    if response.headers.get("content-type", "").split(";")[0] == "application/json":
        seen["json"] = response.json()
    elif response.text:
        seen["text"] = response.text
    headers: dict[str, Json] = {name: response.headers[name] for name in HEADERS if name in response.headers}
    for name in ("access-control-expose-headers", "access-control-allow-headers"):
        if name in headers:
            headers[name] = sorted({part.strip().lower() for part in headers[name].split(",")})
    cookies = set_cookies(response)
    token = next((c["value"] for c in cookies if c["name"] == "sAccessToken"), "") or headers.get("st-access-token", "")
    payload = decode_jwt(token) if token else None
    if token:
        seen["accessToken"] = payload
    if "front-token" in response.headers:
        seen["frontToken"] = decode_front_token(response.headers["front-token"])
        if token and isinstance(seen["frontToken"], dict) and seen["frontToken"].get("up") == payload:
            seen["frontToken"]["up"] = "= accessToken"
    return seen | ({"headers": headers} if headers else {}) | ({"cookies": cookies} if cookies else {})


def set_cookies(response: httpx.Response) -> list[dict[str, Json]]:
    """The cookies that the response sets; of several for the same name, path and domain, the last."""
    found: dict[tuple[str, str, str], dict[str, Json]] = {}
    for line in response.headers.get_list("set-cookie"):
        pair, *rest = line.split(";")
        name, _, value = pair.strip().partition("=")
        attributes = {key.strip().lower(): text.strip() for key, _, text in (part.partition("=") for part in rest)}
        found[name, attributes.get("path", ""), attributes.get("domain", "")] = {
            "name": name,
            "value": value.strip('"'),
            "path": attributes.get("path"),
            "domain": attributes.get("domain"),
            "httpOnly": "httponly" in attributes,
            "secure": "secure" in attributes,
            "sameSite": attributes.get("samesite"),
            "expiry": _expiry(attributes),
        }
    return [found[key] for key in sorted(found)]


def _expiry(attributes: dict[str, str]) -> str:
    if not attributes.keys() & {"max-age", "expires"}:
        return "session"
    rest = int(attributes.get("max-age") or parsedate_to_datetime(attributes["expires"]).timestamp() - time.time())
    return "future" if rest > 0 else "past"


def decode_jwt(token: str) -> dict[str, Json]:
    """The payload of a JWT, without checking its signature."""
    with contextlib.suppress(ValueError):
        _, part, _ = token.split(".")
        return dict(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))
    return {"undecodable": token}


def decode_front_token(value: str) -> Json:
    """The front token's content; browsers need its keys sorted, so an unsorted one is marked."""
    if value == "remove":
        return value
    with contextlib.suppress(ValueError):
        text = base64.b64decode(value, validate=True).decode()
        content = json.loads(text)
        inorder = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii="\\u" in text)
        return content if text == inorder else content | {"unsorted": True}
    return {"undecodable": value}
