# SPDX-License-Identifier: Apache-2.0
"""Users, their login methods, and what identifies them; shared by all recipes."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, TypeVar

import phonenumbers

from twofold._wire import Json, canonical_email

from .account_info import ThirdPartyInfo, WebauthnInfo, WebauthnInfoInput

__all__ = [
    "AccountInfo",
    "AccountInfoInput",
    "LoginMethod",
    "LoginMethodRecipeId",
    "MaybeAwaitable",
    "RecipeUserId",
    "ThirdPartyInfo",
    "User",
    "UserContext",
    "WebauthnInfo",
    "WebauthnInfoInput",
]

_T = TypeVar("_T")

MaybeAwaitable: TypeAlias = Awaitable[_T] | _T
UserContext: TypeAlias = dict[str, Any]
LoginMethodRecipeId = Literal["emailpassword", "thirdparty", "passwordless", "webauthn"]


class RecipeUserId:
    """Names one login method, while a user id names the user who may have several. Nobody should mix them."""

    def __init__(self, recipe_user_id: str) -> None:
        self.recipe_user_id = recipe_user_id

    def get_as_string(self) -> str:
        """Return the id as it stands in JSON."""
        return self.recipe_user_id

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RecipeUserId) and self.recipe_user_id == other.recipe_user_id

    def __hash__(self) -> int:
        return hash(self.recipe_user_id)

    def __repr__(self) -> str:
        return f"RecipeUserId({self.recipe_user_id!r})"

    def to_json(self) -> str:
        """Return the id: in JSON it is a plain string."""
        return self.recipe_user_id

    @staticmethod
    def from_json(json: Any) -> "RecipeUserId":
        """Return the id that a JSON string carries."""
        if not isinstance(json, str):
            raise TypeError("expected a string")
        return RecipeUserId(json)


@dataclass
class AccountInfo:
    """What identifies a person: at most one of each."""

    email: str | None = None
    phone_number: str | None = None
    third_party: ThirdPartyInfo | None = None
    webauthn: WebauthnInfo | None = None

    def to_json(self) -> Json:
        """Return the members that are not None."""
        return _present(
            email=self.email,
            phoneNumber=self.phone_number,
            thirdParty=self.third_party and self.third_party.to_json(),
            webauthn=self.webauthn and self.webauthn.to_json(),
        )


@dataclass
class AccountInfoInput:
    """What to search users by: at most one of each."""

    email: str | None = None
    phone_number: str | None = None
    third_party: ThirdPartyInfo | None = None
    webauthn: WebauthnInfoInput | None = None

    def to_json(self) -> Json:
        """Return the members that are not None."""
        return _present(
            email=self.email,
            phoneNumber=self.phone_number,
            thirdParty=self.third_party and self.third_party.to_json(),
            webauthn=self.webauthn and self.webauthn.to_json(),
        )


class LoginMethod(AccountInfo):  # noqa: PLW1641  # mutable, so not hashable
    """One way in of a user: a password, a phone number, an account elsewhere."""

    def __init__(  # the public signature dictates the parameters
        self,
        recipe_id: LoginMethodRecipeId,
        recipe_user_id: str,
        tenant_ids: list[str],
        email: str | None,
        phone_number: str | None,
        third_party: ThirdPartyInfo | None,
        webauthn: WebauthnInfo | None,
        time_joined: int,
        verified: bool,
    ) -> None:
        super().__init__(email, phone_number, third_party, webauthn)
        self.recipe_id: LoginMethodRecipeId = recipe_id
        self.recipe_user_id = RecipeUserId(recipe_user_id)
        self.tenant_ids = tenant_ids
        self.time_joined = time_joined
        self.verified = verified

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LoginMethod) and self.to_json() == other.to_json()

    def __repr__(self) -> str:
        return f"LoginMethod(recipe_id={self.recipe_id!r}, recipe_user_id={self.recipe_user_id.get_as_string()!r})"

    def has_same_email_as(self, email: str | None) -> bool:
        """Tell whether this is the method's email, ignoring case and surrounding space."""
        if email is None or self.email is None:
            return False
        return canonical_email(self.email) == canonical_email(email)

    def has_same_phone_number_as(self, phone_number: str | None) -> bool:
        """Tell whether this is the method's phone number once written as E.164."""
        if phone_number is None or self.phone_number is None:
            return False
        return self.phone_number == _as_e164(phone_number)

    def has_same_third_party_info_as(self, third_party: ThirdPartyInfo | None) -> bool:
        """Tell whether this is the method's account, ignoring surrounding space."""
        if third_party is None or self.third_party is None:
            return False
        mine, theirs = self.third_party, third_party
        return (mine.id.strip(), mine.user_id.strip()) == (theirs.id.strip(), theirs.user_id.strip())

    def has_same_webauthn_info_as(self, webauthn: WebauthnInfoInput | None) -> bool:
        """Tell whether the passkey is one of the method's."""
        return (
            webauthn is not None
            and self.webauthn is not None
            and webauthn.credential_id in self.webauthn.credential_ids
        )

    def to_json(self) -> Json:
        """Return the member of `loginMethods` in a user's JSON."""
        return {
            "recipeId": self.recipe_id,
            "recipeUserId": self.recipe_user_id.get_as_string(),
            "tenantIds": self.tenant_ids,
            "timeJoined": self.time_joined,
            "verified": self.verified,
            **super().to_json(),
        }

    @staticmethod
    def from_json(json: Json) -> "LoginMethod":
        """Return the login method that a member of `loginMethods` describes."""
        return LoginMethod(
            recipe_id=json["recipeId"],
            recipe_user_id=json["recipeUserId"],
            tenant_ids=json["tenantIds"],
            email=json.get("email"),
            phone_number=json.get("phoneNumber"),
            third_party=ThirdPartyInfo.from_json(json["thirdParty"]) if json.get("thirdParty") else None,
            webauthn=WebauthnInfo.from_json(json["webauthn"]) if json.get("webauthn") else None,
            time_joined=json["timeJoined"],
            verified=json["verified"],
        )


class User:  # noqa: PLW1641  # mutable, so not hashable
    """A person: one or more login methods. `id` is the primary user's id once login methods are linked."""

    def __init__(  # the public signature dictates the parameters
        self,
        user_id: str,
        is_primary_user: bool,
        tenant_ids: list[str],
        emails: list[str],
        phone_numbers: list[str],
        third_party: list[ThirdPartyInfo],
        webauthn: WebauthnInfo,
        login_methods: list[LoginMethod],
        time_joined: int,
    ) -> None:
        self.id = user_id
        self.is_primary_user = is_primary_user
        self.tenant_ids = tenant_ids
        self.emails = emails
        self.phone_numbers = phone_numbers
        self.third_party = third_party
        self.webauthn = webauthn
        self.login_methods = login_methods
        self.time_joined = time_joined

    def __eq__(self, other: object) -> bool:
        return isinstance(other, User) and self.to_json() == other.to_json()

    def __repr__(self) -> str:
        return f"User(id={self.id!r}, is_primary_user={self.is_primary_user})"

    def to_json(self) -> Json:
        """Return the user as front ends know it."""
        return {
            "id": self.id,
            "isPrimaryUser": self.is_primary_user,
            "tenantIds": self.tenant_ids,
            "emails": self.emails,
            "phoneNumbers": self.phone_numbers,
            "thirdParty": [account.to_json() for account in self.third_party],
            "webauthn": self.webauthn.to_json(),
            "loginMethods": [method.to_json() for method in self.login_methods],
            "timeJoined": self.time_joined,
        }

    @staticmethod
    def from_json(json: Json) -> "User":
        """Return the user that JSON of the core or of `to_json` describes."""
        return User(
            user_id=json["id"],
            is_primary_user=json["isPrimaryUser"],
            tenant_ids=json["tenantIds"],
            emails=json["emails"],
            phone_numbers=json["phoneNumbers"],
            third_party=[ThirdPartyInfo.from_json(account) for account in json["thirdParty"]],
            # Cores before CDI 5.3 do not know passkeys.
            webauthn=WebauthnInfo.from_json(json.get("webauthn", {"credentialIds": []})),
            login_methods=[LoginMethod.from_json(method) for method in json["loginMethods"]],
            time_joined=json["timeJoined"],
        )


def _present(**members: Any) -> Json:
    return {name: value for name, value in members.items() if value is not None}


def _as_e164(phone_number: str) -> str:
    try:
        parsed = phonenumbers.parse(phone_number, None)
    except phonenumbers.NumberParseException:
        return phone_number.strip()
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
