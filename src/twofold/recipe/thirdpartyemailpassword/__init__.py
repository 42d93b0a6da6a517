# SPDX-License-Identifier: Apache-2.0
"""Passwords and other providers in one recipe, as older releases had them. New programs use the two recipes."""

from collections.abc import Sequence

from twofold.ingredients.emaildelivery.types import EmailDeliveryConfig, EmailDeliveryInterface
from twofold.recipe import emailpassword, thirdparty
from twofold.recipe._base import RecipeInit
from twofold.recipe._combined import CombinedInit
from twofold.recipe.emailpassword import EmailTemplateVars, InputFormField, InputSignUpFeature, SMTPService
from twofold.recipe.emailpassword.types import PasswordResetEmailTemplateVars
from twofold.recipe.thirdparty import ProviderClientConfig, ProviderConfig, ProviderInput, SignInAndUpFeature
from twofold.recipe.thirdparty.provider import ProviderConfigForClient as ProviderConfigForClientType

from . import exceptions
from .interfaces import APIInterface, InputOverrideConfig, RecipeInterface

__all__ = [
    "EmailDeliveryInterface",
    "InputFormField",
    "InputOverrideConfig",
    "InputSignUpFeature",
    "PasswordResetEmailTemplateVars",
    "ProviderClientConfig",
    "ProviderConfig",
    "ProviderConfigForClientType",
    "ProviderInput",
    "SMTPService",
    "exceptions",
    "init",
]


def init(
    sign_up_feature: InputSignUpFeature | None = None,
    override: InputOverrideConfig | None = None,
    providers: list[ProviderInput] | None = None,
    email_delivery: EmailDeliveryConfig[EmailTemplateVars] | None = None,
    tenant_provider_networks: Sequence[str] = (),
) -> RecipeInit:
    """Add `thirdparty` and `emailpassword` to `init(recipe_list=[...])`; neither may be there beside it.

    Args:
        sign_up_feature: Fields of the sign-up form.
        override: Replaces functions and APIs of both, under their combined names.
        providers: The providers.
        email_delivery: How reset mails are sent.
        tenant_provider_networks: As of `thirdparty.init`.
    """
    feature = SignInAndUpFeature(providers)
    return CombinedInit(
        lambda override_of: (
            thirdparty.init(feature, override_of("thirdparty"), tenant_provider_networks=tenant_provider_networks),
            emailpassword.init(sign_up_feature, override_of("emailpassword"), email_delivery),
        ),
        RecipeInterface,
        APIInterface,
        override,
    )
