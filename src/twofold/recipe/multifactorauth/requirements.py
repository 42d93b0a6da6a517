# SPDX-License-Identifier: Apache-2.0
"""Requirements as pure logic: what is to be done next, and is it done. No I/O, no clock."""

from collections.abc import Collection, Container, Iterable

from twofold.exceptions import GeneralError

from .types import AssuranceGroup, FactorIds, FactorIdsAndType, MFARequirement


def next_for_auth(
    completed_factors: Collection[str], requirements: Iterable[MFARequirement], trusted_factors: Iterable[str] = ()
) -> FactorIdsAndType:
    """Return what the policy still asks a session for; no ids at all when everything is done.

    A trusted device stands in for the factors that it is trusted with. A recovery code stands in for one factor: the
    first that is missing; of several that must all be done, for the one that is left when the others are. Neither
    stands in for what a profile of assurance asks for: a code counts there where the profile names it.

    Args:
        completed_factors: of the session.
        requirements: what the policy asks for, and a profile.
        trusted_factors: what a trusted device of this session stands in for, if it has one.

    Raises:
        GeneralError: a requirement is neither a factor id nor a known group.
    """
    done = set(completed_factors) - {FactorIds.RECOVERY_CODE}
    if FactorIds.TRUSTED_DEVICE in done:
        done |= set(trusted_factors)
    has_code = FactorIds.RECOVERY_CODE in completed_factors
    for requirement in requirements:
        is_of_profile = isinstance(requirement, AssuranceGroup)
        step = _step(completed_factors if is_of_profile else done, requirement)
        if not step.factor_ids:
            continue
        is_one_factor = step.type_ != "allOfInAnyOrder" or len(step.factor_ids) == 1
        if is_of_profile or not (has_code and is_one_factor):
            return step
        has_code = False
    return FactorIdsAndType([], "string")


def next_unsatisfied(completed_factors: Container[str], requirements: Iterable[MFARequirement]) -> FactorIdsAndType:
    """Return what the first unsatisfied requirement still asks for; no ids at all when everything is done.

    An empty group asks for nothing. Nothing stands in for a factor here.

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
        group = _ids(requirement["oneOf"])
        done = any(factor in completed for factor in group)
        return FactorIdsAndType([] if done else list(dict.fromkeys(group)), "oneOf")
    if "allOfInAnyOrder" in requirement:
        return FactorIdsAndType(_missing(_ids(requirement["allOfInAnyOrder"]), completed), "allOfInAnyOrder")
    # A misspelt group must not count as satisfied.
    raise GeneralError(f"An MFA requirement is a factor id, 'oneOf' or 'allOfInAnyOrder', not {sorted(requirement)}")


def _ids(group: list[str]) -> list[str]:
    if not all(isinstance(factor, str) for factor in group):
        raise GeneralError(f"A group of an MFA requirement has factor ids as members, and no other group: {group}")
    return group


def _missing(factors: Iterable[str], completed: Container[str]) -> list[str]:
    return list(dict.fromkeys(factor for factor in factors if factor not in completed))
