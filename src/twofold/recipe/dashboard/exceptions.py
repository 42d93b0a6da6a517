# SPDX-License-Identifier: Apache-2.0
"""Errors of the dashboard.

SuperTokensError
└── SuperTokensDashboardError
    ├── DashboardAccessDeniedError           neither the API key nor a session → 401
    └── DashboardOperationNotAllowedError    a dashboard user who may only look → 403
"""

from twofold.exceptions import SuperTokensError


class SuperTokensDashboardError(SuperTokensError):
    """Base of the errors of this recipe."""


class DashboardAccessDeniedError(SuperTokensDashboardError):
    """Whoever sent the request showed neither the API key nor a session. Answered with 401 and the text."""


class DashboardOperationNotAllowedError(SuperTokensDashboardError):
    """Who is signed in to the dashboard is none of its admins, and may only look. Answered with 403 and the text."""

    def __init__(self) -> None:
        super().__init__("You are not permitted to perform this operation")
