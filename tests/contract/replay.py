# SPDX-License-Identifier: Apache-2.0
"""Replay recorded CDI transcripts (format: transcripts/README.md) against any core and report every difference.

    python replay.py http://host:port [--api-key K] [--only GROUP] [--scenario NAME] [--dir DIR] [--json OUT]

In process: ``run(call, load(dir))`` with ``call(method, path, query, headers, body_text) -> (status, headers, text)``.
"""

import argparse
import base64
import hashlib
import hmac
import http.client
import json
import re
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

Answer = tuple[int, dict[str, str], str]
Call = Callable[[str, str, dict[str, str], dict[str, str], "str | None"], Answer]
Env = dict[str, str]
Groups = dict[str, list[dict[str, Any]]]  # group name -> scenarios
NO_ANSWER = (OSError, http.client.HTTPException)
GAP_S = 0.002  # pause between steps, so that millisecond times differ
VARIABLE = re.compile(r"\$\{(\w+)\}")
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
KINDS = {
    "uuid": UUID,
    "uuid_tenant": UUID + "_[a-z0-9-]+",
    "kid_dynamic": r"d-\d+",
    "kid_static": "s-" + UUID,
    "digits": r"\d+",
    "base32": "[A-Z2-7]+=*",
    "hex": "[0-9a-f]+",
    "base64": "[A-Za-z0-9+/]+={0,2}",
    "base64url": "[A-Za-z0-9_-]+",
    "opaque": r"\S+",
    "text": "(?s:.+)",
}


class ServerDown(Exception):
    """The core gives no answers at all."""


@dataclass
class Difference:
    """One place where an answer is not the recorded one."""

    group: str
    scenario: str
    step: str
    path: str
    expected: Any
    got: Any

    def __str__(self) -> str:
        wanted, found = (json.dumps(v, ensure_ascii=False)[:500] for v in (self.expected, self.got))
        return f"{self.group}/{self.scenario}/{self.step}\n    {self.path}: expected {wanted}\n        got {found}"


@dataclass
class Report:
    """Totals and differences of a replay; plain-text bodies are counted apart from behaviour."""

    scenarios: int = 0
    steps: int = 0
    equal: int = 0
    texts: int = 0
    texts_equal: int = 0
    by_group: dict[str, list[int]] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """True when every step and every text is equal."""
        return self.steps == self.equal and self.texts == self.texts_equal


def totp_code(secret: str, at_s: float, period: int = 30, digits: int = 6) -> str:
    """RFC 6238 code (HMAC-SHA1) of a base32 secret at a time."""
    key = base64.b32decode(secret.upper() + "=" * (-len(secret) % 8))
    mac = hmac.new(key, int(at_s // period).to_bytes(8, "big"), hashlib.sha1).digest()
    start = mac[-1] & 15
    return str((int.from_bytes(mac[start : start + 4], "big") & 0x7FFFFFFF) % 10**digits).zfill(digits)


def decode_jwt(token: Any) -> dict[str, Any] | None:
    """Header and claims of a JWT (signature not checked); None when it is not one."""
    try:
        head, body, _ = token.split(".")
        parts = [json.loads(base64.urlsafe_b64decode(p + "=" * (-len(p) % 4))) for p in (head, body)]
    except (ValueError, AttributeError):
        return None
    return {"header": parts[0], "claims": parts[1]} if all(isinstance(p, dict) for p in parts) else None


def fill(value: Any, env: Env, clock_s: float) -> Any:
    """Replace ``${name}`` and ``{"$totp": …}`` in a part of a request; KeyError for an unbound name."""
    if isinstance(value, str):
        return VARIABLE.sub(lambda found: env[found[1]], value)
    if isinstance(value, list):
        return [fill(item, env, clock_s) for item in value]
    if isinstance(value, dict) and "$totp" in value:
        period = value.get("period", 30)
        return totp_code(fill(value["$totp"], env, clock_s), clock_s + value.get("offset_steps", 0) * period, period)
    if isinstance(value, dict):
        return {key: fill(item, env, clock_s) for key, item in value.items()}
    return value


def known(text: str, env: Env) -> str:
    """Replace the bound ``${name}`` in a string; unbound ones stay visible."""
    return VARIABLE.sub(lambda found: env.get(found[1], found[0]), text)


def kind_name(value: Any) -> str:
    """JSON kind of a value."""
    return "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value).__name__


def has_kind(expected: dict[str, Any], got: Any) -> bool:
    """Whether a value is of the recorded kind (times: near the recorded distance from now)."""
    like = expected.get("$like", expected.get("like"))
    if like in ("int", "int_ms", "int_s"):
        if not isinstance(got, int) or isinstance(got, bool):
            return False
        if like == "int":
            return bool(expected["min"] <= got <= expected["max"])
        distance = got / (1000 if like == "int_ms" else 1) - time.time() - expected["offset_s"]
        return bool(abs(distance) <= max(120.0, abs(expected["offset_s"]) * 0.1))
    if "$jwt" in expected or like == "any":
        return like == "any" or decode_jwt(got) is not None
    pattern = expected.get("$regex", KINDS.get(str(like), "(?!)"))
    return isinstance(got, str) and bool(re.fullmatch(pattern, got)) and len(got) == expected.get("len", len(got))


class Matcher:
    """Compares one answer with its recording and binds new values in ``env``."""

    def __init__(self, env: Env) -> None:
        self.env = env
        self.found: list[tuple[str, Any, Any]] = []

    def accepts(self, expected: Any, got: Any) -> bool:
        """Whether two values are equal; their bindings are kept only then."""
        other = Matcher(dict(self.env))
        other.match(expected, got, "")
        if not other.found:
            self.env.update(other.env)
        return not other.found

    def match(self, expected: Any, got: Any, path: str) -> None:
        """Exact comparison, with the ``$`` forms understood."""
        if isinstance(expected, dict) and any(key.startswith("$") for key in expected):
            self.special(expected, got, path)
        elif isinstance(expected, dict) and isinstance(got, dict):
            expected = {k.rstrip("?"): v for k, v in expected.items() if not k.endswith("?") or k[:-1] in got}
            for key in [*expected, *(got.keys() - expected.keys())]:
                if key in got and key in expected:
                    self.match(expected[key], got[key], f"{path}.{key}")
                else:
                    self.found.append((f"{path}.{key}", expected.get(key, "(absent)"), got.get(key, "(absent)")))
        elif isinstance(expected, list) and isinstance(got, list) and len(got) == len(expected):
            for index, value in enumerate(expected):
                self.match(value, got[index], f"{path}[{index}]")
        else:
            wanted = known(expected, self.env) if isinstance(expected, str) else expected
            if kind_name(wanted) != kind_name(got) or wanted != got:
                self.found.append((path, wanted, got))

    def special(self, expected: dict[str, Any], got: Any, path: str) -> None:
        """``$unordered``, ``$superset``, ``$oneOf``, ``$regex``, ``$jwt``, ``$bind`` and ``$like``."""
        if "$unordered" in expected or "$superset" in expected:
            wanted: list[Any] = expected.get("$unordered") or expected.get("$superset") or []
            if not isinstance(got, list) or ("$unordered" in expected and len(got) != len(wanted)):
                self.found.append((path, wanted, got))
                return
            rest = list(got)
            for value in wanted:
                index = next((i for i, item in enumerate(rest) if self.accepts(value, item)), None)
                if index is None:
                    self.found.append((f"{path}[*]", value, rest))
                else:
                    del rest[index]
        elif "$oneOf" in expected:
            if not any(self.accepts(value, got) for value in expected["$oneOf"]):
                self.found.append((path, expected, got))
        elif not has_kind(expected, got):
            self.found.append((path, expected, got))
        else:
            if "$jwt" in expected:
                self.match(expected["$jwt"], decode_jwt(got), path)
            if "$bind" in expected:
                self.env[expected["$bind"]] = got

    def shape(self, expected: Any, got: Any, path: str) -> None:
        """Comparison by key sets and kinds of value; null fits everything; lists: every item like the first."""
        if isinstance(expected, dict) and isinstance(got, dict) and expected.keys() == got.keys():
            for key, value in expected.items():
                self.shape(value, got[key], f"{path}.{key}")
        elif isinstance(expected, list) and isinstance(got, list) and (got or not expected):
            for index, item in enumerate(got if expected else []):
                self.shape(expected[0], item, f"{path}[{index}]")
        elif None not in (expected, got) and (kind_name(expected) != kind_name(got) or isinstance(got, (dict, list))):
            self.found.append((path, expected, got))


def load(directory: str | Path, only: str | None = None, scenario: str | None = None) -> Groups:
    """Read the transcript files of a directory (one group, one scenario if asked for)."""
    files = [path for path in sorted(Path(directory).glob("*.json")) if only in (None, path.stem)]
    groups = {path.stem: json.loads(path.read_text("utf-8")) for path in files}
    chosen = {name: [s for s in every if scenario in (None, s["scenario"])] for name, every in groups.items()}
    return {name: scenarios for name, scenarios in chosen.items() if scenarios}


def run(call: Call, groups: Groups, wait: Callable[[float], None] = time.sleep) -> Report:
    """Replay groups through ``call``, each scenario on a fresh app of its own, which is removed afterwards.

    ``wait`` gets the seconds that a step says to let pass: whoever can turn the core's clock need not sleep.
    """
    report = Report()
    for group, scenarios in groups.items():
        before_group = (report.steps, report.equal)
        for scenario in scenarios:
            report.scenarios += 1
            where = (group, scenario["scenario"])
            env, clock_s = {"app": "tf" + uuid.uuid4().hex[:10]}, time.time()
            app = {"appId": env["app"], "coreConfig": scenario.get("core_config", {})}
            if (made := manage(call, "PUT", "/recipe/multitenancy/app/v2", app)).get("status") != "OK":
                report.differences.append(Difference(*where, "(fresh app)", "(status)", "OK", made))
            for step in scenario["steps"]:
                before = len(report.differences)
                time.sleep(GAP_S)
                if "wait_ms" in step:
                    wait(step["wait_ms"] / 1000)
                replay_step(call, step, env, clock_s, report, where)
                report.steps += 1
                report.equal += all(d.path == "(text)" for d in report.differences[before:])
            clean_up(call, env["app"])
        report.by_group[group] = [report.steps - before_group[0], report.equal - before_group[1]]
    return report


def replay_step(
    call: Call, step: dict[str, Any], env: Env, clock_s: float, report: Report, where: tuple[str, str]
) -> None:
    """Send one step, compare the answer, add to the report."""

    def note(path: str, expected: Any, got: Any) -> None:
        report.differences.append(Difference(*where, step["name"], path, expected, got))

    text = step.get("response_text")
    report.texts += text is not None
    try:
        path = fill(("" if step.get("base") else "/appid-${app}") + step["path"], env, clock_s)
        query, headers = fill(step.get("query", {}), env, clock_s), fill(step.get("headers", {}), env, clock_s)
        body = json.dumps(fill(step["body"], env, clock_s)) if "body" in step else fill(step.get("text"), env, clock_s)
    except KeyError as missing:
        note("(request)", f"{missing} from an earlier answer", "it was never bound")
        return
    try:
        status, got_headers, answer = call(step["method"], path, query, headers, body)
    except NO_ANSWER as error:
        note("(request)", "an answer", f"{type(error).__name__}: {error}")
        return
    if status != step["status"]:
        note("(status)", step["status"], f"{status} {answer.strip()[:300]}")
        return
    matcher = Matcher(env)
    lower = {key.lower(): value for key, value in got_headers.items()}
    media = {"$regex": ("text/" if text is not None else "application/json") + ".*"}
    for key, value in ({"content-type": media} | step.get("response_headers", {})).items():
        matcher.match(value, lower.get(key, "(absent)"), f"(header {key})")
    if text is not None:
        report.texts_equal += answer.strip() == known(text, env)
        if answer.strip() != known(text, env):
            matcher.found.append(("(text)", known(text, env), answer.strip()))
    else:
        compare = matcher.shape if step.get("required") == "shape" else matcher.match
        try:
            compare(step["response"], json.loads(answer), "")
        except ValueError:
            matcher.found.append(("(body)", "JSON", answer[:300]))
    for difference in matcher.found:
        note(*difference)


def manage(call: Call, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """A call that prepares or removes an app; never raises."""
    try:
        status, _, answer = call(method, path, {}, {"cdi-version": "5.4"}, json.dumps(body) if body else None)
        return json.loads(answer) if status == 200 else {"status": status, "text": answer.strip()}
    except (*NO_ANSWER, ValueError) as error:
        return {"error": str(error)}


def clean_up(call: Call, app: str) -> None:
    """Remove the tenants of a scenario's app and the app; failures do not matter."""
    base = f"/appid-{app}/recipe/multitenancy/tenant"
    for tenant in manage(call, "GET", base + "/list/v2").get("tenants", []):
        if tenant.get("tenantId") != "public":
            manage(call, "POST", base + "/remove", {"tenantId": tenant.get("tenantId")})
    manage(call, "POST", "/recipe/multitenancy/app/remove", {"appId": app})


def http_call(base_url: str, api_key: str | None = None, timeout_s: float = 20.0) -> Call:
    """A ``call`` that speaks HTTP; three requests in a row without an answer mean the server is down."""
    url = urlsplit(base_url if "//" in base_url else "http://" + base_url)
    failures = 0

    def call(method: str, path: str, query: dict[str, str], headers: dict[str, str], body: str | None) -> Answer:
        nonlocal failures
        sent = {"content-type": "application/json; charset=utf-8"} | ({"api-key": api_key} if api_key else {}) | headers
        target = url.path.rstrip("/") + path + ("?" + urlencode(query) if query else "")
        connection = http.client.HTTPConnection(url.hostname or "localhost", url.port or 80, timeout=timeout_s)
        try:
            connection.request(method, target, body.encode() if body is not None else None, sent)
            response = connection.getresponse()
            answer = (response.status, dict(response.getheaders()), response.read().decode("utf-8", "replace"))
        except NO_ANSWER as error:
            failures += 1
            if failures >= 3:
                raise ServerDown(f"no answer from {base_url}: {error}") from error
            raise
        finally:
            connection.close()
        failures = 0
        return answer

    return call


def main(arguments: list[str] | None = None) -> int:
    """Command line entry; exit status 0 iff everything is equal, 2 when nothing could be compared."""
    parser = argparse.ArgumentParser(description="Replay recorded CDI transcripts against a core.")
    parser.add_argument("url")
    for option, value in (("--api-key", "K"), ("--only", "GROUP"), ("--scenario", "NAME"), ("--json", "OUT")):
        parser.add_argument(option, metavar=value)
    parser.add_argument("--dir", default=Path(__file__).parent / "transcripts" / "cdi")
    options = parser.parse_args(arguments)
    groups = load(options.dir, options.only, options.scenario)
    if not groups:
        print(f"no transcripts match in {options.dir}")
        return 2
    call = http_call(options.url, options.api_key)
    try:
        call("GET", "/hello", {}, {}, None)
        report = run(call, groups)
    except (*NO_ANSWER, ServerDown) as error:
        print(f"The server at {options.url} is down: {error}")
        return 2
    print(*report.differences, sep="\n", end="\n" if report.differences else "")
    for name, (steps, equal) in report.by_group.items():
        print(f"{name:28} {equal:4} of {steps:4}")
    if options.json:
        Path(options.json).write_text(json.dumps(asdict(report), indent=1) + "\n", "utf-8")
    print(f"texts: {report.texts_equal} of {report.texts} equal")
    print(f"{report.equal} of {report.steps} steps equal ({report.scenarios} scenarios)")
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
