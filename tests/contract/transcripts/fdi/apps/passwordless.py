# SPDX-License-Identifier: Apache-2.0
"""One-time codes and magic links, for each flow type and contact method."""

from typing import Any

from _kit import SETTINGS, email_delivery, make_app, sms_delivery, start_sdk, with_cors

from twofold.recipe import passwordless, session
from twofold.recipe.passwordless import ContactEmailOnlyConfig, ContactEmailOrPhoneConfig, ContactPhoneOnlyConfig

contacts: dict[str, Any] = {
    "EMAIL": ContactEmailOnlyConfig,
    "PHONE": ContactPhoneOnlyConfig,
    "EMAIL_OR_PHONE": ContactEmailOrPhoneConfig,
}
delivery: dict[str, Any] = {
    "EMAIL": {"email_delivery": email_delivery()},
    "PHONE": {"sms_delivery": sms_delivery()},
    "EMAIL_OR_PHONE": {"email_delivery": email_delivery(), "sms_delivery": sms_delivery()},
}
method = SETTINGS.get("contactMethod", "EMAIL_OR_PHONE")
start_sdk(
    [
        session.init(),
        passwordless.init(
            contact_config=contacts[method](),
            flow_type=SETTINGS.get("flowType", "USER_INPUT_CODE_AND_MAGIC_LINK"),
            **delivery[method],
        ),
    ]
)
app = with_cors(make_app())
