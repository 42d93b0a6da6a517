# SPDX-License-Identifier: Apache-2.0
"""Write the table of attack classes and of the tests that name them into docs/attacks.md: `scripts/attack_index.py`."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "attacks.md"
BEGIN, END = "<!-- classes -->", "<!-- /classes -->"

CLASSES = {
    1: "Unlimited guessing of codes",
    2: "A new code, session or device brings new tries",
    3: "A lock that never closes, or closes at the wrong number",
    4: "Another spelling of the name has tries of its own",
    5: "A lock that holds on one way in only",
    6: "Locking the owner out on purpose",
    7: "A success elsewhere gives tries back",
    8: "One code of an authenticator app accepted twice",
    9: "One code sent many times at once",
    10: "A limit on the pages that the API does not have",
    11: "Recovery codes that live on or come back",
    12: "A way in that does not ask for the second factor",
    13: "What is required, wrongly computed",
    14: "The second step skipped by calling a later one",
    15: "Factors changed with the first factor alone",
    16: "Step-up satisfied by another login",
    17: "A factor on an address that was never verified",
    18: "A passkey's challenge used again",
    19: "A passkey of another origin or tenant",
    20: "A half signed-in state that outlives the sign-out",
    21: "Secrets in logs, database, or the operator's view",
    22: "A trusted device that outlives its reason",
    23: "Verifying one's own address by a call",
    24: "Floods of mails and messages",
    25: "Taking an account over by linking an unverified address",
    26: "Registering a victim's address first",
    27: "A provider's verdict on an address misread",
    28: "An account known by what can change",
    29: "Two spellings of one address, or two addresses of one spelling",
    30: "A token that was issued to another application",
    31: "Links made of a request's headers",
    32: "A link that works twice, or after it should",
    33: "Sessions that outlive a reset, an end, a deletion",
    34: "Finding out who has an account",
    35: "An account without a password entered with one",
    36: "Secrets that can be guessed",
    37: "An error that lets pass",
    38: "An address that the client made up",
    39: "Being signed in to somebody else's account",
    40: "A code used by another client, or without its verifier",
    41: "Refresh tokens that never change or do not end",
    42: "A revocation that does nothing",
    43: "Confusion about algorithms and keys of tokens",
    44: "One user's session served to another",
    45: "Being led to another site after the sign-in",
    46: "SAML signatures",
    47: "One tenant reaches another's data",
    48: "Forged cursors, requests by the server, scripts in pages",
    49: "Whom it is about, taken from the request",
    50: "An altered token that is still good",
    51: "Somebody else's invitation or device",
    52: "A core that is open to everybody",
}
WAITING = {
    46: "Twofold has no SAML yet.",
    51: "Twofold has neither invitations nor the device flow.",
}
_MARK = re.compile(r"(?:attack |^)class(?:es)? (\d+(?:(?:, | and |, and )\d+)*)", re.IGNORECASE)

_NAMES = re.compile(r"\bclass(?:es)? \d|\b[A-Z]+\d* \d+\.\d", re.IGNORECASE)
"""Whatever names a class here, or a clause of a standard in `assurance_report.py`."""


def with_table(page: str) -> str:
    """The page with the tests as they are."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n" + "\n".join(_table(found())) + f"\n{END}{after}"


def found() -> dict[int, list[str]]:
    """For each class the tests whose docstring, or whose module's, names it: `path::function`."""
    named: dict[int, list[str]] = {}
    for test, text in docstrings():
        for numbers in _MARK.findall(text):
            for number in re.findall(r"\d+", numbers):
                named.setdefault(int(number), []).append(test)
    return named


@cache
def docstrings() -> tuple[tuple[str, str], ...]:
    """Each test, `path::function`, and each file of tests with its docstring; files that name nothing are left out."""
    paths = sorted((ROOT / "tests").rglob("test_*.py"))
    return tuple(item for path in paths for item in _docstrings(path.read_text(encoding="utf-8"), path))


def _docstrings(text: str, path: Path) -> Iterator[tuple[str, str]]:
    if _NAMES.search(text) is None:  # what takes long is to parse
        return
    module = ast.parse(text)
    where = path.relative_to(ROOT).as_posix()
    yield where, ast.get_docstring(module) or ""
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{where}::{node.name}", ast.get_docstring(node) or ""


def _table(named: dict[int, list[str]]) -> list[str]:
    rows = ["| Class | The attack | The tests |", "| --- | --- | --- |"]
    for number, title in CLASSES.items():
        tests = WAITING.get(number) or "<br>".join(f"`{test.removeprefix('tests/')}`" for test in named.get(number, []))
        rows.append(f"| {number} | {title} | {tests} |")
    return rows


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
