# SPDX-License-Identifier: Apache-2.0
"""Where a refresh token stands in the family of its session. Pure: the whole of theft detection rests on this.

A session's row knows two tokens, by hash: the *current* one, and the *previous* one that it displaced. A token knows
its parent, the token it was got with.

                     previous ──▶ current ──▶ children of current
                        └──▶ children of previous (siblings of current, never used)
"""

from enum import Enum

from twofold.core.tokens import equal


class Standing(Enum):
    """What a token is to the session's row."""

    CURRENT = "current"
    CHILD_OF_CURRENT = "child of current"
    PREVIOUS = "previous"
    CHILD_OF_PREVIOUS = "child of previous"
    STALE = "stale"


REUSE_SUBTYPES = {
    Standing.PREVIOUS: "RECENT_PREV",
    Standing.CHILD_OF_PREVIOUS: "ORPHANED_BRANCH",
    Standing.STALE: "STALE_LINEAGE",
}


def standing(hash_2: str, parent_hash_2: str | None, current: str, previous: str | None) -> Standing:
    """Say where the token with `hash_2` and `parent_hash_2` stands."""
    if equal(hash_2, current):
        return Standing.CURRENT
    if parent_hash_2 is not None and equal(parent_hash_2, current):
        return Standing.CHILD_OF_CURRENT
    if previous is not None and equal(hash_2, previous):
        return Standing.PREVIOUS
    if previous is not None and parent_hash_2 is not None and equal(parent_hash_2, previous):
        return Standing.CHILD_OF_PREVIOUS
    return Standing.STALE
