# SPDX-License-Identifier: Apache-2.0
"""Reads and writes SAML connections on a Boxy server. The server's API key is used, and never stored or shown."""

import json
from base64 import b64encode
from typing import Any

import msgspec

from twofold._wire import Json
from twofold.recipe.thirdparty.exceptions import ProviderUnavailableError
from twofold.recipe.thirdparty.provider import ProviderClientConfig, ProviderConfig
from twofold.recipe.thirdparty.provider_http import ProviderHttp

API_KEY = "boxyAPIKey"
_PREFIX = "boxy-saml"
_PATH = "/api/v1/saml/config"
_INPUTS = ("xml", "url")
# What is told to the server, or by it; the tenant's own configuration is the rest.
_OF_SERVER = (API_KEY, "samlInputType", "samlXML", "samlURL", "redirectURLs", "boxyTenant", "boxyProduct")


class BoxyRefusedError(Exception):
    """The server does not take the connection; the text may be shown."""


async def connection_of(http: ProviderHttp, client: ProviderClientConfig) -> Json:
    """Return what the server knows of a client's connection, for `additionalConfig`; nothing where it cannot say."""
    additional = client.additional_config or {}
    if not additional.get(API_KEY) or not additional.get("boxyURL") or not client.client_id:
        return {}
    try:
        status, content = await http.send(
            "GET", _address(additional), params={"clientID": client.client_id}, headers=_headers(additional)
        )
    except ProviderUnavailableError:
        return {}
    answer = _decoded(content)
    found = answer[0] if isinstance(answer, list) and answer else answer
    if status != 200 or not isinstance(found, dict):
        return {}
    names = {"redirectURLs": "redirectUrl", "boxyTenant": "tenant", "boxyProduct": "product"}
    return {name: found[key] for name, key in names.items() if key in found}


async def register(http: ProviderHttp, provider: ProviderConfig, tenant_id: str) -> None:
    """Make the connections that a new configuration asks for, and keep in it what the tenant's sign-in needs.

    Raises:
        BoxyRefusedError: the server does not take one.
    """
    if not provider.third_party_id.startswith(_PREFIX):
        return
    for client in provider.clients or []:
        additional = client.additional_config or {}
        if additional.get(API_KEY) and additional.get("samlInputType") in _INPUTS:
            made = await _create(http, additional, f"{tenant_id}-{provider.third_party_id}")
            client.client_id, client.client_secret = str(made["clientID"]), str(made["clientSecret"])
        client.additional_config = {key: value for key, value in additional.items() if key not in _OF_SERVER}


async def _create(http: ProviderHttp, additional: Json, tenant: str) -> Json:
    redirect_urls = additional.get("redirectURLs") or []
    body = {
        "name": "",
        "label": "",
        "description": "",
        "tenant": additional.get("boxyTenant") or tenant,
        "product": additional.get("boxyProduct") or "supertokens",
        "defaultRedirectUrl": redirect_urls[0] if redirect_urls else "",
        "forceAuthn": False,
        "encodedRawMetadata": b64encode(str(additional.get("samlXML") or "").encode()).decode(),
        "redirectUrl": json.dumps(redirect_urls),
        "metadataUrl": additional.get("samlURL") or "",
    }
    try:
        status, content = await http.send("POST", _address(additional), json=body, headers=_headers(additional))
    except ProviderUnavailableError as error:
        raise BoxyRefusedError(str(error)) from error
    answer = _decoded(content)
    if status == 401:
        raise BoxyRefusedError("Invalid API Key")
    if status != 200 or not isinstance(answer, dict) or not {"clientID", "clientSecret"} <= answer.keys():
        raise BoxyRefusedError(_message(answer))
    return answer


def _address(additional: Json) -> str:
    return f"{str(additional.get('boxyURL', '')).rstrip('/')}{_PATH}"


def _headers(additional: Json) -> dict[str, str]:
    return {"Authorization": f"Api-Key {additional[API_KEY]}"}


def _decoded(content: bytes) -> Any:
    try:
        return msgspec.json.decode(content)
    except msgspec.DecodeError:
        return None


def _message(answer: Any) -> str:
    found = answer.get("message") or answer.get("error") if isinstance(answer, dict) else None
    message = found.get("message") if isinstance(found, dict) else found
    return message if isinstance(message, str) else "Unknown error"
