# SPDX-License-Identifier: Apache-2.0
"""Requirements as pure logic: what is to be done next, and is it done. No I/O, no clock."""

from collections.abc import Collection, Container, Iterable

from twofold.exceptions import GeneralError

from .types import FactorIds, FactorIdsAndType, MFARequirement, MFARequirementList


def next_for_auth(
    completed_factors: Collection[str], requirements: MFARequirementList, trusted_factors: Iterable[str] = ()
) -> FactorIdsAndType:
    """Return what the policy still asks a session for; no ids at all when everything is done.

    A trusted device stands in for the factors that it is trusted with. A recovery code stands in for one factor: the
    first that is missing; of several that must all be done, for the one that is left when the others are. What the
    policy asks for and a profile of assurance asks for again is one thing, for which one code is enough; not what a
    profile asks for twice, as a passkey could be both.

    Args:
        completed_factors: of the session.
        requirements: what the policy asks for.
        trusted_factors: what a trusted device of this session stands in for, if it has one.

    Raises:
        GeneralError: a requirement is neither a factor id nor a known group.
    """
    done = set(completed_factors) - {FactorIds.RECOVERY_CODE}
    if FactorIds.TRUSTED_DEVICE in done:
        done |= set(trusted_factors)
    has_code, stood_in_for = FactorIds.RECOVERY_CODE in completed_factors, set[str]()
    for requirement in requirements:
        step = _step(done, requirement)
        if not step.factor_ids:
            continue
        missing = set(step.factor_ids)
        is_one_factor = step.type_ != "allOfInAnyOrder" or len(missing) == 1
        if has_code and is_one_factor:
            has_code, stood_in_for = False, missing
        elif stood_in_for and is_one_factor and stood_in_for <= missing:
            stood_in_for = set()  # whatever factor the code stood in for would do here, too
        else:
            return step
    return FactorIdsAndType([], "string")


def next_unsatisfied(completed_factors: Container[str], requirements: MFARequirementList) -> FactorIdsAndType:
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
