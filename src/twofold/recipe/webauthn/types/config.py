# SPDX-License-Identifier: Apache-2.0
"""How an application configures the passkey recipe."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from twofold.framework.request import BaseRequest
from twofold.ingredients.emaildelivery.types import EmailDeliveryConfig
from twofold.recipe.webauthn.results import TypeWebauthnEmailDeliveryInput
from twofold.types.config import BaseOverrideConfig

if TYPE_CHECKING:
    from twofold.recipe.webauthn.interfaces.api import APIInterface
    from twofold.recipe.webauthn.interfaces.recipe import RecipeInterface

    WebauthnOverrideConfig = BaseOverrideConfig[RecipeInterface, APIInterface]
else:
    WebauthnOverrideConfig = BaseOverrideConfig

OverrideConfig = WebauthnOverrideConfig


class GetRelyingPartyId(Protocol):
    """Answers the relying party's id: a domain, for which passkeys are made."""

    def __call__(self, *, tenant_id: str, request: BaseRequest | None, user_context: dict[str, Any]) -> Awaitable[str]:
        """Answer for this request; None outside of one."""
        ...


class GetRelyingPartyName(Protocol):
    """Answers the name that browsers show when a passkey is made."""

    def __call__(self, *, tenant_id: str, user_context: dict[str, Any]) -> Awaitable[str]:
        """Answer for this tenant."""
        ...


class GetOrigin(Protocol):
    """Answers the origin of the page on which passkeys are made and used."""

    def __call__(self, *, tenant_id: str, request: BaseRequest | None, user_context: dict[str, Any]) -> Awaitable[str]:
        """Answer for this request; None outside of one."""
        ...


class ValidateEmailAddress(Protocol):
    """Answers what is wrong with an e-mail address, or None."""

    def __call__(self, *, email: str, tenant_id: str, user_context: dict[str, Any]) -> Awaitable[str | None]:
        """Answer a text to be shown, or None when the address is good."""
        ...


@dataclass
class WebauthnConfig:
    """What `init` takes.

    Args:
        get_relying_party_id: The domain that passkeys are for, or a function that answers it; left out, the host of
            the API domain.
        get_relying_party_name: Shown by browsers; left out, the app's name.
        get_origin: Where the pages are; left out, the website's origin.
        email_delivery: How recovery mails are sent; left out, they land in the development inbox.
        validate_email_address: Other rules for addresses than the default ones.
        override: Replaces functions and APIs.
    """

    get_relying_party_id: str | GetRelyingPartyId | None = None
    get_relying_party_name: str | GetRelyingPartyName | None = None
    get_origin: GetOrigin | None = None
    email_delivery: EmailDeliveryConfig[TypeWebauthnEmailDeliveryInput] | None = None
    validate_email_address: ValidateEmailAddress | None = None
    override: WebauthnOverrideConfig | None = None


@dataclass(frozen=True)
class NormalisedWebauthnConfig:
    """The configuration with its defaults filled in."""

    get_relying_party_id: GetRelyingPartyId
    get_relying_party_name: GetRelyingPartyName
    get_origin: GetOrigin
    validate_email_address: ValidateEmailAddress
    must_verify_user: bool = False
    """Whether every passkey asks for a fingerprint or PIN: under a profile of assurance, where one is two factors."""
