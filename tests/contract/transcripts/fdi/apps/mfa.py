# SPDX-License-Identifier: Apache-2.0
"""Second factors: who must do which is decided by the setting `policy`."""

from typing import Any

from _kit import SETTINGS, describe, email_delivery, make_app, sms_delivery, start_sdk, with_cors
from _provider import provider, providers
from fastapi import Body, Depends

from twofold.recipe import (
    accountlinking,
    emailpassword,
    emailverification,
    multifactorauth,
    passwordless,
    session,
    thirdparty,
    totp,
    usermetadata,
    userroles,
)
from twofold.recipe.accountlinking.types import ShouldAutomaticallyLink, ShouldNotAutomaticallyLink
from twofold.recipe.multifactorauth.asyncio import (
    add_to_required_secondary_factors_for_user,
    assert_allowed_to_setup_factor_else_throw_invalid_claim_error,
    get_required_secondary_factors_for_user,
    remove_from_required_secondary_factors_for_user,
)
from twofold.recipe.multifactorauth.interfaces import RecipeInterface
from twofold.recipe.multifactorauth.multi_factor_auth_claim import MultiFactorAuthClaim
from twofold.recipe.multifactorauth.types import FactorIds, OverrideConfig
from twofold.recipe.passwordless import ContactEmailOnlyConfig, ContactEmailOrPhoneConfig
from twofold.recipe.passwordless.interfaces import APIInterface, ConsumeCodePostOkResult
from twofold.recipe.session import SessionContainer
from twofold.recipe.session.framework.fastapi import verify_session
from twofold.recipe.thirdparty import SignInAndUpFeature
from twofold.recipe.userroles.asyncio import add_role_to_user, create_new_role_or_add_permissions, get_roles_for_user

policy = SETTINGS.get("policy", "default")


async def should_do_automatic_account_linking(
    new_account_info: Any, user: Any, session: SessionContainer | None, tenant_id: str, user_context: dict[str, Any]
) -> Any:
    """Link a second factor to the session's user, and nothing else."""
    if session is None or policy == "no-linking":
        return ShouldNotAutomaticallyLink()
    if user is None or session.get_user_id() == user.id:
        return ShouldAutomaticallyLink(should_require_verification=SETTINGS.get("requireVerification", False))
    return ShouldNotAutomaticallyLink()


def override_functions(original: RecipeInterface) -> RecipeInterface:
    """Decide by policy which factors a user must complete."""
    original_requirements = original.get_mfa_requirements_for_auth

    async def get_mfa_requirements_for_auth(
        tenant_id: str,
        access_token_payload: dict[str, Any],
        completed_factors: dict[str, int],
        user: Any,
        factors_set_up_for_user: Any,
        required_secondary_factors_for_user: Any,
        required_secondary_factors_for_tenant: Any,
        user_context: dict[str, Any],
    ) -> Any:
        if policy in ("admins", "admins-if-tenant"):
            roles = await get_roles_for_user(tenant_id, (await user()).id)
            asked = policy == "admins" or FactorIds.OTP_EMAIL in await required_secondary_factors_for_tenant()
            return [FactorIds.OTP_EMAIL] if "admin" in roles.roles and asked else []
        if policy == "one-of":
            return [{"oneOf": [FactorIds.TOTP, FactorIds.OTP_EMAIL]}]
        if policy == "all-of":
            return [{"allOfInAnyOrder": [FactorIds.TOTP, FactorIds.OTP_EMAIL]}]
        if policy == "in-order":
            return [FactorIds.OTP_EMAIL, FactorIds.TOTP]
        if policy == "totp":
            return [FactorIds.TOTP]
        if policy == "totp-if-set-up":
            return [FactorIds.TOTP] if FactorIds.TOTP in await factors_set_up_for_user() else []
        return await original_requirements(
            tenant_id,
            access_token_payload,
            completed_factors,
            user,
            factors_set_up_for_user,
            required_secondary_factors_for_user,
            required_secondary_factors_for_tenant,
            user_context,
        )

    original.get_mfa_requirements_for_auth = get_mfa_requirements_for_auth
    return original


def override_passwordless(original: APIInterface) -> APIInterface:
    """With the policy opt-in, a completed code makes the factor required from then on."""
    original_consume_code_post = original.consume_code_post

    async def consume_code_post(
        pre_auth_session_id: str,
        user_input_code: str | None,
        device_id: str | None,
        link_code: str | None,
        session: SessionContainer | None,
        *rest: Any,
    ) -> Any:
        response = await original_consume_code_post(
            pre_auth_session_id, user_input_code, device_id, link_code, session, *rest
        )
        if policy == "opt-in" and isinstance(response, ConsumeCodePostOkResult) and session is not None:
            await add_to_required_secondary_factors_for_user(session.get_user_id(), FactorIds.OTP_EMAIL)
        return response

    original.consume_code_post = consume_code_post
    return original


either = SETTINGS.get("contactMethod") == "EMAIL_OR_PHONE"
contact: Any = ContactEmailOrPhoneConfig() if either else ContactEmailOnlyConfig()
recipes: list[Any] = [
    session.init(),
    userroles.init(),
    usermetadata.init(),
    thirdparty.init(sign_in_and_up_feature=SignInAndUpFeature(providers=providers())),
    emailpassword.init(email_delivery=email_delivery()),
    totp.init(),
    passwordless.init(
        contact_config=contact,
        flow_type=SETTINGS.get("flowType", "USER_INPUT_CODE"),
        override=passwordless.InputOverrideConfig(apis=override_passwordless),
        email_delivery=email_delivery(),
        sms_delivery=sms_delivery(),
    ),
    multifactorauth.init(
        first_factors=SETTINGS.get("firstFactors", [FactorIds.EMAILPASSWORD, FactorIds.THIRDPARTY]),
        override=OverrideConfig(functions=override_functions),
    ),
    accountlinking.init(should_do_automatic_account_linking=should_do_automatic_account_linking),
]
if SETTINGS.get("verification"):
    recipes.append(emailverification.init(mode=SETTINGS["verification"], email_delivery=email_delivery()))
start_sdk(recipes)
application = make_app()
application.include_router(provider)


def step_up(validators: list[Any], _session: SessionContainer, _context: dict[str, Any]) -> list[Any]:
    """Ask for an authenticator code or an e-mailed code, whatever the policy says."""
    wanted = MultiFactorAuthClaim.validators.has_completed_requirement_list
    return [*validators, wanted([{"oneOf": [FactorIds.TOTP, FactorIds.OTP_EMAIL]}])]


def both_factors(_validators: list[Any], _session: SessionContainer, _context: dict[str, Any]) -> list[Any]:
    """Ask for two factors in any order."""
    wanted = MultiFactorAuthClaim.validators.has_completed_requirement_list
    return [wanted([{"allOfInAnyOrder": [FactorIds.TOTP, FactorIds.OTP_EMAIL]}])]


def only_totp(_validators: list[Any], _session: SessionContainer, _context: dict[str, Any]) -> list[Any]:
    """Ask for an authenticator code."""
    return [MultiFactorAuthClaim.validators.has_completed_requirement_list([FactorIds.TOTP])]


def nothing(*_: Any) -> list[Any]:
    """Ask for no claim."""
    return []


for _path, _validators in (("one-of", step_up), ("all-of", both_factors), ("totp", only_totp)):

    @application.get(f"/step-up/{_path}")
    async def stepped_up(
        session: SessionContainer = Depends(verify_session(override_global_claim_validators=_validators)),
    ) -> Any:
        """A page that asks for more than the policy."""
        return describe(session)


@application.get("/may-set-up/{factor}")
async def may_set_up(
    factor: str, session: SessionContainer = Depends(verify_session(override_global_claim_validators=nothing))
) -> Any:
    """Whether the session may add a factor (an error response if not)."""
    await assert_allowed_to_setup_factor_else_throw_invalid_claim_error(session, factor)
    return {"allowed": factor}


@application.post("/test/make-admin")
async def make_admin(body: Any = Body()) -> Any:
    """Give the admin role."""
    await create_new_role_or_add_permissions("admin", [])
    await add_role_to_user("public", body["userId"], "admin")
    return {"done": True}


@application.post("/test/required-factor")
async def required_factor(body: Any = Body()) -> Any:
    """Make a factor required for a user, or no longer so."""
    change = remove_from_required_secondary_factors_for_user if body.get("remove") else None
    await (change or add_to_required_secondary_factors_for_user)(body["userId"], body["factor"])
    return {"required": await get_required_secondary_factors_for_user(body["userId"])}


app = with_cors(application)
