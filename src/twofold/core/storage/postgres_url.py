# SPDX-License-Identifier: Apache-2.0
"""What a PostgreSQL URL says to us, and what it says to the driver."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode

from twofold.core.storage.database import StorageError

MAX_CONNECTIONS: Final = 10


@dataclass(frozen=True, slots=True)
class PostgresURL:
    """A parsed URL. `driver_url` may hold a password, so this object is never shown."""

    driver_url: str
    max_connections: int = MAX_CONNECTIONS
    statement_cache_size: int | None = None

    @classmethod
    def parse(cls, url: str) -> "PostgresURL":
        """Take our settings out of the URL.

        Raises:
            StorageError: a setting is not a number, or too small.
        """
        # By hand: urlunsplit loses the empty host of a URL that names a socket in its query.
        address, _, query_text = url.partition("?")
        query = dict(parse_qsl(query_text, keep_blank_values=True))
        max_connections = (
            _number(query, "max_connections", at_least=1) if "max_connections" in query else MAX_CONNECTIONS
        )
        cache_size = _number(query, "statement_cache_size", at_least=0) if "statement_cache_size" in query else None
        return cls(f"{address}?{urlencode(query)}" if query else address, max_connections, cache_size)

    def __repr__(self) -> str:
        return "PostgresURL()"


def _number(query: dict[str, str], name: str, at_least: int) -> int:
    text = query.pop(name)
    if not text.isdecimal() or int(text) < at_least:
        raise StorageError(f"{name} in the database's URL must be a number, at least {at_least}")
    return int(text)
