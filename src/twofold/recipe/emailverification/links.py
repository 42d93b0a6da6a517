# SPDX-License-Identifier: Apache-2.0
"""The link of a verification mail."""

from urllib.parse import urlencode

from twofold._app_info import AppInfo
from twofold.framework.request import BaseRequest
from twofold.types.base import UserContext


def verification_link(
    app_info: AppInfo, token: str, tenant_id: str, request: BaseRequest | None, user_context: UserContext
) -> str:
    """Return the link for a mail: always on the configured website, whatever host the request named."""
    origin = app_info.get_origin(request, user_context).get_as_string_dangerous()
    path = app_info.website_base_path.get_as_string_dangerous()
    return f"{origin}{path}/verify-email?{urlencode({'token': token, 'tenantId': tenant_id})}"
