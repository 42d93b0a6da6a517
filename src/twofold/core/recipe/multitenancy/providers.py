# SPDX-License-Identifier: Apache-2.0
"""Configuration of third-party providers: the core keeps it and checks its form, the SDK gives it meaning."""

from collections import Counter
from typing import Any

from twofold.core._fields import Json
from twofold.core.errors import BadRequest, invalid_field

_PROVIDER_FIELDS: dict[str, type] = {
    "thirdPartyId": str,
    "name": str,
    "clients": list,
    "authorizationEndpoint": str,
    "authorizationEndpointQueryParams": dict,
    "tokenEndpoint": str,
    "tokenEndpointBodyParams": dict,
    "userInfoEndpoint": str,
    "userInfoEndpointQueryParams": dict,
    "userInfoEndpointHeaders": dict,
    "jwksURI": str,
    "oidcDiscoveryEndpoint": str,
    "requireEmail": bool,
    "userInfoMap": dict,
}
_CLIENT_FIELDS: dict[str, type] = {
    "clientType": str,
    "clientId": str,
    "clientSecret": str,
    "scope": list,
    "forcePKCE": bool,
    "additionalConfig": dict,
}
_MAP_FIELDS: dict[str, type] = {"fromIdTokenPayload": dict, "fromUserInfoAPI": dict}
_MAPPED_FIELDS: dict[str, type] = {"userId": str, "email": str, "emailVerified": str}

# The SDK cannot sign in with these without the named settings of each client.
_APPLE_KEYS = ("keyId", "teamId", "privateKey")
_APPLE = "a non empty string value must be specified for keyId, teamId and privateKey in the additionalConfig for Apple"


def read_provider(config: Json) -> Json:
    """A provider as it is stored: known fields that say something. Raises BadRequest for a field of a wrong type."""
    if config.get("thirdPartyId") is None:
        raise invalid_field("thirdPartyId")
    provider = _pick(config, _PROVIDER_FIELDS)
    provider["thirdPartyId"] = provider["thirdPartyId"].strip()
    provider["clients"] = [_read_client(client) for client in provider.get("clients", [])]
    mapped = _pick(provider.get("userInfoMap", {}), _MAP_FIELDS)
    provider["userInfoMap"] = {key: _pick(mapped.get(key, {}), _MAPPED_FIELDS) for key in _MAP_FIELDS}
    return provider


def check_providers(providers: list[Json]) -> None:
    """Refuse what cannot work. Raises BadRequest with the text of the first rule that is broken."""
    if _has_duplicates(provider["thirdPartyId"] for provider in providers):
        raise _invalid("Duplicate ThirdPartyId was specified in the providers list.")
    for provider in providers:
        if not provider["thirdPartyId"]:
            raise _invalid("thirdPartyId cannot be null or empty")
        if _has_duplicates(client.get("clientType") for client in provider["clients"]):
            raise _invalid("Duplicate clientType was specified in the clients list.")
        for client in provider["clients"]:
            _check_client(provider["thirdPartyId"], client)


def _check_client(third_party_id: str, client: Json) -> None:
    if "clientId" not in client:
        raise _invalid("clientId cannot be null")
    if None in client.get("scope", []):
        raise _invalid("scope array cannot contain a null")
    additional = client.get("additionalConfig", {})
    if third_party_id.startswith("apple") and not all(_is_text(additional.get(key)) for key in _APPLE_KEYS):
        raise _invalid(f"{_APPLE} provider")
    if third_party_id.startswith("google-workspaces") and not _is_text(additional.get("hd", "any")):
        raise _invalid("hd in additionalConfig must be a non empty string value")
    if third_party_id.startswith("boxy-saml") and not _is_text(additional.get("boxyURL", "any")):
        raise _invalid(
            "a non empty string value must be specified for boxyURL in the additionalConfig for Boxy SAML provider"
        )


def _read_client(client: Any) -> Json:
    if not isinstance(client, dict):
        raise invalid_field("clients")
    read = _pick(client, _CLIENT_FIELDS)
    if not all(item is None or isinstance(item, str) for item in read.get("scope", [])):
        raise invalid_field("scope")
    return read


def _pick(given: Json, fields: dict[str, type]) -> Json:
    picked: Json = {}
    for name, kind in fields.items():
        value = given.get(name)
        if value is None:
            continue
        if not isinstance(value, kind):
            raise invalid_field(name)
        picked[name] = value
    return picked


def _has_duplicates(values: Any) -> bool:
    return any(count > 1 for count in Counter(values).values())


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _invalid(detail: str) -> BadRequest:
    return BadRequest(f"Invalid third party config: {detail}")
