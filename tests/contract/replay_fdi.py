# SPDX-License-Identifier: Apache-2.0
"""Replays recorded conversations between a browser and a back-end SDK, and reports every difference.

    python replay_fdi.py --sdk twofold [--core embedded | postgresql://… | http://host:3567]
                         [--only CONFIG[/SCENARIO]] [--dir DIR]

Each scenario names a small application in `transcripts/fdi/apps`. The application runs in a process of its own
on a free loopback port; one process serves all scenarios with equal application and settings. With an HTTP
core, every process gets a fresh app (a CDI app) in it; embedded, it gets an empty working directory, and with it an
empty SQLite database. The database of a PostgreSQL URL must be empty, and serves one process.
The format is described in `transcripts/fdi/README.md`. The exit status is 0 only if every step is equal.
"""

import argparse
import base64
import contextlib
import hashlib
import hmac
import json
import os
import re
import secrets
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx

TRANSCRIPTS = Path(__file__).resolve().parent / "transcripts" / "fdi"
APPS = TRANSCRIPTS / "apps"
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
LIKE = {
    "uuid": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "jwt": r"[\w-]+\.[\w-]+\.[\w-]+",
    "digits": r"[0-9]{4,10}",
    "opaque": r"\S{8,}",
}
# Everything is on loopback. Without this, httpx would read every certificate of the machine for each request.
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
INT_RANGES = {"int_ms": (1.5e12, 5e12), "int_s": (1.5e9, 5e9), "int": (0, 5e12)}

Json = Any
Bound = dict[str, str]


# --- the application in its own process ---------------------------------------------------------------------------


def connection_uri(core: str) -> str:
    """Return what the application gives its SDK to reach an empty core."""
    if core == "embedded":
        return ""
    return core if core.startswith("postgresql:") else create_core_app(core.rstrip("/"))


def create_core_app(core: str) -> str:
    """Create an empty app in the core and return the connection URI that leads to it."""
    app_id = "fdi" + secrets.token_hex(5)
    body, headers = {"appId": app_id, "coreConfig": {}}, {"cdi-version": "5.4"}
    httpx.put(f"{core}/recipe/multitenancy/app/v2", json=body, headers=headers, timeout=60).raise_for_status()
    return f"{core}/appid-{app_id}"


@contextlib.contextmanager
def running_app(app_file: str, settings: Json, sdk: str, core: str) -> Iterator[str]:
    """Start an application, yield its base URL once it answers, and end it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "FDI_CONNECTION_URI": connection_uri(core),
        "FDI_SETTINGS": json.dumps(settings),
        "FDI_PORT": str(port),
        "SUPERTOKENS_TLDEXTRACT_DISABLE_HTTP": "true",
    }
    command = [sys.executable, str(APPS / "_serve.py"), app_file, sdk, str(port)]
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log").open("w+") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + 60
            base = f"http://127.0.0.1:{port}"
            while not _answers(base):
                if process.poll() is not None or time.monotonic() > deadline:
                    log.seek(0)
                    raise RuntimeError(f"{app_file} did not start:\n{log.read()[-3000:]}")
                time.sleep(0.05)
            yield base
        finally:
            process.terminate()
            process.wait(20)
            log.seek(0)
            # Shown by pytest beside the differences: the application's side of the story.
            sys.stderr.write(log.read()[-3000:])


def _answers(base: str) -> bool:
    try:
        return httpx.get(base + "/test/ready", timeout=30, verify=NO_CERTIFICATES).status_code == 200
    except httpx.TransportError:
        return False


# --- one browser --------------------------------------------------------------------------------------------------


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


# --- what a response says -----------------------------------------------------------------------------------------


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


# --- comparison ---------------------------------------------------------------------------------------------------


@dataclass
class Comparison:
    """Compares one response with what is expected, and collects differences and newly bound values."""

    bound: Bound
    differences: list[str] = field(default_factory=list)
    _templates: list[tuple[str, str, Json]] = field(default_factory=list)

    def run(self, expected: Json, got: Json) -> list[str]:
        """Compare; values that are whole strings are bound before those inside longer strings."""
        self._compare("", expected, got)
        for path, template, value in self._templates:
            self._template(path, template, value)
        return self.differences

    def _compare(self, path: str, expected: Json, got: Json) -> None:
        if isinstance(expected, dict) and ("$bind" in expected or "$like" in expected):
            if not looks_like(expected.get("like") or expected["$like"], got):
                self._differ(path, expected, got)
            if "$bind" in expected and isinstance(got, str):
                self.bound[expected["$bind"]] = got
        elif isinstance(expected, dict) and "$set" in expected:
            self._compare(path, _in_any_order(expected["$set"]), _in_any_order(got))
        elif isinstance(expected, dict) and "$each" in expected:
            items = got if isinstance(got, list) and got else [got]
            self._compare(path, [expected["$each"]] * len(items), items)
        elif isinstance(expected, dict) and isinstance(got, dict):
            for key in sorted(expected.keys() & got.keys()):
                self._compare(f"{path}.{key}", expected[key], got[key])
            for key in sorted(expected.keys() ^ got.keys()):
                self._differ(f"{path}.{key}", expected.get(key, "(absent)"), got.get(key, "(absent)"))
        elif isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
            for index, (one, other) in enumerate(zip(expected, got, strict=True)):
                self._compare(f"{path}[{index}]", one, other)
        elif isinstance(expected, str) and "${" in expected:
            self._templates.append((path, expected, got))
        elif type(expected) is not type(got) or expected != got:
            self._differ(path, expected, got)

    def _template(self, path: str, template: str, got: Json) -> None:
        parts = re.split(r"\$\{(\w+)\}", template)
        pattern = ""
        for index, part in enumerate(parts):
            if index % 2 == 0:
                pattern += re.escape(part)
            elif part in self.bound:
                pattern += re.escape(self.bound[part])
            else:
                pattern += f"(?P={part})" if f"(?P<{part}>" in pattern else f"(?P<{part}>.+?)"
        match = re.fullmatch(pattern, got) if isinstance(got, str) else None
        self.bound |= match.groupdict() if match else {}
        if match is None:
            self._differ(path, template, got)

    def _differ(self, path: str, expected: Json, got: Json) -> None:
        short = [json.dumps(value, ensure_ascii=False)[:400] for value in (expected, got)]
        self.differences.append(f"{path or '.'}: expected {short[0]}, got {short[1]}")


def _in_any_order(value: Json) -> Json:
    parts = re.findall(r"[^\s,]+", value) if isinstance(value, str) else value
    return sorted(parts, key=_canonical) if isinstance(parts, list) else value


def _canonical(value: Json) -> str:
    return json.dumps(value, sort_keys=True)


def looks_like(kind: str, value: Json) -> bool:
    """Whether a value that differs from run to run is at least of the recorded kind."""
    if kind in INT_RANGES:
        low, high = INT_RANGES[kind]
        return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
    return isinstance(value, str) and re.fullmatch(LIKE[kind], value) is not None


# --- the run ------------------------------------------------------------------------------------------------------


def replay(base: str, scenario: Json) -> Iterator[list[str]]:
    """Play one scenario; yield the differences of each step (none: the step is equal)."""
    bound: Bound = {}
    browsers: dict[str, Browser] = {}
    for step in scenario["steps"]:
        browser = browsers.setdefault(step.get("as", "browser"), Browser())
        try:
            response = send(base, browser, step, bound)
        except KeyError as missing:
            yield [f"not sent: no earlier response has provided {missing}"]
        except httpx.TransportError as error:
            yield [f"no response: {error!r}"]
        else:
            browser.keep(response)
            yield Comparison(bound).run(step["expect"], observe(response))


def load(folder: Path, only: str | None) -> list[tuple[str, Json]]:
    """All scenarios of a folder as (config, scenario), those of one application process together."""
    files = sorted(folder.glob("*.json"))
    found = [(file.stem, scenario) for file in files for scenario in json.loads(file.read_text("utf-8"))]
    wanted = [item for item in found if only in (None, item[0], f"{item[0]}/{item[1]['name']}")]
    return sorted(wanted, key=lambda item: process_key(item[1]))


def process_key(scenario: Json) -> str:
    """Scenarios with the same key share one application process."""
    return _canonical([scenario["app"], scenario.get("settings", {})])


def report(config: str, scenario: Json, outcome: list[list[str]]) -> int:
    """Print every difference of a played scenario; return how many steps were equal."""
    for number, (step, differences) in enumerate(zip(scenario["steps"], outcome, strict=False), 1):
        for difference in differences:
            print(f"{config}/{scenario['name']} step {number} {step['method']} {step['path']} {difference}", flush=True)
    return sum(not differences for differences in outcome)


def processes(scenarios: list[tuple[str, Json]]) -> list[list[tuple[str, Json]]]:
    """Those of one application process together; the scenarios are in the order of `load`."""
    return [list(items) for _, items in groupby(scenarios, key=lambda item: process_key(item[1]))]


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line entry; see the module docstring."""
    parser = argparse.ArgumentParser(description="Replay recorded browser conversations against an SDK.")
    parser.add_argument("--sdk", default="twofold", help="root package of the SDK under test")
    parser.add_argument("--core", default="embedded", help="URL of a core or database, or 'embedded' (the default)")
    parser.add_argument("--only", help="one configuration, or CONFIG/SCENARIO")
    parser.add_argument("--dir", type=Path, default=TRANSCRIPTS, help="folder with the scenario files")
    options = parser.parse_args(arguments)

    scenarios = load(options.dir, options.only)
    equal, total = 0, sum(len(scenario["steps"]) for _, scenario in scenarios)
    for group in processes(scenarios):
        app, settings = group[0][1]["app"], group[0][1].get("settings", {})
        try:
            with running_app(app, settings, options.sdk, options.core) as base:
                for config, scenario in group:
                    equal += report(config, scenario, list(replay(base, scenario)))
        except (RuntimeError, httpx.HTTPError) as error:
            print(f"{app} {json.dumps(settings)}: {error}", flush=True)
    print(f"{equal} of {total} steps equal ({len(scenarios)} scenarios)")
    return 0 if equal == total and total else 1


if __name__ == "__main__":
    sys.exit(main())
