# SPDX-License-Identifier: Apache-2.0
"""After a code or link is sent: remember in the browser what for, and ask for it."""

from twofold._state import current_app
from twofold.framework.response import BaseResponse
from twofold.ui.login.flow import CodeFlow
from twofold.ui.visit import Visit

_MS_PER_MINUTE = 60_000


def keep_flow(visit: Visit, flow: CodeFlow) -> BaseResponse:
    """Keep the flow and go on to the page for the code."""
    visit.ui.flow_cookie.keep(visit.response, flow, visit.ui.clock_ms())
    return visit.redirect(visit.urls.code)


async def minutes_of_life(visit: Visit, flow: CodeFlow) -> int | None:
    """Return for how long the codes of this flow work; `None` when they are gone."""
    recipe = current_app().recipe("passwordless")
    if recipe is None:
        return None
    device = await recipe.functions.list_codes_by_pre_auth_session_id(
        flow.pre_auth_session_id, flow.tenant_id, visit.user_context
    )
    lifetimes_ms = [code.code_life_time for code in device.codes] if device else []
    return max(1, round(max(lifetimes_ms) / _MS_PER_MINUTE)) if lifetimes_ms else None
