# SPDX-License-Identifier: Apache-2.0
"""Where a recipe's mails go when the application configured no sender."""

from collections.abc import Callable
from typing import Any, TypeVar

from twofold.ingredients._inbox import development_inbox
from twofold.ingredients.emaildelivery.types import EmailContent, EmailDeliveryInterface
from twofold.languages import language_of

_T = TypeVar("_T")


class InboxEmailService(EmailDeliveryInterface[_T]):
    """Puts mails into the development inbox; outside development it refuses.

    Args:
        content_of: Writes the mail in a language.
    """

    # Whoever tests or develops looks for the mail at once.
    is_awaited = True

    def __init__(self, content_of: Callable[[_T, str], EmailContent]) -> None:
        self._content_of = content_of

    async def send_email(self, template_vars: _T, user_context: dict[str, Any]) -> None:
        """Keep the mail.

        Raises:
            GeneralError: the application is not in development and must configure a sender.
        """
        inbox = development_inbox("email_delivery")
        content = self._content_of(template_vars, language_of(user_context))
        inbox.add("email", content.to_email, content.subject, content.text or "", content.body)
