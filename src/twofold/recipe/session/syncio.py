# SPDX-License-Identifier: Apache-2.0
"""Blocking twins of `twofold.recipe.session.asyncio`."""

from typing import Any

from twofold._sync import blocking
from twofold.recipe.session import asyncio as aio
from twofold.recipe.session.session_class import SessionContainer
from twofold.recipe.session.types import OverrideGlobalClaimValidators

create_jwt = blocking(aio.create_jwt)
create_new_session = blocking(aio.create_new_session)
create_new_session_without_request_response = blocking(aio.create_new_session_without_request_response)
fetch_and_set_claim = blocking(aio.fetch_and_set_claim)
get_all_session_handles_for_user = blocking(aio.get_all_session_handles_for_user)
get_claim_value = blocking(aio.get_claim_value)
get_jwks = blocking(aio.get_jwks)
get_open_id_discovery_configuration = blocking(aio.get_open_id_discovery_configuration)
get_session_information = blocking(aio.get_session_information)
get_session_without_request_response = blocking(aio.get_session_without_request_response)
merge_into_access_token_payload = blocking(aio.merge_into_access_token_payload)
refresh_session = blocking(aio.refresh_session)
refresh_session_without_request_response = blocking(aio.refresh_session_without_request_response)
remove_claim = blocking(aio.remove_claim)
revoke_all_sessions_for_user = blocking(aio.revoke_all_sessions_for_user)
revoke_multiple_sessions = blocking(aio.revoke_multiple_sessions)
revoke_session = blocking(aio.revoke_session)
set_claim_value = blocking(aio.set_claim_value)
update_session_data_in_database = blocking(aio.update_session_data_in_database)
validate_claims_for_session_handle = blocking(aio.validate_claims_for_session_handle)


def get_session(
    request: Any,
    session_required: bool = True,
    anti_csrf_check: bool | None = None,
    check_database: bool | None = None,
    override_global_claim_validators: OverrideGlobalClaimValidators | None = None,
    user_context: dict[str, Any] | None = None,
) -> SessionContainer | None:
    """Return the request's verified session; None only with `session_required=False`."""
    return blocking(aio.get_session)(
        request,
        session_required,
        anti_csrf_check,
        check_database,
        override_global_claim_validators,
        user_context,
    )
