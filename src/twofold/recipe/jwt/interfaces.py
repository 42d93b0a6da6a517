# SPDX-License-Identifier: Apache-2.0
"""What overrides get and return, and what functions and APIs answer."""

from twofold.types.config import BaseOverrideConfig

from .apis import APIOptions, APIs
from .functions import Functions
from .types import (
    CreateJwtOkResult,
    CreateJwtResultUnsupportedAlgorithm,
    GetJWKSResult,
    JsonWebKey,
    JWKSGetResponse,
)

__all__ = [
    "APIInterface",
    "APIOptions",
    "CreateJwtOkResult",
    "CreateJwtResultUnsupportedAlgorithm",
    "GetJWKSResult",
    "JWKSGetResponse",
    "JWTOverrideConfig",
    "JsonWebKey",
    "OverrideConfig",
    "RecipeInterface",
]

RecipeInterface = Functions
APIInterface = APIs

JWTOverrideConfig = BaseOverrideConfig[RecipeInterface, APIInterface]
OverrideConfig = JWTOverrideConfig
