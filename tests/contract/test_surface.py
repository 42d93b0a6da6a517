# SPDX-License-Identifier: Apache-2.0
"""Every name that the incumbent's documentation imports is there under the same path, with the same parameters.

`surface/documented.json`: module → name → parameters of the function or of the class's constructor, and of its methods.
"""

import importlib
import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

DOCUMENTED: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "surface" / "documented.json").read_text())
OAUTH = "the OAuth2 provider comes later"
INTERNAL = "not for applications: how the incumbent makes its own objects"
# What is absent or different, and why. A line that is not true any more fails the test.
ABSENT = {
    "recipe:oauth2provider": OAUTH,
    "recipe.oauth2provider.interfaces": OAUTH,
    "recipe.oauth2provider.oauth2_client": OAUTH,
    "recipe.oauth2provider.syncio": OAUTH,
    "recipe.totp.types:TOTPConfig.to_overrideable_config()": INTERNAL,
    "recipe.totp.types:TOTPConfig.from_overrideable_config(overrideable_config)": INTERNAL,
    "recipe.webauthn:WebauthnConfig.to_overrideable_config()": INTERNAL,
    "recipe.webauthn:WebauthnConfig.from_overrideable_config(overrideable_config)": INTERNAL,
    "recipe.session.recipe_implementation:RecipeImplementation(querier, config, app_info)": INTERNAL,
    "recipe.session.interfaces:SessionClaim.build(user_id, recipe_user_id, tenant_id, current_payload, user_context)": (
        "it takes these, and also those of the generation before them"
    ),
}


def differences() -> Iterator[str]:
    """Each documented thing that is not there as documented."""
    for module_name, names in DOCUMENTED.items():
        module = imported(f"twofold.{module_name}".rstrip("."))
        if module is None:
            yield module_name
            continue
        for name, described in names.items():
            found = getattr(module, name, None) or imported(f"{module.__name__}.{name}")
            if found is None:
                yield f"{module_name}:{name}"
                continue
            if "params" in described:
                yield from different(found, described["params"], f"{module_name}:{name}")
            for method, params in described.get("methods", {}).items():
                yield from different(getattr(found, method, None), params, f"{module_name}:{name}.{method}")


def different(found: Any, params: list[str], place: str) -> Iterator[str]:
    """Yield the place when the parameters are not these, in this order; more may follow."""
    wanted = [item.split("=")[0] for item in params if item not in ("*", "/")]
    if found is None or parameters(found)[: len(wanted)] != wanted:
        yield f"{place}({', '.join(wanted)})"


def parameters(found: Any) -> list[str]:
    """Names of the parameters, without the object itself."""
    # As it is written in the source: `*name`, `**name`.
    names = [str(item).split(":")[0].split("=")[0].strip() for item in inspect.signature(found).parameters.values()]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


def imported(name: str) -> Any:
    """The module, or None."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not name.startswith(error.name):
            raise
        return None


def test_documented_names_are_there() -> None:
    """All of them but what is listed."""
    assert set(differences()) == set(ABSENT)


@pytest.mark.parametrize("name", ["twofold.no_such", "twofold.recipe.no_such.thing"])
def test_a_missing_module_is_noticed(name: str) -> None:
    """The comparison can fail."""
    assert imported(name) is None
