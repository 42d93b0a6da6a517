# SPDX-License-Identifier: Apache-2.0
"""The types that overrides and applications name."""

from twofold.recipe.session.apis import APIs as APIInterface
from twofold.recipe.session.claim_base_classes.session_claim import (
    ClaimValidationResult,
    JSONObject,
    JSONPrimitive,
    JSONPrimitiveList,
    SessionClaim,
    SessionClaimValidator,
)
from twofold.recipe.session.cookies import ResponseMutator
from twofold.recipe.session.exceptions import ClaimValidationError
from twofold.recipe.session.functions import Functions as RecipeInterface
from twofold.recipe.session.session_class import SessionContainer
from twofold.recipe.session.types import (
    AccessTokenObj,
    APIOptions,
    ClaimsValidationResult,
    GetClaimValueOkResult,
    GetSessionTokensDangerouslyDict,
    OverrideGlobalClaimValidators,
    RegenerateAccessTokenOkResult,
    ReqResInfo,
    SessionDoesNotExistError,
    SessionInformationResult,
    SessionObj,
    SignOutOkayResponse,
    TokenInfo,
)
from twofold.types import APIResponse, GeneralErrorResponse, MaybeAwaitable, RecipeUserId

__all__ = [
    "APIInterface",
    "APIOptions",
    "APIResponse",
    "AccessTokenObj",
    "ClaimValidationError",
    "ClaimValidationResult",
    "ClaimsValidationResult",
    "GeneralErrorResponse",
    "GetClaimValueOkResult",
    "GetSessionTokensDangerouslyDict",
    "JSONObject",
    "JSONPrimitive",
    "JSONPrimitiveList",
    "MaybeAwaitable",
    "OverrideGlobalClaimValidators",
    "RecipeInterface",
    "RecipeUserId",
    "RegenerateAccessTokenOkResult",
    "ReqResInfo",
    "ResponseMutator",
    "SessionClaim",
    "SessionClaimValidator",
    "SessionContainer",
    "SessionDoesNotExistError",
    "SessionInformationResult",
    "SessionObj",
    "SignOutOkayResponse",
    "TokenInfo",
]
