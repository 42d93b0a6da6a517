# SPDX-License-Identifier: Apache-2.0
"""Configuration and results of the JWT recipe."""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from twofold._wire import Json, to_json, wire
from twofold.types.response import APIResponse

HUNDRED_YEARS_IN_SECONDS = 3_153_600_000


@dataclass(frozen=True)
class NormalisedJWTConfig:
    """The configuration with every default filled in."""

    jwt_validity_seconds: int


@dataclass
class JsonWebKey:
    """A public key, RFC 7517. RSA keys have `n` and `e`; elliptic curve keys `crv`, `x` and `y`."""

    kty: str
    kid: str
    n: str | None = None
    e: str | None = None
    alg: str | None = None
    use: str | None = None
    crv: str | None = None
    x: str | None = None
    y: str | None = None


@dataclass
class CreateJwtOkResult:
    """The signed token."""

    status: ClassVar[Literal["OK"]] = "OK"
    jwt: str


@dataclass
class CreateJwtResultUnsupportedAlgorithm:
    """The core does not sign with this algorithm."""

    status: ClassVar[Literal["UNSUPPORTED_ALGORITHM_ERROR"]] = "UNSUPPORTED_ALGORITHM_ERROR"


@dataclass
class GetJWKSResult:
    """The public keys, and for how long they may be cached (None when the core does not say)."""

    keys: list[JsonWebKey]
    validity_in_secs: int | None = field(default=None, metadata=wire(hidden=True))


@dataclass
class JWKSGetResponse(APIResponse):
    """The public keys as a JWK set, RFC 7517 section 5: without a status."""

    keys: list[JsonWebKey]

    def to_json(self) -> Json:
        """Return `{"keys": [...]}`."""
        return {"keys": to_json(self.keys)}
