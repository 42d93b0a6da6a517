# SPDX-License-Identifier: Apache-2.0
"""The built-in providers: where they send people, and how they tell who came back."""

import json
from base64 import urlsafe_b64decode
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.recipe.thirdparty.provider import ISSUER, OpenIDProvider
from twofold.exceptions import GeneralError
from twofold.recipe.thirdparty import ProviderClientConfig, ProviderConfig, ProviderInput
from twofold.recipe.thirdparty.exceptions import ProviderRefusedError
from twofold.recipe.thirdparty.provider import Provider, RedirectUriInfo
from twofold.recipe.thirdparty.provider_http import ProviderHttp
from twofold.recipe.thirdparty.providers import create_provider
from twofold.recipe.thirdparty.providers.custom import ProviderWithClientAccessTokenCheck, discover_oidc_endpoints

pytestmark = pytest.mark.without_core

NOW = 1_800_000_000
BACK = "http://localhost:3000/auth/callback/x"


async def ready(openid: OpenIDProvider, third_party_id: str, **config: Any) -> Provider:
    """Make a provider with the client "c"; `additional` is the client's additional configuration."""
    client = ProviderClientConfig("c", config.pop("secret", "s"), additional_config=config.pop("additional", None))
    given = ProviderInput(ProviderConfig(third_party_id, clients=[client], **config))
    http = ProviderHttp(openid.transport, lambda: NOW * 1000)
    provider = create_provider(given, http)
    provider.config = await provider.get_config_for_client_type(None, {})
    await discover_oidc_endpoints(http, provider.config)
    return provider


@pytest.mark.parametrize(
    ("third_party_id", "additional", "name", "where"),
    [
        ("active-directory", {"directoryId": "d"}, "Active Directory", f"{ISSUER}/authorize"),
        ("bitbucket", None, "Bitbucket", "https://bitbucket.org/site/oauth2/authorize"),
        ("boxy-saml", {"boxyURL": "https://b.example.com"}, "SAML", "https://b.example.com/api/oauth/authorize"),
        ("discord", None, "Discord", "https://discord.com/oauth2/authorize"),
        ("facebook", None, "Facebook", "https://www.facebook.com/v12.0/dialog/oauth"),
        ("github", None, "GitHub", "https://github.com/login/oauth/authorize"),
        ("gitlab", None, "GitLab", f"{ISSUER}/authorize"),
        ("google", None, "Google", f"{ISSUER}/authorize"),
        ("google-2", None, "Google", f"{ISSUER}/authorize"),
        ("google-workspaces", None, "Google Workspaces", f"{ISSUER}/authorize"),
        ("linkedin", None, "LinkedIn", "https://www.linkedin.com/oauth/v2/authorization"),
        ("okta", {"oktaDomain": "https://o.okta.com"}, "Okta", f"{ISSUER}/authorize"),
        ("twitter", None, "Twitter", "https://twitter.com/i/oauth2/authorize"),
    ],
)
async def test_where_people_are_sent(
    openid: OpenIDProvider, third_party_id: str, additional: dict[str, Any] | None, name: str, where: str
) -> None:
    """Each has its name and its address; every built-in provider but the two of SAML and X asks for the address."""
    provider = await ready(openid, third_party_id, additional=additional)

    redirect = await provider.get_authorisation_redirect_url(BACK, {})

    assert provider.config.name == name
    assert redirect.url_with_query_params.startswith(where)
    assert "email" in " ".join(provider.config.scope or ["email"]) or third_party_id == "twitter"
    assert (redirect.pkce_code_verifier is not None) == (third_party_id == "twitter")


async def test_what_is_configured_wins(openid: OpenIDProvider) -> None:
    """Names, scopes, endpoints and parameters of the application replace those that are built in."""
    provider = await ready(
        openid,
        "google",
        name="Ours",
        authorization_endpoint="https://proxy.example.com/a",
        authorization_endpoint_query_params={"access_type": None, "prompt": "consent"},
    )

    redirect = await provider.get_authorisation_redirect_url(BACK, {})

    assert provider.config.name == "Ours"
    assert redirect.url_with_query_params.startswith("https://proxy.example.com/a?")
    assert "access_type" not in redirect.url_with_query_params
    assert "prompt=consent" in redirect.url_with_query_params


async def test_github(openid: OpenIDProvider) -> None:
    """The primary address counts; a token of another application is refused."""
    openid.answers = {
        "https://api.github.com/applications/c/token": {"app": {"client_id": "c"}},
        "https://api.github.com/user": {"id": 42, "login": "eve"},
        "https://api.github.com/user/emails": [
            {"email": "old@example.com", "verified": True, "primary": False},
            {"email": "eve@example.com", "verified": False, "primary": True},
        ],
    }
    provider = await ready(openid, "github")

    info = await provider.get_user_info({"access_token": "a"}, {})
    openid.answers["https://api.github.com/applications/c/token"] = {"app": {"client_id": "other"}}

    assert info.third_party_user_id == "42"
    assert info.email is not None
    assert (info.email.id, info.email.is_verified) == ("eve@example.com", False)
    with pytest.raises(ProviderRefusedError):
        await provider.get_user_info({"access_token": "a"}, {})


async def test_bitbucket(openid: OpenIDProvider) -> None:
    """The account's uuid names the person; the primary address counts, confirmed as Bitbucket says."""
    openid.answers = {
        "https://api.bitbucket.org/2.0/user": {"uuid": "{u}"},
        "https://api.bitbucket.org/2.0/user/emails": {
            "values": [{"email": "eve@example.com", "is_primary": True, "is_confirmed": True}]
        },
    }

    info = await (await ready(openid, "bitbucket")).get_user_info({"access_token": "a"}, {})

    assert info.third_party_user_id == "{u}"
    assert info.email is not None
    assert (info.email.id, info.email.is_verified) == ("eve@example.com", True)


@pytest.mark.parametrize(
    ("third_party_id", "url", "answer", "person"),
    [
        ("discord", "https://discord.com/api/users/@me", {"id": "7", "email": "e@x.io", "verified": True}, ("7", True)),
        ("facebook", "https://graph.facebook.com/me", {"id": "7", "email": "e@x.io"}, ("7", True)),
        (
            "linkedin",
            "https://api.linkedin.com/v2/userinfo",
            {"sub": "7", "email": "e@x.io", "email_verified": True},
            ("7", True),
        ),
        ("twitter", "https://api.twitter.com/2/users/me", {"data": {"id": "7"}}, ("7", None)),
    ],
)
async def test_who_came_back(
    openid: OpenIDProvider, third_party_id: str, url: str, answer: Any, person: tuple[str, bool | None]
) -> None:
    """Each provider's own fields are read."""
    openid.answers = {url: answer}

    info = await (await ready(openid, third_party_id)).get_user_info({"access_token": "a"}, {})

    assert (info.third_party_user_id, info.email and info.email.is_verified) == person


@pytest.mark.parametrize(
    ("third_party_id", "url", "right", "wrong"),
    [
        ("google", "https://www.googleapis.com/oauth2/v3/tokeninfo", {"aud": "c"}, {"aud": "x"}),
        ("facebook", "https://graph.facebook.com/app", {"id": "c"}, {"id": "x"}),
        ("gitlab", "https://gitlab.com/oauth/token/info", {"application": {"uid": "c"}}, {"application": {}}),
        ("discord", "https://discord.com/api/oauth2/@me", {"application": {"id": "c"}}, {}),
    ],
)
async def test_for_whom_an_access_token_was_made(
    openid: OpenIDProvider, third_party_id: str, url: str, right: Any, wrong: Any
) -> None:
    """Attack class 30: a token that a client brings must have been made for this application."""
    provider = await ready(openid, third_party_id)
    assert isinstance(provider, ProviderWithClientAccessTokenCheck)

    openid.answers = {url: right}
    await provider.check_client_tokens({"access_token": "a"})
    openid.answers = {url: wrong}

    with pytest.raises(ProviderRefusedError):
        await provider.check_client_tokens({"access_token": "a"})


@pytest.mark.parametrize(
    ("wanted", "given", "is_let_in"),
    [("*", "x.io", True), ("x.io", "x.io", True), ("x.io", "evil.io", False), ("*", None, False), ("x.io", 1, False)],
)
async def test_only_members_of_the_organisation(
    openid: OpenIDProvider, wanted: str, given: Any, is_let_in: bool
) -> None:
    """Google says which organisation somebody belongs to; what the browser was asked to offer is no proof."""
    provider = await ready(openid, "google-workspaces", additional={"hd": wanted})
    claims = {"iss": ISSUER, "aud": "c", "sub": "7", "exp": NOW + 60, "email": "e@x.io", "hd": given}
    token = openid.key.sign(claims)

    if is_let_in:
        assert (await provider.get_user_info({"id_token": token}, {})).third_party_user_id == "7"
    else:
        with pytest.raises(ProviderRefusedError):
            await provider.get_user_info({"id_token": token}, {})


async def test_twitter_authenticates_the_client_by_header(openid: OpenIDProvider) -> None:
    """X wants the credentials as basic authentication."""
    openid.answers = {"https://api.twitter.com/2/oauth2/token": {"access_token": "a"}}
    provider = await ready(openid, "twitter")

    tokens = await provider.exchange_auth_code_for_oauth_tokens(RedirectUriInfo(BACK, {"code": "c"}, "v"), {})

    assert tokens == {"access_token": "a"}
    assert openid.seen[-1].headers["authorization"].startswith("Basic ")
    assert b"client_secret" not in openid.seen[-1].content


async def test_apple_signs_its_client_secret(openid: OpenIDProvider) -> None:
    """The secret is a JWT that only the developer's key can make; it lives for 180 days."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    additional = {"keyId": "K", "teamId": "T", "privateKey": pem.replace("\n", "\\n")}

    provider = await ready(openid, "apple", secret=None, additional=additional)

    head, payload, signature = (provider.config.client_secret or "").split(".")
    raw = urlsafe_b64decode(signature + "==")
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key.public_key().verify(der, f"{head}.{payload}".encode(), ec.ECDSA(SHA256()))
    assert json.loads(urlsafe_b64decode(payload + "==")) == {
        "iss": "T",
        "sub": "c",
        "aud": "https://appleid.apple.com",
        "iat": NOW,
        "exp": NOW + 180 * 86_400,
    }


@pytest.mark.parametrize("additional", [None, {}, {"keyId": "K", "teamId": "T", "privateKey": None}])
async def test_apple_needs_its_key(openid: OpenIDProvider, additional: Any) -> None:
    """Without the key's three parts the developer is told what is missing."""
    with pytest.raises(GeneralError, match="keyId, teamId and privateKey"):
        await ready(openid, "apple", secret=None, additional=additional)


async def test_apple_brings_the_name_along(openid: OpenIDProvider) -> None:
    """The name that Apple posts once reaches overrides, beside what was signed."""
    provider = await ready(openid, "apple")
    openid.tokens["c"] = {"id_token": openid.key.sign({"iss": ISSUER, "aud": "c", "sub": "7", "exp": NOW + 60})}
    back = RedirectUriInfo(BACK, {"code": "c", "user": '{"name": "Zoë"}'})

    tokens = await provider.exchange_auth_code_for_oauth_tokens(back, {})
    info = await provider.get_user_info(tokens, {})

    assert info.raw_user_info_from_provider.from_id_token_payload is not None
    assert info.raw_user_info_from_provider.from_id_token_payload["user"] == {"name": "Zoë"}


async def test_secrets_are_not_shown(openid: OpenIDProvider) -> None:
    """Neither a configuration nor what a browser brought shows its secrets in a log."""
    provider = await ready(openid, "google", secret="S3CRET", additional={"privateKey": "S3CRET"})
    back = RedirectUriInfo(BACK, {"code": "S3CRET"}, "S3CRET")

    shown = repr([provider.config, back, ProviderClientConfig("c", "S3CRET")])

    assert "S3CRET" not in shown
    assert provider.config.to_json()["clientSecret"] == "S3CRET"
