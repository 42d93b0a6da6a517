# SPDX-License-Identifier: Apache-2.0
"""Two ways to providers: to those of the application's own code, and to those whose addresses somebody else chose."""

from collections.abc import Sequence
from typing import Any

from .provider import ProviderConfig, ProviderInput
from .provider_http import ProviderHttp
from .public_network import PublicNetwork

_ADDRESSES = (
    "authorization_endpoint",
    "token_endpoint",
    "user_info_endpoint",
    "jwks_uri",
    "oidc_discovery_endpoint",
)


class ProviderNetworks:
    """Chooses the way to a provider. What is remembered of one way is never read on the other.

    Args:
        providers: Those of the application's own code.
        trusted: The way to them.
        guarded: The way to addresses that a tenant, or who sets one up, chose.
    """

    def __init__(self, providers: Sequence[ProviderInput], trusted: ProviderHttp, guarded: ProviderHttp) -> None:
        self._own = {provider.config.third_party_id: _addresses(provider.config) for provider in providers}
        self._trusted = trusted
        self._guarded = guarded

    @classmethod
    def on_the_internet(cls, providers: Sequence[ProviderInput], allowed: Sequence[str]) -> "ProviderNetworks":
        """Return the two ways on the real network; the guarded one leads to the Internet and to `allowed` networks.

        Raises:
            GeneralError: one of `allowed` is no network.
        """
        return cls(providers, ProviderHttp(), ProviderHttp(network=PublicNetwork(allowed)))

    def to(self, config: ProviderConfig) -> ProviderHttp:
        """Return the way to a provider: the trusted one if it names no address that the application did not name."""
        own = self._own.get(config.third_party_id)
        return self._trusted if own is not None and _addresses(config) <= own else self._guarded


def _addresses(config: ProviderConfig) -> set[tuple[str, str]]:
    """Everything that a request's address is made of: endpoints, and what built-in providers make endpoints of."""
    named: list[tuple[str, Any]] = [(name, getattr(config, name)) for name in _ADDRESSES]
    named += [item for client in config.clients or [] for item in (client.additional_config or {}).items()]
    return {(name, str(value)) for name, value in named if value is not None}
