# SPDX-License-Identifier: Apache-2.0
"""Functions of multi-factor authentication for blocking code."""

from twofold._sync import blocking

from . import asyncio as aio

assert_all_factors_else_throw_invalid_claim_error = blocking(aio.assert_all_factors_else_throw_invalid_claim_error)
assert_allowed_to_change_factors_else_throw_invalid_claim_error = blocking(
    aio.assert_allowed_to_change_factors_else_throw_invalid_claim_error
)
assert_allowed_to_setup_factor_else_throw_invalid_claim_error = blocking(
    aio.assert_allowed_to_setup_factor_else_throw_invalid_claim_error
)
get_mfa_requirements_for_auth = blocking(aio.get_mfa_requirements_for_auth)
mark_factor_as_complete_in_session = blocking(aio.mark_factor_as_complete_in_session)
explain_requirements = blocking(aio.explain_requirements)
get_factors_setup_for_user = blocking(aio.get_factors_setup_for_user)
get_required_secondary_factors_for_user = blocking(aio.get_required_secondary_factors_for_user)
add_to_required_secondary_factors_for_user = blocking(aio.add_to_required_secondary_factors_for_user)
remove_from_required_secondary_factors_for_user = blocking(aio.remove_from_required_secondary_factors_for_user)
