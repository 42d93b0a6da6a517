# SPDX-License-Identifier: Apache-2.0
"""Outcomes that several sign-in recipes share."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from .response import APIResponse

LinkingFailureReason = Literal[
    "EMAIL_VERIFICATION_REQUIRED",
    "RECIPE_USER_ID_ALREADY_LINKED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR",
    "ACCOUNT_INFO_ALREADY_ASSOCIATED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR",
    "SESSION_USER_ACCOUNT_INFO_ALREADY_ASSOCIATED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR",
    "INPUT_USER_IS_NOT_A_PRIMARY_USER",
]


@dataclass
class LinkingToSessionUserFailedError(APIResponse):
    """The credentials were right, but the login method could not be linked to the user of the session."""

    status: ClassVar[Literal["LINKING_TO_SESSION_USER_FAILED"]] = "LINKING_TO_SESSION_USER_FAILED"
    reason: LinkingFailureReason
