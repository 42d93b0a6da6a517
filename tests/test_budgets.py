# SPDX-License-Identifier: Apache-2.0
"""Small modules and small functions: the budgets of the code, and what may exceed them and why."""

import ast
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "src" / "twofold"
MODULES = sorted(path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.py"))
LINES_OF_A_MODULE = 400
LINES_OF_A_FUNCTION = 60
LICENCE_LINE = "# SPDX-License-Identifier: Apache-2.0"

# "module.py" or "module.py:function" → why it may be longer.
ALLOWED: dict[str, str] = {}


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function of a module, methods and inner functions included."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function's body; its signature and docstring explain it and are not counted."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_modules_are_short() -> None:
    """A module fits in a reader's head: at most 400 lines."""
    long = [module for module in MODULES if (SOURCE / module).read_text().count("\n") > LINES_OF_A_MODULE]

    assert [module for module in long if module not in ALLOWED] == []


def test_functions_are_short() -> None:
    """A function tells one thing: at most 60 lines."""
    long = [
        f"{module}:{function.name}"
        for module in MODULES
        for function in functions(ast.parse((SOURCE / module).read_text()))
        if lines_of(function) > LINES_OF_A_FUNCTION
    ]

    assert [name for name in long if name not in ALLOWED] == []


def test_modules_name_their_licence_and_purpose() -> None:
    """Every module begins with its licence and a docstring that says what it is for."""
    texts = {module: (SOURCE / module).read_text() for module in MODULES}

    assert [module for module, text in texts.items() if not text.startswith(LICENCE_LINE + "\n")] == []
    assert [module for module, text in texts.items() if not ast.get_docstring(ast.parse(text))] == []


def test_exceptions_are_still_needed() -> None:
    """An exception from the budgets ends with the code that needed it."""
    assert [name for name in ALLOWED if name.split(":")[0] not in MODULES] == []
