# SPDX-License-Identifier: Apache-2.0
"""Sign-up and sign-in by other providers: OAuth 2.0 and OpenID Connect, fourteen of them built in."""

from collections.abc import Sequence
from typing import Any

from twofold._app_info import AppInfo
from twofold.recipe._base import RecipeInit, open_to_plugins

from .networks import ProviderNetworks
from .provider import ProviderClientConfig, ProviderConfig, ProviderInput
from .recipe import ThirdPartyRecipe
from .utils import (
    InputOverrideConfig,
    SignInAndUpFeature,
    ThirdPartyOverrideConfig,
    TypeIsValidFrontendRedirectURIFunction,
)

__all__ = [
    "InputOverrideConfig",
    "ProviderClientConfig",
    "ProviderConfig",
    "ProviderInput",
    "SignInAndUpFeature",
    "ThirdPartyOverrideConfig",
    "ThirdPartyRecipe",
    "TypeIsValidFrontendRedirectURIFunction",
    "init",
]


@open_to_plugins("thirdparty")
def init(
    sign_in_and_up_feature: SignInAndUpFeature | None = None,
    override: ThirdPartyOverrideConfig | None = None,
    is_valid_frontend_redirect_uri: TypeIsValidFrontendRedirectURIFunction | None = None,
    tenant_provider_networks: Sequence[str] = (),
) -> RecipeInit:
    """Let users sign in with accounts that they have elsewhere.

    Args:
        sign_in_and_up_feature: The providers; tenants may have their own.
        override: Replaces functions and APIs.
        is_valid_frontend_redirect_uri: Decides to which addresses a browser may be sent after Apple's callback;
            without it, only to those of the website.
        tenant_provider_networks: Private networks, as `10.1.0.0/16`, in which providers that tenants configured may be.
            Such providers are reached on the Internet only; those of `sign_in_and_up_feature` are reached anywhere.

    Raises:
        GeneralError: one of `tenant_provider_networks` is no network.
        ValueError: `sign_in_and_up_feature` is something else.
    """
    if sign_in_and_up_feature is not None and not isinstance(sign_in_and_up_feature, SignInAndUpFeature):
        raise ValueError("sign_in_and_up_feature must be an instance of SignInAndUpFeature")
    feature = sign_in_and_up_feature or SignInAndUpFeature()
    networks = ProviderNetworks.on_the_internet(feature.providers, tenant_provider_networks)

    def make(app_info: AppInfo, plugins: list[Any]) -> ThirdPartyRecipe:
        return ThirdPartyRecipe(app_info, feature, override, is_valid_frontend_redirect_uri, networks)

    return make
