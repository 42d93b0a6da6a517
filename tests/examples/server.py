# SPDX-License-Identifier: Apache-2.0
"""An example as a process of its own, and a browser that uses it."""

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
ANN, ADMIN = "ann@example.com", "admin@example.com"
PASSWORD = "correct horse battery 1"
FRONT_END = "http://localhost:3000"
# How long at most a busy machine may take to start one; nothing waits for it.
LONGEST_SECONDS = 60


@contextmanager
def running(command: list[str], database: Path) -> Iterator[str]:
    """Run a server until the block ends; `{port}` in the command is its port. Yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    environment = {**os.environ, "PORT": port, "TWOFOLD_DB": f"sqlite:///{database}", "FRONT_END": FRONT_END}
    arguments = [item.replace("{port}", port) for item in command]
    with subprocess.Popen(arguments, cwd=ROOT, env=environment) as process:
        try:
            wait_for(process, f"http://localhost:{port}")
            yield f"http://localhost:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(LONGEST_SECONDS)


def wait_for(process: "subprocess.Popen[bytes]", address: str) -> None:
    """Return when the server answers."""
    until = time.monotonic() + LONGEST_SECONDS
    while True:
        assert process.poll() is None, "it ended by itself"
        try:
            httpx.get(f"{address}/me")
        except httpx.TransportError:
            assert time.monotonic() < until, "it does not answer"
            time.sleep(0.05)
        else:
            return


@contextmanager
def browser_at(address: str) -> Iterator[httpx.Client]:
    """Open a browser with cookies; its scripts come from the front end."""
    headers = {"rid": "anti-csrf", "st-auth-mode": "cookie", "origin": FRONT_END}
    with httpx.Client(base_url=address, headers=headers, timeout=LONGEST_SECONDS) as client:
        yield client


def with_password(browser: httpx.Client, path: str, email: str) -> dict[str, object]:
    """Sign up or in, and return the answer."""
    fields = [{"id": "email", "value": email}, {"id": "password", "value": PASSWORD}]
    reply = browser.post(path, json={"formFields": fields})
    answer: dict[str, object] = reply.raise_for_status().json()
    return answer


def give_code(browser: httpx.Client) -> dict[str, object]:
    """Ask for a code, read it in the inbox, and give it."""
    within_session = {"shouldTryLinkingWithSessionUser": True}
    sent = browser.post("/auth/signinup/code", json={"email": ADMIN, **within_session}).raise_for_status().json()
    inbox = browser.get("/auth/inbox", headers={"accept": "text/html"}).text
    codes = re.findall(r"(?<![\w#])\d{6}(?!\w)", inbox)
    challenge = {"deviceId": sent["deviceId"], "preAuthSessionId": sent["preAuthSessionId"], **within_session}
    reply = browser.post("/auth/signinup/code/consume", json={**challenge, "userInputCode": codes[0]})
    answer: dict[str, object] = reply.raise_for_status().json()
    return answer
