# SPDX-License-Identifier: Apache-2.0
"""The default rules for a new password: long enough, not absurdly long, not one of those that are tried first.

NIST SP 800-63B-4, section 3.1.1.2: a minimum length, a blocklist, and no rules about kinds of characters. Eight
characters are its minimum where the password is one of several factors; an application without a second factor should
ask for 15.
"""

from functools import lru_cache
from importlib.resources import files
from itertools import pairwise

MIN_LENGTH = 8
MAX_LENGTH = 99

TOO_SHORT = f"Password must contain at least {MIN_LENGTH} characters"
TOO_LONG = "Password's length must be lesser than 100 characters"
TOO_COMMON = "This password is too easy to guess. Please choose a longer or less common one"


async def validate_password(value: object, _tenant_id: str) -> str | None:
    """Return what is wrong with a new password, or None."""
    password = str(value)
    if len(password) < MIN_LENGTH:
        return TOO_SHORT
    if len(password) > MAX_LENGTH:
        return TOO_LONG
    return TOO_COMMON if is_common(password) else None


def is_common(password: str) -> bool:
    """Tell whether a password is on the list, is one character repeated, or is a run along the alphabet or digits."""
    folded = password.casefold()
    steps = {ord(right) - ord(left) for left, right in pairwise(folded)}
    return folded in _commonest() or steps <= {0} or steps <= {1} or steps <= {-1}


@lru_cache(maxsize=1)
def _commonest() -> frozenset[str]:
    text = files("twofold.recipe.emailpassword").joinpath("commonest_passwords.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))
