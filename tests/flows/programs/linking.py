# SPDX-License-Identifier: Apache-2.0
"""What the programs share: a second factor is linked to the user of the session, and nothing else is linked."""

from collections.abc import Sequence
from typing import Any

from twofold import InputAppInfo, SupertokensConfig, init
from twofold.recipe._base import RecipeInit
from twofold.recipe.accountlinking.types import (
    AccountInfoWithRecipeIdAndUserId,
    ShouldAutomaticallyLink,
    ShouldNotAutomaticallyLink,
)
from twofold.recipe.session.interfaces import SessionContainer
from twofold.types import User


async def should_do_automatic_account_linking(
    new_account_info: AccountInfoWithRecipeIdAndUserId,
    user: User | None,
    session: SessionContainer | None,
    tenant_id: str,
    user_context: dict[str, Any],
) -> ShouldNotAutomaticallyLink | ShouldAutomaticallyLink:
    """Link within a session, to its user."""
    if session is None:
        return ShouldNotAutomaticallyLink()
    if user is None or session.get_user_id() == user.id:
        return ShouldAutomaticallyLink(should_require_verification=False)
    return ShouldNotAutomaticallyLink()


def start_with(connection_uri: str, recipes: Sequence[RecipeInit]) -> None:
    """Initialise on a database."""
    init(
        app_info=InputAppInfo(
            app_name="Shop", api_domain="http://localhost:8000", website_domain="http://localhost:3000"
        ),
        supertokens_config=SupertokensConfig(connection_uri=connection_uri),
        framework="fastapi",
        recipe_list=recipes,
    )
