# SPDX-License-Identifier: Apache-2.0
"""How many wrong codes are looked at per contact, over all its challenges, tenants and nodes.

The tries of a challenge alone can be had again by asking for another challenge. So each code is also taken from the
contact's budget before it is looked at, and a right one gives back itself and what was wrong before in its own
challenge. When nothing is left, short codes are not looked at any more: the answer is to restart the flow, as for a
challenge without tries, and codes that are made from then on are so long that they cannot be guessed. So whoever
guesses does not lock the owner out: they get a longer code, or a link. Long codes have a budget of their own, for the
sake of our time.
"""

from typing import Final

from twofold.core.config import Settings
from twofold.core.recipe.abuse import guessing
from twofold.core.recipe.abuse.budgets import Limit
from twofold.core.recipe.abuse.guessing import Guess, subject_of
from twofold.core.recipe.passwordless.values import Contact
from twofold.core.tokens import sha256_hex

SHORT, LONG = "code", "long code"
CODE_DIGITS: Final = 6
LONG_CODE_DIGITS: Final = 12
LIMIT_OF_LONG_CODES: Final = Limit(burst=80, refill_ms=3_600_000)


def guess_at(contact: Contact, settings: Settings, user_input_code: str) -> Guess:
    """The guess that somebody makes who types a code for a contact."""
    return _guess_at(contact, settings, is_long=len(user_input_code) >= LONG_CODE_DIGITS)


def guess_at_short(contact: Contact, settings: Settings) -> Guess:
    """The guess at a code of usual length: while there is none left, codes are made longer."""
    return _guess_at(contact, settings, is_long=False)


def subjects_of(contact: Contact) -> list[str]:
    """Whose budgets those of a contact are."""
    return [subject_of(factor, _account(contact)) for factor in (SHORT, LONG)]


def _guess_at(contact: Contact, settings: Settings, *, is_long: bool) -> Guess:
    if is_long:
        return Guess(LONG, _account(contact), LIMIT_OF_LONG_CODES)
    return Guess(SHORT, _account(contact), guessing.limit_of_codes(settings))


def _account(contact: Contact) -> str:
    return sha256_hex(contact.key)
