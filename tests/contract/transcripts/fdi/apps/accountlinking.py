# SPDX-License-Identifier: Apache-2.0
"""Automatic account linking, with or without the demand that addresses are verified."""

from typing import Any

from _kit import SETTINGS, email_delivery, make_app, sms_delivery, start_sdk, with_cors
from _provider import provider, providers
from fastapi import Body

from twofold.recipe import accountlinking, emailpassword, emailverification, passwordless, session, thirdparty
from twofold.recipe.accountlinking.asyncio import create_primary_user, link_accounts, unlink_account
from twofold.recipe.accountlinking.types import ShouldAutomaticallyLink, ShouldNotAutomaticallyLink
from twofold.recipe.passwordless import ContactEmailOrPhoneConfig
from twofold.recipe.session import SessionContainer
from twofold.recipe.thirdparty import SignInAndUpFeature
from twofold.types import RecipeUserId


async def should_do_automatic_account_linking(
    new_account_info: Any, user: Any, session: SessionContainer | None, tenant_id: str, user_context: dict[str, Any]
) -> Any:
    """Link always, unless the address asks not to be linked."""
    if new_account_info.email and new_account_info.email.startswith("alone"):
        return ShouldNotAutomaticallyLink()
    return ShouldAutomaticallyLink(should_require_verification=SETTINGS.get("requireVerification", True))


start_sdk(
    [
        session.init(),
        emailpassword.init(email_delivery=email_delivery()),
        thirdparty.init(sign_in_and_up_feature=SignInAndUpFeature(providers=providers())),
        passwordless.init(
            contact_config=ContactEmailOrPhoneConfig(),
            flow_type="USER_INPUT_CODE",
            email_delivery=email_delivery(),
            sms_delivery=sms_delivery(),
        ),
        emailverification.init(mode=SETTINGS.get("verification", "REQUIRED"), email_delivery=email_delivery()),
        accountlinking.init(should_do_automatic_account_linking=should_do_automatic_account_linking),
    ]
)
application = make_app()
application.include_router(provider)


@application.post("/test/primary")
async def primary(body: Any = Body()) -> Any:
    """Make a user primary."""
    return {"status": (await create_primary_user(RecipeUserId(body["recipeUserId"]))).status}


@application.post("/test/link")
async def link(body: Any = Body()) -> Any:
    """Link two users."""
    return {"status": (await link_accounts(RecipeUserId(body["recipeUserId"]), body["primaryUserId"])).status}


@application.post("/test/unlink")
async def unlink(body: Any = Body()) -> Any:
    """Undo a link."""
    result = await unlink_account(RecipeUserId(body["recipeUserId"]))
    return {"wasLinked": result.was_linked, "wasRecipeUserDeleted": result.was_recipe_user_deleted}


app = with_cors(application)
