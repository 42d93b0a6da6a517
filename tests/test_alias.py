# SPDX-License-Identifier: Apache-2.0
"""Programs that import the incumbent's package get Twofold: by one call, or by the alias's package alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

STUB = Path(__file__).parents[1] / "alias" / "src"
PROGRAM = """
import supertokens_python
import supertokens_python.recipe.session.asyncio as aliased
from supertokens_python import InputAppInfo, init
from supertokens_python.recipe import emailpassword
from supertokens_python.recipe.emailpassword.interfaces import SignUpOkResult

import twofold
import twofold.recipe.emailpassword
import twofold.recipe.emailpassword.interfaces
import twofold.recipe.session.asyncio as ours

assert supertokens_python is twofold
assert aliased is ours and ours.__name__ == ours.__spec__.name == "twofold.recipe.session.asyncio"
assert emailpassword is twofold.recipe.emailpassword
assert SignUpOkResult is twofold.recipe.emailpassword.interfaces.SignUpOkResult
assert init is twofold.init and InputAppInfo is twofold.InputAppInfo
try:
    import supertokens_python.no_such_module
except ModuleNotFoundError as error:
    assert error.name == "supertokens_python.no_such_module", error.name
else:
    raise AssertionError("a module that is not there was imported")
print("the same")
"""


def run(program: str, *paths: Path) -> subprocess.CompletedProcess[str]:
    """Run a program in a process of its own, with more places to import from."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, paths))}
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=False)


@pytest.mark.parametrize("first", ["import twofold.alias; twofold.alias.install()", "import twofold.recipe.session"])
def test_every_module_is_ours(first: str) -> None:
    """Whether the call or the package came first, and whatever was imported before."""
    installed = run("import twofold.alias; twofold.alias.install(); twofold.alias.install()\n" + first + PROGRAM)
    stub = run(first + PROGRAM, STUB)

    assert installed.stdout == "the same\n", installed.stderr
    assert stub.stdout == "the same\n", stub.stderr


def test_refuses_to_come_too_late(tmp_path: Path) -> None:
    """Half a program on one package and half on another would be worse than an error."""
    (tmp_path / "supertokens_python.py").write_text("")

    late = run("import supertokens_python, twofold.alias; twofold.alias.install()", tmp_path)

    assert "ImportError: supertokens_python was imported before twofold.alias.install()" in late.stderr
