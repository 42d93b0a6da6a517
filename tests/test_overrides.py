# SPDX-License-Identifier: Apache-2.0
"""An override that would count for nothing is refused at `init`: the application's policy may be in it."""

import logging
from typing import Any

import pytest

from twofold import testing
from twofold.exceptions import GeneralError
from twofold.recipe import multifactorauth, session
from twofold.recipe.multifactorauth import OverrideConfig


def everybody(original: Any) -> Any:
    """A policy."""
    original.get_mfa_requirements_for_auth = None
    return original


async def later(original: Any) -> Any:
    """Async, as functions of a recipe are, and an override is not."""
    return original


def silent(original: Any) -> None:
    """Change the object, and forget to return it."""
    everybody(original)


def refused(override: Any) -> str:
    """What `init` says."""
    recipes = [session.init(), multifactorauth.init(override=override)]
    with pytest.raises(GeneralError) as error, testing.app(recipes):
        raise AssertionError
    return str(error.value)


def test_a_policy_is_not_the_override_itself() -> None:
    """It would not be called."""
    assert refused(everybody).startswith("multifactorauth.init: 'override' is OverrideConfig(functions=…, apis=…), not")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"functions": later}, "the override of its functions, must not be async"),
        ({"functions": silent}, "must return the object that it is given"),
        ({"apis": silent}, "the override of its apis"),
    ],
)
def test_what_answers_with_nothing_is_no_override(changes: dict[str, Any], told: str) -> None:
    """The recipe would fail at its first request."""
    assert told in refused(OverrideConfig(**changes))


def test_what_is_nearly_the_name_of_a_function_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """It would be called by nobody: the policy would be off. What the application keeps there is its own."""

    def misspelt(original: Any) -> Any:
        original.get_mfa_requirement_for_auth = original.get_mfa_requirements_for_auth
        original.cache = {}
        return original

    with testing.app([session.init(), multifactorauth.init(override=OverrideConfig(functions=misspelt))]):
        pass

    (told,) = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert "has 'get_mfa_requirement_for_auth', which nothing calls" in told
    assert told.endswith("did you mean 'get_mfa_requirements_for_auth'?")
