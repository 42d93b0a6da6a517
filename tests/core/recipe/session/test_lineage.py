# SPDX-License-Identifier: Apache-2.0
"""Where a refresh token stands: every case, and that nothing else is ever good."""

from hypothesis import given
from hypothesis import strategies as st

from twofold.core.recipe.session.lineage import Standing, standing

NAMES = st.sampled_from(["a", "b", "c", "d"])


def test_each_standing() -> None:
    """A token is current, its child, previous, its child, or stale."""
    assert standing("c", "x", "c", "p") is Standing.CURRENT
    assert standing("x", "c", "c", "p") is Standing.CHILD_OF_CURRENT
    assert standing("p", None, "c", "p") is Standing.PREVIOUS
    assert standing("x", "p", "c", "p") is Standing.CHILD_OF_PREVIOUS
    assert standing("x", "y", "c", "p") is Standing.STALE


def test_a_session_without_a_previous_token() -> None:
    """Two missing values are never equal: a token without a parent is no child of nothing."""
    assert standing("x", None, "c", None) is Standing.STALE


@given(NAMES, st.none() | NAMES, NAMES, st.none() | NAMES)
def test_only_the_current_token_and_its_children_are_good(
    own: str, parent: str | None, current: str, previous: str | None
) -> None:
    """For every combination: good outside of the grace period if and only if the token or its parent is current."""
    found = standing(own, parent, current, previous)

    assert (found in (Standing.CURRENT, Standing.CHILD_OF_CURRENT)) == (current in (own, parent))
