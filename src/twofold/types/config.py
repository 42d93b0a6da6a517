# SPDX-License-Identifier: Apache-2.0
"""How an application replaces parts of a recipe."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
FunctionInterfaceType = TypeVar("FunctionInterfaceType")
APIInterfaceType = TypeVar("APIInterfaceType")

InterfaceOverride = Callable[[T], T]


@dataclass(frozen=True)
class BaseOverrideConfigWithoutAPI(Generic[FunctionInterfaceType]):
    """Overrides of a recipe without HTTP APIs.

    Args:
        functions: Gets the original implementation, returns the one to use. Called once, at `init`.
    """

    functions: InterfaceOverride[FunctionInterfaceType] | None = None


@dataclass(frozen=True)
class BaseOverrideConfig(Generic[FunctionInterfaceType, APIInterfaceType]):
    """Overrides of a recipe.

    Args:
        functions: Gets the original implementation, returns the one to use. Called once, at `init`.
        apis: The same for the HTTP APIs; they are built on the overridden functions.
    """

    functions: InterfaceOverride[FunctionInterfaceType] | None = None
    apis: InterfaceOverride[APIInterfaceType] | None = None
