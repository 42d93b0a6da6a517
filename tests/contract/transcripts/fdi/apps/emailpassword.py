# SPDX-License-Identifier: Apache-2.0
"""E-mail and password, with roles, metadata and (by setting) e-mail verification."""

import re
from typing import Any

from _kit import SETTINGS, email_delivery, make_app, start_sdk, with_cors
from fastapi import Body, Depends

from twofold.recipe import emailpassword, emailverification, session, usermetadata, userroles
from twofold.recipe.emailpassword import InputFormField, InputSignUpFeature
from twofold.recipe.emailpassword.interfaces import APIInterface
from twofold.recipe.emailverification.asyncio import create_email_verification_token, verify_email_using_token
from twofold.recipe.session import SessionContainer
from twofold.recipe.session.framework.fastapi import verify_session
from twofold.recipe.usermetadata.asyncio import get_user_metadata, update_user_metadata
from twofold.recipe.userroles import PermissionClaim, UserRoleClaim
from twofold.recipe.userroles.asyncio import add_role_to_user, create_new_role_or_add_permissions, remove_user_role
from twofold.types import GeneralErrorResponse, RecipeUserId


async def validate_age(value: str, tenant_id: str) -> str | None:
    """Refuse everything but digits."""
    return None if str(value).isdigit() else "Age must be a number"


async def validate_password(value: str, tenant_id: str) -> str | None:
    """The original's rules. Ours ask for length and refuse the commonest, and say nothing about kinds of characters."""
    if len(value) < 8:
        return "Password must contain at least 8 characters, including a number"
    if len(value) > 99:
        return "Password's length must be lesser than 100 characters"
    if not re.search("[a-zA-Z]", value):
        return "Password must contain at least one alphabet"
    return None if re.search("[0-9]", value) else "Password must contain at least one number"


def override_apis(original: APIInterface) -> APIInterface:
    """Refuse one address with a general error, and switch APIs off by setting."""
    original_sign_up_post = original.sign_up_post

    async def sign_up_post(form_fields: Any, *rest: Any) -> Any:
        if any(field.id == "email" and field.value.startswith("blocked") for field in form_fields):
            return GeneralErrorResponse("This address is blocked")
        return await original_sign_up_post(form_fields, *rest)

    original.sign_up_post = sign_up_post
    for flag in SETTINGS.get("disable", []):
        setattr(original, flag, True)
    return original


fields = [InputFormField("age", validate=validate_age, optional=True), InputFormField("name")]
password = InputFormField("password", validate=validate_password)
recipes: list[Any] = [
    session.init(anti_csrf=SETTINGS.get("antiCsrf")),
    emailpassword.init(
        sign_up_feature=InputSignUpFeature([*(fields if SETTINGS.get("formFields") else []), password]),
        override=emailpassword.InputOverrideConfig(apis=override_apis),
        email_delivery=email_delivery(),
    ),
    usermetadata.init(),
    userroles.init(),
]
if SETTINGS.get("verification"):
    recipes.append(emailverification.init(mode=SETTINGS["verification"], email_delivery=email_delivery()))
start_sdk(recipes)
application = make_app()


async def only_admins(validators: list[Any], _session: SessionContainer, _context: dict[str, Any]) -> list[Any]:
    """Ask for the admin role besides what is asked everywhere."""
    return [*validators, UserRoleClaim.validators.includes("admin")]


def only_writers(_validators: list[Any], _session: SessionContainer, _context: dict[str, Any]) -> list[Any]:
    """Ask for one permission, and nothing else."""
    return [PermissionClaim.validators.includes_all(["write", "publish"])]


@application.get("/admin")
async def admin(
    session: SessionContainer = Depends(verify_session(override_global_claim_validators=only_admins)),
) -> Any:
    """A page for administrators."""
    return {"admin": session.get_user_id()}


@application.get("/write")
async def write(
    session: SessionContainer = Depends(verify_session(override_global_claim_validators=only_writers)),
) -> Any:
    """A page for those who may write and publish."""
    return {"writer": session.get_user_id()}


@application.post("/refetch-roles")
async def refetch_roles(session: SessionContainer = Depends(verify_session())) -> Any:
    """Bring the session's roles and permissions up to date."""
    await session.fetch_and_set_claim(UserRoleClaim)
    await session.fetch_and_set_claim(PermissionClaim)
    return {"roles": await session.get_claim_value(UserRoleClaim)}


@application.post("/test/role")
async def give_role(body: Any = Body()) -> Any:
    """Give or take a role."""
    if body.get("remove"):
        await remove_user_role("public", body["userId"], body["role"])
    else:
        await create_new_role_or_add_permissions(body["role"], body.get("permissions", []))
        await add_role_to_user("public", body["userId"], body["role"])
    return {"done": True}


@application.post("/test/metadata")
async def metadata(body: Any = Body()) -> Any:
    """Merge metadata, and show the result."""
    await update_user_metadata(body["userId"], body["update"])
    return (await get_user_metadata(body["userId"])).metadata


@application.post("/test/verify-email")
async def verify_email(body: Any = Body()) -> Any:
    """Verify a user's address behind the browser's back."""
    token: Any = await create_email_verification_token("public", RecipeUserId(body["recipeUserId"]))
    await verify_email_using_token("public", token.token)
    return {"done": True}


app = with_cors(application)
