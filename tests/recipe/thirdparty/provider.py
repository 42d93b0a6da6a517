# SPDX-License-Identifier: Apache-2.0
"""An OpenID provider as a function of requests: discovery, keys, token and user-info endpoints."""

import json
from base64 import urlsafe_b64encode
from typing import Any
from urllib.parse import parse_qsl

import httpx
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

ISSUER = "https://id.example.com"
CLIENT_ID = "client-1"


def encoded(data: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value: int) -> str:
    """A number as JWK writes it."""
    return encoded(value.to_bytes((value.bit_length() + 7) // 8, "big"))


class Key:
    """A signing key of a provider."""

    def __init__(self, kid: str = "k1") -> None:
        self.kid = kid
        self._private = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @property
    def jwk(self) -> dict[str, Any]:
        """Its public part."""
        numbers = self._private.public_key().public_numbers()
        public = {"n": number(numbers.n), "e": number(numbers.e)}
        return {"kty": "RSA", "kid": self.kid, "alg": "RS256", "use": "sig", **public}

    def sign(self, payload: dict[str, Any], **header: Any) -> str:
        """Return a JWT; header members can be replaced."""
        return self._signed({"alg": "RS256", "kid": self.kid, "typ": "JWT", **header}, payload)

    def sign_nameless(self, payload: dict[str, Any]) -> str:
        """Return a JWT that does not say with which key it is signed."""
        return self._signed({"alg": "RS256"}, payload)

    def _signed(self, head: dict[str, Any], payload: dict[str, Any]) -> str:
        signed = f"{encoded(json.dumps(head).encode())}.{encoded(json.dumps(payload).encode())}"
        return f"{signed}.{encoded(self._private.sign(signed.encode(), padding.PKCS1v15(), SHA256()))}"


class OpenIDProvider:
    """Answers requests; what it says can be set. `seen` are the requests, `down` makes it fail."""

    def __init__(self, key: Key) -> None:
        self.key = key
        self.tokens: dict[str, dict[str, Any]] = {}
        self.user_info: dict[str, Any] = {"sub": "eve"}
        self.answers: dict[str, Any] = {}
        self.seen: list[httpx.Request] = []
        self.down = False

    @property
    def transport(self) -> httpx.MockTransport:
        """The network on which it is the only host."""
        return httpx.MockTransport(self._answer)

    def paths(self) -> list[str]:
        """The paths that were asked for."""
        return [request.url.path for request in self.seen]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        if self.down:
            return httpx.Response(503, text="later")
        url = f"{request.url.scheme}://{request.url.host}{request.url.path}"
        if url in self.answers:
            return httpx.Response(200, json=self.answers[url])
        if request.url.path.endswith("/.well-known/openid-configuration"):
            return httpx.Response(200, json=self._description())
        if request.url.path == "/keys":
            return httpx.Response(200, json={"keys": [self.key.jwk]})
        if request.url.path == "/token":
            form = dict(parse_qsl(request.content.decode()))
            tokens = self.tokens.get(form.get("code", ""))
            return httpx.Response(200, json=tokens) if tokens else httpx.Response(400, json={"error": "invalid_grant"})
        if request.url.path == "/userinfo":
            return httpx.Response(200, json=self.user_info)
        return httpx.Response(404, json={})

    @staticmethod
    def _description() -> dict[str, Any]:
        return {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize?prompt=login",
            "token_endpoint": f"{ISSUER}/token",
            "userinfo_endpoint": f"{ISSUER}/userinfo",
            "jwks_uri": f"{ISSUER}/keys",
        }
