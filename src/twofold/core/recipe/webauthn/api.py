# SPDX-License-Identifier: Apache-2.0
"""Endpoints of passkeys."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Annotated, Any, Concatenate, ParamSpec

from twofold.core._endpoint import Call, Endpoints, Scope
from twofold.core._fields import Field, Json
from twofold.core.recipe.webauthn import options, recovery, rules
from twofold.core.recipe.webauthn.options import ATTESTATIONS, DEFAULT_ALGORITHMS, DEFAULT_TIMEOUT_MS, Wanted
from twofold.core.recipe.webauthn.rules import Registered
from twofold.core.users.credentials import Credential
from twofold.core.users.json_shape import user_json
from twofold.core.users.model import LoginMethod
from twofold.core.users.normalise import MAX_EMAIL_LENGTH, normalise_email, require_length
from twofold.core.users.rules import Refused

P = ParamSpec("P")
Handler = Callable[Concatenate[Call, P], Coroutine[Any, Any, Json]]
OptionsId = Annotated[str, Field("webauthnGeneratedOptionsId")]
CredentialId = Annotated[str, Field("webauthnCredentialId")]
UNKNOWN_USER_ID: Json = {"status": "UNKNOWN_USER_ID_ERROR"}
INVALID_TOKEN: Json = {"status": "RECOVER_ACCOUNT_TOKEN_INVALID_ERROR"}

endpoints = Endpoints()


def answers_refusals(handler: Handler[P]) -> Handler[P]:
    """Let an endpoint answer with what a rule refused; most of these may be refused for many reasons."""

    @wraps(handler)
    async def answer(call: Call, /, *args: P.args, **kwargs: P.kwargs) -> Json:
        try:
            return await handler(call, *args, **kwargs)
        except Refused as refused:
            return refused.answer

    return answer


@endpoints.post("/recipe/webauthn/options/register", Scope.TENANT)
@answers_refusals
async def begin_registration(
    call: Call,
    email: str,
    relying_party_name: str,
    relying_party_id: str,
    origin: str,
    display_name: str | None = None,
    timeout_ms: Annotated[int, Field("timeout")] = DEFAULT_TIMEOUT_MS,
    attestation: str = "none",
    resident_key: str = "required",
    user_verification: str = "preferred",
    user_presence: bool = False,
    supported_algorithm_ids: Annotated[list[Any] | None, Field("supportedAlgorithmIDs")] = None,
) -> Json:
    """What a browser needs to create a passkey for an e-mail."""
    address = normalise_email(email)
    require_length("email", address, MAX_EMAIL_LENGTH)
    options.require_one_of("attestation", attestation, ATTESTATIONS)
    options.require_one_of("residentKey", resident_key, options.REQUIREMENTS)
    algorithms = (
        DEFAULT_ALGORITHMS if supported_algorithm_ids is None else options.read_algorithms(supported_algorithm_ids)
    )
    wanted = Wanted(relying_party_id, relying_party_name, origin, timeout_ms, user_verification, user_presence)
    begun = await options.begin_registration(call, wanted, address, algorithms)
    return {
        "status": "OK",
        "webauthnGeneratedOptionsId": begun.options_id,
        "rp": {"id": begun.relying_party_id, "name": begun.relying_party_name},
        "user": {
            "id": begun.user_handle,
            "name": begun.email,
            "displayName": begun.email if display_name is None else display_name,
        },
        "email": begun.email,
        "timeout": begun.timeout,
        "challenge": begun.challenge,
        "attestation": attestation,
        "createdAt": begun.created_at,
        "expiresAt": begun.expires_at,
        "pubKeyCredParams": [{"alg": item, "type": "public-key"} for item in begun.algorithms],
        # Whoever types an e-mail is not told which passkeys it has.
        "excludeCredentials": [],
        "authenticatorSelection": {
            "requireResidentKey": resident_key == "required",
            "residentKey": resident_key,
            "userVerification": begun.user_verification,
        },
    }


@endpoints.post("/recipe/webauthn/options/signin", Scope.TENANT)
@answers_refusals
async def begin_sign_in(
    call: Call,
    relying_party_id: str,
    relying_party_name: str,
    origin: str,
    timeout_ms: Annotated[int, Field("timeout")] = DEFAULT_TIMEOUT_MS,
    user_verification: str = "preferred",
    user_presence: bool = False,
) -> Json:
    """What a browser needs to sign in with a passkey."""
    wanted = Wanted(relying_party_id, relying_party_name, origin, timeout_ms, user_verification, user_presence)
    begun = await options.begin_sign_in(call, wanted)
    return {
        "status": "OK",
        "webauthnGeneratedOptionsId": begun.options_id,
        "relyingPartyId": begun.relying_party_id,
        "challenge": begun.challenge,
        "timeout": begun.timeout,
        "userVerification": begun.user_verification,
        "userPresence": begun.user_presence,
        "createdAt": begun.created_at,
        "expiresAt": begun.expires_at,
    }


@endpoints.get("/recipe/webauthn/options", Scope.TENANT)
@answers_refusals
async def get_options(call: Call, options_id: OptionsId) -> Json:
    """What a ceremony began with."""
    begun = await rules.find_options(call, options_id)
    return {
        "status": "OK",
        "webauthnGeneratedOptionsId": begun.options_id,
        "relyingPartyId": begun.relying_party_id,
        "relyingPartyName": begun.relying_party_name,
        "challenge": begun.challenge,
        "timeout": begun.timeout,
        "origin": begun.origin,
        "email": begun.email,
        "createdAt": begun.created_at,
        "expiresAt": begun.expires_at,
        "userVerification": begun.user_verification,
        "userPresence": begun.user_presence,
    }


@endpoints.delete("/recipe/webauthn/options/remove", Scope.TENANT)
@answers_refusals
async def remove_options(call: Call, options_id: OptionsId) -> Json:
    """End a ceremony: nothing answers it any more."""
    await rules.remove_options(call, options_id)
    return {"status": "OK"}


@endpoints.post("/recipe/webauthn/signup", Scope.TENANT)
@answers_refusals
async def sign_up(call: Call, options_id: OptionsId, credential: Json) -> Json:
    """Create a user with a first passkey."""
    registered = await rules.sign_up(call, options_id, credential)
    return {"status": "OK", "user": user_json(registered.user, call.version)} | _registered_json(registered)


@endpoints.post("/recipe/webauthn/signin", Scope.TENANT)
@answers_refusals
async def sign_in(call: Call, options_id: OptionsId, credential: Json) -> Json:
    """Find the user whose passkey has answered."""
    found = await rules.sign_in(call, options_id, credential)
    return {"status": "OK", "user": user_json(found.user, call.version), "recipeUserId": found.method.id}


@endpoints.post("/recipe/webauthn/user/credential/register", Scope.TENANT)
@answers_refusals
async def register_credential(call: Call, recipe_user_id: str, options_id: OptionsId, credential: Json) -> Json:
    """Give a user another passkey."""
    registered = await rules.register_credential(call, recipe_user_id, options_id, credential)
    return {"status": "OK", "email": registered.method.email} | _registered_json(registered)


@endpoints.get("/recipe/webauthn/user/credential", Scope.TENANT)
@answers_refusals
async def get_credential(call: Call, recipe_user_id: str, credential_id: CredentialId) -> Json:
    """One passkey of a user."""
    method, credential = await rules.find_credential(call, recipe_user_id, credential_id)
    return {"status": "OK", "updatedAt": credential.updated_at} | _credential_json(method, credential)


@endpoints.get("/recipe/webauthn/user/credential/list", Scope.TENANT)
async def list_credentials(call: Call, recipe_user_id: str) -> Json:
    """The passkeys of a user."""
    found = await rules.list_credentials(call, recipe_user_id)
    return {"status": "OK", "credentials": [_credential_json(method, credential) for method, credential in found]}


@endpoints.delete("/recipe/webauthn/user/credential/remove", Scope.TENANT)
@answers_refusals
async def remove_credential(
    call: Call, recipe_user_id: str, credential_id: CredentialId, keep_one_of: list[str] | None = None
) -> Json:
    """Take a passkey from a user.

    keepOneOf (ours alone): groups of factors (`totp|webauthn`), of each of which the user must have one afterwards.
    """
    await rules.remove_credential(call, recipe_user_id, credential_id, keep_one_of or ())
    return {"status": "OK"}


@endpoints.post("/recipe/webauthn/user/recover/token", Scope.TENANT)
async def create_recovery_token(call: Call, email: str, user_id: str) -> Json:
    """Make a token with which a user may register a new passkey."""
    address = normalise_email(email)
    require_length("email", address, MAX_EMAIL_LENGTH)
    token = await recovery.create_token(call, user_id, address)
    return UNKNOWN_USER_ID if token is None else {"status": "OK", "token": token}


@endpoints.get("/recipe/webauthn/user/recover", Scope.TENANT)
async def get_user_to_recover(call: Call, token: str) -> Json:
    """Whom a token was made for; it stays valid."""
    found = await recovery.find_user(call, token)
    if found is None:
        return INVALID_TOKEN
    answer: Json = {"status": "OK", "user": user_json(found.user, call.version)}
    return answer if found.recipe_user_id is None else answer | {"recipeUserId": found.recipe_user_id}


@endpoints.post("/recipe/webauthn/user/recover/token/consume", Scope.TENANT)
async def consume_recovery_token(call: Call, token: str) -> Json:
    """Use up a token; the caller registers the new passkey afterwards."""
    consumed = await recovery.consume_token(call, token)
    return INVALID_TOKEN if consumed is None else {"status": "OK", **consumed}


@endpoints.put("/recipe/webauthn/user/email", Scope.TENANT)
@answers_refusals
async def update_email(call: Call, recipe_user_id: str, email: str) -> Json:
    """Change the e-mail of a user's passkeys."""
    await rules.update_email(call, recipe_user_id, normalise_email(email))
    return {"status": "OK"}


def _registered_json(registered: Registered) -> Json:
    return {
        "webauthnCredentialId": registered.credential.credential_id,
        "recipeUserId": registered.method.id,
        "relyingPartyId": registered.options.relying_party_id,
        "relyingPartyName": registered.options.relying_party_name,
    }


def _credential_json(method: LoginMethod, credential: Credential) -> Json:
    return {
        "webauthnCredentialId": credential.credential_id,
        "recipeUserId": method.id,
        "relyingPartyId": credential.relying_party_id,
        "createdAt": credential.created_at,
    }
