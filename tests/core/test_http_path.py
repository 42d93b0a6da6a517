# SPDX-License-Identifier: Apache-2.0
"""Which app, tenant and endpoint a path names."""

import pytest

from twofold.core.http_path import Location, locate, normalise_base_path

PATHS = {"/", "/hello", "/recipe/roles", "/users"}


@pytest.mark.parametrize(
    ("path", "app_id", "tenant_id", "found"),
    [
        ("/recipe/roles", "public", "public", "/recipe/roles"),
        ("/Recipe/ROLES/", "public", "public", "/recipe/roles"),
        ("//recipe//roles", "public", "public", "/recipe/roles"),
        ("", "public", "public", "/"),
        ("/t1", "public", "t1", "/"),
        ("/t1/recipe/roles", "public", "t1", "/recipe/roles"),
        ("/public/users", "public", "public", "/users"),
        ("/users/recipe/roles", "public", "public", "/recipe/roles"),
        ("/appid-a1", "a1", "public", "/"),
        ("/appid-a1/T1/users", "a1", "t1", "/users"),
        ("/appid-/users", "public", "public", "/users"),
        ("/appid-public/public/users", "public", "public", "/users"),
        ("/a_b/users", "public", "public", None),
        ("/t1/t2/users", "public", "public", None),
        ("/appid-a1/appid-a2/users", "a1", "appid-a2", "/users"),
    ],
)
def test_paths(path: str, app_id: str, tenant_id: str, found: str | None) -> None:
    """With and without app and tenant, in any letter case."""
    assert locate(path, "", PATHS.__contains__) == Location(app_id, tenant_id, found)


@pytest.mark.parametrize(
    ("path", "found"), [("/auth/users", "/users"), ("/auth", "/"), ("/users", None), ("/author/users", None)]
)
def test_base_path(path: str, found: str | None) -> None:
    """A base path is a whole segment."""
    assert locate(path, "/auth", PATHS.__contains__).path == found


@pytest.mark.parametrize(
    ("text", "path"), [(None, ""), ("", ""), ("/", ""), ("auth", "/auth"), ("//Auth//x/", "/auth/x")]
)
def test_normalising_a_base_path(text: str | None, path: str) -> None:
    """One slash in front, none behind."""
    assert normalise_base_path(text) == path


def test_a_base_path_has_no_spaces() -> None:
    """It is refused at the start, not at the first request."""
    with pytest.raises(ValueError, match="Invalid characters in base_path config"):
        normalise_base_path("/a b")
