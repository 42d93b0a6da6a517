# SPDX-License-Identifier: Apache-2.0
"""Replays recorded conversations between a browser and a back-end SDK, and reports every difference.

    python -m tests.contract.replay_fdi --sdk twofold [--core embedded | postgresql://… | http://host:3567]
        [--only CONFIG[/SCENARIO]] [--dir DIR]

Each scenario names a small application in `transcripts/fdi/apps`. The application runs in a process of its own
on a free loopback port; one process serves all scenarios with equal application and settings. With an HTTP
core, every process gets a fresh app (a CDI app) in it; embedded, it gets an empty working directory, and with it an
empty SQLite database. The database of a PostgreSQL URL must be empty, and serves one process.
The format is described in `transcripts/fdi/README.md`. The exit status is 0 only if every step is equal.
"""

import argparse
import contextlib
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import httpx

from tests.contract.fdi_browser import NO_CERTIFICATES, Bound, Browser, Json, observe, send

TRANSCRIPTS = Path(__file__).resolve().parent / "transcripts" / "fdi"
APPS = TRANSCRIPTS / "apps"
LIKE = {
    "uuid": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "jwt": r"[\w-]+\.[\w-]+\.[\w-]+",
    "digits": r"[0-9]{4,10}",
    "opaque": r"\S{8,}",
}
INT_RANGES = {"int_ms": (1.5e12, 5e12), "int_s": (1.5e9, 5e9), "int": (0, 5e12)}

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
