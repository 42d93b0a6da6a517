# SPDX-License-Identifier: Apache-2.0
"""Where a recipe's text messages go when the application configured no sender."""

from collections.abc import Callable
from typing import Any, TypeVar

from twofold.ingredients._inbox import development_inbox
from twofold.ingredients.smsdelivery.types import SMSContent, SMSDeliveryInterface
from twofold.languages import language_of

_T = TypeVar("_T")


class InboxSMSService(SMSDeliveryInterface[_T]):
    """Puts text messages into the development inbox; outside development it refuses.

    Args:
        content_of: Writes the message in a language.
    """

    def __init__(self, content_of: Callable[[_T, str], SMSContent]) -> None:
        self._content_of = content_of

    async def send_sms(self, template_vars: _T, user_context: dict[str, Any]) -> None:
        """Keep the message.

        Raises:
            GeneralError: the application is not in development and must configure a sender.
        """
        inbox = development_inbox("sms_delivery")
        content = self._content_of(template_vars, language_of(user_context))
        inbox.add("sms", content.to_phone, "", content.body, None)
