# SPDX-License-Identifier: Apache-2.0
"""Every route of the SDK, the pages and the core is on the list of doors, or the build fails (class 12).

An incident of a peer each time: a second factor was enforced where one thought of it, and a new way in forgot it.
"""

import ast
import pkgutil
from pathlib import Path

import pytest

import twofold.recipe
from tests.security.application import World
from tests.security.doors import APIS, CORE_ENDPOINTS, PAGES, Door, Kind

FOLDER = Path(__file__).parent
COMBINED = {"thirdpartyemailpassword", "thirdpartypasswordless"}  # two recipes each, and no doors of their own
ALL: dict[str, Door] = {
    f"{part} {name}": door
    for part, doors in (("API", APIS), ("page", PAGES), ("core", CORE_ENDPOINTS))
    for name, door in doors.items()
}


def what_to_do(part: str, missing: set[str]) -> str:
    """Return the text for whoever added a door."""
    return (
        f"These doors ({part}) are not in tests/security/doors.py: {', '.join(sorted(missing))}. Place each: if it can "
        "make a session, or raise one (complete a factor, renew tokens), list it with `creates(way)` and write in "
        "ways.py how somebody without the second factor goes through it; if it ends or reads sessions, with USES; "
        "else with NONE."
    )


async def test_every_recipe_is_attacked(quick_world: World) -> None:
    """Class 12: a recipe that the attacked application lacks would have doors that nobody looks at."""
    packages = {item.name for item in pkgutil.iter_modules(twofold.recipe.__path__) if item.ispkg}
    used = {recipe.recipe_id for recipe in quick_world.under_test.app.recipes}

    assert packages - used - COMBINED == set(), "Add the recipe to `recipes()` in tests/security/application.py"


async def test_every_api_is_listed(quick_world: World) -> None:
    """Class 12: an API that nobody placed fails the build (ASVS 6.3.4)."""
    app = quick_world.under_test.app
    found = {
        f"{route.declaration.method} {route.declaration.path}" for routes in app._apis.values() for route in routes
    }

    assert not found - APIS.keys(), what_to_do("APIS", found - APIS.keys())
    assert APIS.keys() - found == set()


async def test_every_page_is_listed(quick_world: World) -> None:
    """Class 12: a page that nobody placed fails the build."""
    routes = [page for recipe in quick_world.under_test.app.recipes for page in recipe.page_routes()]
    found = {f"{page.method} {page.path}" for page in routes}
    static = {name for name in found if name.startswith("GET /auth/static/")}
    found = (found - static) | {"GET /auth/static/…"}

    assert not found - PAGES.keys(), what_to_do("PAGES", found - PAGES.keys())
    assert PAGES.keys() - found == set()


async def test_every_endpoint_is_listed(quick_world: World) -> None:
    """Class 12: an endpoint of the core that nobody placed fails the build."""
    services = quick_world.under_test.core.services
    found = {f"{item.method} {item.path}" for recipe in services.recipes for item in recipe.endpoints.all}

    assert not found - CORE_ENDPOINTS.keys(), what_to_do("CORE_ENDPOINTS", found - CORE_ENDPOINTS.keys())
    assert CORE_ENDPOINTS.keys() - found == set()


@pytest.mark.parametrize("name", [name for name, door in ALL.items() if door.kind is Kind.CREATES])
def test_each_door_to_a_session_has_its_proof(name: str) -> None:
    """Attack class 12.

    Class 12: what makes or raises sessions names a test of the rule for it, and the test is there.

    ASVS 6.1.3, 6.3.4, 7.6.2.
    """
    door = ALL[name]

    assert door.proofs, what_to_do("without proof", {name})
    assert [proof for proof in door.proofs if proof not in known_tests()] == []
    assert door.way is not None or name.startswith("core ")


def known_tests() -> set[str]:
    """Return every test of this folder, as a door names it."""
    return {
        f"{path.name}::{node.name}"
        for path in FOLDER.glob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    }
