# SPDX-License-Identifier: Apache-2.0
"""Functions by which combined recipes find people: each login method is a user there, as in older releases."""

from abc import abstractmethod
from typing import Generic, TypeVar

from twofold._wire import canonical_email
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe
from twofold.types.account_info import ThirdPartyInfo
from twofold.types.base import AccountInfoInput, UserContext
from twofold.types.base import User as PrimaryUser

from ._combined import CombinedInterface

UserT = TypeVar("UserT")


class CombinedUsers(CombinedInterface, Generic[UserT]):
    """Base of the functions of a combined recipe."""

    @abstractmethod
    def _users_of(self, user: PrimaryUser | None, login_method_id: str | None = None) -> list[UserT]:
        """Return a user's login methods of the two recipes as users, or the one that is named."""

    async def get_user_by_id(self, user_id: str, user_context: UserContext) -> UserT | None:
        """Return a user, or None."""
        user = await AccountLinkingRecipe.get().functions.get_user(user_id, user_context)
        return next(iter(self._users_of(user, user_id)), None)

    async def get_users_by_email(self, email: str, tenant_id: str, user_context: UserContext) -> list[UserT]:
        """Return who has this address on a tenant."""
        users = await self._found(AccountInfoInput(email=email), tenant_id, user_context)
        wanted = canonical_email(email)
        return [user for user in users if canonical_email(getattr(user, "email", None) or "") == wanted]

    async def get_user_by_thirdparty_info(
        self, third_party_id: str, third_party_user_id: str, tenant_id: str, user_context: UserContext
    ) -> UserT | None:
        """Return who has this account at a provider, or None."""
        info = ThirdPartyInfo(third_party_user_id, third_party_id)
        users = await self._found(AccountInfoInput(third_party=info), tenant_id, user_context)
        return next((user for user in users if getattr(user, "third_party_info", None) == info), None)

    async def _found(self, wanted: AccountInfoInput, tenant_id: str, user_context: UserContext) -> list[UserT]:
        functions = AccountLinkingRecipe.get().functions
        found = await functions.list_users_by_account_info(tenant_id, wanted, False, user_context)
        return [user for primary in found for user in self._users_of(primary)]
