# SPDX-License-Identifier: Apache-2.0
"""What overrides of multi-factor authentication get and return."""

from .apis import APIOptions, NextFactors, ResyncSessionAndFetchMFAInfoPUTOkResult
from .apis import APIs as APIInterface
from .functions import Functions as RecipeInterface
from .types import MFARequirementList

__all__ = [
    "APIInterface",
    "APIOptions",
    "MFARequirementList",
    "NextFactors",
    "RecipeInterface",
    "ResyncSessionAndFetchMFAInfoPUTOkResult",
]
