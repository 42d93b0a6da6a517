# SPDX-License-Identifier: Apache-2.0
"""The client's network, which limits are kept by: what clients write about themselves does not count."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.security.application import PASSWORD, password_form
from twofold import InputAppInfo, testing
from twofold._client_network import client_network
from twofold.core.config import Settings
from twofold.exceptions import GeneralError
from twofold.framework.fastapi import get_middleware
from twofold.framework.wsgi.wsgi_request import WsgiRequest
from twofold.recipe import emailpassword, session
from twofold.recipe.emailpassword.asyncio import sign_up

ANN = "ann@example.com"
PEER = "8.8.8.8"
FORGED = [f"9.9.9.{number}" for number in range(20)]
BUDGET = Settings().password_guess_budget


@pytest.mark.parametrize(
    ("addresses", "trusted_proxies", "network"),
    [
        ([PEER], 0, PEER),
        ([*FORGED, PEER], 0, PEER),
        (["9.9.9.9", PEER, "10.0.0.1"], 1, PEER),
        ([*FORGED, PEER, "10.0.0.1"], 1, PEER),
        ([*FORGED, PEER, "10.0.0.1", "10.0.0.2"], 2, PEER),
        # Past the proxies: whoever connects directly is the client, whatever the header says.
        ([PEER], 1, PEER),
        (["9.9.9.9", PEER], 2, PEER),
        # A proxy that nobody told us about.
        (["9.9.9.9", "10.0.0.1"], 0, None),
        (["9.9.9.9", "127.0.0.1"], 0, None),
        (["::1"], 0, None),
        # Within a company the client's own address is private.
        (["10.1.2.3", "10.0.0.1"], 1, "10.1.2.3"),
        (["2a00:1450:4001:81b::200e"], 0, "2a00:1450:4001:81b::/64"),
        (["2a00:1450:4001:81b:ffff:ffff:ffff:ffff"], 0, "2a00:1450:4001:81b::/64"),
        (["[2a00:1450:4001:81b::1]:4711", "10.0.0.1"], 1, "2a00:1450:4001:81b::/64"),
        (["8.8.8.8:4711", "10.0.0.1"], 1, PEER),
        (["::ffff:8.8.8.8"], 0, PEER),
        (["unknown", "10.0.0.1"], 1, None),
        (["", "10.0.0.1"], 1, None),
        ([], 0, None),
    ],
)
def test_network_is_what_nobody_can_forge(addresses: list[str], trusted_proxies: int, network: str | None) -> None:
    """Attack class 38: the entry of the outermost of our own proxies, or the peer; IPv6 by /64."""
    assert client_network(addresses, trusted_proxies) == network


def test_number_of_proxies_is_a_number() -> None:
    """A negative one would take the client's word."""
    with pytest.raises(GeneralError, match="trusted_proxies"):
        testing.app([session.init()], app_info=app_info(-1))


@pytest.mark.parametrize(("header", "trusted_proxies"), [("forged", 0), ("forged, 8.8.4.4", 1)])
async def test_forged_header_gives_no_new_budget(header: str, trusted_proxies: int) -> None:
    """Attack class 38: with a new address in the header of each request, the guesses are those of one network."""
    recipes = [session.init(), emailpassword.init()]
    async with testing.app(recipes, app_info=app_info(trusted_proxies)) as under_test:
        await sign_up("public", ANN, PASSWORD)
        statuses = [
            await guess(under_test, {"x-forwarded-for": header.replace("forged", forged)})
            for forged in FORGED[: BUDGET + 1]
        ]
        assert statuses == ["WRONG_CREDENTIALS_ERROR"] * BUDGET + ["GENERAL_ERROR"]

        elsewhere = {"x-forwarded-for": f"{FORGED[0]}, 8.8.4.5"}
        assert await guess(under_test, elsewhere) == ("WRONG_CREDENTIALS_ERROR" if trusted_proxies else "GENERAL_ERROR")


async def guess(under_test: testing.AppUnderTest, headers: dict[str, str]) -> str:
    """Try a wrong password from the peer's address."""
    web = FastAPI()
    web.add_middleware(get_middleware())
    transport = httpx.ASGITransport(web, client=(PEER, 1))
    async with httpx.AsyncClient(transport=transport, base_url=testing.ADDRESS) as client:
        reply = await client.post("/auth/signin", json=password_form(ANN, "wrong"), headers=headers)
    status: str = reply.json()["status"]
    return status


def app_info(trusted_proxies: int) -> InputAppInfo:
    """An application behind so many proxies."""
    return InputAppInfo("Test", testing.ADDRESS, website_domain=testing.ADDRESS, trusted_proxies=trusted_proxies)


def from_wsgi(environ: dict[str, str]) -> list[str]:
    """The addresses by a plain WSGI environment."""
    return WsgiRequest(environ).get_addresses()


def from_flask(environ: dict[str, str]) -> list[str]:
    """The addresses by Flask."""
    from flask import Request  # noqa: PLC0415 - optional, as in the package

    from twofold.framework.flask.flask_request import FlaskRequest  # noqa: PLC0415

    return FlaskRequest(Request(environ)).get_addresses()


def from_django(environ: dict[str, str]) -> list[str]:
    """The addresses by Django."""
    from django.http import HttpRequest  # noqa: PLC0415

    import tests.framework.django_project  # noqa: F401, PLC0415 - the settings without which there is no request
    from twofold.framework.django.django_request import DjangoRequest  # noqa: PLC0415

    request = HttpRequest()
    request.META = environ
    return DjangoRequest(request).get_addresses()


def from_starlette(environ: dict[str, str]) -> list[str]:
    """The addresses by Starlette, with a line of the header for each."""
    from starlette.requests import Request  # noqa: PLC0415

    from twofold.framework.fastapi.fastapi_request import FastApiRequest  # noqa: PLC0415

    lines = [line for line in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if line]
    peer = (environ["REMOTE_ADDR"], 1) if environ.get("REMOTE_ADDR") else None
    headers = [(b"x-forwarded-for", line.encode()) for line in lines]
    return FastApiRequest(Request({"type": "http", "headers": headers, "client": peer})).get_addresses()


@pytest.mark.parametrize("read", [from_wsgi, from_flask, from_django, from_starlette])
def test_every_framework_reads_all_lines(read: Any) -> None:
    """Attack class 38: proxies add a line or an entry; a line of the client's own hides none of theirs."""
    environ = {"HTTP_X_FORWARDED_FOR": "forged,8.8.8.8", "REMOTE_ADDR": "10.0.0.1"}

    assert read(environ) == ["forged", "8.8.8.8", "10.0.0.1"]
    assert read({"REMOTE_ADDR": "10.0.0.1"}) == ["10.0.0.1"]
    assert read({"HTTP_X_FORWARDED_FOR": "8.8.8.8", "REMOTE_ADDR": ""}) == []
