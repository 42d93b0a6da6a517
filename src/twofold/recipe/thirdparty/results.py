# SPDX-License-Identifier: Apache-2.0
"""What the functions and the APIs of sign-in by other providers answer. Their reprs hide the provider's tokens."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from twofold._wire import Json, wire
from twofold.types.base import RecipeUserId, User
from twofold.types.response import APIResponse

from .provider import Provider
from .types import RawUserInfoFromProvider

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer


@dataclass
class SignInUpOkResult:
    """Whom the provider named has a login method; it is linked where the policy says so."""

    status: ClassVar[Literal["OK"]] = "OK"
    user: User
    recipe_user_id: RecipeUserId
    created_new_recipe_user: bool
    oauth_tokens: dict[str, Any] = field(repr=False)
    raw_user_info_from_provider: RawUserInfoFromProvider


@dataclass
class ManuallyCreateOrUpdateUserOkResult:
    """The login method is there, with this address."""

    status: ClassVar[Literal["OK"]] = "OK"
    user: User
    recipe_user_id: RecipeUserId
    created_new_recipe_user: bool = field(metadata=wire("createdNewUser"))


@dataclass
class GetProviderOkResult:
    """The provider, ready to be asked."""

    status: ClassVar[Literal["OK"]] = "OK"
    provider: Provider


@dataclass
class SignInUpNotAllowed(APIResponse):
    """Signing in would put another account at risk."""

    status: ClassVar[Literal["SIGN_IN_UP_NOT_ALLOWED"]] = "SIGN_IN_UP_NOT_ALLOWED"
    reason: str


@dataclass
class EmailChangeNotAllowedError:
    """The provider's new address for this login method would put another account at risk."""

    status: ClassVar[Literal["EMAIL_CHANGE_NOT_ALLOWED_ERROR"]] = "EMAIL_CHANGE_NOT_ALLOWED_ERROR"
    reason: str


@dataclass
class SignInUpPostOkResult(APIResponse):
    """Signed in; the session may still lack factors. The provider's tokens are for overrides, not for browsers."""

    status: ClassVar[Literal["OK"]] = "OK"
    user: User
    created_new_recipe_user: bool
    session: "SessionContainer"
    oauth_tokens: dict[str, Any] = field(repr=False)
    raw_user_info_from_provider: RawUserInfoFromProvider

    def to_json(self) -> Json:
        """Return the user, and whether the login method is new."""
        return {
            "status": self.status,
            "createdNewRecipeUser": self.created_new_recipe_user,
            "user": self.user.to_json(),
        }


@dataclass
class SignInUpPostNoEmailGivenByProviderResponse(APIResponse):
    """The provider told no address, and the configuration requires one."""

    status: ClassVar[Literal["NO_EMAIL_GIVEN_BY_PROVIDER"]] = "NO_EMAIL_GIVEN_BY_PROVIDER"


@dataclass
class AuthorisationUrlGetOkResult(APIResponse):
    """Where the browser goes to sign in; it brings the verifier back with the code."""

    status: ClassVar[Literal["OK"]] = "OK"
    url_with_query_params: str
    pkce_code_verifier: str | None = field(default=None, repr=False, metadata=wire(keep_none=True))
