# SPDX-License-Identifier: Apache-2.0
"""Codes, links and other providers in one recipe, as older releases had them. New programs use the two recipes."""

from collections.abc import Sequence

from twofold.ingredients.emaildelivery.types import EmailDeliveryConfig, EmailDeliveryInterface
from twofold.ingredients.smsdelivery.types import SMSDeliveryConfig, SMSDeliveryInterface
from twofold.recipe import passwordless, thirdparty
from twofold.recipe._base import RecipeInit
from twofold.recipe._combined import CombinedInit
from twofold.recipe.passwordless import (
    ContactConfig,
    ContactEmailOnlyConfig,
    ContactEmailOrPhoneConfig,
    ContactPhoneOnlyConfig,
    PhoneOrEmailInput,
    SMTPService,
    SuperTokensSMSService,
    TwilioService,
)
from twofold.recipe.passwordless.config import GetCustomUserInputCode
from twofold.recipe.passwordless.contact import FlowType
from twofold.recipe.passwordless.types import EmailTemplateVars, SMSTemplateVars
from twofold.recipe.thirdparty import ProviderClientConfig, ProviderConfig, ProviderInput, SignInAndUpFeature
from twofold.recipe.thirdparty.provider import ProviderConfigForClient as ProviderConfigForClientType

from . import exceptions
from .interfaces import APIInterface, InputOverrideConfig, RecipeInterface

__all__ = [
    "ContactConfig",
    "ContactEmailOnlyConfig",
    "ContactEmailOrPhoneConfig",
    "ContactPhoneOnlyConfig",
    "EmailDeliveryInterface",
    "InputOverrideConfig",
    "PhoneOrEmailInput",
    "ProviderClientConfig",
    "ProviderConfig",
    "ProviderConfigForClientType",
    "ProviderInput",
    "SMSDeliveryInterface",
    "SMTPService",
    "SuperTokensSMSService",
    "TwilioService",
    "exceptions",
    "init",
]


def init(
    contact_config: ContactConfig,
    flow_type: FlowType,
    get_custom_user_input_code: GetCustomUserInputCode | None = None,
    email_delivery: EmailDeliveryConfig[EmailTemplateVars] | None = None,
    sms_delivery: SMSDeliveryConfig[SMSTemplateVars] | None = None,
    override: InputOverrideConfig | None = None,
    providers: list[ProviderInput] | None = None,
    tenant_provider_networks: Sequence[str] = (),
) -> RecipeInit:
    """Add `thirdparty` and `passwordless` to `init(recipe_list=[...])`; neither may be there beside it.

    Args:
        contact_config: Where codes and links are sent.
        flow_type: A code to type, a link to open, or both.
        get_custom_user_input_code: Makes the codes.
        email_delivery: How mails are sent.
        sms_delivery: How text messages are sent.
        override: Replaces functions and APIs of both, under their combined names.
        providers: The providers.
        tenant_provider_networks: As of `thirdparty.init`.
    """
    feature = SignInAndUpFeature(providers)
    return CombinedInit(
        lambda override_of: (
            thirdparty.init(feature, override_of("thirdparty"), tenant_provider_networks=tenant_provider_networks),
            passwordless.init(
                contact_config,
                flow_type,
                override_of("passwordless"),
                get_custom_user_input_code,
                email_delivery,
                sms_delivery,
            ),
        ),
        RecipeInterface,
        APIInterface,
        override,
    )
