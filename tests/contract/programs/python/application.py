# SPDX-License-Identifier: Apache-2.0
"""An application on the genuine `supertokens-python`, with FastAPI, and a client that talks to it like a browser."""

import asyncio
import contextlib
import secrets
import socket
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import uvicorn
from fastapi import Depends, FastAPI
from supertokens_python import InputAppInfo, SupertokensConfig, get_all_cors_headers, init
from supertokens_python.framework.fastapi import get_middleware
from supertokens_python.ingredients.emaildelivery.types import EmailDeliveryConfig, EmailDeliveryInterface
from supertokens_python.ingredients.smsdelivery.types import SMSDeliveryConfig, SMSDeliveryInterface
from supertokens_python.recipe.session import SessionContainer
from supertokens_python.recipe.session.framework.fastapi import verify_session

PASSWORD = "correct horse 1 battery"
versions_asked_for: set[str] = set()
inbox: list[Any] = []


class Collect(EmailDeliveryInterface[Any], SMSDeliveryInterface[Any]):
    """Keeps messages instead of sending them."""

    async def send_email(self, template_vars: Any, user_context: dict[str, Any]) -> None:
        inbox.append(template_vars)

    async def send_sms(self, template_vars: Any, user_context: dict[str, Any]) -> None:
        inbox.append(template_vars)


collected_email = EmailDeliveryConfig(service=Collect())
collected_sms = SMSDeliveryConfig(service=Collect())


@dataclass
class World:
    """The running application.

    Attributes:
        core: address of the core.
        api: address of the application.
    """

    core: str
    api: str
    clients: list["Client"] = field(default_factory=list)

    def client(self) -> "Client":
        """Return a new visitor, without cookies."""
        self.clients.append(Client(self.api))
        return self.clients[-1]


class Client:
    """One visitor: keeps cookies and sends what a page of the application would."""

    def __init__(self, api: str) -> None:
        # Without the header this release of the SDK would answer tokens in headers.
        self.http = httpx.AsyncClient(base_url=api, timeout=30, headers={"st-auth-mode": "cookie"})

    async def post(self, path: str, body: Any = None) -> Any:
        """Call one of the SDK's APIs; return its JSON."""
        response = await self.http.post(f"/auth{path}", json=body)
        if response.status_code != httpx.codes.OK:
            raise AssertionError(f"POST {path}: {response.status_code} {response.text}")
        return response.json()

    async def put(self, path: str) -> Any:
        """Call one of the SDK's APIs; return its JSON."""
        return (await self.http.put(f"/auth{path}")).raise_for_status().json()

    async def get(self, path: str) -> Any:
        """Read from one of the SDK's APIs."""
        return (await self.http.get(f"/auth{path}")).raise_for_status().json()

    async def form(self, path: str, **fields: str) -> Any:
        """Send a form to one of the SDK's APIs; `path` is the tenant and the name."""
        named = [{"id": name, "value": value} for name, value in fields.items()]
        return await self.post(path, {"formFields": named})

    async def status(self, path: str = "/protected") -> int:
        """Ask the application, past the SDK's APIs."""
        return (await self.http.get(path)).status_code

    async def second_factor(self, tenant: str = "", **contact: str) -> Any:
        """Ask for a code for the person who is signed in, read it in the inbox, and give it."""
        linking = {"shouldTryLinkingWithSessionUser": True}
        created = await self.post(f"{tenant}/signinup/code", {**contact, **linking})
        if created["status"] != "OK":
            return created
        given = {name: created[name] for name in ("preAuthSessionId", "deviceId")}
        code = {"userInputCode": inbox[-1].user_input_code}
        return await self.post(f"{tenant}/signinup/code/consume", {**given, **code, **linking})


def new_address() -> str:
    """Return an address that nobody had before."""
    return f"person-{secrets.token_hex(6)}@example.com"


def new_number() -> str:
    """Return a phone number that hardly anybody had before."""
    return f"+3630{secrets.randbelow(10_000_000):07}"


def token_of(link: str) -> str:
    """Return the token in a link that was sent."""
    return parse_qs(urlsplit(link).query)["token"][0]


def start_sdk(core: str, recipes: list[Any]) -> None:
    """Start the genuine SDK as its documentation says."""

    def note_version(
        url: str, method: str, headers: Any, params: Any, body: Any, user_context: Any
    ) -> tuple[str, str, Any, Any, Any]:
        if "cdi-version" in headers:
            versions_asked_for.add(headers["cdi-version"])
        return url, method, headers, params, body

    init(
        app_info=InputAppInfo(app_name="Harbour Notes", api_domain=_api, website_domain=_api, api_base_path="/auth"),
        supertokens_config=SupertokensConfig(connection_uri=core, network_interceptor=note_version),
        framework="fastapi",
        recipe_list=recipes,
        mode="asgi",
        telemetry=False,
    )


_listener = socket.create_server(("127.0.0.1", 0))
_api = f"http://localhost:{_listener.getsockname()[1]}"


@contextlib.asynccontextmanager
async def running(recipes: list[Any], add_routes: Callable[[FastAPI], None] = lambda _: None) -> AsyncIterator[World]:
    """Serve the application while the block lasts. The core's address is the program's first argument."""
    core = sys.argv[1]
    start_sdk(core, recipes)
    application = FastAPI()
    application.add_middleware(get_middleware())
    assert get_all_cors_headers()

    @application.get("/protected")
    async def protected(session: SessionContainer = Depends(verify_session())) -> Any:
        return {"userId": session.get_user_id(), "payload": session.get_access_token_payload()}

    @application.get("/checked")
    async def checked(session: SessionContainer = Depends(verify_session(check_database=True))) -> Any:
        return {"userId": session.get_user_id()}

    add_routes(application)
    server = uvicorn.Server(uvicorn.Config(application, log_level="critical", lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[_listener]))
    world = World(core, _api)
    try:
        yield world
    finally:
        for client in world.clients:
            await client.http.aclose()
        server.should_exit = True
        await serving
