# SPDX-License-Identifier: Apache-2.0
"""A user of the combined recipe: one login method, as older releases knew users."""

from dataclasses import dataclass

from twofold.types.account_info import ThirdPartyInfo
from twofold.types.base import LoginMethod
from twofold.types.base import User as PrimaryUser


@dataclass
class User:
    """Somebody with a password, or an account elsewhere. `time_joined` is in milliseconds."""

    user_id: str
    email: str
    time_joined: int
    tenant_ids: list[str]
    third_party_info: ThirdPartyInfo | None = None


RECIPES = ("emailpassword", "thirdparty")


def users_of(user: PrimaryUser | None, login_method_id: str | None = None) -> list[User]:
    """Return a user's login methods of the two recipes as users, or the one that is named."""
    methods = [] if user is None else [method for method in user.login_methods if method.recipe_id in RECIPES]
    found = [method for method in methods if login_method_id in (None, method.recipe_user_id.get_as_string())]
    return [_user(method) for method in found or methods[:1]]


def _user(method: LoginMethod) -> User:
    return User(
        method.recipe_user_id.get_as_string(),
        method.email or "",
        method.time_joined,
        method.tenant_ids,
        method.third_party,
    )
