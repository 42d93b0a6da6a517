# SPDX-License-Identifier: Apache-2.0
"""The recipe object of user roles."""

from typing import TYPE_CHECKING, Any

from twofold._app_info import AppInfo
from twofold.recipe._base import Recipe

from .functions import Functions
from .interfaces import APIInterface, UserRolesOverrideConfig

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twofold.recipe.session.interfaces import SessionClaim


class UserRolesRecipe(Recipe[Functions, APIInterface]):
    """Keeps roles and permissions. Has no HTTP APIs."""

    recipe_id = "userroles"
    display_name = "UserRoles"

    def __init__(
        self, app_info: AppInfo, claims: "Sequence[SessionClaim[Any]]", override: UserRolesOverrideConfig | None
    ) -> None:
        super().__init__(app_info, override)
        self._claims = list(claims)

    def make_functions(self) -> Functions:
        """Make the functions on the core."""
        return Functions(self.client)

    def claims(self) -> "list[SessionClaim[Any]]":
        """Put roles and permissions into every new session, as configured."""
        return self._claims
