# SPDX-License-Identifier: Apache-2.0
"""Write the table of what guessing achieves into docs/security.md: `python -m scripts.guess_figures`."""

from pathlib import Path

from twofold.core.config import Settings
from twofold.core.recipe.abuse.probability import Risk, risks
from twofold.recipe.emailpassword.passwords import MIN_LENGTH
from twofold.recipe.recoverycodes.types import DEFAULT_COUNT
from twofold.recipe.totp.types import DEFAULT_SKEW

PAGE = Path(__file__).parents[1] / "docs" / "security.md"
BEGIN, END = "<!-- guessing -->", "<!-- /guessing -->"


def default_risks() -> list[Risk]:
    """The risk of each factor under the defaults of core and SDK."""
    return risks(Settings(), totp_skew=DEFAULT_SKEW, shortest_password=MIN_LENGTH, recovery_code_count=DEFAULT_COUNT)


def with_table(page: str) -> str:
    """The page with the table as the code has it."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    lines = [
        "| Factor | Guesses a year | Right at a time | Of | Probability of a hit |",
        "| --- | --- | --- | --- | --- |",
        *(
            f"| {risk.factor} | {risk.guesses:,} | {risk.right} | {risk.possible:.3g} | {risk.probability:.1e} |"
            for risk in default_risks()
        ),
    ]
    return f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
