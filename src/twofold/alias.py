# SPDX-License-Identifier: Apache-2.0
"""Makes `import supertokens_python`, and every module below it, the very modules of Twofold.

::

    import twofold.alias

    twofold.alias.install()

    from supertokens_python.recipe import session  # is twofold.recipe.session

Call it before anything imports the name, once in a process. The package `twofold-supertokens-alias`, which the extra
`twofold[supertokens-alias]` installs, does the same with no line of code.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType

ALIAS = "supertokens_python"
_OURS = "twofold"


def install() -> None:
    """Answer imports of `supertokens_python` from now on; harmless when repeated.

    Raises:
        ImportError: another package of that name was imported before.
    """
    known = sys.modules.get(ALIAS)
    if known is not None and known is not sys.modules[_OURS] and not getattr(known, "IS_ALIAS", False):
        raise ImportError(f"{ALIAS} was imported before twofold.alias.install(): call that first")
    if not any(isinstance(finder, _AliasFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _AliasFinder())
    sys.modules[ALIAS] = sys.modules[_OURS]


class _AliasFinder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not fullname.startswith(f"{ALIAS}."):
            return None
        ours = _OURS + fullname.removeprefix(ALIAS)
        try:
            found = find_spec(ours)
        except ModuleNotFoundError:
            found = None
        return None if found is None else ModuleSpec(fullname, _AliasLoader(ours))


class _AliasLoader(Loader):
    def __init__(self, ours: str) -> None:
        self._ours = ours
        self._spec: ModuleSpec | None = None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = import_module(self._ours)
        self._spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        # It has run. The import system has just given it the alias's spec: it keeps its own.
        module.__spec__ = self._spec
