# SPDX-License-Identifier: Apache-2.0
"""Attack class 48: a tenant configures a provider whose addresses lead into this server's own network.

Whoever sets up a tenant may name any host. What the application's own code names is trusted.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import Any

import httpx
import pytest

from tests.recipe.thirdparty.application import Person
from tests.recipe.thirdparty.conftest import openid, provider_key
from tests.recipe.thirdparty.provider import CLIENT_ID, ISSUER, OpenIDProvider
from twofold import testing
from twofold._app_info import AppInfo
from twofold.exceptions import GeneralError
from twofold.recipe import (
    dashboard,
    passwordless,
    session,
    thirdparty,
    thirdpartyemailpassword,
    thirdpartypasswordless,
)
from twofold.recipe._base import RecipeInit
from twofold.recipe.multitenancy.asyncio import create_or_update_third_party_config
from twofold.recipe.thirdparty import (
    ProviderClientConfig,
    ProviderConfig,
    ProviderInput,
    SignInAndUpFeature,
    ThirdPartyRecipe,
)
from twofold.recipe.thirdparty.exceptions import ProviderUnavailableError
from twofold.recipe.thirdparty.networks import ProviderNetworks
from twofold.recipe.thirdparty.provider_http import ProviderHttp
from twofold.recipe.thirdparty.public_network import PublicNetwork

__all__ = ["openid", "provider_key"]

PUBLIC = "93.184.216.34"
CLIENT = ProviderClientConfig(CLIENT_ID, "secret")
UNAVAILABLE = {
    "status": "GENERAL_ERROR",
    "message": "The login provider cannot be reached at the moment. Please try again",
}
KEY = "a key of the dashboard"
NAMING_A_NETWORK: tuple[Callable[..., RecipeInit], ...] = (
    thirdparty.init,
    thirdpartyemailpassword.init,
    partial(thirdpartypasswordless.init, passwordless.ContactEmailOrPhoneConfig(), "USER_INPUT_CODE"),
)


class Names:
    """A name server of the attacker's: each look-up of a name gets the next of its answers, the last one for ever."""

    def __init__(self, **answers: Sequence[list[str]]) -> None:
        self._answers = {name.replace("_", "."): list(given) for name, given in answers.items()}

    async def __call__(self, host: str) -> list[str]:
        given = self._answers.get(host, [[host]])
        return given.pop(0) if len(given) > 1 else given[0]


class Neighbour:
    """A service inside this server's network. `visits` are the requests that reached it."""

    def __init__(self) -> None:
        self.visits: list[bytes] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.visits.append(await reader.readline())
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
        writer.close()


@pytest.fixture
async def neighbour() -> AsyncIterator[tuple[Neighbour, int]]:
    """A service on the loopback address, and its port."""
    service = Neighbour()
    server = await asyncio.start_server(service, "127.0.0.1", 0)
    yield service, server.sockets[0].getsockname()[1]
    server.close()


def recipes(openid: OpenIDProvider, names: Names, own: Sequence[ProviderInput] = ()) -> list[RecipeInit]:
    """Sign-in by providers, who are all answered for by `openid`, wherever their names lead."""

    def make(app_info: AppInfo, plugins: list[Any]) -> ThirdPartyRecipe:
        guarded = ProviderHttp(openid.transport, network=PublicNetwork(look_up=names))
        networks = ProviderNetworks(own, ProviderHttp(openid.transport), guarded)
        return ThirdPartyRecipe(app_info, SignInAndUpFeature(list(own)), networks=networks)

    return [session.init(), make, dashboard.init(api_key=KEY)]


async def configure(**config: Any) -> None:
    """Give the public tenant a provider, as who runs a tenant may."""
    await create_or_update_third_party_config(
        "public", ProviderConfig("id", clients=[CLIENT], **config), skip_validation=True
    )


async def ask_where_to_go(openid: OpenIDProvider) -> Any:
    """Ask as a browser does at the beginning of a sign-in."""
    query = "thirdPartyId=id&redirectURIOnProviderDashboard=http://localhost:3000/back"
    return (await Person(openid).browser.send("GET", f"/auth/authorisationurl?{query}")).json()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]"])
async def test_the_loopback_address(
    any_database_url: str, openid: OpenIDProvider, neighbour: tuple[Neighbour, int], host: str
) -> None:
    """Attack class 48: the discovery document is at a service beside this one, written in any way; nothing is sent."""
    service, port = neighbour
    async with testing.app([session.init(), thirdparty.init()], database_url=any_database_url):
        await configure(oidc_discovery_endpoint=f"http://{host}:{port}/admin")

        answer = await ask_where_to_go(openid)

    assert answer == UNAVAILABLE
    assert service.visits == []


async def test_what_the_application_names_is_reached(openid: OpenIDProvider, neighbour: tuple[Neighbour, int]) -> None:
    """The application's own provider may be anywhere; so may one in a network that a setting names."""
    service, port = neighbour
    endpoint = f"http://127.0.0.1:{port}"
    own = ProviderConfig("id", clients=[CLIENT], oidc_discovery_endpoint=endpoint, authorization_endpoint=ISSUER)
    async with testing.app([session.init(), thirdparty.init(SignInAndUpFeature([ProviderInput(own)]))]):
        assert (await ask_where_to_go(openid))["status"] == "OK"
        await configure()
        assert (await ask_where_to_go(openid))["status"] == "OK"
    for init in NAMING_A_NETWORK:
        async with testing.app([session.init(), init(tenant_provider_networks=["127.0.0.0/8"])]):
            await configure(oidc_discovery_endpoint=endpoint, authorization_endpoint=ISSUER)
            assert (await ask_where_to_go(openid))["status"] == "OK"

    # Each application asks once, and remembers.
    assert len(service.visits) == 1 + len(NAMING_A_NETWORK)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "0.0.0.0",  # an address to refuse, not one to listen on
        "10.0.0.1",
        "172.16.3.4",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fd00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::1",
    ],
)
async def test_addresses_that_are_not_on_the_internet(address: str) -> None:
    """Attack class 48: loopback, private, link-local (clouds keep secrets there), multicast, and detours to them."""
    with pytest.raises(ProviderUnavailableError, match="tenant_provider_networks"):
        await PublicNetwork(look_up=Names(a_example=[[address]])).address_of("a.example")


async def test_one_private_address_among_public_ones() -> None:
    """Attack class 48: which of several addresses is taken must not be a matter of luck."""
    with pytest.raises(ProviderUnavailableError):
        await PublicNetwork(look_up=Names(a_example=[[PUBLIC, "10.0.0.1"]])).address_of("a.example")


async def test_names_that_lead_nowhere() -> None:
    """No address is no permission."""

    async def fails(host: str) -> list[str]:
        raise OSError(host)

    for network in (PublicNetwork(look_up=Names(a_example=[[]])), PublicNetwork(look_up=fails)):
        with pytest.raises(ProviderUnavailableError):
            await network.address_of("a.example")


async def test_a_name_that_changes(openid: OpenIDProvider) -> None:
    """Attack class 48, DNS rebinding: the request goes to the address that was judged; the name stays for the rest."""
    names = Names(id_example_com=[[PUBLIC], ["127.0.0.1"]])
    http = ProviderHttp(openid.transport, network=PublicNetwork(look_up=names))

    await http.get_object(f"{ISSUER}/keys")
    with pytest.raises(ProviderUnavailableError):
        await http.get_object(f"{ISSUER}/keys")

    sent = openid.seen[0]
    assert (sent.url.host, sent.headers["host"], sent.extensions["sni_hostname"]) == (
        PUBLIC,
        "id.example.com",
        "id.example.com",
    )
    assert len(openid.seen) == 1


@pytest.mark.parametrize(
    ("member", "token"),
    [("token_endpoint", "id_token"), ("userinfo_endpoint", "access_token"), ("jwks_uri", "id_token")],
)
async def test_what_a_provider_publishes(openid: OpenIDProvider, member: str, token: str) -> None:
    """Attack class 48: the discovery document is on the Internet, and names an address inside."""
    inside = "http://10.0.0.1/inside"
    published = {**openid._description(), member: inside}
    openid.answers[f"https://{PUBLIC}/.well-known/openid-configuration"] = published
    openid.answers[inside] = {"access_token": "a", "keys": [], "sub": "eve", "email": "eve@example.com"}
    signed = openid.key.sign({"sub": "eve"})
    async with testing.app(recipes(openid, Names(id_example_com=[[PUBLIC]]))):
        await configure(oidc_discovery_endpoint=ISSUER)

        answer = await Person(openid).come_back(**{token: signed})

    assert answer == UNAVAILABLE
    assert {request.url.host for request in openid.seen} == {PUBLIC}


async def test_redirects_are_not_followed() -> None:
    """Attack class 48: a public host that sends on to an address inside."""
    seen: list[httpx.Request] = []

    def redirect(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(302, headers={"location": "http://10.0.0.1/inside"})

    network = PublicNetwork(look_up=Names(a_example=[[PUBLIC]]))
    with pytest.raises(ProviderUnavailableError):
        await ProviderHttp(httpx.MockTransport(redirect), network=network).get_object("https://a.example/")

    assert [request.url.host for request in seen] == [PUBLIC]


async def test_a_provider_of_the_application_at_another_address(openid: OpenIDProvider) -> None:
    """Attack class 48: a tenant may not move the application's provider to an address of this network, either."""
    own = ProviderInput(ProviderConfig("id", clients=[CLIENT], oidc_discovery_endpoint=ISSUER))
    async with testing.app(recipes(openid, Names(id_example_com=[["10.0.0.1"]]), [own])):
        trusted = await ask_where_to_go(openid)
        await configure(token_endpoint="http://10.0.0.1/inside")
        moved = await Person(openid).come_back(access_token="a")

    assert trusted["status"] == "OK"
    assert moved == UNAVAILABLE


async def test_the_dashboard_asks_no_neighbours(openid: OpenIDProvider) -> None:
    """Attack class 48: the address of a provider that is being set up comes with the request."""
    query = "thirdPartyId=okta&oktaDomain=http://10.0.0.1"
    async with testing.app(recipes(openid, Names())):
        await create_or_update_third_party_config("public", ProviderConfig("okta", clients=[CLIENT]), True)
        path = f"/auth/public/dashboard/api/thirdparty/config?{query}"
        reply = await Person(openid).browser.send("GET", path, authorization=f"Bearer {KEY}")

    assert reply.json()["status"] == "OK", reply.text
    assert openid.seen == []


def test_a_setting_that_is_no_network() -> None:
    """The error says how to write one."""
    with pytest.raises(GeneralError, match=r"10\.1\.0\.0/16"):
        thirdparty.init(tenant_provider_networks=["10.1.0.1/16"])
