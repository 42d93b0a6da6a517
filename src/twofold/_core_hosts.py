# SPDX-License-Identifier: Apache-2.0
"""The addresses of a core elsewhere, as `connection_uri` lists them."""

from dataclasses import dataclass

from twofold.exceptions import GeneralError
from twofold.normalised_url_domain import NormalisedURLDomain
from twofold.normalised_url_path import NormalisedURLPath


@dataclass(frozen=True)
class Host:
    """One address of the core: its domain and the path below which it answers."""

    domain: NormalisedURLDomain
    base_path: NormalisedURLPath

    @property
    def url(self) -> str:
        """The address that call paths are appended to."""
        return self.domain.get_as_string_dangerous() + self.base_path.get_as_string_dangerous()


def hosts_of(connection_uri: str) -> list[Host]:
    """Return the addresses that a `connection_uri` lists, separated by `;`.

    Raises:
        GeneralError: there is none, or one is not an address.
    """
    addresses = [text.strip() for text in connection_uri.split(";") if text.strip()]
    if not addresses:
        raise GeneralError("Please provide at least one host in connection_uri")
    return [Host(NormalisedURLDomain(address), NormalisedURLPath(address)) for address in addresses]
