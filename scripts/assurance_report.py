# SPDX-License-Identifier: Apache-2.0
"""Write each clause of the profiles of assurance, its settings and its tests into docs/assurance.md.

`python -m scripts.assurance_report`
"""

import re
from collections.abc import Iterator

from scripts.attack_index import ROOT, docstrings
from twofold._assurance import PROFILES, Limit, Profile, Rule

PAGE = ROOT / "docs" / "assurance.md"
BEGIN, END = "<!-- profiles -->", "<!-- /profiles -->"
_CLAUSES = r"\d+(?:\.\d+)+(?:(?:, | and )\d+(?:\.\d+)+)*"


def with_report(page: str) -> str:
    """The page with the tables and the tests as they are."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n" + "\n".join(_report()) + f"\n{END}{after}"


def named_in(profile: Profile) -> dict[str, list[str]]:
    """For each clause the tests whose docstring names it: `AAL2 3.1.4.2`, `ASVS 6.5.1, 6.5.2`."""
    mark = re.compile(rf"\b{profile.mark} ({_CLAUSES})")
    named: dict[str, list[str]] = {}
    for test, text in docstrings():
        for clauses in mark.findall(text):
            for clause in re.findall(r"\d+(?:\.\d+)+", clauses):
                named.setdefault(clause, []).append(test)
    return named


def _report() -> Iterator[str]:
    for profile in PROFILES.values():
        named = named_in(profile)
        yield from (f"## {profile.name}", "", f"{profile.standard}. In tests and messages: `{profile.mark}`.", "")
        yield from ("| Clause | Asks for | Here | Settings | Tests |", "| --- | --- | --- | --- | --- |")
        yield from (_row(rule, named.get(rule.clause, [])) for rule in profile.rules)
        yield ""


def _row(rule: Rule, tests: list[str]) -> str:
    settings = "<br>".join(_setting(limit) for limit in rule.limits)
    shown = "<br>".join(f"`{test.removeprefix('tests/')}`" for test in tests) if rule.status.is_shown else ""
    return f"| {rule.clause} | {rule.asks} | **{rule.status}**. {rule.how} | {settings} | {shown} |"


def _setting(limit: Limit) -> str:
    default = "" if limit.default is None else f"; default {limit.default:,}"
    return f"`{limit.setting}`: {limit.allowed}{default}"


if __name__ == "__main__":
    PAGE.write_text(with_report(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
