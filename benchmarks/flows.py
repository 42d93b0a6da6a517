# SPDX-License-Identifier: Apache-2.0
"""What users do, as measured units: each checks its answer, so that an error is never counted as speed."""

import itertools

from benchmarks.driver import Client, Reply

CODE = "000000"
"""The code of every challenge: reading mail is not measured."""
PASSWORD = "correct horse battery"
HEADERS = {"st-auth-mode": "cookie", "rid": "emailpassword", "fdi-version": "4.1"}
_numbers = itertools.count()


def new_address(prefix: str) -> str:
    """An address that nobody has."""
    return f"{prefix}{next(_numbers)}@example.com"


async def sign_up(client: Client, prefix: str = "user") -> str:
    """Sign a new user up; returns the address."""
    client.cookies.clear()
    email = new_address(prefix)
    _ok(await client.request("POST", "/auth/signup", _form(email), HEADERS))
    return email


async def sign_in(client: Client, email: str) -> None:
    """Sign in with a password."""
    client.cookies.clear()
    _ok(await client.request("POST", "/auth/signin", _form(email), HEADERS))


async def sign_in_with_code(client: Client, email: str) -> None:
    """Sign in with a password, ask for a code, and give it."""
    await sign_in(client, email)
    await give_code(client, email)


async def give_code(client: Client, email: str) -> None:
    """Complete the second factor of the session."""
    linking = {"shouldTryLinkingWithSessionUser": True}
    made = _ok(await client.request("POST", "/auth/signinup/code", {"email": email, **linking}, HEADERS)).json()
    consume = {
        "preAuthSessionId": made["preAuthSessionId"],
        "deviceId": made["deviceId"],
        "userInputCode": CODE,
        **linking,
    }
    _ok(await client.request("POST", "/auth/signinup/code/consume", consume, HEADERS))


async def refresh(client: Client) -> None:
    """Refresh, and use the new access token once, as a browser does: the first use settles the rotation."""
    reply = await client.request("POST", "/auth/session/refresh", {}, HEADERS)
    _expect(reply, 200)
    _expect(await client.request("GET", "/protected"), 200)


async def refresh_alone(client: Client) -> None:
    """Refresh and nothing more."""
    _expect(await client.request("POST", "/auth/session/refresh", {}, HEADERS), 200)


async def verify(client: Client) -> None:
    """Open a protected route."""
    _expect(await client.request("GET", "/protected"), 200)


async def open_page(client: Client) -> None:
    """Open a protected page."""
    _expect(await client.request("GET", "/page"), 200)


async def open_route(client: Client) -> None:
    """Open a route that is not protected: what the framework and the driver cost."""
    _expect(await client.request("GET", "/open"), 200)


def _form(email: str) -> dict[str, object]:
    return {"formFields": [{"id": "email", "value": email}, {"id": "password", "value": PASSWORD}]}


def _ok(reply: Reply) -> Reply:
    _expect(reply, 200)
    if reply.json()["status"] != "OK":
        raise RuntimeError(reply.json())
    return reply


def _expect(reply: Reply, status: int) -> None:
    if reply.status != status:
        raise RuntimeError(f"{reply.status}: {reply.body[:200]!r}")
