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


_PAGE = """
WITH target AS (
    SELECT DISTINCT user_time_joined, user_id FROM login_method_tenants
    -- The first condition on the time is there for the index.
    WHERE app_id = :app_id AND tenant_id = :tenant_id AND user_time_joined BEYOND= :time_joined
        AND (user_time_joined BEYOND :time_joined OR user_id <= :user_id) CONDITION
    ORDER BY user_time_joined ORDER, user_id DESC LIMIT :limit
)
"""
_FOUND = """
WITH target AS (
    SELECT DISTINCT user_time_joined, user_id FROM login_method_tenants
    WHERE app_id = :app_id AND tenant_id = :tenant_id CONDITION
    ORDER BY user_time_joined ORDER, user_id DESC LIMIT :limit
)
"""


def _page(order: Order, condition: str = "") -> Query:
    beyond = {"ASC": ">", "DESC": "<"}[order]
    return Query(_in_order(_PAGE, order).replace("BEYOND", beyond).replace("CONDITION", condition) + WHOLE_USERS)


def _in_order(text: str, order: Order) -> str:
    return text.replace("user_time_joined ORDER", f"user_time_joined {order}")


_OF_RECIPES = "AND recipe_id IN (:recipe_ids*)"
PAGE = {"ASC": _page("ASC"), "DESC": _page("DESC")}
PAGE_OF_RECIPES = {"ASC": _page("ASC", _OF_RECIPES), "DESC": _page("DESC", _OF_RECIPES)}

COUNT_IN_TENANT = Query(
    "SELECT COUNT(DISTINCT user_id) FROM login_method_tenants WHERE app_id = :app_id AND tenant_id = :tenant_id"
)
COUNT_IN_TENANT_OF_RECIPES = Query(f"{COUNT_IN_TENANT.text} {_OF_RECIPES}")
# Who has left every tenant is not counted: clients know the number as that of the tenants together.
COUNT = Query("SELECT COUNT(DISTINCT user_id) FROM login_method_tenants WHERE app_id = :app_id")
COUNT_OF_RECIPES = Query(f"{COUNT.text} {_OF_RECIPES}")


async def list_page(connection: Connection, app_id: str, tenant_id: str, wanted: PageRequest) -> list[User]:
    """The people of a tenant that are on a page."""
    order = wanted.order
    start = wanted.start or Position(-1 if order == "ASC" else _END_OF_TIME_MS, "")
    values: dict[str, Value] = {
        "app_id": app_id,
        "tenant_id": tenant_id,
        "time_joined": start.time_joined,
        "user_id": start.user_id,
        "limit": wanted.limit,
    }
    if wanted.recipe_ids is None:
        rows = await connection.fetch_all(PAGE[order], **values)
    else:
        rows = await connection.fetch_all(PAGE_OF_RECIPES[order], recipe_ids=wanted.recipe_ids, **values)
    return in_order(read_users(rows), order)


async def search(connection: Connection, app_id: str, tenant_id: str, wanted: Search, order: Order) -> list[User]:
    """The people of a tenant that match, at most MAX_FOUND."""
    query = _search_query(len(wanted.emails), len(wanted.phone_numbers), len(wanted.providers), order)
    values: dict[str, Value] = {}
    for place, term in enumerate(wanted.emails):
        values[f"email_{place}"] = f"{_literally(term)}%"
        values[f"domain_{place}"] = f"%@{_literally(term)}%"
    for place, term in enumerate(wanted.phone_numbers):
        values[f"phone_number_{place}"] = f"{_literally(term)}%"
    for place, term in enumerate(wanted.providers):
        values[f"provider_{place}"] = f"{_literally(term)}%"
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
def _search_query(emails: int, phone_numbers: int, providers: int, order: Order) -> Query:
    kinds = [
        [f"email LIKE :{kind}_{place} ESCAPE '!'" for place in range(emails) for kind in ("email", "domain")],
        [f"phone_number LIKE :phone_number_{place} ESCAPE '!'" for place in range(phone_numbers)],
        [f"LOWER(third_party_id) LIKE :provider_{place} ESCAPE '!'" for place in range(providers)],
    ]
    condition = "".join(f" AND ({' OR '.join(terms)})" for terms in kinds if terms)
    return Query(_in_order(_FOUND, order).replace("CONDITION", condition) + WHOLE_USERS)


def _literally(term: str) -> str:
    for character in "!%_":
        term = term.replace(character, "!" + character)
    return term
