# SPDX-License-Identifier: Apache-2.0
"""Recovery codes as text: `7KQ2-M9XT-4H0B-Z3WD`.

Sixteen symbols of Crockford's base 32 are 80 random bits: too many to be guessed online at any rate, and, behind a slow
hash, offline. They are few enough to be copied by hand. The alphabet has no I, L, O or U, so that what people
read wrong still means the same; case, spaces and dashes mean nothing.
"""

from twofold.core.tokens import Tokens

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
GROUP = 4
BITS = 5 * LENGTH

# Word processors make other dashes of a hyphen.
_MEANINGLESS = dict.fromkeys(map(ord, " \t\r\n\u00a0-\u2010\u2011\u2012\u2013\u2014\u2212"))
_MISREAD = str.maketrans("OIL", "011")


def draw(tokens: Tokens) -> str:
    """A new code, without dashes."""
    number = int.from_bytes(tokens.bytes(BITS // 8))
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(LENGTH)))


def shown(code: str) -> str:
    """The code as people are shown it, in groups."""
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def typed(text: str) -> str | None:
    """The code that somebody typed; None when it cannot be one."""
    code = text.translate(_MEANINGLESS).upper().translate(_MISREAD)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None
