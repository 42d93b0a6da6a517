# SPDX-License-Identifier: Apache-2.0
"""How recipes send mails."""

from collections.abc import Coroutine
from typing import Any, Generic, TypeVar

from twofold.ingredients._unobserved import send_unobserved

from .types import EmailDeliveryConfigWithService, EmailDeliveryInterface

__all__ = ["EmailDeliveryConfigWithService", "EmailDeliveryIngredient", "EmailDeliveryInterface"]

_T = TypeVar("_T")


class EmailDeliveryIngredient(Generic[_T]):
    """The sender of one recipe, overridden once."""

    def __init__(self, config: EmailDeliveryConfigWithService[_T]) -> None:
        service = config.service
        self._is_awaited = service.is_awaited
        self.ingredient_interface_impl: EmailDeliveryInterface[_T] = (
            service if config.override is None else config.override(service)
        )

    async def send_unobserved(self, sending: Coroutine[Any, Any, None]) -> None:
        """Send a mail of which the answer must tell nothing: after the answer, unless the sender `is_awaited`."""
        if self._is_awaited:
            await sending
        else:
            send_unobserved(sending)
