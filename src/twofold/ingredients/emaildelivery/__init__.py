# SPDX-License-Identifier: Apache-2.0
"""How recipes send mails."""

from collections.abc import Coroutine
from typing import Any, Generic, TypeVar

from twofold.ingredients._unobserved import send_unobserved

from .services.inbox_service import InboxEmailService
from .types import EmailDeliveryConfigWithService, EmailDeliveryInterface

__all__ = ["EmailDeliveryConfigWithService", "EmailDeliveryIngredient", "EmailDeliveryInterface"]

_T = TypeVar("_T")


class EmailDeliveryIngredient(Generic[_T]):
    """The sender of one recipe, overridden once."""

    def __init__(self, config: EmailDeliveryConfigWithService[_T]) -> None:
        service = config.service
        self._is_inbox = isinstance(service, InboxEmailService)
        self.ingredient_interface_impl: EmailDeliveryInterface[_T] = (
            service if config.override is None else config.override(service)
        )

    async def send_unobserved(self, sending: Coroutine[Any, Any, None]) -> None:
        """Send a mail of which the answer must tell nothing: after the answer.

        The development inbox gets it before, so that tests find it there.
        """
        if self._is_inbox:
            await sending
        else:
            send_unobserved(sending)
