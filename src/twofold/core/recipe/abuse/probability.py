# SPDX-License-Identifier: Apache-2.0
"""How likely it is that guessing for a year hits, for each factor: computed from the limits that the code enforces.

The attacker asks as often as they are let, all the year, from any number of networks, and is as lucky as chance has it.
An owner who signs in renews nothing for them (guessing.py). What no limit is needed for, because it is random and long,
is counted at TRIES_A_SECOND.
"""

from dataclasses import dataclass
from typing import Final

from twofold.core.config import Settings
from twofold.core.recipe.abuse import guessing, passwords
from twofold.core.recipe.passwordless import budget, rules, values
from twofold.core.recipe.recoverycodes import codes as recovery_codes
from twofold.core.recipe.recoverycodes import rules as recovery_rules
from twofold.core.recipe.totp import codes as totp_codes

YEAR_MS: Final = 365 * 86_400_000
TRIES_A_SECOND: Final = 1_000_000
SIGNATURE_BITS: Final = 128
"""What it takes to forge a signature of the weakest algorithm that passkeys are accepted with."""
PASSWORD_SYMBOLS: Final = 36
"""Small letters and digits: the poorest alphabet that a random password is made of."""


@dataclass(frozen=True, slots=True)
class Risk:
    """A factor: how many guesses a year are looked at, and how many there are of which how many are right."""

    factor: str
    guesses: int
    right: int
    possible: int

    @property
    def probability(self) -> float:
        """Of at least one hit in a year; at most the sum over all guesses."""
        return self.guesses * self.right / self.possible


def risks(settings: Settings, *, totp_skew: int, shortest_password: int, recovery_code_count: int) -> list[Risk]:
    """The risk of each factor. What the core does not know itself is what the SDK gives out by default.

    totp_skew: steps before and after the current one whose codes are right. Users with several authenticator apps have
    as many times more right codes.
    """
    year_seconds = YEAR_MS // 1000
    codes = guessing.limit_of_codes(settings).most_in(YEAR_MS)
    long_codes = budget.LIMIT_OF_LONG_CODES.most_in(YEAR_MS)
    of_network = passwords.limit_of_network(settings).most_in(YEAR_MS)
    of_strangers = passwords.limit_of_strangers(settings).most_in(YEAR_MS)
    recovery = recovery_rules.MAX_ATTEMPTS * (1 + YEAR_MS // recovery_rules.COOLDOWN_MS)
    live = rules.MAX_CODES_PER_DEVICE
    return [
        Risk("otp-email, otp-phone", codes, live, 10**budget.CODE_DIGITS),
        Risk("otp-email, otp-phone (long codes)", long_codes, live, 10**budget.LONG_CODE_DIGITS),
        Risk("link-email, link-phone", TRIES_A_SECOND * year_seconds, live, 256**values.SECRET_BYTES),
        Risk("totp", codes, 2 * totp_skew + 1, 10**totp_codes.DIGITS),
        Risk("emailpassword, dashboard", of_network + of_strangers, 1, PASSWORD_SYMBOLS**shortest_password),
        Risk("recovery-code", recovery, recovery_code_count, 2**recovery_codes.BITS),
        Risk("webauthn", TRIES_A_SECOND * year_seconds, 1, 2**SIGNATURE_BITS),
    ]
