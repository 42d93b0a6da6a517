# SPDX-License-Identifier: Apache-2.0
"""Connect an account at a provider with this one: go there as for signing in, and come back to the settings."""

from twofold.framework.response import BaseResponse
from twofold.ui.in_process_client import require_api
from twofold.ui.login.provider import leave
from twofold.ui.settings.session import fresh_session
from twofold.ui.visit import Visit


async def connect_provider(visit: Visit) -> BaseResponse:
    """Send the browser to the provider. Another site's link does not: there, a person has to press our button."""
    require_api("GET", "/authorisationurl")
    session = await fresh_session(visit)
    if visit.request.get_header("sec-fetch-site") == "cross-site":
        return visit.redirect(visit.urls.settings_login_methods)
    return await leave(visit, session.get_tenant_id(), session.get_handle())
