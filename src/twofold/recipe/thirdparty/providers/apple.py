# SPDX-License-Identifier: Apache-2.0
"""Sign in with Apple."""

import json
from base64 import urlsafe_b64encode
from typing import Any, ClassVar

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from twofold.exceptions import GeneralError
from twofold.recipe.thirdparty.provider import Provider, ProviderConfigForClient, ProviderInput, RedirectUriInfo
from twofold.recipe.thirdparty.types import UserInfo
from twofold.types.base import UserContext

from .custom import GenericProvider, NewProvider, fill_in

AUDIENCE = "https://appleid.apple.com"
SECRET_LIFETIME_SECONDS = 180 * 24 * 60 * 60
_NEEDED = ("keyId", "teamId", "privateKey")


class AppleImpl(GenericProvider):
    """Everybody with an Apple account. The client secret is made from a key of the developer's."""

    writes_true_as_text: ClassVar[bool] = True

    async def get_config_for_client_type(
        self, client_type: str | None, user_context: UserContext
    ) -> ProviderConfigForClient:
        """Fill in Apple's endpoints, and sign the client secret."""
        config = await super().get_config_for_client_type(client_type, user_context)
        config.authorization_endpoint_query_params = {
            "response_mode": "form_post",
            **(config.authorization_endpoint_query_params or {}),
        }
        if config.client_secret is None:
            config.client_secret = _client_secret(config, self.http.clock_ms() // 1000)
        return fill_in(config, name="Apple", scope=["openid", "email"], oidc_discovery_endpoint=f"{AUDIENCE}/")

    async def exchange_auth_code_for_oauth_tokens(
        self, redirect_uri_info: RedirectUriInfo, user_context: UserContext
    ) -> dict[str, Any]:
        """Trade the code for tokens; the user's name, which Apple posts to the browser once, goes along."""
        tokens = await super().exchange_auth_code_for_oauth_tokens(redirect_uri_info, user_context)
        posted = redirect_uri_info.redirect_uri_query_params.get("user")
        return tokens if posted is None else {**tokens, "user": _read(posted)}

    async def get_user_info(self, oauth_tokens: dict[str, Any], user_context: UserContext) -> UserInfo:
        """Return who it is. The name comes from the browser: it is what the user wants to be called, and no proof."""
        info = await super().get_user_info(oauth_tokens, user_context)
        if "user" in oauth_tokens:
            raw = info.raw_user_info_from_provider
            raw.from_id_token_payload = {**(raw.from_id_token_payload or {}), "user": _read(oauth_tokens["user"])}
        return info


def Apple(input: ProviderInput) -> Provider:  # noqa: N802  # public names
    """Make the provider."""
    return NewProvider(input, AppleImpl)


def _client_secret(config: ProviderConfigForClient, now_seconds: int) -> str:
    """A JWT as Apple asks for it, signed with the developer's key."""
    given = config.additional_config or {}
    if not all(isinstance(given.get(name), str) for name in _NEEDED):
        raise GeneralError("Please provide keyId, teamId and privateKey in the additional_config of the Apple client")
    key = load_pem_private_key(given["privateKey"].replace("\\n", "\n").encode(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise GeneralError("privateKey of the Apple client must be the EC key of the .p8 file")
    header = {"alg": "ES256", "kid": given["keyId"], "typ": "JWT"}
    payload = {
        "iss": given["teamId"],
        "sub": config.client_id,
        "aud": AUDIENCE,
        "iat": now_seconds,
        "exp": now_seconds + SECRET_LIFETIME_SECONDS,
    }
    signed = f"{_encoded(json.dumps(header).encode())}.{_encoded(json.dumps(payload).encode())}"
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(SHA256())))
    return f"{signed}.{_encoded(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _read(posted: Any) -> Any:
    try:
        return json.loads(posted) if isinstance(posted, str) else posted
    except ValueError:
        return posted
