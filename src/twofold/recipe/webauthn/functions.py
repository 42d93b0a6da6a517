# SPDX-License-Identifier: Apache-2.0
"""Functions of the passkey recipe for applications: `await sign_in(…)`, or `sign_in.sync(…)` in blocking code."""

from typing import TYPE_CHECKING, Unpack

from twofold._user_context import filled, get_request_from_user_context
from twofold.async_to_sync_wrapper import syncify
from twofold.types.auth_utils import LinkingToSessionUserFailedError
from twofold.types.base import RecipeUserId, UserContext

from . import results
from .payloads import AuthenticationPayload, RegistrationPayload
from .recipe import WebauthnRecipe
from .recipe_implementation import RegistrationFailed, VerificationFailed
from .recovery import get_recover_account_link

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer

PUBLIC = "public"


@syncify
async def register_options(
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
    tenant_id: str = PUBLIC,
    user_context: UserContext | None = None,
    **kwargs: Unpack[results.RegisterOptionsKwargsInput],
) -> (
    results.RegisterOptionsResponse
    | results.RecoverAccountTokenInvalidErrorResponse
    | results.InvalidOptionsErrorResponse
    | results.InvalidEmailErrorResponse
):
    """Begin a registration: for `email`, or for whoever holds `recover_account_token`. `timeout` in milliseconds."""
    return await WebauthnRecipe.get().functions.register_options(
        relying_party_id=relying_party_id,
        relying_party_name=relying_party_name,
        origin=origin,
        resident_key=resident_key,
        user_verification=user_verification,
        user_presence=user_presence,
        attestation=attestation,
        supported_algorithm_ids=supported_algorithm_ids,
        timeout=timeout,
        tenant_id=tenant_id,
        user_context=filled(user_context),
        **kwargs,
    )


@syncify
async def sign_in_options(
    *,
    relying_party_id: str,
    relying_party_name: str,
    origin: str,
    timeout: int | None = None,  # noqa: ASYNC109  # the browser's, not ours
    user_verification: results.UserVerification | None = None,
    user_presence: bool | None = None,
    tenant_id: str = PUBLIC,
    user_context: UserContext | None = None,
) -> results.SignInOptionsResponse | results.InvalidOptionsErrorResponse:
    """Begin a sign-in with any passkey of the relying party. `timeout` in milliseconds."""
    return await WebauthnRecipe.get().functions.sign_in_options(
        relying_party_id=relying_party_id,
        relying_party_name=relying_party_name,
        origin=origin,
        user_verification=user_verification,
        user_presence=user_presence,
        timeout=timeout,
        tenant_id=tenant_id,
        user_context=filled(user_context),
    )


@syncify
async def sign_up(
    *,
    webauthn_generated_options_id: str,
    credential: RegistrationPayload,
    tenant_id: str = PUBLIC,
    session: "SessionContainer | None" = None,
    user_context: UserContext | None = None,
) -> (
    results.SignUpReponse
    | results.EmailAlreadyExistsErrorResponse
    | RegistrationFailed
    | LinkingToSessionUserFailedError
):
    """Create a login method with a passkey; with a session, link it to the session's user."""
    return await WebauthnRecipe.get().functions.sign_up(
        webauthn_generated_options_id=webauthn_generated_options_id,
        credential=credential,
        session=session,
        should_try_linking_with_session_user=session is not None,
        tenant_id=tenant_id,
        user_context=filled(user_context),
    )


@syncify
async def sign_in(
    *,
    credential: AuthenticationPayload,
    webauthn_generated_options_id: str,
    tenant_id: str = PUBLIC,
    session: "SessionContainer | None" = None,
    user_context: UserContext | None = None,
) -> results.SignInResponse | VerificationFailed | LinkingToSessionUserFailedError:
    """Check a passkey's answer; with a session, link to the session's user. Makes no session."""
    return await WebauthnRecipe.get().functions.sign_in(
        webauthn_generated_options_id=webauthn_generated_options_id,
        credential=credential,
        session=session,
        should_try_linking_with_session_user=session is not None,
        tenant_id=tenant_id,
        user_context=filled(user_context),
    )


@syncify
async def verify_credentials(
    *,
    credential: AuthenticationPayload,
    webauthn_generated_options_id: str,
    tenant_id: str = PUBLIC,
    user_context: UserContext | None = None,
) -> results.VerifyCredentialsResponse | VerificationFailed:
    """Check a passkey's answer and do nothing else. The challenge is used up."""
    return await WebauthnRecipe.get().functions.verify_credentials(
        webauthn_generated_options_id=webauthn_generated_options_id,
        credential=credential,
        tenant_id=tenant_id,
        user_context=filled(user_context),
    )


@syncify
async def create_new_recipe_user(
    *,
    credential: RegistrationPayload,
    webauthn_generated_options_id: str,
    tenant_id: str = PUBLIC,
    user_context: UserContext | None = None,
) -> results.CreateNewRecipeUserResponse | results.EmailAlreadyExistsErrorResponse | RegistrationFailed:
    """Create a login method with a passkey, for the e-mail of the options, and link nothing."""
    return await WebauthnRecipe.get().functions.create_new_recipe_user(
        webauthn_generated_options_id=webauthn_generated_options_id,
        credential=credential,
        tenant_id=tenant_id,
        user_context=filled(user_context),
    )


@syncify
async def generate_recover_account_token(
    *, user_id: str, email: str, tenant_id: str = PUBLIC, user_context: UserContext | None = None
) -> results.GenerateRecoverAccountTokenResponse | results.UnknownUserIdErrorResponse:
    """Make a token with which a passkey can be registered once."""
    return await WebauthnRecipe.get().functions.generate_recover_account_token(
        user_id=user_id, email=email, tenant_id=tenant_id, user_context=filled(user_context)
    )


@syncify
async def consume_recover_account_token(
    *, token: str, tenant_id: str = PUBLIC, user_context: UserContext | None = None
) -> results.ConsumeRecoverAccountTokenResponse | results.RecoverAccountTokenInvalidErrorResponse:
    """Use a token up. Of many calls with one token, one succeeds."""
    return await WebauthnRecipe.get().functions.consume_recover_account_token(
        token=token, tenant_id=tenant_id, user_context=filled(user_context)
    )


@syncify
async def register_credential(
    *,
    webauthn_generated_options_id: str,
    credential: RegistrationPayload,
    recipe_user_id: str,
    user_context: UserContext | None = None,
) -> results.OkResponseBaseModel | RegistrationFailed:
    """Give a login method another passkey."""
    return await WebauthnRecipe.get().functions.register_credential(
        webauthn_generated_options_id=webauthn_generated_options_id,
        credential=credential,
        user_context=filled(user_context),
        recipe_user_id=recipe_user_id,
    )


@syncify
async def get_user_from_recover_account_token(
    *, token: str, tenant_id: str = PUBLIC, user_context: UserContext | None = None
) -> results.GetUserFromRecoverAccountTokenResponse | results.RecoverAccountTokenInvalidErrorResponse:
    """Tell whom a token was made for; it stays valid."""
    return await WebauthnRecipe.get().functions.get_user_from_recover_account_token(
        token=token, tenant_id=tenant_id, user_context=filled(user_context)
    )


@syncify
async def remove_credential(
    *, webauthn_credential_id: str, recipe_user_id: str, user_context: UserContext | None = None
) -> results.OkResponseBaseModel | results.CredentialNotFoundErrorResponse:
    """Take a passkey from a login method."""
    return await WebauthnRecipe.get().functions.remove_credential(
        webauthn_credential_id=webauthn_credential_id,
        recipe_user_id=recipe_user_id,
        user_context=filled(user_context),
    )


@syncify
async def get_credential(
    *, webauthn_credential_id: str, recipe_user_id: str, user_context: UserContext | None = None
) -> results.GetCredentialResponse | results.CredentialNotFoundErrorResponse:
    """Return a passkey of a login method."""
    return await WebauthnRecipe.get().functions.get_credential(
        webauthn_credential_id=webauthn_credential_id,
        recipe_user_id=recipe_user_id,
        user_context=filled(user_context),
    )


@syncify
async def list_credentials(
    *, recipe_user_id: str, user_context: UserContext | None = None
) -> results.ListCredentialsResponse:
    """Return the passkeys of a login method."""
    return await WebauthnRecipe.get().functions.list_credentials(
        recipe_user_id=recipe_user_id, user_context=filled(user_context)
    )


@syncify
async def remove_generated_options(
    *, webauthn_generated_options_id: str, tenant_id: str = PUBLIC, user_context: UserContext | None = None
) -> results.OkResponseBaseModel | results.OptionsNotFoundErrorResponse:
    """End a ceremony: nothing answers it any more."""
    return await WebauthnRecipe.get().functions.remove_generated_options(
        webauthn_generated_options_id=webauthn_generated_options_id,
        tenant_id=tenant_id,
        user_context=filled(user_context),
    )


@syncify
async def get_generated_options(
    *, webauthn_generated_options_id: str, tenant_id: str = PUBLIC, user_context: UserContext | None = None
) -> results.GetGeneratedOptionsResponse | results.OptionsNotFoundErrorResponse:
    """Return what a ceremony began with."""
    return await WebauthnRecipe.get().functions.get_generated_options(
        webauthn_generated_options_id=webauthn_generated_options_id,
        tenant_id=tenant_id,
        user_context=filled(user_context),
    )


@syncify
async def update_user_email(
    *, email: str, recipe_user_id: str, tenant_id: str = PUBLIC, user_context: UserContext | None = None
) -> results.OkResponseBaseModel | results.EmailAlreadyExistsErrorResponse | results.UnknownUserIdErrorResponse:
    """Change the e-mail of a login method."""
    return await WebauthnRecipe.get().functions.update_user_email(
        recipe_user_id=recipe_user_id, email=email, tenant_id=tenant_id, user_context=filled(user_context)
    )


@syncify
async def recover_account(
    *,
    tenant_id: str = PUBLIC,
    webauthn_generated_options_id: str,
    token: str,
    credential: RegistrationPayload,
    user_context: UserContext | None = None,
) -> results.OkResponseBaseModel | results.RecoverAccountTokenInvalidErrorResponse | RegistrationFailed:
    """Use a token up and register a passkey for the login method it was made for. Sessions go on."""
    context = filled(user_context)
    functions = WebauthnRecipe.get().functions
    consumed = await functions.consume_recover_account_token(token=token, tenant_id=tenant_id, user_context=context)
    if isinstance(consumed, results.RecoverAccountTokenInvalidErrorResponse):
        return consumed
    return await functions.register_credential(
        webauthn_generated_options_id=webauthn_generated_options_id,
        credential=credential,
        user_context=context,
        recipe_user_id=consumed.user_id,
    )


@syncify
async def create_recover_account_link(
    *, tenant_id: str = PUBLIC, user_id: str, email: str, user_context: UserContext | None = None
) -> results.CreateRecoverAccountLinkResponse | results.UnknownUserIdErrorResponse:
    """Make a token and return the link to the recovery page with it."""
    context = filled(user_context)
    recipe = WebauthnRecipe.get()
    made = await recipe.functions.generate_recover_account_token(
        user_id=user_id, email=email, tenant_id=tenant_id, user_context=context
    )
    if isinstance(made, results.UnknownUserIdErrorResponse):
        return made
    request = get_request_from_user_context(context)
    link = get_recover_account_link(recipe.app_info, made.token, tenant_id, request, context)
    return results.CreateRecoverAccountLinkResponse(link)


@syncify
async def send_recover_account_email(
    *, tenant_id: str = PUBLIC, user_id: str, email: str, user_context: UserContext | None = None
) -> results.OkResponseBaseModel | results.UnknownUserIdErrorResponse:
    """Mail a recovery link."""
    context = filled(user_context)
    made = await create_recover_account_link(tenant_id=tenant_id, user_id=user_id, email=email, user_context=context)
    if isinstance(made, results.UnknownUserIdErrorResponse):
        return made
    user = results.WebauthnRecoverAccountEmailDeliveryUser(user_id, RecipeUserId(user_id), email)
    message = results.TypeWebauthnRecoverAccountEmailDeliveryInput(user, made.link, tenant_id)
    await send_email(template_vars=message, user_context=context)
    return results.OkResponseBaseModel()


@syncify
async def send_email(
    *, template_vars: results.TypeWebauthnRecoverAccountEmailDeliveryInput, user_context: UserContext | None = None
) -> None:
    """Send a mail of this recipe through its configured delivery."""
    delivery = WebauthnRecipe.get().email_delivery
    await delivery.ingredient_interface_impl.send_email(template_vars, filled(user_context))
