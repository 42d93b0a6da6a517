# SPDX-License-Identifier: Apache-2.0
"""The passkey recipe: its parts, and what it answers to multi-factor authentication."""

from collections.abc import Mapping
from typing import ClassVar

from twofold._app_info import AppInfo
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.ingredients.emaildelivery import EmailDeliveryIngredient
from twofold.ingredients.emaildelivery.types import EmailDeliveryConfig, EmailDeliveryConfigWithService
from twofold.recipe._base import Recipe
from twofold.recipe.emailpassword.factor_emails import emails_of_recipe
from twofold.types.base import RecipeUserId, User, UserContext

from .apis import APIOptions, APIs
from .checks import FACTOR_ID
from .config import normalised
from .emaildelivery.services import default_service
from .recipe_implementation import RecipeImplementation
from .types.config import WebauthnConfig


class WebauthnRecipe(Recipe[RecipeImplementation, APIs]):
    """Signs users up and in with passkeys."""

    recipe_id: ClassVar[str] = FACTOR_ID
    display_name: ClassVar[str] = "Webauthn"

    def __init__(self, app_info: AppInfo, config: WebauthnConfig | None = None) -> None:
        given = config or WebauthnConfig()
        super().__init__(app_info, given.override)
        self.config = normalised(app_info, given)
        delivery = given.email_delivery or EmailDeliveryConfig()
        service = delivery.service or default_service()
        self.email_delivery = EmailDeliveryIngredient(EmailDeliveryConfigWithService(service, delivery.override))

    def make_functions(self) -> RecipeImplementation:
        """Make the functions on the core."""
        return RecipeImplementation(self.client, self.config)

    def make_apis(self) -> APIs:
        """Make the APIs. Where one passkey is two factors, none is made with a mail alone."""
        apis = APIs()
        if self.config.must_verify_user:
            apis.disable_generate_recover_account_token_post = apis.disable_recover_account_post = True
        return apis

    def api_options(self, request: BaseRequest, response: BaseResponse) -> APIOptions:
        """Return what the APIs get beside their arguments."""
        return APIOptions(
            self.functions, self.app_info, self.config, self.recipe_id, request, response, self.email_delivery
        )

    def first_factors(self) -> list[str]:
        """A passkey may begin a session."""
        return [FACTOR_ID]

    def secondary_factors(self) -> list[str]:
        """A passkey may follow another factor."""
        return [FACTOR_ID]

    async def factors_set_up_for_user(self, user: User, user_context: UserContext) -> list[str]:
        """Set up when the user has passkeys in any tenant; a login method may have lost its last one."""
        passkeys = [method.webauthn for method in user.login_methods if method.recipe_id == FACTOR_ID]
        return [FACTOR_ID] if any(known is not None and known.credential_ids for known in passkeys) else []

    def emails_for_factors(self, user: User, session_recipe_user_id: RecipeUserId) -> Mapping[str, list[str]]:
        """Return the addresses that the user's passkeys have, or may have."""
        return {FACTOR_ID: emails_of_recipe(FACTOR_ID, user, session_recipe_user_id)}
