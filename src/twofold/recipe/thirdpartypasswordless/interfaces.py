# SPDX-License-Identifier: Apache-2.0
"""What overrides of the combined recipe get and return: functions and APIs of both recipes under one roof."""

from typing import Any

from twofold.recipe._combined import CombinedInterface, delegates
from twofold.recipe._combined_users import CombinedUsers
from twofold.recipe.passwordless import results as code_results
from twofold.recipe.passwordless.apis import APIOptions as PasswordlessAPIOptions
from twofold.recipe.passwordless.results import (
    ConsumeCodeExpiredUserInputCodeError,
    ConsumeCodeIncorrectUserInputCodeError,
    ConsumeCodeOkResult,
    ConsumeCodePostExpiredUserInputCodeError,
    ConsumeCodePostIncorrectUserInputCodeError,
    ConsumeCodePostOkResult,
    ConsumeCodePostRestartFlowError,
    ConsumeCodeRestartFlowError,
    CreateCodeOkResult,
    CreateCodePostOkResult,
    CreateNewCodeForDeviceOkResult,
    CreateNewCodeForDeviceRestartFlowError,
    CreateNewCodeForDeviceUserInputCodeAlreadyUsedError,
    ResendCodePostOkResult,
    ResendCodePostRestartFlowError,
    RevokeAllCodesOkResult,
    RevokeCodeOkResult,
)
from twofold.recipe.passwordless.types import DeviceType
from twofold.recipe.thirdparty import results as party_results
from twofold.recipe.thirdparty.apis import APIOptions as ThirdPartyAPIOptions
from twofold.recipe.thirdparty.provider import Provider, RedirectUriInfo
from twofold.recipe.thirdparty.results import AuthorisationUrlGetOkResult
from twofold.recipe.thirdparty.types import RawUserInfoFromProvider
from twofold.types.base import AccountInfoInput, UserContext
from twofold.types.base import User as PrimaryUser
from twofold.types.config import BaseOverrideConfig

from .types import User, users_of

__all__ = [
    "APIInterface",
    "AuthorisationUrlGetOkResult",
    "ConsumeCodeExpiredUserInputCodeError",
    "ConsumeCodeIncorrectUserInputCodeError",
    "ConsumeCodeOkResult",
    "ConsumeCodePostExpiredUserInputCodeError",
    "ConsumeCodePostIncorrectUserInputCodeError",
    "ConsumeCodePostOkResult",
    "ConsumeCodePostRestartFlowError",
    "ConsumeCodeRestartFlowError",
    "CreateCodeOkResult",
    "CreateCodePostOkResult",
    "CreateNewCodeForDeviceOkResult",
    "CreateNewCodeForDeviceRestartFlowError",
    "CreateNewCodeForDeviceUserInputCodeAlreadyUsedError",
    "DeviceType",
    "InputOverrideConfig",
    "PasswordlessAPIOptions",
    "PasswordlessEmailExistsGetOkResult",
    "PasswordlessPhoneNumberExistsGetOkResult",
    "PasswordlessUpdateUserEmailAlreadyExistsError",
    "PasswordlessUpdateUserOkResult",
    "PasswordlessUpdateUserPhoneNumberAlreadyExistsError",
    "PasswordlessUpdateUserUnknownUserIdError",
    "RecipeInterface",
    "ResendCodePostOkResult",
    "ResendCodePostRestartFlowError",
    "RevokeAllCodesOkResult",
    "RevokeCodeOkResult",
    "ThirdPartyAPIOptions",
    "ThirdPartyManuallyCreateOrUpdateUserOkResult",
    "ThirdPartySignInUpOkResult",
    "ThirdPartySignInUpPostNoEmailGivenByProviderResponse",
    "ThirdPartySignInUpPostOkResult",
]

PasswordlessEmailExistsGetOkResult = code_results.EmailExistsGetOkResult
PasswordlessPhoneNumberExistsGetOkResult = code_results.PhoneNumberExistsGetOkResult
PasswordlessUpdateUserEmailAlreadyExistsError = code_results.UpdateUserEmailAlreadyExistsError
PasswordlessUpdateUserOkResult = code_results.UpdateUserOkResult
PasswordlessUpdateUserPhoneNumberAlreadyExistsError = code_results.UpdateUserPhoneNumberAlreadyExistsError
PasswordlessUpdateUserUnknownUserIdError = code_results.UpdateUserUnknownUserIdError
ThirdPartyManuallyCreateOrUpdateUserOkResult = party_results.ManuallyCreateOrUpdateUserOkResult
ThirdPartySignInUpOkResult = party_results.SignInUpOkResult
ThirdPartySignInUpPostNoEmailGivenByProviderResponse = party_results.SignInUpPostNoEmailGivenByProviderResponse
ThirdPartySignInUpPostOkResult = party_results.SignInUpPostOkResult


class RecipeInterface(CombinedUsers[User]):
    """Functions of both recipes. Each does what the function that it names does, and answers the same."""

    def _users_of(self, user: PrimaryUser | None, login_method_id: str | None = None) -> list[User]:
        return users_of(user, login_method_id)

    async def get_user_by_phone_number(
        self, phone_number: str, tenant_id: str, user_context: UserContext
    ) -> User | None:
        """Return who has this phone number on a tenant, or None."""
        users = await self._found(AccountInfoInput(phone_number=phone_number), tenant_id, user_context)
        return next((user for user in users if user.phone_number), None)

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

    @delegates("passwordless", "create_code")
    async def create_code(
        self,
        email: str | None,
        phone_number: str | None,
        user_input_code: str | None,
        tenant_id: str,
        user_context: UserContext,
    ) -> Any:
        """Begin a sign-in."""

    @delegates("passwordless", "create_new_code_for_device")
    async def create_new_code_for_device(
        self, device_id: str, user_input_code: str | None, tenant_id: str, user_context: UserContext
    ) -> Any:
        """Make another code for a sign-in that was begun."""

    @delegates("passwordless", "consume_code")
    async def consume_code(
        self,
        pre_auth_session_id: str,
        user_input_code: str | None,
        device_id: str | None,
        link_code: str | None,
        tenant_id: str,
        user_context: UserContext,
    ) -> Any:
        """Use a code or a link up, and sign its owner in or up."""

    @delegates("passwordless", "update_user")
    async def update_passwordless_user(
        self, user_id: str, email: str | None, phone_number: str | None, user_context: UserContext
    ) -> Any:
        """Change the contacts of a login method."""

    @delegates("passwordless", "delete_email_for_user")
    async def delete_email_for_passwordless_user(self, user_id: str, user_context: UserContext) -> Any:
        """Take the address from a login method."""

    @delegates("passwordless", "delete_phone_number_for_user")
    async def delete_phone_number_for_user(self, user_id: str, user_context: UserContext) -> Any:
        """Take the phone number from a login method."""

    @delegates("passwordless", "revoke_all_codes")
    async def revoke_all_codes(
        self, email: str | None, phone_number: str | None, tenant_id: str, user_context: UserContext
    ) -> Any:
        """End every sign-in that was begun with a contact."""

    @delegates("passwordless", "revoke_code")
    async def revoke_code(self, code_id: str, tenant_id: str, user_context: UserContext) -> Any:
        """Make one code useless."""

    @delegates("passwordless", "list_codes_by_email")
    async def list_codes_by_email(self, email: str, tenant_id: str, user_context: UserContext) -> Any:
        """Return the sign-ins that were begun with an address."""

    @delegates("passwordless", "list_codes_by_phone_number")
    async def list_codes_by_phone_number(self, phone_number: str, tenant_id: str, user_context: UserContext) -> Any:
        """Return the sign-ins that were begun with a phone number."""

    @delegates("passwordless", "list_codes_by_device_id")
    async def list_codes_by_device_id(self, device_id: str, tenant_id: str, user_context: UserContext) -> Any:
        """Return the sign-in that a browser began."""

    @delegates("passwordless", "list_codes_by_pre_auth_session_id")
    async def list_codes_by_pre_auth_session_id(
        self, pre_auth_session_id: str, tenant_id: str, user_context: UserContext
    ) -> Any:
        """Return the sign-in that a link is for."""


class APIInterface(CombinedInterface):
    """HTTP APIs of both recipes. Each does what the API that it names does, and answers the same."""

    disable_thirdparty_sign_in_up_post: bool = False
    disable_authorisation_url_get: bool = False
    disable_apple_redirect_handler_post: bool = False
    disable_create_code_post: bool = False
    disable_resend_code_post: bool = False
    disable_consume_code_post: bool = False
    disable_passwordless_user_email_exists_get: bool = False
    disable_passwordless_user_phone_number_exists_get: bool = False

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

    @delegates("passwordless", "create_code_post")
    async def create_code_post(
        self,
        email: str | None,
        phone_number: str | None,
        tenant_id: str,
        api_options: PasswordlessAPIOptions,
        user_context: UserContext,
    ) -> Any:
        """Begin a sign-in and send the code or the link."""

    @delegates("passwordless", "resend_code_post")
    async def resend_code_post(
        self,
        device_id: str,
        pre_auth_session_id: str,
        tenant_id: str,
        api_options: PasswordlessAPIOptions,
        user_context: UserContext,
    ) -> Any:
        """Send another code or link."""

    @delegates("passwordless", "consume_code_post")
    async def consume_code_post(
        self,
        pre_auth_session_id: str,
        user_input_code: str | None,
        device_id: str | None,
        link_code: str | None,
        tenant_id: str,
        api_options: PasswordlessAPIOptions,
        user_context: UserContext,
    ) -> Any:
        """Sign in or up with a code or a link."""

    @delegates("passwordless", "email_exists_get")
    async def passwordless_user_email_exists_get(
        self, email: str, tenant_id: str, api_options: PasswordlessAPIOptions, user_context: UserContext
    ) -> Any:
        """Tell whether the tenant has a login method with this address."""

    @delegates("passwordless", "phone_number_exists_get")
    async def passwordless_user_phone_number_exists_get(
        self, phone_number: str, tenant_id: str, api_options: PasswordlessAPIOptions, user_context: UserContext
    ) -> Any:
        """Tell whether the tenant has a user with this phone number."""


InputOverrideConfig = BaseOverrideConfig[RecipeInterface, APIInterface]
