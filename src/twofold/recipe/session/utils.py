# SPDX-License-Identifier: Apache-2.0
"""Configuration and error handlers, under the name by which applications know the module."""

from twofold.recipe.session.config import (
    NormalisedSessionConfig,
    SessionConfig,
    SessionOverrideableConfig,
    get_auth_mode_from_header,
    get_token_transfer_method_default,
    normalise_same_site,
    normalise_session_scope,
)
from twofold.recipe.session.constants import TokenTransferMethod, TokenType
from twofold.recipe.session.error_handlers import ErrorHandlers, InputErrorHandlers
from twofold.recipe.session.recipe import SessionOverrideConfig

InputOverrideConfig = SessionOverrideConfig
OverrideConfig = SessionOverrideConfig
NormalisedSessionOverrideConfig = SessionOverrideConfig

__all__ = [
    "ErrorHandlers",
    "InputErrorHandlers",
    "InputOverrideConfig",
    "NormalisedSessionConfig",
    "NormalisedSessionOverrideConfig",
    "OverrideConfig",
    "SessionConfig",
    "SessionOverrideConfig",
    "SessionOverrideableConfig",
    "TokenTransferMethod",
    "TokenType",
    "get_auth_mode_from_header",
    "get_token_transfer_method_default",
    "normalise_same_site",
    "normalise_session_scope",
]
