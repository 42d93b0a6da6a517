# SPDX-License-Identifier: Apache-2.0
"""What a recovery code and a trusted device stand in for, as pure logic."""

import pytest

from twofold.recipe.multifactorauth.requirements import next_for_auth
from twofold.recipe.multifactorauth.types import AssuranceGroup, MFARequirementList

pytestmark = pytest.mark.without_core

CODE, DEVICE = "recovery-code", "trusted-device"
ANY: MFARequirementList = [{"oneOf": ["totp", "otp-phone"]}]
ALL: MFARequirementList = [{"allOfInAnyOrder": ["totp", "otp-phone"]}]
KNOWN, HAD = AssuranceGroup({"oneOf": ["emailpassword"]}), AssuranceGroup({"oneOf": ["totp", CODE]})


@pytest.mark.parametrize(
    ("completed", "requirements", "expected"),
    [
        ([], ["totp"], ["totp"]),
        ([CODE], ["totp"], []),
        ([CODE], ["totp", "otp-phone"], ["otp-phone"]),
        ([CODE, "totp"], ["totp", "otp-phone"], []),
        ([CODE, "otp-phone"], ["totp", "otp-phone"], []),
        ([CODE], ANY, []),
        ([CODE], [*ANY, "webauthn"], ["webauthn"]),
        ([CODE], ALL, ["totp", "otp-phone"]),
        ([CODE, "otp-phone"], ALL, []),
        ([CODE, "otp-phone"], [*ALL, "webauthn"], ["webauthn"]),
        # An application that asks for a code by name gets it, and the code stands in for nothing else.
        ([], [CODE], [CODE]),
        ([CODE], [CODE, "totp"], ["totp"]),
        ([CODE], [{"oneOf": [CODE, "totp"]}, "otp-phone"], ["otp-phone"]),
        ([CODE], [], []),
        ([CODE], ["totp", *ANY], ["totp", "otp-phone"]),
        # For what a profile of assurance asks for it stands in no more; where it is named there, it counts, too.
        ([CODE], [KNOWN], ["emailpassword"]),
        ([CODE, "emailpassword"], ["totp", KNOWN, HAD], []),
        ([CODE], ["totp", KNOWN, HAD], ["emailpassword"]),
    ],
)
def test_a_recovery_code_stands_in_for_one_factor(
    completed: list[str], requirements: MFARequirementList, expected: list[str]
) -> None:
    """For the first that is missing, and for no second one (class 13)."""
    assert next_for_auth(completed, requirements).factor_ids == expected


@pytest.mark.parametrize(
    ("completed", "requirements", "expected"),
    [
        ([DEVICE], ["totp"], []),
        ([DEVICE], ["totp", "otp-phone"], ["otp-phone"]),
        ([DEVICE], ANY, []),
        ([DEVICE], ALL, ["otp-phone"]),
        ([DEVICE], ["webauthn"], ["webauthn"]),
        ([DEVICE, CODE], ["webauthn", "totp"], []),
        ([], ["totp"], ["totp"]),
        ([CODE], ["webauthn", "totp"], ["totp"]),
        ([DEVICE], ["totp", KNOWN], ["emailpassword"]),
    ],
)
def test_a_trusted_device_stands_in_for_what_it_is_trusted_with(
    completed: list[str], requirements: MFARequirementList, expected: list[str]
) -> None:
    """What the policy asks for beyond that is still asked for, and without the device the list means nothing."""
    assert next_for_auth(completed, requirements, ["emailpassword", "totp"]).factor_ids == expected
