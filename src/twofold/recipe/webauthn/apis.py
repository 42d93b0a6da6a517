# SPDX-License-Identifier: Apache-2.0
"""The HTTP APIs of the passkey recipe. All arguments are given by name."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Unpack

from twofold._app_info import AppInfo
from twofold.exceptions import BadInputError
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.ingredients.emaildelivery import EmailDeliveryIngredient
from twofold.recipe import _sign_in
from twofold.recipe._api import ApiCall, Parse, Texts, api
from twofold.recipe._sign_in import Allowed
from twofold.recipe.accountlinking.in_session import SignIn
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe
from twofold.recipe.multifactorauth.asyncio import (
    assert_all_factors_else_throw_invalid_claim_error,
    assert_allowed_to_change_factors_else_throw_invalid_claim_error,
    assert_allowed_to_setup_factor_else_throw_invalid_claim_error,
)
from twofold.recipe.multifactorauth.last_factor import keep_one_of_the_required, or_general_error
from twofold.recipe.multifactorauth.recipe import MultiFactorAuthRecipe
from twofold.types.auth_utils import LinkingToSessionUserFailedError
from twofold.types.base import AccountInfoInput, User, UserContext, WebauthnInfoInput
from twofold.types.recipe import BaseAPIInterface
from twofold.types.response import GeneralErrorResponse

from . import recovery, results
from .checks import (
    FACTOR_ID,
    LINKING_CODES_SIGN_IN,
    LINKING_CODES_SIGN_UP,
    before_sign_in,
    before_sign_up,
    check_question,
    check_recovery_mail,
)
from .payloads import AuthenticationPayload, RegistrationPayload, read_authentication, read_registration
from .recipe_implementation import RecipeImplementation, RegistrationFailed
from .results import TypeWebauthnEmailDeliveryInput
from .types.config import NormalisedWebauthnConfig

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer

RECOVERY_NOT_ALLOWED = _sign_in.support_text(
    "Recover account link was not created because of account take over risk. Please contact support.", 1
)
_REGISTRATION_TEXTS = {
    "INVALID_CREDENTIALS_ERROR": _sign_in.support_text(
        "The credentials are incorrect. Please make sure you are using the correct credentials.", 25
    ),
    "INVALID_AUTHENTICATOR_ERROR": _sign_in.support_text(
        "The device used for authentication is not supported. Please use a different device.", 26
    ),
}
_OTHER_REGISTRATION_TEXT = _sign_in.support_text(
    "Cannot register credential due to security reasons. Please try logging in, use a different login method or "
    "contact support.",
    7,
)


def _texts(missing_or_wrong: str) -> Texts:
    return Texts(missing_or_wrong, missing_or_wrong)


OptionsId = Annotated[str, _texts("webauthnGeneratedOptionsId is required")]
CredentialId = Annotated[str, _texts("A valid webauthnCredentialId is required")]
Registration = Annotated[RegistrationPayload, Parse(read_registration, "credential")]
Authentication = Annotated[AuthenticationPayload, Parse(read_authentication, "credential")]


@dataclass
class APIOptions:
    """What the APIs get beside their arguments."""

    recipe_implementation: RecipeImplementation
    app_info: AppInfo
    config: NormalisedWebauthnConfig
    recipe_id: str
    req: BaseRequest
    res: BaseResponse
    email_delivery: EmailDeliveryIngredient[TypeWebauthnEmailDeliveryInput]


async def _refuse_what_is_no_credential(call: ApiCall) -> results.InvalidCredentialsErrorResponse | None:
    return results.InvalidCredentialsErrorResponse() if call.arguments["credential"] is None else None


async def _read_whom_for(call: ApiCall) -> None:
    names = {"email": "email", "recover_account_token": "recoverAccountToken", "display_name": "displayName"}
    given = {name: call.values.get(key) for name, key in names.items()}
    texts = {name: value for name, value in given.items() if isinstance(value, str) and "\0" not in value}
    if not {"email", "recover_account_token"} & texts.keys():
        raise BadInputError("Please provide the email or the recover account token")
    call.arguments["kwargs"] = texts


class APIs(BaseAPIInterface):
    """One method per HTTP API."""

    disable_register_options_post: bool = False
    disable_sign_in_options_post: bool = False
    disable_sign_up_post: bool = False
    disable_sign_in_post: bool = False
    disable_generate_recover_account_token_post: bool = False
    disable_recover_account_post: bool = False
    disable_register_credential_post: bool = False
    disable_email_exists_get: bool = False
    disable_list_credentials_get: bool = False
    disable_remove_credential_post: bool = False

    @api("POST", "/webauthn/options/register", prepare=_read_whom_for)
    async def register_options_post(
        self,
        *,
        tenant_id: str,
        options: APIOptions,
        user_context: UserContext,
        **kwargs: Unpack[results.RegisterOptionsKwargsInput],
    ) -> (
        results.RegisterOptionsResponse
        | results.RecoverAccountTokenInvalidErrorResponse
        | results.InvalidOptionsErrorResponse
        | results.InvalidEmailErrorResponse
        | GeneralErrorResponse
    ):
        """Begin to make a passkey, for an e-mail address or with a recovery token."""
        config, request = options.config, options.req
        return await options.recipe_implementation.register_options(
            relying_party_id=await config.get_relying_party_id(
                tenant_id=tenant_id, request=request, user_context=user_context
            ),
            relying_party_name=await config.get_relying_party_name(tenant_id=tenant_id, user_context=user_context),
            origin=await config.get_origin(tenant_id=tenant_id, request=request, user_context=user_context),
            tenant_id=tenant_id,
            user_context=user_context,
            **kwargs,
        )

    @api("POST", "/webauthn/options/signin")
    async def sign_in_options_post(
        self, *, tenant_id: str, options: APIOptions, user_context: UserContext
    ) -> results.SignInOptionsResponse | results.InvalidOptionsErrorResponse | GeneralErrorResponse:
        """Begin to sign in with a passkey."""
        config, request = options.config, options.req
        return await options.recipe_implementation.sign_in_options(
            relying_party_id=await config.get_relying_party_id(
                tenant_id=tenant_id, request=request, user_context=user_context
            ),
            relying_party_name=await config.get_relying_party_name(tenant_id=tenant_id, user_context=user_context),
            origin=await config.get_origin(tenant_id=tenant_id, request=request, user_context=user_context),
            tenant_id=tenant_id,
            user_context=user_context,
        )

    @api("POST", "/webauthn/signup", session="auth", prepare=_refuse_what_is_no_credential)
    async def sign_up_post(
        self,
        *,
        webauthn_generated_options_id: OptionsId,
        credential: Registration,
        tenant_id: str,
        session: "SessionContainer | None",
        should_try_linking_with_session_user: bool | None,
        options: APIOptions,
        user_context: UserContext,
    ) -> (
        results.SignUpPOSTResponse
        | results.SignUpNotAllowedErrorResponse
        | results.EmailAlreadyExistsErrorResponse
        | RegistrationFailed
        | GeneralErrorResponse
    ):
        """Create an account with a passkey and sign in, or set a passkey up as a second factor."""
        functions = options.recipe_implementation
        begun = await functions.get_generated_options(
            webauthn_generated_options_id=webauthn_generated_options_id, tenant_id=tenant_id, user_context=user_context
        )
        if isinstance(begun, results.OptionsNotFoundErrorResponse):
            return begun
        if begun.email is None:
            return results.InvalidOptionsErrorResponse()
        sign_in = SignIn(session, should_try_linking_with_session_user, tenant_id, user_context)
        before = await before_sign_up(self, sign_in, begun.email, options)
        if not isinstance(before, Allowed):
            return before
        result = await functions.sign_up(
            webauthn_generated_options_id=webauthn_generated_options_id,
            credential=credential,
            session=session,
            should_try_linking_with_session_user=should_try_linking_with_session_user,
            tenant_id=tenant_id,
            user_context=user_context,
        )
        if isinstance(result, LinkingToSessionUserFailedError):
            return results.SignUpNotAllowedErrorResponse(_sign_in.linking_text(result, LINKING_CODES_SIGN_UP))
        if not isinstance(result, results.SignUpReponse):
            return result
        made = await _sign_in.finish(sign_in, options.req, result.user, result.recipe_user_id, FACTOR_ID)
        return results.SignUpPOSTResponse(result.user, made)

    @api("POST", "/webauthn/signin", session="auth", prepare=_refuse_what_is_no_credential)
    async def sign_in_post(
        self,
        *,
        webauthn_generated_options_id: OptionsId,
        credential: Authentication,
        tenant_id: str,
        session: "SessionContainer | None",
        should_try_linking_with_session_user: bool | None,
        options: APIOptions,
        user_context: UserContext,
    ) -> (
        results.SignInPOSTResponse
        | results.InvalidCredentialsErrorResponse
        | results.SignInNotAllowedErrorResponse
        | GeneralErrorResponse
    ):
        """Sign in with a passkey, as a first or a second factor."""
        functions = options.recipe_implementation
        verified = await functions.verify_credentials(
            webauthn_generated_options_id=webauthn_generated_options_id,
            credential=credential,
            tenant_id=tenant_id,
            user_context=user_context,
        )
        if not isinstance(verified, results.VerifyCredentialsResponse):
            return results.InvalidCredentialsErrorResponse()
        sign_in = SignIn(session, should_try_linking_with_session_user, tenant_id, user_context)
        before = await before_sign_in(sign_in, credential.id)
        if not isinstance(before, Allowed):
            return before
        result = await functions.complete_sign_in(
            verified_credentials=verified,
            session=session,
            should_try_linking_with_session_user=should_try_linking_with_session_user,
            tenant_id=tenant_id,
            user_context=user_context,
        )
        if isinstance(result, LinkingToSessionUserFailedError):
            return results.SignInNotAllowedErrorResponse(_sign_in.linking_text(result, LINKING_CODES_SIGN_IN))
        made = await _sign_in.finish(sign_in, options.req, result.user, result.recipe_user_id, FACTOR_ID)
        return results.SignInPOSTResponse(result.user, made)

    @api("POST", "/user/webauthn/reset/token", prepare=check_recovery_mail)
    async def generate_recover_account_token_post(
        self,
        *,
        email: Annotated[str, _texts("Please provide the email")],
        tenant_id: str,
        options: APIOptions,
        user_context: UserContext,
    ) -> results.OkResponseBaseModel | results.RecoverAccountNotAllowedErrorResponse | GeneralErrorResponse:
        """Send a recovery mail if the address has an account; the answer is the same when it has none."""
        if await recovery.decide_and_send(options, email, tenant_id, user_context) == "NOT_ALLOWED":
            return results.RecoverAccountNotAllowedErrorResponse(RECOVERY_NOT_ALLOWED)
        return results.OkResponseBaseModel()

    @api("POST", "/user/webauthn/reset", prepare=_refuse_what_is_no_credential)
    async def recover_account_post(
        self,
        *,
        token: Annotated[
            str, Texts("Please provide the recover account token", "The recover account token must be a string")
        ],
        webauthn_generated_options_id: OptionsId,
        credential: Registration,
        tenant_id: str,
        options: APIOptions,
        user_context: UserContext,
    ) -> (
        results.RecoverAccountPOSTResponse
        | results.RecoverAccountTokenInvalidErrorResponse
        | RegistrationFailed
        | GeneralErrorResponse
    ):
        """Register a passkey with a token from a mail, once."""
        return await recovery.recover(
            options.recipe_implementation, token, webauthn_generated_options_id, credential, tenant_id, user_context
        )

    @api("POST", "/webauthn/credential", session="required", check_database=True, prepare=_refuse_what_is_no_credential)
    async def register_credential_post(
        self,
        *,
        webauthn_generated_options_id: OptionsId,
        credential: Registration,
        tenant_id: str,
        session: "SessionContainer",
        options: APIOptions,
        user_context: UserContext,
    ) -> (
        results.OkResponseBaseModel
        | results.OptionsNotFoundErrorResponse
        | results.RegisterCredentialNotAllowedErrorResponse
        | GeneralErrorResponse
    ):
        """Give the session's user another passkey.

        Raises:
            InvalidClaimsError: the session must complete another factor first.
        """
        if MultiFactorAuthRecipe.get_or_none() is not None:
            await assert_allowed_to_setup_factor_else_throw_invalid_claim_error(session, FACTOR_ID, user_context)
        functions = options.recipe_implementation
        begun = await functions.get_generated_options(
            webauthn_generated_options_id=webauthn_generated_options_id, tenant_id=tenant_id, user_context=user_context
        )
        if isinstance(begun, results.OptionsNotFoundErrorResponse):
            return begun
        result = await functions.register_credential(
            webauthn_generated_options_id=webauthn_generated_options_id,
            credential=credential,
            user_context=user_context,
            recipe_user_id=await _passkeys_of(session, user_context),
        )
        if isinstance(result, results.OkResponseBaseModel):
            return result
        reason = _REGISTRATION_TEXTS.get(result.status, _OTHER_REGISTRATION_TEXT)
        return results.RegisterCredentialNotAllowedErrorResponse(reason)

    @api("GET", "/webauthn/credential/list", session="required", check_database=True)
    async def list_credentials_get(
        self, *, options: APIOptions, user_context: UserContext, session: "SessionContainer"
    ) -> results.ListCredentialsResponse | GeneralErrorResponse:
        """List the passkeys of the session's user; a session that lacks a factor is refused if there are any."""
        user = await _user_of(session, user_context)
        found: list[results.Credential] = []
        for method in [] if user is None else user.login_methods:
            if method.recipe_id == "webauthn":
                listed = await options.recipe_implementation.list_credentials(
                    recipe_user_id=method.recipe_user_id.get_as_string(), user_context=user_context
                )
                found += listed.credentials
        if found:
            await assert_all_factors_else_throw_invalid_claim_error(session, user_context)
        return results.ListCredentialsResponse(found)

    @api("POST", "/webauthn/credential/remove", session="required", check_database=True)
    async def remove_credential_post(
        self,
        *,
        webauthn_credential_id: CredentialId,
        session: "SessionContainer",
        options: APIOptions,
        user_context: UserContext,
    ) -> results.OkResponseBaseModel | results.CredentialNotFoundErrorResponse | GeneralErrorResponse:
        """Take a passkey from the session's user: with a fresh factor, and not the last of which they must have one."""
        await assert_allowed_to_change_factors_else_throw_invalid_claim_error(session, user_context, loses_factor=True)
        await keep_one_of_the_required(session, (FACTOR_ID,), user_context)
        user = await _user_of(session, user_context)
        wanted = WebauthnInfoInput(webauthn_credential_id)
        for method in [] if user is None else user.login_methods:
            if method.has_same_webauthn_info_as(wanted):
                removal = options.recipe_implementation.remove_credential(
                    webauthn_credential_id=webauthn_credential_id,
                    recipe_user_id=method.recipe_user_id.get_as_string(),
                    user_context=user_context,
                )
                return await or_general_error(removal)
        return results.CredentialNotFoundErrorResponse()

    @api("GET", "/webauthn/email/exists", prepare=check_question)
    async def email_exists_get(
        self, *, email: str, tenant_id: str, options: APIOptions, user_context: UserContext
    ) -> results.EmailExistsGetResponse | GeneralErrorResponse:
        """Tell whether the tenant has passkeys with this address; for the sign-up form of front ends."""
        users = await AccountLinkingRecipe.get().functions.list_users_by_account_info(
            tenant_id, AccountInfoInput(email=email), False, user_context
        )
        return results.EmailExistsGetResponse(
            any(
                method.recipe_id == "webauthn" and method.has_same_email_as(email)
                for user in users
                for method in user.login_methods
            )
        )


async def _passkeys_of(session: "SessionContainer", user_context: UserContext) -> str:
    """Return the login method that the user's passkeys belong to: the session's own, or another one of its user."""
    own = session.get_recipe_user_id(user_context).get_as_string()
    user = await _user_of(session, user_context)
    ids = [
        method.recipe_user_id.get_as_string()
        for method in ([] if user is None else user.login_methods)
        if method.recipe_id == "webauthn"
    ]
    return own if own in ids or not ids else ids[0]


async def _user_of(session: "SessionContainer", user_context: UserContext) -> User | None:
    return await AccountLinkingRecipe.get().functions.get_user(session.get_user_id(user_context), user_context)
