# SPDX-License-Identifier: Apache-2.0
"""The outcomes of functions and APIs, and what recovery mails are told."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, NotRequired, TypedDict

from twofold._wire import Json
from twofold.types.base import RecipeUserId, User
from twofold.types.response import APIResponse

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer

Base64URLString = str
COSEAlgorithmIdentifier = int
ResidentKey = Literal["required", "preferred", "discouraged"]
UserVerification = Literal["required", "preferred", "discouraged"]
Attestation = Literal["none", "indirect", "direct", "enterprise"]


class RegisterOptionsKwargsInput(TypedDict):
    """For whom a passkey is to be made: an e-mail address, or whoever holds a recovery token."""

    recover_account_token: NotRequired[str]
    display_name: NotRequired[str]
    email: NotRequired[str]


@dataclass
class OkResponseBaseModel(APIResponse):
    """Done."""

    status: ClassVar[Literal["OK"]] = "OK"


@dataclass
class RecoverAccountTokenInvalidErrorResponse(APIResponse):
    """The token is unknown, expired or used."""

    status: ClassVar[Literal["RECOVER_ACCOUNT_TOKEN_INVALID_ERROR"]] = "RECOVER_ACCOUNT_TOKEN_INVALID_ERROR"


@dataclass
class InvalidOptionsErrorResponse(APIResponse):
    """The options cannot be made, or cannot be used any more."""

    status: ClassVar[Literal["INVALID_OPTIONS_ERROR"]] = "INVALID_OPTIONS_ERROR"


@dataclass
class InvalidEmailErrorResponse(APIResponse):
    """The e-mail address is not valid; `err` may be shown."""

    status: ClassVar[Literal["INVALID_EMAIL_ERROR"]] = "INVALID_EMAIL_ERROR"
    err: str


@dataclass
class EmailAlreadyExistsErrorResponse(APIResponse):
    """Somebody else has the address."""

    status: ClassVar[Literal["EMAIL_ALREADY_EXISTS_ERROR"]] = "EMAIL_ALREADY_EXISTS_ERROR"


@dataclass
class OptionsNotFoundErrorResponse(APIResponse):
    """The options do not exist in this tenant, or were used."""

    status: ClassVar[Literal["OPTIONS_NOT_FOUND_ERROR"]] = "OPTIONS_NOT_FOUND_ERROR"


@dataclass
class InvalidCredentialsErrorResponse(APIResponse):
    """What was sent is no passkey of a user of this tenant; nobody is told more."""

    status: ClassVar[Literal["INVALID_CREDENTIALS_ERROR"]] = "INVALID_CREDENTIALS_ERROR"


@dataclass
class InvalidAuthenticatorErrorResponse(APIResponse):
    """The authenticator's answer does not prove what it must."""

    status: ClassVar[Literal["INVALID_AUTHENTICATOR_ERROR"]] = "INVALID_AUTHENTICATOR_ERROR"
    reason: str


@dataclass
class CredentialNotFoundErrorResponse(APIResponse):
    """There is no such passkey."""

    status: ClassVar[Literal["CREDENTIAL_NOT_FOUND_ERROR"]] = "CREDENTIAL_NOT_FOUND_ERROR"


@dataclass
class UnknownUserIdErrorResponse(APIResponse):
    """There is no such user."""

    status: ClassVar[Literal["UNKNOWN_USER_ID_ERROR"]] = "UNKNOWN_USER_ID_ERROR"


@dataclass
class RelyingParty:
    """Whom a passkey is for."""

    id: str
    name: str


@dataclass
class UserEntity:
    """Whose passkey it is, as the authenticator stores it. `id` is in base64url."""

    id: str
    name: str
    display_name: str


@dataclass
class PubKeyCredParams:
    """A kind of key that is accepted (a COSE algorithm)."""

    alg: int
    type: Literal["public-key"]


@dataclass
class ExcludeCredentials:
    """A passkey that the authenticator must not have already."""

    id: str
    transports: list[str]
    type: Literal["public-key"]


@dataclass
class AuthenticatorSelection:
    """What the authenticator must be able to do."""

    require_resident_key: bool
    resident_key: ResidentKey
    user_verification: UserVerification


@dataclass
class RegisterOptionsResponse(APIResponse):
    """What a browser needs to make a passkey. Times in milliseconds."""

    status: ClassVar[Literal["OK"]] = "OK"
    webauthn_generated_options_id: str
    created_at: int
    expires_at: int
    rp: RelyingParty
    user: UserEntity
    challenge: str
    timeout: int
    exclude_credentials: list[ExcludeCredentials]
    attestation: Attestation
    pub_key_cred_params: list[PubKeyCredParams]
    authenticator_selection: AuthenticatorSelection


@dataclass
class SignInOptionsResponse(APIResponse):
    """What a browser needs to sign in with a passkey. Times in milliseconds."""

    status: ClassVar[Literal["OK"]] = "OK"
    webauthn_generated_options_id: str
    created_at: int
    expires_at: int
    rp_id: str
    challenge: str
    timeout: int
    user_verification: UserVerification


@dataclass
class SignUpReponse(APIResponse):
    """A login method was made with the passkey (and linked, where the policy says so)."""

    status: ClassVar[Literal["OK"]] = "OK"
    user: User
    recipe_user_id: RecipeUserId


CreateNewRecipeUserResponse = SignUpReponse


@dataclass
class VerifyCredentialsResponse(APIResponse):
    """The passkey is the user's."""

    status: ClassVar[Literal["OK"]] = "OK"
    user: User
    recipe_user_id: RecipeUserId


SignInResponse = VerifyCredentialsResponse


@dataclass
class GenerateRecoverAccountTokenResponse(APIResponse):
    """A token was made. Its repr hides it."""

    status: ClassVar[Literal["OK"]] = "OK"
    token: str

    def __repr__(self) -> str:
        return "GenerateRecoverAccountTokenResponse(token=…)"


@dataclass
class ConsumeRecoverAccountTokenResponse(APIResponse):
    """The token was good, and is used up."""

    status: ClassVar[Literal["OK"]] = "OK"
    email: str
    user_id: str


@dataclass
class GetUserFromRecoverAccountTokenResponse(APIResponse):
    """Whom a token was made for; no login method for a primary user without it."""

    status: ClassVar[Literal["OK"]] = "OK"
    user: User
    recipe_user_id: RecipeUserId | None = None


@dataclass
class Credential:
    """A passkey. `created_at` in milliseconds."""

    webauthn_credential_id: str
    relying_party_id: str
    recipe_user_id: str
    created_at: int


@dataclass
class GetCredentialResponse(APIResponse):
    """A passkey. `created_at` in milliseconds."""

    status: ClassVar[Literal["OK"]] = "OK"
    webauthn_credential_id: str
    relying_party_id: str
    recipe_user_id: RecipeUserId
    created_at: int


@dataclass
class ListCredentialsResponse(APIResponse):
    """The passkeys, the first made first."""

    status: ClassVar[Literal["OK"]] = "OK"
    credentials: list[Credential]


@dataclass
class GetGeneratedOptionsResponse(APIResponse):
    """What a ceremony began with. `email` is that of a registration."""

    status: ClassVar[Literal["OK"]] = "OK"
    webauthn_generated_options_id: str
    relying_party_id: str
    relying_party_name: str
    user_verification: UserVerification
    user_presence: bool
    origin: str
    email: str | None
    timeout: int
    challenge: str
    created_at: int
    expires_at: int


@dataclass
class CreateRecoverAccountLinkResponse(APIResponse):
    """A link was made. Its repr hides it: whoever has it can register a passkey."""

    status: ClassVar[Literal["OK"]] = "OK"
    link: str

    def __repr__(self) -> str:
        return "CreateRecoverAccountLinkResponse(link=…)"


@dataclass
class SignUpNotAllowedErrorResponse(APIResponse):
    """Signing up would put another account at risk."""

    status: ClassVar[Literal["SIGN_UP_NOT_ALLOWED"]] = "SIGN_UP_NOT_ALLOWED"
    reason: str


@dataclass
class SignInNotAllowedErrorResponse(APIResponse):
    """Signing in would put another account at risk."""

    status: ClassVar[Literal["SIGN_IN_NOT_ALLOWED"]] = "SIGN_IN_NOT_ALLOWED"
    reason: str


@dataclass
class RecoverAccountNotAllowedErrorResponse(APIResponse):
    """A recovery would put another account at risk; support must help."""

    status: ClassVar[Literal["RECOVER_ACCOUNT_NOT_ALLOWED"]] = "RECOVER_ACCOUNT_NOT_ALLOWED"
    reason: str


@dataclass
class RegisterCredentialNotAllowedErrorResponse(APIResponse):
    """The passkey cannot be added."""

    status: ClassVar[Literal["REGISTER_CREDENTIAL_NOT_ALLOWED"]] = "REGISTER_CREDENTIAL_NOT_ALLOWED"
    reason: str


@dataclass
class EmailExistsGetResponse(APIResponse):
    """Whether the tenant has a login method with this address."""

    status: ClassVar[Literal["OK"]] = "OK"
    exists: bool


@dataclass
class RecoverAccountPOSTResponse(APIResponse):
    """The passkey is registered. Front ends are told no more than that."""

    status: ClassVar[Literal["OK"]] = "OK"
    user: User
    email: str

    def to_json(self) -> Json:
        """Return the status alone."""
        return {"status": self.status}


@dataclass
class SignInPOSTResponse(APIResponse):
    """Signed in; the session may still lack factors."""

    status: ClassVar[Literal["OK"]] = "OK"
    user: User
    session: "SessionContainer"

    def to_json(self) -> Json:
        """Return the user; the session travels in cookies or headers."""
        return {"status": self.status, "user": self.user.to_json()}


SignUpPOSTResponse = SignInPOSTResponse


@dataclass
class WebauthnRecoverAccountEmailDeliveryUser:
    """Whom a recovery mail is for; no login method when the recovery will create it."""

    id: str
    recipe_user_id: RecipeUserId | None
    email: str


@dataclass
class TypeWebauthnRecoverAccountEmailDeliveryInput:
    """What a recovery mail is made of. Its repr hides the link."""

    user: WebauthnRecoverAccountEmailDeliveryUser
    recover_account_link: str
    tenant_id: str
    type: Literal["RECOVER_ACCOUNT"] = "RECOVER_ACCOUNT"

    def __repr__(self) -> str:
        return f"TypeWebauthnRecoverAccountEmailDeliveryInput(tenant_id={self.tenant_id!r}, recover_account_link=…)"


TypeWebauthnEmailDeliveryInput = TypeWebauthnRecoverAccountEmailDeliveryInput
