# SPDX-License-Identifier: Apache-2.0
"""What a PostgreSQL URL says to us, and what it says to the driver."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode

from twofold.core.storage.database import StorageError

MAX_CONNECTIONS: Final = 10
STATEMENT_CACHE_SIZE: Final = 1000


@dataclass(frozen=True, slots=True)
class PostgresURL:
    """A parsed URL. `driver_url` may hold a password, so this object is never shown."""

    driver_url: str
    max_connections: int = MAX_CONNECTIONS
    statement_cache_size: int = STATEMENT_CACHE_SIZE

    @classmethod
    def parse(cls, url: str) -> "PostgresURL":
        """Take our settings out of the URL.

        Raises:
            StorageError: a setting is not a number, or too small.
        """
        # By hand: urlunsplit loses the empty host of a URL that names a socket in its query.
        address, _, query_text = url.partition("?")
        query = dict(parse_qsl(query_text, keep_blank_values=True))
        max_connections = _number(query, "max_connections", MAX_CONNECTIONS, at_least=1)
        cache_size = _number(query, "statement_cache_size", STATEMENT_CACHE_SIZE, at_least=0)
        return cls(f"{address}?{urlencode(query)}" if query else address, max_connections, cache_size)

    def __repr__(self) -> str:
        return "PostgresURL()"


def _number(query: dict[str, str], name: str, default: int, at_least: int) -> int:
    text = query.pop(name, str(default))
    if not text.isdecimal() or int(text) < at_least:
        raise StorageError(f"{name} in the database's URL must be a number, at least {at_least}")
    return int(text)
