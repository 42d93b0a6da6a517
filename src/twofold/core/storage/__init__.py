# SPDX-License-Identifier: Apache-2.0
"""Storage of the core: one SQL text, two databases. Start reading at `database.py`."""

from twofold.core.storage.database import (
    Body,
    Connection,
    Database,
    DatabaseUnavailable,
    InvalidValue,
    NestedTransaction,
    Row,
    StorageError,
    UniqueViolation,
)
from twofold.core.storage.opening import open_database
from twofold.core.storage.query import Query, Value

__all__ = [
    "Body",
    "Connection",
    "Database",
    "DatabaseUnavailable",
    "InvalidValue",
    "NestedTransaction",
    "Query",
    "Row",
    "StorageError",
    "UniqueViolation",
    "Value",
    "open_database",
]
