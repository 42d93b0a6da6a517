# SPDX-License-Identifier: Apache-2.0
"""Every statement of the core: constants of its modules, and what its few builders build."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from twofold import core
from twofold.core.app import RECIPES
from twofold.core.batches import Deletion
from twofold.core.recipe.audit import store as audit_store
from twofold.core.recipe.multitenancy import store as multitenancy_store
from twofold.core.storage.query import Query
from twofold.core.users import listing

ORDERS: Final[tuple[listing.Order, ...]] = ("ASC", "DESC")
SEARCHES: Final = ((1, 0, 0), (3, 0, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1))

# Functions that build statements from a few words, each with statements of every shape it can build.
BUILDERS: Final[dict[str, dict[str, object]]] = {
    "users.listing._query": {
        **{
            f"users.listing.page_query.{order}.{recipes}": listing.page_query(order, recipes)
            for order in ORDERS
            for recipes in (0, 1, 2)
        },
        **{
            f"users.listing.search_query.{order}.{emails}{phone_numbers}{providers}": listing.search_query(
                emails, phone_numbers, providers, order
            )
            for order in ORDERS
            for emails, phone_numbers, providers in SEARCHES
        },
    },
    "recipe.audit.store.list_query": {
        f"recipe.audit.store.list_query.{'.'.join(conditions)}": audit_store.list_query(conditions)
        for conditions in ((), ("user_ids",), ("actions",), ("actor",), ("tenant_id",))
    },
    "recipe.multitenancy.store._emptying": {
        **{
            f"recipe.multitenancy.store.emptying_tenant.{table}": multitenancy_store.emptying_tenant(table)
            for recipe in RECIPES
            for table in recipe.tenant_tables
        },
        **{
            f"recipe.multitenancy.store.emptying_app.{table}": multitenancy_store.emptying_app(table)
            for recipe in RECIPES
            for table in recipe.tables
        },
    },
}


def statements_for(dialect: str) -> dict[str, Query]:
    """The statements that run on a database, by name: `recipe.session.store.FIND`, `users.listing.page_query.ASC.0`."""
    found: dict[str, Query] = {}
    for name in _modules():
        module = importlib.import_module(name)
        for attribute, value in vars(module).items():
            for path, query in _queries(attribute, value):
                if query not in found.values():
                    found[f"{_short(name)}.{path}"] = query
    for built in BUILDERS.values():
        for name, value in built.items():
            found |= dict(_queries(name, value))
    other = {"postgres": "sqlite", "sqlite": "postgres"}[dialect]
    return {name: query for name, query in found.items() if not name.endswith(f".{other}")}


def functions_that_build() -> set[str]:
    """The functions of the core that make a statement when they are called, by name."""
    found = set()
    for name in _modules():
        source = Path(importlib.import_module(name).__file__ or "").read_text(encoding="utf-8")
        for function in ast.walk(ast.parse(source)):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and function.name != "__init__":
                calls = [item.func for item in ast.walk(function) if isinstance(item, ast.Call)]
                if any(isinstance(called, ast.Name) and called.id in ("Query", "Deletion") for called in calls):
                    found.add(f"{_short(name)}.{function.name}")
    return found


def _short(module: str) -> str:
    return module.removeprefix(f"{core.__name__}.")


def _modules() -> list[str]:
    """Every module with statements of its own: the storage has those that bring the tables up to date."""
    names = [item.name for item in pkgutil.walk_packages(core.__path__, f"{core.__name__}.")]
    return [name for name in names if not name.startswith(f"{core.__name__}.storage")]


def _queries(path: str, value: object) -> Iterator[tuple[str, Query]]:
    if isinstance(value, Query):
        yield path, value
    elif isinstance(value, Deletion):
        yield from _queries(path, value.queries)
    elif isinstance(value, multitenancy_store.Emptying):
        # The other statement deletes what is left after this one.
        yield from _queries(path, value.in_batches)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _queries(f"{path}.{key}", item)
    elif isinstance(value, tuple | list):
        for place, item in enumerate(value):
            yield from _queries(f"{path}.{place}", item)
