# SPDX-License-Identifier: Apache-2.0
"""Sends a code, a link, or both to a contact."""

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from twofold._app_info import AppInfo
from twofold.framework.request import BaseRequest
from twofold.types.base import UserContext

from . import results, types
from .contact import FlowType

if TYPE_CHECKING:
    from .apis import APIOptions

Created = results.CreateCodeOkResult | results.CreateNewCodeForDeviceOkResult


def magic_link(
    app_info: AppInfo, created: Created, tenant_id: str, request: BaseRequest | None, user_context: UserContext
) -> str:
    """Return the link of a code: always on the configured website, with the secret where servers do not see it."""
    origin = app_info.get_origin(request, user_context).get_as_string_dangerous()
    path = app_info.website_base_path.get_as_string_dangerous()
    query = urlencode({"preAuthSessionId": created.pre_auth_session_id, "tenantId": tenant_id})
    return f"{origin}{path}/verify?{query}#{quote(created.link_code, safe='')}"


async def send(
    api_options: "APIOptions",
    created: Created,
    *,
    email: str | None,
    phone_number: str | None,
    flow_type: FlowType,
    is_first_factor: bool,
    tenant_id: str,
    user_context: UserContext,
) -> None:
    """Send what the flow has to the one contact that is given.

    Raises:
        Exception: what the sender raises; the person was not reached and must be told so.
    """
    link = magic_link(api_options.app_info, created, tenant_id, api_options.request, user_context)
    code = None if flow_type == "MAGIC_LINK" else created.user_input_code
    url = None if flow_type == "USER_INPUT_CODE" else link
    lifetime, sign_in = created.code_life_time, created.pre_auth_session_id
    if email is not None:
        mail = types.CreateAndSendCustomEmailParameters(tenant_id, lifetime, sign_in, email, is_first_factor, code, url)
        await api_options.email_delivery.ingredient_interface_impl.send_email(mail, user_context)
    elif phone_number is not None:
        message = types.CreateAndSendCustomTextMessageParameters(
            tenant_id, lifetime, sign_in, phone_number, is_first_factor, code, url
        )
        await api_options.sms_delivery.ingredient_interface_impl.send_sms(message, user_context)
