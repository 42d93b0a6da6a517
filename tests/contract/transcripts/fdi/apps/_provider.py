# SPDX-License-Identifier: Apache-2.0
"""A small OAuth 2.0 provider inside the application: authorisation, token and user-info endpoints.

The person at the provider is named in the authorisation request: `login=alice`, and optionally `email=` and
`verified=`. A code is good for one exchange; with PKCE (RFC 7636) the verifier must fit the challenge.
"""

import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import parse_qs, urlencode

from _kit import PORT
from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, RedirectResponse

from twofold.recipe.thirdparty import ProviderClientConfig, ProviderConfig, ProviderInput
from twofold.recipe.thirdparty.provider import UserFields, UserInfoMap

provider = APIRouter(prefix="/provider")
codes: dict[str, dict[str, str]] = {}
people: dict[str, dict[str, Any]] = {}


@provider.get("/authorize")
async def authorize(request: Request) -> Any:
    """Sign the named person in, and send the browser back with a code."""
    query = dict(request.query_params)
    code = "code-" + secrets.token_urlsafe(12)
    codes[code] = query
    back = {"code": code} | ({"state": query["state"]} if "state" in query else {})
    return RedirectResponse(f"{query['redirect_uri']}?{urlencode(back)}", 302)


@provider.post("/token")
async def token(request: Request) -> Any:
    """Exchange a code for an access token."""
    form = {key: values[0] for key, values in parse_qs((await request.body()).decode()).items()}
    grant = codes.pop(form.get("code", ""), None)
    if grant is None or grant["redirect_uri"] != form.get("redirect_uri"):
        return JSONResponse({"error": "invalid_grant"}, 400)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
    if grant.get("code_challenge", challenge.rstrip(b"=").decode()) != challenge.rstrip(b"=").decode():
        return JSONResponse({"error": "invalid_grant"}, 400)
    access_token = "token-" + secrets.token_urlsafe(12)
    people[access_token] = {"id": grant["login"], "email_verified": grant.get("verified", "true") == "true"}
    if grant.get("email", "") != "none":
        people[access_token]["email"] = grant.get("email", f"{grant['login']}@example.com")
    return {"access_token": access_token, "token_type": "Bearer"}


@provider.get("/userinfo")
async def userinfo(request: Request) -> Any:
    """Tell who an access token stands for."""
    person = people.get(request.headers.get("authorization", "").removeprefix("Bearer "))
    return person or JSONResponse({"error": "invalid_token"}, 401)


def provider_config(third_party_id: str, clients: list[ProviderClientConfig], **more: Any) -> ProviderConfig:
    """Configuration of this provider under a name of its own."""
    return ProviderConfig(
        third_party_id=third_party_id,
        name=third_party_id.capitalize(),
        clients=clients,
        authorization_endpoint="https://provider.example.com/authorize",
        authorization_endpoint_query_params={"audience": "people"},
        token_endpoint=f"http://127.0.0.1:{PORT}/provider/token",
        user_info_endpoint=f"http://127.0.0.1:{PORT}/provider/userinfo",
        user_info_map=UserInfoMap(
            from_user_info_api=UserFields(user_id="id", email="email", email_verified="email_verified"),
            from_id_token_payload=UserFields(),
        ),
        **more,
    )


def providers() -> list[ProviderInput]:
    """The same provider in the shapes that matter: with secret, public client, no e-mail, several clients."""
    secret = ProviderClientConfig(client_id="web-client", client_secret="web-secret", scope=["profile", "email"])
    public = ProviderClientConfig(client_id="public-client", scope=["email"])
    forced = ProviderClientConfig(client_id="forced-client", client_secret="forced-secret", force_pkce=True)
    web = ProviderClientConfig(client_id="web", client_secret="web-secret", client_type="web")
    mobile = ProviderClientConfig(client_id="mobile", client_type="mobile")
    return [
        ProviderInput(provider_config("example", [secret]), include_in_non_public_tenants_by_default=True),
        ProviderInput(provider_config("public", [public])),
        ProviderInput(provider_config("forced", [forced])),
        ProviderInput(provider_config("anonymous", [secret], require_email=False)),
        ProviderInput(provider_config("several", [web, mobile])),
    ]
