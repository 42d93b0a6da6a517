# SPDX-License-Identifier: Apache-2.0
"""The incumbent's own message service, which Twofold does not use."""

from typing import Any

from twofold.exceptions import GeneralError
from twofold.ingredients.smsdelivery.types import SMSDeliveryInterface
from twofold.recipe.passwordless.types import SMSTemplateVars


class SuperTokensSMSService(SMSDeliveryInterface[SMSTemplateVars]):
    """Refused at `init`: codes are not sent through somebody else's servers.

    Raises:
        GeneralError: always.
    """

    def __init__(self, api_key: str) -> None:
        raise GeneralError(
            "SuperTokensSMSService sends through SuperTokens' servers, which Twofold does not use. Please pass "
            "TwilioService, or a service of your own, as sms_delivery=SMSDeliveryConfig(service)"
        )

    async def send_sms(self, template_vars: SMSTemplateVars, user_context: dict[str, Any]) -> None:
        """Never reached."""
        raise NotImplementedError
