# SPDX-License-Identifier: Apache-2.0
"""Every route of the SDK, the pages and the core is on the list of doors, or the build fails (class 12).

An incident of a peer each time: a second factor was enforced where one thought of it, and a new way in forgot it.
"""

import ast
import pkgutil
from pathlib import Path

import twofold.recipe
from tests.security.application import World
from tests.security.core_doors import CORE_ENDPOINTS
from tests.security.doors import APIS, PAGES, Caller, Door, Kind

TESTS = Path(__file__).parents[1]
COMBINED = {"thirdpartyemailpassword", "thirdpartypasswordless"}  # two recipes each, and no doors of their own
ALL: dict[str, Door] = {
    f"{part} {name}": door
    for part, doors in (("API", APIS), ("page", PAGES), ("core", CORE_ENDPOINTS))
    for name, door in doors.items()
}


def what_to_do(part: str, missing: set[str]) -> str:
    """Return the text for whoever added a door."""
    return (
        f"These doors ({part}) are not in tests/security/doors.py: {', '.join(sorted(missing))}. Place each, with who "
        "may call it: if it can make a session, or raise one (complete a factor, renew tokens), list it with "
        "`creates(way)` or `raises(way)` and write in ways.py how somebody without the second factor goes through it; "
        "if it changes a factor or a way in, list it with `changing(change)` and write in changes.py how its owner "
        "does it; if it ends or reads sessions, with a constant of Kind.USES; else with NONE. Endpoints of the core "
        "are in core_doors.py."
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


def test_each_door_has_its_proof() -> None:
    """Attack class 12.

    Classes 12, 15: what makes or raises sessions, changes factors, or wants a fresh one names the tests that show who
    may call it, and they are there.

    ASVS 6.1.3, 6.3.4, 7.6.2.
    """
    of_interest = {
        name: door
        for name, door in ALL.items()
        if door.kind in (Kind.CREATES, Kind.CHANGES) or door.caller in (Caller.FRESH, Caller.SETS_UP)
    }
    proofs = {proof for door in ALL.values() for proof in door.proofs}

    assert {name for name, door in of_interest.items() if not door.proofs} == set()
    assert proofs - known_tests({proof.partition("::")[0] for proof in proofs}) == set()


def test_each_door_is_tried() -> None:
    """Class 12: by the way and the change that its place on the list asks for; the core's all at once."""
    sdk = {name: door for name, door in ALL.items() if not name.startswith("core ")}
    in_session = (Caller.SESSION, Caller.WHOLE, Caller.FRESH, Caller.SETS_UP)

    assert [name for name, door in sdk.items() if door.kind is Kind.CREATES and door.way is None] == []
    changing = [name for name, door in sdk.items() if door.kind is Kind.CHANGES and door.caller in in_session]
    setting_up = [name for name, door in sdk.items() if door.caller is Caller.SETS_UP]
    assert [name for name in (*changing, *setting_up) if sdk[name].change is None] == []


def known_tests(files: set[str]) -> set[str]:
    """Return every test of these files, as a door names it."""
    return {
        f"{file}::{node.name}"
        for file in files
        for node in ast.walk(ast.parse((TESTS / file).read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    }
