# SPDX-License-Identifier: Apache-2.0
"""How recipes send text messages."""

from typing import Generic, TypeVar

from .types import SMSDeliveryConfigWithService, SMSDeliveryInterface

__all__ = ["SMSDeliveryConfigWithService", "SMSDeliveryIngredient", "SMSDeliveryInterface"]

_T = TypeVar("_T")


class SMSDeliveryIngredient(Generic[_T]):
    """The sender of one recipe, overridden once."""

    def __init__(self, config: SMSDeliveryConfigWithService[_T]) -> None:
        service = config.service
        self.ingredient_interface_impl: SMSDeliveryInterface[_T] = (
            service if config.override is None else config.override(service)
        )
