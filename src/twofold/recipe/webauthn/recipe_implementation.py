# SPDX-License-Identifier: Apache-2.0
"""Functions of the passkey recipe; every one may be overridden. All arguments are given by name."""

from typing import TYPE_CHECKING, Any, Unpack

from twofold._core_client import CoreClient
from twofold._wire import from_json, outcome, to_json
from twofold.exceptions import GeneralError
from twofold.recipe._keeping import kept, refuse_last
from twofold.recipe.accountlinking.in_session import SignIn, link_to_session_user_or_by_account_info
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe
from twofold.recipe.multifactorauth.types import FactorIds
from twofold.recipe.notices.telling import tell, tell_of_contacts, user_to_tell
from twofold.types.auth_utils import LinkingToSessionUserFailedError
from twofold.types.base import RecipeUserId, UserContext
from twofold.types.recipe import BaseRecipeInterface

from . import results
from .payloads import AuthenticationPayload, RegistrationPayload
from .types.config import NormalisedWebauthnConfig

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer

TIMEOUT_MS = 60_000
ALGORITHMS = (-8, -7, -257)
EMAIL_IS_MISSING = "The email is missing"

RegistrationFailed = (
    results.InvalidCredentialsErrorResponse
    | results.OptionsNotFoundErrorResponse
    | results.InvalidOptionsErrorResponse
    | results.InvalidAuthenticatorErrorResponse
)
VerificationFailed = RegistrationFailed | results.CredentialNotFoundErrorResponse | results.UnknownUserIdErrorResponse


class RecipeImplementation(BaseRecipeInterface):
    """What can be done with passkeys."""

    def __init__(self, client: CoreClient, config: NormalisedWebauthnConfig) -> None:
        self._client = client
        self._config = config

    def _verification(self, given: results.UserVerification | None) -> results.UserVerification:
        if not self._config.must_verify_user:
            return given or "preferred"
        if given not in (None, "required"):
            raise GeneralError(f"Under a profile of assurance 'user_verification' must be 'required', not {given!r}")
        return "required"

    async def register_options(
        self,
        *,
        relying_party_id: str,
        relying_party_name: str,
        origin: str,
        resident_key: results.ResidentKey | None = None,
        user_verification: results.UserVerification | None = None,
        user_presence: bool | None = None,
        attestation: results.Attestation | None = None,
        supported_algorithm_ids: list[int] | None = None,
        timeout: int | None = None,  # noqa: ASYNC109  # the browser's, not ours
        tenant_id: str,
        user_context: UserContext,
        **kwargs: Unpack[results.RegisterOptionsKwargsInput],
    ) -> (
        results.RegisterOptionsResponse
        | results.RecoverAccountTokenInvalidErrorResponse
        | results.InvalidOptionsErrorResponse
        | results.InvalidEmailErrorResponse
    ):
        """Begin a registration for `email`, or for whoever holds `recover_account_token`. `timeout` in milliseconds."""
        token = kwargs.get("recover_account_token")
        if token is None:
            email = kwargs.get("email", "").strip()
            error = await self._config.validate_email_address(
                email=email, tenant_id=tenant_id, user_context=user_context
            )
        else:
            found = await self.get_user_from_recover_account_token(
                token=token, tenant_id=tenant_id, user_context=user_context
            )
            if isinstance(found, results.RecoverAccountTokenInvalidErrorResponse):
                return found
            email = _email_of(found)
            error = None if email else EMAIL_IS_MISSING
        if error is not None:
            return results.InvalidEmailErrorResponse(error)
        body = {
            "email": email,
            "displayName": kwargs.get("display_name"),
            "relyingPartyName": relying_party_name,
            "relyingPartyId": relying_party_id,
            "origin": origin,
            "timeout": TIMEOUT_MS if timeout is None else timeout,
            "attestation": attestation or "none",
            "residentKey": resident_key or "required",
            "userVerification": self._verification(user_verification),
            "userPresence": user_presence is not False,
            "supportedAlgorithmIDs": list(ALGORITHMS) if supported_algorithm_ids is None else supported_algorithm_ids,
        }
        answer = await self._client.post("/recipe/webauthn/options/register", tenant_id, _given(body), user_context)
        return outcome(answer, results.RegisterOptionsResponse, results.InvalidOptionsErrorResponse)

    async def sign_in_options(
        self,
        *,
        relying_party_id: str,
        relying_party_name: str,
        origin: str,
        user_verification: results.UserVerification | None = None,
        user_presence: bool | None = None,
        timeout: int | None = None,  # noqa: ASYNC109  # the browser's, not ours
        tenant_id: str,
        user_context: UserContext,
    ) -> results.SignInOptionsResponse | results.InvalidOptionsErrorResponse:
        """Begin a sign-in with any passkey of the relying party. `timeout` in milliseconds."""
        body = {
            "relyingPartyId": relying_party_id,
            "relyingPartyName": relying_party_name,
            "origin": origin,
            "timeout": TIMEOUT_MS if timeout is None else timeout,
            "userVerification": self._verification(user_verification),
            "userPresence": user_presence is not False,
        }
        answer = await self._client.post("/recipe/webauthn/options/signin", tenant_id, body, user_context)
        # Browsers know it by another name than the core.
        named = {**answer, "rpId": answer.get("relyingPartyId")}
        return outcome(named, results.SignInOptionsResponse, results.InvalidOptionsErrorResponse)

    async def sign_up(
        self,
        *,
        webauthn_generated_options_id: str,
        credential: RegistrationPayload,
        session: "SessionContainer | None" = None,
        should_try_linking_with_session_user: bool | None = None,
        tenant_id: str,
        user_context: UserContext,
    ) -> (
        results.SignUpReponse
        | results.EmailAlreadyExistsErrorResponse
        | RegistrationFailed
        | LinkingToSessionUserFailedError
    ):
        """Create a login method with a passkey and link it as the policy says."""
        created = await self.create_new_recipe_user(
            webauthn_generated_options_id=webauthn_generated_options_id,
            credential=credential,
            tenant_id=tenant_id,
            user_context=user_context,
        )
        if not isinstance(created, results.CreateNewRecipeUserResponse):
            return created
        sign_in = SignIn(session, should_try_linking_with_session_user, tenant_id, user_context)
        user = await link_to_session_user_or_by_account_info(sign_in, created.user, created.recipe_user_id)
        if isinstance(user, LinkingToSessionUserFailedError):
            return user
        return results.SignUpReponse(user, created.recipe_user_id)

    async def sign_in(
        self,
        *,
        webauthn_generated_options_id: str,
        credential: AuthenticationPayload,
        session: "SessionContainer | None" = None,
        should_try_linking_with_session_user: bool | None = None,
        tenant_id: str,
        user_context: UserContext,
    ) -> results.SignInResponse | VerificationFailed | LinkingToSessionUserFailedError:
        """Check a passkey's answer and link as the policy says. No session is made."""
        verified = await self.verify_credentials(
            webauthn_generated_options_id=webauthn_generated_options_id,
            credential=credential,
            tenant_id=tenant_id,
            user_context=user_context,
        )
        if not isinstance(verified, results.VerifyCredentialsResponse):
            return verified
        return await self.complete_sign_in(
            verified_credentials=verified,
            session=session,
            should_try_linking_with_session_user=should_try_linking_with_session_user,
            tenant_id=tenant_id,
            user_context=user_context,
        )

    async def complete_sign_in(
        self,
        *,
        verified_credentials: results.VerifyCredentialsResponse,
        session: "SessionContainer | None" = None,
        should_try_linking_with_session_user: bool | None = None,
        tenant_id: str,
        user_context: UserContext,
    ) -> results.SignInResponse | LinkingToSessionUserFailedError:
        """Link as the policy says after an answer was checked, which happens once: it uses the challenge up."""
        user, recipe_user_id = verified_credentials.user, verified_credentials.recipe_user_id
        linking = AccountLinkingRecipe.get()
        await linking.verify_email_if_another_method_has_it_verified(user, recipe_user_id, user_context)
        # The verification may have changed what the policy sees.
        read_again = await linking.functions.get_user(recipe_user_id.get_as_string(), user_context)
        sign_in = SignIn(session, should_try_linking_with_session_user, tenant_id, user_context)
        linked = await link_to_session_user_or_by_account_info(sign_in, read_again or user, recipe_user_id)
        if isinstance(linked, LinkingToSessionUserFailedError):
            return linked
        return results.SignInResponse(linked, recipe_user_id)

    async def verify_credentials(
        self,
        *,
        webauthn_generated_options_id: str,
        credential: AuthenticationPayload,
        tenant_id: str,
        user_context: UserContext,
    ) -> results.VerifyCredentialsResponse | VerificationFailed:
        """Check a passkey's answer and do nothing else. The challenge is used up."""
        body = {"webauthnGeneratedOptionsId": webauthn_generated_options_id, "credential": to_json(credential)}
        answer = await self._client.post("/recipe/webauthn/signin", tenant_id, body, user_context)
        return outcome(
            answer,
            results.VerifyCredentialsResponse,
            results.InvalidCredentialsErrorResponse,
            results.OptionsNotFoundErrorResponse,
            results.InvalidOptionsErrorResponse,
            results.InvalidAuthenticatorErrorResponse,
            results.CredentialNotFoundErrorResponse,
            results.UnknownUserIdErrorResponse,
        )

    async def create_new_recipe_user(
        self,
        *,
        webauthn_generated_options_id: str,
        credential: RegistrationPayload,
        tenant_id: str,
        user_context: UserContext,
    ) -> results.CreateNewRecipeUserResponse | results.EmailAlreadyExistsErrorResponse | RegistrationFailed:
        """Create a login method with a passkey, for the e-mail of the options, and link nothing."""
        body = {"webauthnGeneratedOptionsId": webauthn_generated_options_id, "credential": to_json(credential)}
        answer = await self._client.post("/recipe/webauthn/signup", tenant_id, body, user_context)
        return outcome(
            answer,
            results.CreateNewRecipeUserResponse,
            results.EmailAlreadyExistsErrorResponse,
            results.InvalidCredentialsErrorResponse,
            results.OptionsNotFoundErrorResponse,
            results.InvalidOptionsErrorResponse,
            results.InvalidAuthenticatorErrorResponse,
        )

    async def generate_recover_account_token(
        self, *, user_id: str, email: str, tenant_id: str, user_context: UserContext
    ) -> results.GenerateRecoverAccountTokenResponse | results.UnknownUserIdErrorResponse:
        """Make a token with which a passkey can be registered once."""
        body = {"userId": user_id, "email": email}
        answer = await self._client.post("/recipe/webauthn/user/recover/token", tenant_id, body, user_context)
        return outcome(answer, results.GenerateRecoverAccountTokenResponse, results.UnknownUserIdErrorResponse)

    async def consume_recover_account_token(
        self, *, token: str, tenant_id: str, user_context: UserContext
    ) -> results.ConsumeRecoverAccountTokenResponse | results.RecoverAccountTokenInvalidErrorResponse:
        """Use a token up. Of many calls with one token, one succeeds."""
        path = "/recipe/webauthn/user/recover/token/consume"
        answer = await self._client.post(path, tenant_id, {"token": token}, user_context)
        return outcome(
            answer, results.ConsumeRecoverAccountTokenResponse, results.RecoverAccountTokenInvalidErrorResponse
        )

    async def register_credential(
        self,
        *,
        webauthn_generated_options_id: str,
        credential: RegistrationPayload,
        user_context: UserContext,
        recipe_user_id: str,
    ) -> results.OkResponseBaseModel | RegistrationFailed:
        """Give a login method another passkey. The user is told; see `notices`."""
        user = await user_to_tell(recipe_user_id, user_context)
        body = {
            "recipeUserId": recipe_user_id,
            "webauthnGeneratedOptionsId": webauthn_generated_options_id,
            "credential": to_json(credential),
        }
        answer = await self._client.post("/recipe/webauthn/user/credential/register", None, body, user_context)
        if answer["status"] in ("CREDENTIAL_ALREADY_EXISTS_ERROR", "UNKNOWN_USER_ID_ERROR"):
            return results.InvalidCredentialsErrorResponse()
        result = outcome(
            answer,
            results.OkResponseBaseModel,
            results.InvalidCredentialsErrorResponse,
            results.OptionsNotFoundErrorResponse,
            results.InvalidOptionsErrorResponse,
            results.InvalidAuthenticatorErrorResponse,
        )
        if isinstance(result, results.OkResponseBaseModel):
            await tell(user, "added", FactorIds.WEBAUTHN, None, user_context)
        return result

    async def get_user_from_recover_account_token(
        self, *, token: str, tenant_id: str, user_context: UserContext
    ) -> results.GetUserFromRecoverAccountTokenResponse | results.RecoverAccountTokenInvalidErrorResponse:
        """Tell whom a token was made for; it stays valid."""
        answer = await self._client.get("/recipe/webauthn/user/recover", tenant_id, {"token": token}, user_context)
        return outcome(
            answer, results.GetUserFromRecoverAccountTokenResponse, results.RecoverAccountTokenInvalidErrorResponse
        )

    async def remove_credential(
        self, *, webauthn_credential_id: str, recipe_user_id: str, user_context: UserContext
    ) -> results.OkResponseBaseModel | results.CredentialNotFoundErrorResponse:
        """Take a passkey from a login method. The user is told; see `notices`.

        Raises:
            LastFactorError: the API that called this asked to keep one of some factors, and it is the last of them.
        """
        user = await user_to_tell(recipe_user_id, user_context)
        query = {"recipeUserId": recipe_user_id, "webauthnCredentialId": webauthn_credential_id, **kept(user_context)}
        path = "/recipe/webauthn/user/credential/remove"
        answer = await self._client.delete(path, None, query, user_context)
        result = outcome(refuse_last(answer), results.OkResponseBaseModel, results.CredentialNotFoundErrorResponse)
        if isinstance(result, results.OkResponseBaseModel):
            await tell(user, "removed", FactorIds.WEBAUTHN, None, user_context)
        return result

    async def get_credential(
        self, *, webauthn_credential_id: str, recipe_user_id: str, user_context: UserContext
    ) -> results.GetCredentialResponse | results.CredentialNotFoundErrorResponse:
        """Return a passkey of a login method."""
        query = {"recipeUserId": recipe_user_id, "webauthnCredentialId": webauthn_credential_id}
        answer = await self._client.get("/recipe/webauthn/user/credential", None, query, user_context)
        return outcome(answer, results.GetCredentialResponse, results.CredentialNotFoundErrorResponse)

    async def list_credentials(
        self, *, recipe_user_id: str, user_context: UserContext
    ) -> results.ListCredentialsResponse:
        """Return the passkeys of a login method."""
        path = "/recipe/webauthn/user/credential/list"
        answer = await self._client.get(path, None, {"recipeUserId": recipe_user_id}, user_context)
        return from_json(results.ListCredentialsResponse, answer)

    async def remove_generated_options(
        self, *, webauthn_generated_options_id: str, tenant_id: str, user_context: UserContext
    ) -> results.OkResponseBaseModel | results.OptionsNotFoundErrorResponse:
        """End a ceremony: nothing answers it any more."""
        query = {"webauthnGeneratedOptionsId": webauthn_generated_options_id}
        answer = await self._client.delete("/recipe/webauthn/options/remove", tenant_id, query, user_context)
        return outcome(answer, results.OkResponseBaseModel, results.OptionsNotFoundErrorResponse)

    async def get_generated_options(
        self, *, webauthn_generated_options_id: str, tenant_id: str, user_context: UserContext
    ) -> results.GetGeneratedOptionsResponse | results.OptionsNotFoundErrorResponse:
        """Return what a ceremony began with."""
        query = {"webauthnGeneratedOptionsId": webauthn_generated_options_id}
        answer = await self._client.get("/recipe/webauthn/options", tenant_id, query, user_context)
        return outcome(answer, results.GetGeneratedOptionsResponse, results.OptionsNotFoundErrorResponse)

    async def update_user_email(
        self, *, recipe_user_id: str, email: str, tenant_id: str, user_context: UserContext
    ) -> results.OkResponseBaseModel | results.EmailAlreadyExistsErrorResponse | results.UnknownUserIdErrorResponse:
        """Change the e-mail of a login method. The user is told; see `notices`."""
        user = await user_to_tell(recipe_user_id, user_context)
        body = {"recipeUserId": recipe_user_id, "email": email}
        answer = await self._client.put("/recipe/webauthn/user/email", tenant_id, body, user_context)
        if answer["status"] == "USER_WITH_EMAIL_ALREADY_EXISTS_ERROR":
            return results.EmailAlreadyExistsErrorResponse()
        result = outcome(
            answer,
            results.OkResponseBaseModel,
            results.EmailAlreadyExistsErrorResponse,
            results.UnknownUserIdErrorResponse,
        )
        if isinstance(result, results.OkResponseBaseModel):
            await tell_of_contacts(user, RecipeUserId(recipe_user_id), user_context, email=email)
        return result


def _email_of(found: results.GetUserFromRecoverAccountTokenResponse) -> str:
    wanted = found.recipe_user_id or RecipeUserId(found.user.id)
    methods = (method.email for method in found.user.login_methods if method.recipe_user_id == wanted)
    return next(methods, None) or ""


def _given(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if value is not None}
