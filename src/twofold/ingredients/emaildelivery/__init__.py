# SPDX-License-Identifier: Apache-2.0
"""How recipes send mails."""

from typing import Generic, TypeVar

from .types import EmailDeliveryConfigWithService, EmailDeliveryInterface

__all__ = ["EmailDeliveryConfigWithService", "EmailDeliveryIngredient", "EmailDeliveryInterface"]

_T = TypeVar("_T")


class EmailDeliveryIngredient(Generic[_T]):
    """The sender of one recipe, overridden once."""

    def __init__(self, config: EmailDeliveryConfigWithService[_T]) -> None:
        service = config.service
        self.ingredient_interface_impl: EmailDeliveryInterface[_T] = (
            service if config.override is None else config.override(service)
        )
