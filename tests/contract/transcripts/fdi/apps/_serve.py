# SPDX-License-Identifier: Apache-2.0
"""Runs one application of this folder: `python _serve.py APP SDK PORT`.

The applications import `twofold`. For another SDK with the same public surface, `twofold…` becomes an alias.
"""

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from types import ModuleType
from typing import Any

import uvicorn


class SdkAlias(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Lets `import twofold…` hand out the modules of another SDK."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.identities: dict[int, Any] = {}

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        """Answer for `twofold` and everything below it."""
        if fullname.split(".", maxsplit=1)[0] != "twofold":
            return None
        real = importlib.util.find_spec(self.target + fullname.removeprefix("twofold"))
        is_package = real is not None and real.submodule_search_locations is not None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=is_package) if real else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """Import the other SDK's module, once, under its own name."""
        module = importlib.import_module(self.target + spec.name.removeprefix("twofold"))
        self.identities[id(module)] = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Give the module its own identity back; it has run already."""
        module.__spec__ = self.identities[id(module)]


if __name__ == "__main__":
    app_name, sdk, port = sys.argv[1:]
    if sdk != "twofold":
        sys.meta_path.insert(0, SdkAlias(sdk))
    module = importlib.import_module(app_name.removesuffix(".py"))
    uvicorn.run(module.app, host="127.0.0.1", port=int(port), log_level="warning")
