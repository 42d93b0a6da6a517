# SPDX-License-Identifier: Apache-2.0
"""What a session has done that a trusted device may stand in for, and standing in for it in the next one."""

from typing import TYPE_CHECKING

from twofold.framework.request import BaseRequest
from twofold.recipe.multifactorauth.freshness import NEVER_FRESH
from twofold.recipe.multifactorauth.multi_factor_auth_claim import MultiFactorAuthClaim
from twofold.recipe.multifactorauth.recipe import MultiFactorAuthRecipe
from twofold.recipe.multifactorauth.session_state import TRUSTED_DEVICE_KEY
from twofold.recipe.multifactorauth.types import FactorIds
from twofold.types.base import UserContext

from .functions import Functions
from .tokens import read_token
from .types import UnknownDeviceError

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer


async def factors_to_trust(session: "SessionContainer", user_context: UserContext) -> list[str]:
    """Return the factors that the session has completed itself: what stood in for one makes no further trust."""
    value = await session.get_claim_value(MultiFactorAuthClaim, user_context)
    return [] if value is None else [factor for factor in value.c if factor not in NEVER_FRESH]


async def recognise(
    functions: Functions, request: BaseRequest, session: "SessionContainer", user_context: UserContext
) -> None:
    """Complete the factor `trusted-device` in a new session whose browser its user trusts; else do nothing."""
    token = read_token(request)
    if token is None:
        return
    tenant_id, user_id = session.get_tenant_id(user_context), session.get_user_id(user_context)
    if not await functions.may_trust_devices(tenant_id, user_id, user_context):
        return
    handle = session.get_handle(user_context)
    recognised = await functions.recognise_device(tenant_id, user_id, token, handle, user_context)
    if isinstance(recognised, UnknownDeviceError):
        return
    device = {"id": recognised.device_id, "factors": recognised.factors}
    # The core has stored it with the session: the factor's own write brings the token that says so.
    session.user_data_in_access_token = {**session.get_access_token_payload(user_context), TRUSTED_DEVICE_KEY: device}
    multifactorauth = MultiFactorAuthRecipe.get().functions
    await multifactorauth.mark_factor_as_complete_in_session(session, FactorIds.TRUSTED_DEVICE, user_context)
