# SPDX-License-Identifier: Apache-2.0
"""What overrides get and return, and what the functions answer."""

from twofold.types.config import BaseOverrideConfig
from twofold.types.recipe import BaseAPIInterface

from .functions import Functions
from .types import ClearUserMetadataResult, MetadataResult

__all__ = [
    "APIInterface",
    "ClearUserMetadataResult",
    "InputOverrideConfig",
    "MetadataResult",
    "RecipeInterface",
    "UserMetadataOverrideConfig",
]

RecipeInterface = Functions


class APIInterface(BaseAPIInterface):
    """User metadata has no HTTP APIs."""


UserMetadataOverrideConfig = BaseOverrideConfig[RecipeInterface, APIInterface]
InputOverrideConfig = UserMetadataOverrideConfig
