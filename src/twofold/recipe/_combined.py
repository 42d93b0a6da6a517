# SPDX-License-Identifier: Apache-2.0
"""What the combination recipes of older releases are made of: two recipes under one `init` and one override.

A combined interface declares each of its functions with the one that does the work::

    @delegates("emailpassword", "sign_in")
    async def emailpassword_sign_in(self, email: str, password: str, tenant_id: str, user_context: UserContext) -> Any:
        \"\"\"Check credentials.\"\"\"

Functions have got parameters since. An override that was written before is called with those that it knows, and what
it passes on is completed with those of the call that it is part of.
"""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

from twofold._app_info import AppInfo
from twofold._user_context import default_part
from twofold.exceptions import GeneralError
from twofold.types.base import RecipeUserId
from twofold.types.config import BaseOverrideConfig

from ._base import Recipe, RecipeInit

Function = Callable[..., Awaitable[Any]]
FunctionT = TypeVar("FunctionT", bound=Function)
InterfaceT = TypeVar("InterfaceT", bound="CombinedInterface")
_DELEGATION, _CALLS = "__twofold_delegation__", "calls_of_combined_recipes"
# What a caller means who does not know these parameters.
_UNSAID: dict[str, Any] = {"session": None, "should_try_linking_with_session_user": False, "is_verified": False}


@dataclass(frozen=True)
class Delegation:
    """Which recipe does it, by which function; `names` are the parameters of the combined one."""

    recipe_id: str
    name: str
    names: tuple[str, ...]


@dataclass
class Originals:
    """The functions that do the work, by recipe and name, as they were before the combined override."""

    functions: dict[tuple[str, str], Function] = field(default_factory=dict)

    async def call(self, delegation: Delegation, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call one, in either generation of its parameters."""
        original = self.functions[delegation.recipe_id, delegation.name]
        names = _names(original)
        is_newer = len(args) + len(kwargs) == len(names) != len(delegation.names)
        given = dict(zip(names if is_newer else delegation.names, args, strict=False)) | kwargs
        if "user_id" in given and "recipe_user_id" in names:
            login_method = given.pop("user_id")
            given["recipe_user_id"] = (
                login_method if isinstance(login_method, RecipeUserId) else RecipeUserId(login_method)
            )
        call = default_part(given["user_context"]).get(_CALLS, {}).get(delegation.name, {})
        values = {**_UNSAID, **call, **given}
        return await original(*(values[name] for name in names))


class CombinedInterface:
    """Base of the functions and of the APIs of a combined recipe.

    A function that no recipe has is the combined one's own; `combined_functions` finds it, as it was overridden.
    """

    def __init__(self, originals: Originals | None = None) -> None:
        self._originals = originals or Originals()

    def used_by(self, recipe_id: str, apis: Any) -> Any:
        """Let the APIs of a recipe call functions that are the combined recipe's own; return the APIs."""
        return apis


def delegates(recipe_id: str, name: str) -> Callable[[FunctionT], FunctionT]:
    """Let a method of a `CombinedInterface` be done by a function of a recipe."""

    def declare(function: FunctionT) -> FunctionT:
        delegation = Delegation(recipe_id, name, tuple(inspect.signature(function).parameters)[1:])

        @wraps(function)
        async def call(self: Any, *args: Any, **kwargs: Any) -> Any:
            return await self._originals.call(delegation, args, kwargs)

        setattr(call, _DELEGATION, delegation)
        delegated: Any = call
        declared: FunctionT = delegated
        return declared

    return declare


class _Side:
    """Functions or APIs of both recipes, behind one combined object that is overridden once."""

    def __init__(self, interface: type[CombinedInterface], override: Callable[[Any], Any]) -> None:
        self._interface = interface
        self._originals = Originals()
        self.result = override(interface(self._originals))

    def used_by(self, recipe_id: str, apis: Any) -> Any:
        """Let APIs call what the override made of the combined recipe's own functions."""
        return self._interface.used_by(self.result, recipe_id, apis)

    def install(self, recipe_id: str, original: Any) -> Any:
        """Put what the override replaced into a recipe."""
        for old_name, function in inspect.getmembers(self._interface, inspect.isfunction):
            delegation: Delegation | None = getattr(function, _DELEGATION, None)
            if delegation is None or delegation.recipe_id != recipe_id:
                continue
            flag = f"disable_{delegation.name}"
            setattr(original, flag, getattr(self.result, f"disable_{old_name}", getattr(self.result, flag, False)))
            before = getattr(original, delegation.name)
            self._originals.functions[recipe_id, delegation.name] = before
            replaced = getattr(self.result, old_name)
            if getattr(replaced, "__func__", None) is not function:
                setattr(original, delegation.name, _called_as_written(replaced, before, delegation))
        return original


def _called_as_written(override: Function, before: Function, delegation: Delegation) -> Function:
    names = _names(before)
    own_names = _names(override)
    is_newer = own_names == names or len(own_names) == len(names) != len(delegation.names)

    async def call(*args: Any, **kwargs: Any) -> Any:
        given = dict(zip(names, args, strict=False)) | kwargs
        if is_newer:
            return await override(*(given[name] for name in names))
        default_part(given["user_context"]).setdefault(_CALLS, {})[delegation.name] = dict(given)
        if "recipe_user_id" in given:
            given["user_id"] = given["recipe_user_id"].get_as_string()
        return await override(*(given[name] for name in delegation.names))

    return call


def _names(function: Function) -> tuple[str, ...]:
    return tuple(inspect.signature(function).parameters)


class CombinedInit:
    """What `init` of a combined recipe returns. The App makes the recipes that it stands for.

    Args:
        parts: Makes their `RecipeInit`s; gets the override of each by its id.
        functions: The combined functions.
        apis: The combined APIs.
        override: Of the application, over the combined ones.
    """

    def __init__(
        self,
        parts: "Callable[[Callable[[str], BaseOverrideConfig[Any, Any]]], tuple[RecipeInit, ...]]",
        functions: type[CombinedInterface],
        apis: type[CombinedInterface],
        override: BaseOverrideConfig[Any, Any] | None,
    ) -> None:
        self._parts = parts
        self._functions, self._apis = functions, apis
        self._override = override or BaseOverrideConfig()

    def parts(self) -> tuple[RecipeInit, ...]:
        """Return the recipes, for one App."""
        functions = _Side(self._functions, self._override.functions or _unchanged)
        apis = _Side(self._apis, self._override.apis or _unchanged)
        parts = self._parts(
            lambda recipe_id: BaseOverrideConfig(
                functions=lambda original: functions.install(recipe_id, original),
                apis=lambda original: apis.install(recipe_id, functions.used_by(recipe_id, original)),
            )
        )
        return tuple(_part_of(make, functions.result) for make in parts)

    def __call__(self, app_info: AppInfo, plugins: list[Any]) -> Recipe[Any, Any]:
        """Refuse: it stands for two recipes.

        Raises:
            GeneralError: always.
        """
        raise GeneralError("A combined recipe is two: give what its init returned to the recipe_list of init")


def combined_functions(recipe: Recipe[Any, Any], interface: type[InterfaceT]) -> InterfaceT:
    """Return the overridden functions of the combined recipe that a recipe is part of, or those of a new one."""
    return recipe.combined if isinstance(recipe.combined, interface) else interface()


def parts_of(make: RecipeInit) -> tuple[RecipeInit, ...]:
    """Return what an entry of a recipe list stands for: itself, or the recipes of a combined one."""
    return make.parts() if isinstance(make, CombinedInit) else (make,)


def _part_of(make: RecipeInit, functions: Any) -> RecipeInit:
    def make_part(app_info: AppInfo, plugins: list[Any]) -> Recipe[Any, Any]:
        recipe = make(app_info, plugins)
        recipe.combined = functions
        return recipe

    return make_part


def _unchanged(original: Any) -> Any:
    return original
