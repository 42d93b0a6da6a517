# SPDX-License-Identifier: Apache-2.0
"""Requirements as pure logic: what is to be done next, and is it done. No I/O, no clock."""

from collections.abc import Container, Iterable

from twofold.exceptions import GeneralError

from .types import FactorIdsAndType, MFARequirement, MFARequirementList


def next_unsatisfied(completed_factors: Container[str], requirements: MFARequirementList) -> FactorIdsAndType:
    """Return what the first unsatisfied requirement still asks for; no ids at all when everything is done.

    An empty group asks for nothing.

    Raises:
        GeneralError: a requirement is neither a factor id nor a known group.
    """
    for requirement in requirements:
        step = _step(completed_factors, requirement)
        if step.factor_ids:
            return step
    return FactorIdsAndType([], "string")


def _step(completed: Container[str], requirement: MFARequirement) -> FactorIdsAndType:
    if isinstance(requirement, str):
        return FactorIdsAndType(_missing([requirement], completed), "string")
    if "oneOf" in requirement:
        group = requirement["oneOf"]
        done = any(factor in completed for factor in group)
        return FactorIdsAndType([] if done else list(dict.fromkeys(group)), "oneOf")
    if "allOfInAnyOrder" in requirement:
        return FactorIdsAndType(_missing(requirement["allOfInAnyOrder"], completed), "allOfInAnyOrder")
    # A misspelt group must not count as satisfied.
    raise GeneralError(f"An MFA requirement is a factor id, 'oneOf' or 'allOfInAnyOrder', not {sorted(requirement)}")


def _missing(factors: Iterable[str], completed: Container[str]) -> list[str]:
    return list(dict.fromkeys(factor for factor in factors if factor not in completed))
