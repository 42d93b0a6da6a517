# SPDX-License-Identifier: Apache-2.0
"""What overrides get and return, and what the functions answer."""

from twofold.types.recipe import BaseAPIInterface

from .functions import Functions
from .types import ClearUserMetadataResult, MetadataResult

__all__ = ["APIInterface", "ClearUserMetadataResult", "MetadataResult", "RecipeInterface"]

RecipeInterface = Functions


class APIInterface(BaseAPIInterface):
    """User metadata has no HTTP APIs."""
