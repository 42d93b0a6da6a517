# SPDX-License-Identifier: Apache-2.0
"""Configuration and results of the OpenID recipe."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from twofold.normalised_url_domain import NormalisedURLDomain
from twofold.normalised_url_path import NormalisedURLPath
from twofold.types.response import APIResponse


@dataclass(frozen=True)
class NormalisedOpenIdConfig:
    """The configuration with every default filled in."""

    issuer_domain: NormalisedURLDomain
    issuer_path: NormalisedURLPath

    @property
    def issuer(self) -> str:
        """The `iss` of tokens made here."""
        return self.issuer_domain.get_as_string_dangerous() + self.issuer_path.get_as_string_dangerous()


@dataclass
class Discovery(APIResponse):
    """Where everything is: OpenID Connect Discovery 1.0, section 3. The members keep their names in JSON."""

    issuer: str
    jwks_uri: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    revocation_endpoint: str
    token_introspection_endpoint: str
    end_session_endpoint: str
    subject_types_supported: list[str]
    id_token_signing_alg_values_supported: list[str]
    response_types_supported: list[str]

    def to_json(self) -> dict[str, str | list[str]]:
        """Return the discovery document; the status is an addition that verifiers ignore."""
        return {"status": "OK", **vars(self)}


@dataclass
class GetOpenIdDiscoveryConfigurationResult(Discovery):
    """What the function answers."""

    status: ClassVar[Literal["OK"]] = "OK"


@dataclass
class OpenIdDiscoveryConfigurationGetResponse(Discovery):
    """What the API answers."""

    status: ClassVar[Literal["OK"]] = "OK"
