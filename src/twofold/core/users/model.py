# SPDX-License-Identifier: Apache-2.0
"""Users as the core sees them: a person has one login method, or several that are linked.

Ids come in pairs. `internal_id` is the UUID that the core made: it keys the tables. `id` is the *effective* id that
clients see: the external id where one is mapped, else the internal one.
"""

from dataclasses import dataclass, field, replace
from typing import Literal

RecipeId = Literal["emailpassword", "passwordless", "thirdparty", "webauthn"]


@dataclass(frozen=True, slots=True)
class ThirdParty:
    """An account at another provider: the provider's id, and the user's id there."""

    id: str
    user_id: str


@dataclass(frozen=True, slots=True)
class AccountInfo:
    """What people can be looked up by, normalised. None: not asked for."""

    email: str | None = None
    phone_number: str | None = None
    third_party: ThirdParty | None = None
    credential_id: str | None = None


@dataclass(frozen=True, slots=True)
class NewLoginMethod:
    """A login method to be created. E-mail and phone number are already normalised.

    has_verified_email: the e-mail is marked verified along with it.
    """

    recipe_id: RecipeId
    internal_id: str
    time_joined: int
    email: str | None = None
    phone_number: str | None = None
    third_party: ThirdParty | None = None
    has_verified_email: bool = False


@dataclass(frozen=True, slots=True)
class LoginMethod:
    """One way to sign in, with the tenants where it may be used (possibly none). `time_joined` in milliseconds."""

    recipe_id: RecipeId
    internal_id: str
    id: str
    time_joined: int
    tenant_ids: tuple[str, ...]
    is_verified: bool
    email: str | None = None
    phone_number: str | None = None
    third_party: ThirdParty | None = None
    credential_ids: tuple[str, ...] = ()

    def is_named(self, user_id: str) -> bool:
        """Whether an id, internal or external, is this login method's."""
        return user_id in (self.internal_id, self.id)


@dataclass(frozen=True, slots=True)
class User:
    """A person. `login_methods` are in the order of joining; there is at least one.

    The id of a primary user stays even when the login method that it came from is removed.
    """

    internal_id: str
    id: str
    is_primary: bool
    time_joined: int
    login_methods: tuple[LoginMethod, ...]
    last_active_at: int | None = field(default=None, compare=False)
    """When the person was last noted as active, in milliseconds; None: never."""

    @property
    def tenant_ids(self) -> tuple[str, ...]:
        """The tenants of all login methods."""
        return tuple(dict.fromkeys(tenant_id for method in self.login_methods for tenant_id in method.tenant_ids))

    @property
    def every_id(self) -> frozenset[str]:
        """Each id, internal and effective, of the person and of its login methods."""
        methods = self.login_methods
        return frozenset(
            {self.internal_id, self.id, *(item.internal_id for item in methods), *(item.id for item in methods)}
        )

    def method(self, user_id: str) -> LoginMethod | None:
        """The login method with this id: internal ids are tried first."""
        by_internal_id = (item for item in self.login_methods if item.internal_id == user_id)
        by_effective_id = (item for item in self.login_methods if item.id == user_id)
        return next(by_internal_id, None) or next(by_effective_id, None)

    def with_changed(self, method: LoginMethod, changed: LoginMethod) -> "User":
        """The same person with one login method replaced."""
        return replace(self, login_methods=tuple(changed if item is method else item for item in self.login_methods))

    def without(self, method: LoginMethod) -> "User":
        """The same person without one of its login methods."""
        return replace(self, login_methods=tuple(item for item in self.login_methods if item is not method))

    def only(self, method: LoginMethod) -> "User":
        """The same person shown with one login method."""
        return replace(self, login_methods=(method,))


@dataclass(frozen=True, slots=True)
class Found:
    """A look-up's answer: the login method that matched, and the whole person it belongs to."""

    user: User
    method: LoginMethod


@dataclass(frozen=True, slots=True)
class UserIds:
    """The ids that belong to one given id. `id` and `primary_id` are effective.

    When the given id is that of a primary user whose own login method is gone, `id` is the primary's.
    """

    internal_id: str
    id: str
    primary_internal_id: str
    primary_id: str
    last_active_at: int | None = field(default=None, compare=False)
    """When the person was last noted as active, in milliseconds; None: never."""

    @classmethod
    def of_nobody(cls, user_id: str) -> "UserIds":
        """A string that is no user's id stands for all of them."""
        return cls(user_id, user_id, user_id, user_id)
