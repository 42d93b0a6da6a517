# SPDX-License-Identifier: Apache-2.0
"""Requirements as logic: what is asked for is what is missing, and doing what is asked for comes to an end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twofold.exceptions import GeneralError
from twofold.recipe.multifactorauth.requirements import next_unsatisfied
from twofold.recipe.multifactorauth.types import FactorIds, MFARequirement, MFARequirementList

pytestmark = pytest.mark.without_core

FACTORS = [*FactorIds.get_all_factors(), "custom"]
factor = st.sampled_from(FACTORS)
group = st.lists(factor, max_size=5)
requirement = st.one_of(
    factor,
    st.builds(lambda ids: {"oneOf": ids}, group),
    st.builds(lambda ids: {"allOfInAnyOrder": ids}, group),
)
requirements = st.lists(requirement, max_size=5)
completed = st.sets(factor)


def is_met(item: MFARequirement, done: set[str]) -> bool:
    """The specification of one requirement, in other words than the code's."""
    if isinstance(item, str):
        return item in done
    if "oneOf" in item:
        return not item["oneOf"] or bool(done & set(item["oneOf"]))
    return done >= set(item["allOfInAnyOrder"])


@given(completed, requirements)
def test_nothing_is_asked_for_exactly_when_everything_is_met(done: set[str], wanted: MFARequirementList) -> None:
    """A session is let through if and only if it has met every requirement, for every subset of factors."""
    step = next_unsatisfied(done, wanted)

    assert (not step.factor_ids) == all(is_met(item, done) for item in wanted)


@given(completed, requirements)
def test_what_is_asked_for_belongs_to_the_first_requirement_that_is_not_met(
    done: set[str], wanted: MFARequirementList
) -> None:
    """Requirements are done in their order, and no factor is asked for again."""
    step = next_unsatisfied(done, wanted)
    first = next((item for item in wanted if not is_met(item, done)), None)

    named = (
        [first] if isinstance(first, str) else [] if first is None else [id_ for ids in first.values() for id_ in ids]
    )
    assert set(step.factor_ids) == set(named) - done
    assert len(set(step.factor_ids)) == len(step.factor_ids)


@given(completed, requirements)
def test_doing_what_is_asked_for_comes_to_an_end(done: set[str], wanted: MFARequirementList) -> None:
    """Whoever completes the first factor that is named, again and again, is let through after at most all of them."""
    state = set(done)
    for _ in FACTORS:
        state.update(next_unsatisfied(state, wanted).factor_ids[:1])

    assert not next_unsatisfied(state, wanted).factor_ids


@given(completed, requirements, factor)
def test_another_factor_never_makes_things_worse(done: set[str], wanted: MFARequirementList, more: str) -> None:
    """A session that was let through is let through after one more factor."""
    if not next_unsatisfied(done, wanted).factor_ids:
        assert not next_unsatisfied(done | {more}, wanted).factor_ids


def test_a_misspelt_group_is_not_taken_for_a_met_one() -> None:
    """A policy with a typing error lets nobody through."""
    with pytest.raises(GeneralError, match="allOfInAnyOrder"):
        next_unsatisfied({"totp"}, [{"anyOf": ["totp"]}])  # type: ignore[dict-item]  # the mistake under test
