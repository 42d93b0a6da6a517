# SPDX-License-Identifier: Apache-2.0
"""What a provider tells of a user."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from twofold._wire import Json
from twofold.framework.request import BaseRequest
from twofold.types.account_info import ThirdPartyInfo
from twofold.types.base import User

__all__ = [
    "AccessTokenAPI",
    "AuthorisationRedirectAPI",
    "RawUserInfoFromProvider",
    "SignInUpResponse",
    "ThirdPartyInfo",
    "ThirdPartyIngredients",
    "UserInfo",
    "UserInfoEmail",
]


@dataclass
class RawUserInfoFromProvider:
    """What the provider said, as it said it."""

    from_id_token_payload: dict[str, Any] | None
    from_user_info_api: dict[str, Any] | None

    def to_json(self) -> Json:
        """Return both answers."""
        return {"fromIdTokenPayload": self.from_id_token_payload, "fromUserInfoAPI": self.from_user_info_api}


class UserInfoEmail:
    """An address, and whether the provider vouches that it is the user's."""

    def __init__(self, email: str, is_verified: bool) -> None:
        self.id = email
        self.is_verified = is_verified

    def __repr__(self) -> str:
        return f"UserInfoEmail(email={self.id!r}, is_verified={self.is_verified})"

    def to_json(self) -> Json:
        """Return `{"id", "isVerified"}`."""
        return {"id": self.id, "isVerified": self.is_verified}


@dataclass
class UserInfo:
    """Whom the provider names. Its own id names the person; the address may change."""

    third_party_user_id: str
    email: UserInfoEmail | None = None
    raw_user_info_from_provider: RawUserInfoFromProvider = field(
        default_factory=lambda: RawUserInfoFromProvider(None, None)
    )

    def to_json(self) -> Json:
        """Return everything."""
        return {
            "thirdPartyUserId": self.third_party_user_id,
            "email": None if self.email is None else self.email.to_json(),
            "rawUserInfoFromProvider": self.raw_user_info_from_provider.to_json(),
        }


@dataclass
class AccessTokenAPI:
    """How an access token is asked for."""

    url: str
    params: dict[str, str]


@dataclass
class AuthorisationRedirectAPI:
    """Where a browser is sent."""

    url: str
    params: dict[str, Callable[[BaseRequest], str] | str]


@dataclass
class SignInUpResponse:
    """Who signed in, and whether they are new."""

    user: User
    is_new_user: bool


class ThirdPartyIngredients:
    """This recipe sends nothing."""
