# SPDX-License-Identifier: Apache-2.0
"""What back ends ask a core for, as measured units: each checks its answer, so that an error is never counted as speed.

The paths and bodies are those of the Core Driver Interface, as SDKs of any language send them.
"""

import base64
import hashlib
import hmac
import itertools
import struct
import time
from urllib.parse import quote

from benchmarks.driver import Action, Client, Json, Reply, written

PASSWORD = "correct horse battery"
CODE = "000000"
"""The code of every challenge: reading mail is not measured."""
HEADERS = {"cdi-version": "5.3"}
_numbers = itertools.count(time.time_ns() // 1_000_000)
"""Nobody has them: not in the database of another core, either, that is measured again."""


def new_name(prefix: str = "core") -> str:
    """A name that nobody has, also of an address or a user."""
    return f"{prefix}{next(_numbers)}"


async def hello(_client: Client) -> Action:
    """Say hello: what HTTP itself and the driver cost."""
    request = written("GET", "/hello", None, HEADERS)

    async def act(client: Client) -> None:
        reply = await client.send(request)
        if reply.status != 200:
            raise RuntimeError(reply)

    return act


async def sign_up(_client: Client) -> Action:
    """Sign a new user up."""

    async def act(client: Client) -> None:
        await _new_user(client)

    return act


async def sign_in(client: Client) -> Action:
    """Sign in with a password."""
    user = await _new_user(client)
    form = {"email": user["emails"][0], "password": PASSWORD}
    return _repeated("POST", "/recipe/signin", form)


async def user_by_id(client: Client) -> Action:
    """Read a user by the id."""
    return _repeated("GET", f"/user/id?userId={(await _new_user(client))['id']}")


async def users_by_address(client: Client) -> Action:
    """Find the users with an e-mail address."""
    address = quote((await _new_user(client))["emails"][0])
    return _repeated("GET", f"/users/by-accountinfo?email={address}&doUnionOfAccountInfo=false")


async def create_session(client: Client) -> Action:
    """Begin a session."""
    user = await _new_user(client)

    return _repeated("POST", "/recipe/session", _session_of(user["id"]))


async def verify_session(client: Client) -> Action:
    """Verify an access token by its signature and expiry."""
    return await _verifying(client, check_database=False)


async def verify_session_in_database(client: Client) -> Action:
    """Verify an access token and that its session has not ended."""
    return await _verifying(client, check_database=True)


async def refresh_session(client: Client) -> Action:
    """Refresh with the token of the refresh before."""
    newest = await _new_session(client, (await _new_user(client))["id"])

    async def act(client: Client) -> None:
        nonlocal newest
        body = {
            "refreshToken": newest["refreshToken"]["token"],
            "enableAntiCsrf": False,
            "useDynamicSigningKey": True,
        }
        newest = await _ask(client, "POST", "/recipe/session/refresh", body)

    return act


async def one_time_code(client: Client) -> Action:
    """Ask for a one-time code and consume it: two calls."""
    address = f"{new_name('otp')}@example.com"

    async def act(client: Client) -> None:
        made = await _ask(client, "POST", "/recipe/signinup/code", {"email": address, "userInputCode": CODE})
        used = {
            "preAuthSessionId": made["preAuthSessionId"],
            "deviceId": made["deviceId"],
            "userInputCode": CODE,
        }
        await _ask(client, "POST", "/recipe/signinup/code/consume", used)

    await act(client)
    return act


async def authenticator(_client: Client) -> Action:
    """Set up an authenticator application and verify its first code: two calls."""

    async def act(client: Client) -> None:
        device = {"userId": new_name("totp"), "deviceName": "phone", "skew": 1, "period": 30}
        made = await _ask(client, "POST", "/recipe/totp/device", device)
        proof = {"userId": device["userId"], "deviceName": "phone", "totp": _totp(made["secret"])}
        await _ask(client, "POST", "/recipe/totp/device/verify", proof)

    return act


async def read_metadata(client: Client) -> Action:
    """Read a user's metadata."""
    user_id = (await _new_user(client))["id"]
    update = {"userId": user_id, "metadataUpdate": {"first_name": "Ada", "theme": "dark"}}
    await _ask(client, "PUT", "/recipe/user/metadata", update)
    return _repeated("GET", f"/recipe/user/metadata?userId={user_id}")


async def read_roles(client: Client) -> Action:
    """Read a user's roles."""
    user_id = (await _new_user(client))["id"]
    await _ask(client, "PUT", "/recipe/role", {"role": "editor", "permissions": ["read", "write"]})
    await _ask(client, "PUT", "/recipe/user/role", {"userId": user_id, "role": "editor"})
    return _repeated("GET", f"/recipe/user/roles?userId={user_id}")


async def read_keys(_client: Client) -> Action:
    """Read the public keys."""
    request = written("GET", "/.well-known/jwks.json", None, HEADERS)

    async def act(client: Client) -> None:
        reply = await client.send(request)
        if reply.status != 200 or not reply.json()["keys"]:
            raise RuntimeError(reply)

    return act


async def _verifying(client: Client, *, check_database: bool) -> Action:
    session = await _new_session(client, (await _new_user(client))["id"])
    body = {
        "accessToken": session["accessToken"]["token"],
        "doAntiCsrfCheck": False,
        "enableAntiCsrf": False,
        "checkDatabase": check_database,
    }
    return _repeated("POST", "/recipe/session/verify", body)


async def _new_user(client: Client) -> Json:
    form = {"email": f"{new_name()}@example.com", "password": PASSWORD}
    user: Json = (await _ask(client, "POST", "/recipe/signup", form))["user"]
    return user


async def _new_session(client: Client, user_id: str) -> Json:
    return await _ask(client, "POST", "/recipe/session", _session_of(user_id))


def _session_of(user_id: str) -> Json:
    return {
        "userId": user_id,
        "enableAntiCsrf": False,
        "userDataInJWT": {"st-ev": {"v": True, "t": 1}},
        "userDataInDatabase": {},
        "useDynamicSigningKey": True,
    }


def _repeated(method: str, path: str, body: Json | None = None) -> Action:
    """One request that is written once."""
    request = written(method, path, body, HEADERS)

    async def act(client: Client) -> None:
        _answer(await client.send(request), path)

    return act


async def _ask(client: Client, method: str, path: str, body: Json) -> Json:
    return _answer(await client.send(written(method, path, body, HEADERS)), path)


def _answer(reply: Reply, path: str) -> Json:
    answer: Json = reply.json() if reply.status == 200 else {}
    if answer.get("status") != "OK":
        raise RuntimeError(f"{path}: {reply.status} {reply.body[:200]!r}")
    return answer


def _totp(secret: str) -> str:
    """The code of now (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1)
    start = digest[-1] & 0xF
    number: int = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
