# SPDX-License-Identifier: Apache-2.0
"""What overrides get and return, and what functions and APIs answer."""

from twofold.types.config import BaseOverrideConfig

from .apis import APIOptions, APIs
from .functions import Functions
from .types import GetOpenIdDiscoveryConfigurationResult, OpenIdDiscoveryConfigurationGetResponse

__all__ = [
    "APIInterface",
    "APIOptions",
    "GetOpenIdDiscoveryConfigurationResult",
    "InputOverrideConfig",
    "OpenIdDiscoveryConfigurationGetResponse",
    "OpenIdOverrideConfig",
    "RecipeInterface",
]

RecipeInterface = Functions
APIInterface = APIs

OpenIdOverrideConfig = BaseOverrideConfig[RecipeInterface, APIInterface]
InputOverrideConfig = OpenIdOverrideConfig
