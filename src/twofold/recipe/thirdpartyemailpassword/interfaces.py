# SPDX-License-Identifier: Apache-2.0
"""What overrides of the combined recipe get and return: functions and APIs of both recipes under one roof."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from twofold._user_context import default_part
from twofold.recipe._combined import CombinedInterface, delegates
from twofold.recipe._combined_users import CombinedUsers
from twofold.recipe.emailpassword import asyncio as passwords
from twofold.recipe.emailpassword import types as password_types
from twofold.recipe.emailpassword.apis import APIOptions as EmailPasswordAPIOptions
from twofold.recipe.emailpassword.form_fields import value_of
from twofold.recipe.thirdparty import results as party_results
from twofold.recipe.thirdparty.apis import APIOptions as ThirdPartyAPIOptions
from twofold.recipe.thirdparty.provider import Provider, RedirectUriInfo
from twofold.recipe.thirdparty.results import AuthorisationUrlGetOkResult
from twofold.recipe.thirdparty.types import RawUserInfoFromProvider
from twofold.types.base import User as PrimaryUser
from twofold.types.base import UserContext
from twofold.types.config import BaseOverrideConfig
from twofold.types.response import APIResponse

from .types import User, users_of

__all__ = [
    "APIInterface",
    "AuthorisationUrlGetOkResult",
    "CreateResetPasswordOkResult",
    "CreateResetPasswordWrongUserIdError",
    "EmailPasswordAPIOptions",
    "EmailPasswordEmailExistsGetOkResult",
    "EmailPasswordSignInOkResult",
    "EmailPasswordSignInPostOkResult",
    "EmailPasswordSignInPostWrongCredentialsError",
    "EmailPasswordSignInWrongCredentialsError",
    "EmailPasswordSignUpEmailAlreadyExistsError",
    "EmailPasswordSignUpOkResult",
    "EmailPasswordSignUpPostEmailAlreadyExistsError",
    "EmailPasswordSignUpPostOkResult",
    "GeneratePasswordResetTokenPostOkResult",
    "InputOverrideConfig",
    "PasswordResetPostInvalidTokenResponse",
    "PasswordResetPostOkResult",
    "RecipeInterface",
    "ResetPasswordUsingTokenInvalidTokenError",
    "ResetPasswordUsingTokenOkResult",
    "ThirdPartyAPIOptions",
    "ThirdPartyManuallyCreateOrUpdateUserOkResult",
    "ThirdPartySignInUpOkResult",
    "ThirdPartySignInUpPostNoEmailGivenByProviderResponse",
    "ThirdPartySignInUpPostOkResult",
    "UpdateEmailOrPasswordEmailAlreadyExistsError",
    "UpdateEmailOrPasswordOkResult",
    "UpdateEmailOrPasswordPasswordPolicyViolationError",
    "UpdateEmailOrPasswordUnknownUserIdError",
]

CreateResetPasswordOkResult = password_types.CreateResetPasswordOkResult
CreateResetPasswordWrongUserIdError = password_types.UnknownUserIdError
EmailPasswordEmailExistsGetOkResult = password_types.EmailExistsGetOkResult
EmailPasswordSignInOkResult = password_types.SignInOkResult
EmailPasswordSignInPostOkResult = password_types.SignInPostOkResult
EmailPasswordSignInPostWrongCredentialsError = password_types.WrongCredentialsError
EmailPasswordSignInWrongCredentialsError = password_types.WrongCredentialsError
EmailPasswordSignUpEmailAlreadyExistsError = password_types.EmailAlreadyExistsError
EmailPasswordSignUpOkResult = password_types.SignUpOkResult
EmailPasswordSignUpPostEmailAlreadyExistsError = password_types.EmailAlreadyExistsError
EmailPasswordSignUpPostOkResult = password_types.SignUpPostOkResult
GeneratePasswordResetTokenPostOkResult = password_types.GeneratePasswordResetTokenPostOkResult
PasswordResetPostInvalidTokenResponse = password_types.PasswordResetTokenInvalidError
PasswordResetPostOkResult = password_types.PasswordResetPostOkResult
ResetPasswordUsingTokenInvalidTokenError = password_types.PasswordResetTokenInvalidError
ResetPasswordUsingTokenOkResult = password_types.UpdateEmailOrPasswordOkResult
ThirdPartyManuallyCreateOrUpdateUserOkResult = party_results.ManuallyCreateOrUpdateUserOkResult
ThirdPartySignInUpOkResult = party_results.SignInUpOkResult
ThirdPartySignInUpPostNoEmailGivenByProviderResponse = party_results.SignInUpPostNoEmailGivenByProviderResponse
ThirdPartySignInUpPostOkResult = party_results.SignInUpPostOkResult
UpdateEmailOrPasswordEmailAlreadyExistsError = password_types.EmailAlreadyExistsError
UpdateEmailOrPasswordOkResult = password_types.UpdateEmailOrPasswordOkResult
UpdateEmailOrPasswordPasswordPolicyViolationError = password_types.PasswordPolicyViolationError
UpdateEmailOrPasswordUnknownUserIdError = password_types.UnknownUserIdError

FormFields = list[password_types.FormField]
_RESET_BY_API = "reset_by_api_of_combined_recipe"


class RecipeInterface(CombinedUsers[User]):
    """Functions of both recipes. Each does what the function that it names does, and answers the same."""

    def _users_of(self, user: PrimaryUser | None, login_method_id: str | None = None) -> list[User]:
        return users_of(user, login_method_id)

    async def reset_password_using_token(
        self, token: str, new_password: str, tenant_id: str, user_context: UserContext
    ) -> Any:
        """Use a token up and set the password. In the API that does so, the user's sessions end as well."""
        by_api = default_part(user_context).pop(_RESET_BY_API, None)
        if by_api is not None:
            return await by_api(token, new_password)
        return await passwords.reset_password_using_token(tenant_id, token, new_password, user_context)

    def used_by(self, recipe_id: str, apis: Any) -> Any:
        """Let the API that sets a new password do it by `reset_password_using_token`."""
        if recipe_id == "emailpassword":
            apis.password_reset_post = _reset_by(self, apis.password_reset_post)
        return apis

    @delegates("thirdparty", "sign_in_up")
    async def thirdparty_sign_in_up(
        self,
        third_party_id: str,
        third_party_user_id: str,
        email: str,
        oauth_tokens: dict[str, Any],
        raw_user_info_from_provider: RawUserInfoFromProvider,
        tenant_id: str,
        user_context: UserContext,
    ) -> Any:
        """Sign in or up whom the provider named."""

    @delegates("thirdparty", "manually_create_or_update_user")
    async def thirdparty_manually_create_or_update_user(
        self, third_party_id: str, third_party_user_id: str, email: str, tenant_id: str, user_context: UserContext
    ) -> Any:
        """Make sure that who has this account at the provider has a login method, with this address."""

    @delegates("thirdparty", "get_provider")
    async def thirdparty_get_provider(
        self, third_party_id: str, client_type: str | None, tenant_id: str, user_context: UserContext
    ) -> Any:
        """Return a provider of the tenant, or None."""

    @delegates("emailpassword", "sign_in")
    async def emailpassword_sign_in(self, email: str, password: str, tenant_id: str, user_context: UserContext) -> Any:
        """Check credentials."""

    @delegates("emailpassword", "sign_up")
    async def emailpassword_sign_up(self, email: str, password: str, tenant_id: str, user_context: UserContext) -> Any:
        """Create a login method."""

    @delegates("emailpassword", "create_reset_password_token")
    async def create_reset_password_token(self, user_id: str, tenant_id: str, user_context: UserContext) -> Any:
        """Make a token with which the password can be set once."""

    @delegates("emailpassword", "update_email_or_password")
    async def update_email_or_password(
        self,
        user_id: str,
        email: str | None,
        password: str | None,
        apply_password_policy: bool | None,
        tenant_id_for_password_policy: str,
        user_context: UserContext,
    ) -> Any:
        """Change address, password, or both at once."""


class APIInterface(CombinedInterface):
    """HTTP APIs of both recipes. Each does what the API that it names does, and answers the same."""

    disable_thirdparty_sign_in_up_post: bool = False
    disable_emailpassword_sign_up_post: bool = False
    disable_emailpassword_sign_in_post: bool = False
    disable_authorisation_url_get: bool = False
    disable_email_exists_get: bool = False
    disable_generate_password_reset_token_post: bool = False
    disable_password_reset_post: bool = False
    disable_apple_redirect_handler_post: bool = False

    @delegates("thirdparty", "authorisation_url_get")
    async def authorisation_url_get(
        self,
        provider: Provider,
        redirect_uri_on_provider_dashboard: str,
        api_options: ThirdPartyAPIOptions,
        user_context: UserContext,
    ) -> Any:
        """Return where the browser goes to sign in at the provider."""

    @delegates("thirdparty", "sign_in_up_post")
    async def thirdparty_sign_in_up_post(
        self,
        provider: Provider,
        redirect_uri_info: RedirectUriInfo | None,
        oauth_tokens: dict[str, Any] | None,
        tenant_id: str,
        api_options: ThirdPartyAPIOptions,
        user_context: UserContext,
    ) -> Any:
        """Sign in or up whom the provider names."""

    @delegates("thirdparty", "apple_redirect_handler_post")
    async def apple_redirect_handler_post(
        self, form_post_info: dict[str, Any], api_options: ThirdPartyAPIOptions, user_context: UserContext
    ) -> Any:
        """Send the browser on to the website with what Apple posted."""

    @delegates("emailpassword", "sign_in_post")
    async def emailpassword_sign_in_post(
        self, form_fields: FormFields, tenant_id: str, api_options: EmailPasswordAPIOptions, user_context: UserContext
    ) -> Any:
        """Sign in with an address and a password."""

    @delegates("emailpassword", "sign_up_post")
    async def emailpassword_sign_up_post(
        self, form_fields: FormFields, tenant_id: str, api_options: EmailPasswordAPIOptions, user_context: UserContext
    ) -> Any:
        """Sign up with an address and a password."""

    @delegates("emailpassword", "email_exists_get")
    async def emailpassword_email_exists_get(
        self, email: str, tenant_id: str, api_options: EmailPasswordAPIOptions, user_context: UserContext
    ) -> Any:
        """Tell whether the tenant has a password with this address."""

    @delegates("emailpassword", "generate_password_reset_token_post")
    async def generate_password_reset_token_post(
        self, form_fields: FormFields, tenant_id: str, api_options: EmailPasswordAPIOptions, user_context: UserContext
    ) -> Any:
        """Mail a link to set a new password."""

    @delegates("emailpassword", "password_reset_post")
    async def password_reset_post(
        self,
        form_fields: FormFields,
        token: str,
        tenant_id: str,
        api_options: EmailPasswordAPIOptions,
        user_context: UserContext,
    ) -> Any:
        """Set a new password."""


def _reset_by(functions: RecipeInterface, original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def password_reset_post(
        form_fields: FormFields,
        token: str,
        tenant_id: str,
        api_options: EmailPasswordAPIOptions,
        user_context: UserContext,
    ) -> Any:
        async def by_api(given_token: str, password: str) -> Any:
            fields = [replace(field, value=password) if field.id == "password" else field for field in form_fields]
            return await original(fields, given_token, tenant_id, api_options, user_context)

        default_part(user_context)[_RESET_BY_API] = by_api
        result = await functions.reset_password_using_token(
            token, value_of(form_fields, "password"), tenant_id, user_context
        )
        # What an override returns of its own is a result of the function, and no answer yet.
        return result if isinstance(result, APIResponse) else _Outcome(result.status)

    return password_reset_post


class _Outcome(APIResponse):
    """An answer that is a status and nothing else."""

    def __init__(self, status: str) -> None:
        self.status = status

    def to_json(self) -> dict[str, Any]:
        return {"status": self.status}


InputOverrideConfig = BaseOverrideConfig[RecipeInterface, APIInterface]
