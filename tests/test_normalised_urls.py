# SPDX-License-Identifier: Apache-2.0
"""Domains and paths in one spelling."""

import pytest

from twofold.exceptions import GeneralError
from twofold.normalised_url_domain import NormalisedURLDomain
from twofold.normalised_url_path import NormalisedURLPath


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("http://api.example.com", "http://api.example.com"),
        ("https://API.example.com/path?q=1#h", "https://api.example.com"),
        (" api.example.com:8080/x ", "https://api.example.com:8080"),
        ("localhost:3000", "http://localhost:3000"),
        ("127.0.0.1:9000", "http://127.0.0.1:9000"),
        ("http://[::1]:3567", "http://[::1]:3567"),
    ],
)
def test_domain(given: str, expected: str) -> None:
    """The scheme is https unless the host is this machine or an address; the rest of the URL is dropped."""
    assert NormalisedURLDomain(given).get_as_string_dangerous() == expected


@pytest.mark.parametrize("given", ["", "/auth", "nothing", "https://", "http://host:port"])
def test_no_domain(given: str) -> None:
    """What is no domain is refused with the published text."""
    with pytest.raises(GeneralError, match="Please provide a valid domain name"):
        NormalisedURLDomain(given)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("", ""),
        ("/", ""),
        ("auth", "/auth"),
        ("/Auth/", "/Auth"),
        ("/auth?x=1", "/auth"),
        ("https://example.com/auth/email#h", "/auth/email"),
        ("example.com/auth", "/auth"),
        ("localhost:3000/auth/", "/auth"),
    ],
)
def test_path(given: str, expected: str) -> None:
    """A path has a leading and no trailing slash, keeps its case, and loses domain, query and fragment."""
    assert NormalisedURLPath(given).get_as_string_dangerous() == expected


def test_recipe_paths_of_the_core() -> None:
    """`recipe` is the first or the second segment."""
    assert NormalisedURLPath("/public/recipe/signin").is_a_recipe_path()
    assert not NormalisedURLPath("/users/count/recipe").is_a_recipe_path()
