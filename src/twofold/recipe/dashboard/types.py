# SPDX-License-Identifier: Apache-2.0
"""Configuration of the dashboard, and what its APIs get."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from twofold._app_info import AppInfo
from twofold._wire import canonical_email
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse

if TYPE_CHECKING:
    from .functions import Functions

AuthMode = Literal["api-key", "email-password"]


@dataclass(frozen=True)
class NormalisedDashboardConfig:
    """The configuration in one spelling; a blank key is none. Its repr hides the key."""

    api_key: str | None = field(repr=False)
    admins: list[str] | None

    @property
    def auth_mode(self) -> AuthMode:
        """How people and programs sign in: by the key when there is one, else as users of the dashboard."""
        return "email-password" if self.api_key is None else "api-key"

    @staticmethod
    def of(api_key: str | None, admins: Sequence[str] | None) -> "NormalisedDashboardConfig":
        """Return what `init` was given, in one spelling."""
        emails = None if admins is None else [canonical_email(email) for email in admins]
        return NormalisedDashboardConfig((api_key or "").strip() or None, emails)


@dataclass
class APIOptions:
    """What the APIs get beside their parameters."""

    request: BaseRequest
    response: BaseResponse
    recipe_id: str
    config: NormalisedDashboardConfig
    recipe_implementation: "Functions"
    app_info: AppInfo
