# SPDX-License-Identifier: Apache-2.0
"""SQL that lists, searches and counts the people of a tenant or an app."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from twofold.core.storage.database import Connection
from twofold.core.storage.query import Query, Value
from twofold.core.users.model import User
from twofold.core.users.store import WHOLE_USERS, read_users

Order = Literal["ASC", "DESC"]
MAX_FOUND = 1000
_END_OF_TIME_MS = 2**63 - 1
# Behind everything that begins with a prefix, where strings are compared byte by byte: no character is greater.
AFTER_ALL = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the list: people are ordered by the time they joined, then by internal id, descending."""

    time_joined: int
    user_id: str


@dataclass(frozen=True, slots=True)
class Search:
    """Prefixes, in lower case. One login method must match one of each kind that is given."""

    emails: tuple[str, ...] = ()
    phone_numbers: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.emails or self.phone_numbers or self.providers)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which people: in an order, from a position on (that one included), only those who can use one of the recipes."""

    order: Order
    limit: int
    start: Position | None = None
    recipe_ids: Sequence[str] | None = None


# Each branch walks one index and ends with the page, however many people there are.
_TARGET = """
WITH target AS (
    SELECT DISTINCT user_time_joined, user_id FROM (BRANCHES) found
    ORDER BY user_time_joined ORDER, user_id DESC LIMIT :limit
)
"""
_BRANCH = """
SELECT user_time_joined, user_id FROM (
    SELECT COLUMNS FROM login_method_tenants
    WHERE app_id = :app_id AND tenant_id = :tenant_id AND CONDITION
    ORDER BY INDEXED LIMIT :limit
) NAME"""
_FROM_POSITION = """
    -- The first condition on the time is there for the index.
    user_time_joined BEYOND= :time_joined AND (user_time_joined BEYOND :time_joined OR user_id <= :user_id)
"""

# As the indexes have it (schema/0003_search.sql): the part after the last @.
_DOMAIN = "SUBSTR(email, LENGTH(RTRIM(email, REPLACE(email, '@', ''))) + 1)"
_PROVIDER = "LOWER(third_party_id)"


# Counted exactly each time: a kept number would make every sign-up of a tenant wait for the one before. DISTINCT in a
# subquery is read in the order of an index by every PostgreSQL, COUNT(DISTINCT …) is not. Who has left every tenant is
# not counted: clients know the number as that of the tenants together.
_COUNT = "SELECT COUNT(*) FROM (SELECT DISTINCT user_id FROM login_method_tenants WHERE CONDITION) people"
_IN_APP = "app_id = :app_id"
_IN_TENANT = "app_id = :app_id AND tenant_id = :tenant_id"
_OF_RECIPES = " AND recipe_id IN (:recipe_ids*)"
COUNT = Query(_COUNT.replace("CONDITION", _IN_APP))
COUNT_OF_RECIPES = Query(_COUNT.replace("CONDITION", _IN_APP + _OF_RECIPES))
COUNT_IN_TENANT = Query(_COUNT.replace("CONDITION", _IN_TENANT))
COUNT_IN_TENANT_OF_RECIPES = Query(_COUNT.replace("CONDITION", _IN_TENANT + _OF_RECIPES))


async def list_page(connection: Connection, app_id: str, tenant_id: str, wanted: PageRequest) -> list[User]:
    """The people of a tenant that are on a page."""
    order = wanted.order
    start = wanted.start or Position(-1 if order == "ASC" else _END_OF_TIME_MS, "")
    recipe_ids = [] if wanted.recipe_ids is None else sorted(set(wanted.recipe_ids))
    rows = await connection.fetch_all(
        page_query(order, len(recipe_ids)),
        app_id=app_id,
        tenant_id=tenant_id,
        time_joined=start.time_joined,
        user_id=start.user_id,
        limit=wanted.limit,
        **{f"recipe_id_{place}": recipe_id for place, recipe_id in enumerate(recipe_ids)},
    )
    return in_order(read_users(rows), order)


async def search(connection: Connection, app_id: str, tenant_id: str, wanted: Search, order: Order) -> list[User]:
    """The people of a tenant that match, at most MAX_FOUND: when more do, those of the first addresses or domains."""
    query = search_query(len(wanted.emails), len(wanted.phone_numbers), len(wanted.providers), order)
    terms = {"email": wanted.emails, "phone_number": wanted.phone_numbers, "provider": wanted.providers}
    values: dict[str, Value] = {}
    for kind, prefixes in terms.items():
        for place, prefix in enumerate(prefixes):
            values[f"{kind}_{place}"] = prefix
            values[f"{kind}_{place}_end"] = prefix + AFTER_ALL
    rows = await connection.fetch_all(query, app_id=app_id, tenant_id=tenant_id, limit=MAX_FOUND, **values)
    return in_order(read_users(rows), order)


async def count(connection: Connection, app_id: str, tenant_id: str | None, recipe_ids: Sequence[str] | None) -> int:
    """How many people a tenant has, or the app if `tenant_id` is None; of the recipes, if given."""
    if tenant_id is None:
        values: dict[str, Value] = {"app_id": app_id}
        query, query_of_recipes = COUNT, COUNT_OF_RECIPES
    else:
        values = {"app_id": app_id, "tenant_id": tenant_id}
        query, query_of_recipes = COUNT_IN_TENANT, COUNT_IN_TENANT_OF_RECIPES
    if recipe_ids is None:
        found: int = await connection.fetch_value(query, **values)
    else:
        found = await connection.fetch_value(query_of_recipes, recipe_ids=recipe_ids, **values)
    return found


def in_order(users: list[User], order: Order) -> list[User]:
    """Sort people as the statements do."""
    by_id = sorted(users, key=lambda user: user.internal_id, reverse=True)
    return sorted(by_id, key=lambda user: user.time_joined * (1 if order == "ASC" else -1))


@lru_cache(maxsize=64)
def page_query(order: Order, recipes: int) -> Query:
    """A page of all people (`recipes` 0), or of those who can use one of so many recipes."""
    position = _FROM_POSITION.replace("BEYOND", {"ASC": ">", "DESC": "<"}[order])
    ways = [f"recipe_id = :recipe_id_{place} AND {position}" for place in range(recipes)] or [position]
    # Distinct before the limit: linked login methods are neighbours in the index, and one person on the page.
    return _query([(way, f"user_time_joined {order}, user_id DESC") for way in ways], order, "DISTINCT")


@lru_cache(maxsize=64)
def search_query(emails: int, phone_numbers: int, providers: int, order: Order) -> Query:
    """A search for so many terms of each kind."""
    kinds = [
        [(_begins("phone_number", f"phone_number_{place}"), "phone_number") for place in range(phone_numbers)],
        [
            way
            for place in range(emails)
            for way in (
                (_begins("email", f"email_{place}"), "email"),
                (f"email IS NOT NULL AND {_begins(_DOMAIN, f'email_{place}')}", f"{_DOMAIN}, user_time_joined"),
            )
        ],
        [
            (
                f"third_party_id IS NOT NULL AND {_begins(_PROVIDER, f'provider_{place}')}",
                f"{_PROVIDER}, user_time_joined",
            )
            for place in range(providers)
        ],
    ]
    # The first kind is found through its index, and what it finds is compared with the terms of the others.
    first, *others = [ways for ways in kinds if ways]
    compared = "".join(f" AND ({' OR '.join(f'({condition})' for condition, _ in ways)})" for ways in others)
    return _query([(condition + compared, indexed) for condition, indexed in first], order)


def _begins(expression: str, parameter: str) -> str:
    return f"{expression} >= :{parameter} AND {expression} < :{parameter}_end"


def _query(ways: list[tuple[str, str]], order: Order, distinct: str = "") -> Query:
    """People found in any of several ways, each a condition and the order of the index that answers it."""
    branches = " UNION ALL ".join(
        _BRANCH.replace("COLUMNS", f"{distinct} user_time_joined, user_id")
        .replace("CONDITION", condition)
        .replace("INDEXED", indexed)
        .replace("NAME", f"branch_{place}")
        for place, (condition, indexed) in enumerate(ways)
    )
    return Query(_TARGET.replace(" ORDER,", f" {order},").replace("BRANCHES", branches) + WHOLE_USERS)
