# SPDX-License-Identifier: Apache-2.0
"""What overrides get and return, and what functions and APIs answer."""

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
    "JsonWebKey",
    "RecipeInterface",
]

RecipeInterface = Functions
APIInterface = APIs
