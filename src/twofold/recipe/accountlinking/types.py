# SPDX-License-Identifier: Apache-2.0
"""What applications say and hear about account linking: decisions of the policy, account infos, results."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from twofold._wire import Json
from twofold.types.account_info import ThirdPartyInfo, WebauthnInfo
from twofold.types.base import AccountInfo, LoginMethod, LoginMethodRecipeId, RecipeUserId, User, UserContext
from twofold.types.config import BaseOverrideConfigWithoutAPI
from twofold.types.response import APIResponse

if TYPE_CHECKING:
    from twofold.recipe.accountlinking.interfaces import RecipeInterface
    from twofold.recipe.session.interfaces import SessionContainer

    AccountLinkingOverrideConfig = BaseOverrideConfigWithoutAPI[RecipeInterface]
else:
    AccountLinkingOverrideConfig = BaseOverrideConfigWithoutAPI
InputOverrideConfig = AccountLinkingOverrideConfig


class AccountInfoWithRecipeId(AccountInfo):
    """What identifies a login method, and of which recipe it is."""

    def __init__(
        self,
        recipe_id: LoginMethodRecipeId,
        email: str | None = None,
        phone_number: str | None = None,
        third_party: ThirdPartyInfo | None = None,
        webauthn: WebauthnInfo | None = None,
    ) -> None:
        super().__init__(email, phone_number, third_party, webauthn)
        self.recipe_id: LoginMethodRecipeId = recipe_id

    def to_json(self) -> Json:
        """Return the members that are not None, and the recipe."""
        return {"recipeId": self.recipe_id, **super().to_json()}


class RecipeLevelUser(AccountInfoWithRecipeId):
    """A login method without its id, as `on_account_linked` gets it."""

    def __init__(
        self,
        tenant_ids: list[str],
        time_joined: int,
        recipe_id: LoginMethodRecipeId,
        email: str | None = None,
        phone_number: str | None = None,
        third_party: ThirdPartyInfo | None = None,
        webauthn: WebauthnInfo | None = None,
    ) -> None:
        super().__init__(recipe_id, email, phone_number, third_party, webauthn)
        self.tenant_ids = tenant_ids
        self.time_joined = time_joined

    @staticmethod
    def from_login_method(login_method: LoginMethod) -> "RecipeLevelUser":
        """Return what `on_account_linked` is told of a login method."""
        return RecipeLevelUser(
            login_method.tenant_ids,
            login_method.time_joined,
            login_method.recipe_id,
            login_method.email,
            login_method.phone_number,
            login_method.third_party,
            login_method.webauthn,
        )


class AccountInfoWithRecipeIdAndUserId(AccountInfoWithRecipeId):
    """The login method that the policy is asked about; without an id when it does not exist yet."""

    def __init__(
        self,
        recipe_user_id: RecipeUserId | None,
        recipe_id: LoginMethodRecipeId,
        email: str | None = None,
        phone_number: str | None = None,
        third_party: ThirdPartyInfo | None = None,
        webauthn: WebauthnInfo | None = None,
    ) -> None:
        super().__init__(recipe_id, email, phone_number, third_party, webauthn)
        self.recipe_user_id = recipe_user_id

    @staticmethod
    def from_account_info_or_login_method(
        account_info: AccountInfoWithRecipeId | LoginMethod,
    ) -> "AccountInfoWithRecipeIdAndUserId":
        """Return what the policy is asked about a login method, existing or not."""
        return AccountInfoWithRecipeIdAndUserId(
            account_info.recipe_user_id if isinstance(account_info, LoginMethod) else None,
            account_info.recipe_id,
            account_info.email,
            account_info.phone_number,
            account_info.third_party,
            account_info.webauthn,
        )


class ShouldNotAutomaticallyLink:
    """The policy's decision: these accounts stay apart."""


@dataclass
class ShouldAutomaticallyLink:
    """The policy's decision: link, after both addresses are verified unless `should_require_verification` is false."""

    should_require_verification: bool


ShouldDoAutomaticAccountLinking = Callable[
    [AccountInfoWithRecipeIdAndUserId, User | None, "SessionContainer | None", str, UserContext],
    Awaitable[ShouldNotAutomaticallyLink | ShouldAutomaticallyLink],
]
"""The policy: `(new account, user to link it to or None, session or None, tenant id, user context)`."""

OnAccountLinked = Callable[[User, RecipeLevelUser, UserContext], Awaitable[None]]


@dataclass
class AccountLinkingConfig:
    """The configuration with its defaults filled in."""

    should_do_automatic_account_linking: ShouldDoAutomaticAccountLinking
    on_account_linked: OnAccountLinked
    has_own_policy: bool
    """Whether the application gave a policy: without one, nothing is ever linked in a sign-in."""


NormalisedAccountLinkingConfig = AccountLinkingConfig


@dataclass
class GetUsersResult:
    """One page of users; no token on the last one."""

    users: list[User]
    next_pagination_token: str | None = None


@dataclass
class CanCreatePrimaryUserOkResult(APIResponse):
    """The login method can become a primary user, or is one."""

    status: ClassVar[Literal["OK"]] = "OK"
    was_already_a_primary_user: bool


@dataclass
class CanCreatePrimaryUserRecipeUserIdAlreadyLinkedError(APIResponse):
    """The login method is linked to another primary user."""

    status: ClassVar[Literal["RECIPE_USER_ID_ALREADY_LINKED_WITH_PRIMARY_USER_ID_ERROR"]] = (
        "RECIPE_USER_ID_ALREADY_LINKED_WITH_PRIMARY_USER_ID_ERROR"
    )
    primary_user_id: str
    description: str


@dataclass
class CanCreatePrimaryUserAccountInfoAlreadyAssociatedError(APIResponse):
    """Another primary user has the same email, phone number or third-party account."""

    status: ClassVar[Literal["ACCOUNT_INFO_ALREADY_ASSOCIATED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR"]] = (
        "ACCOUNT_INFO_ALREADY_ASSOCIATED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR"
    )
    primary_user_id: str
    description: str


@dataclass
class CreatePrimaryUserOkResult(APIResponse):
    """The login method is a primary user now."""

    status: ClassVar[Literal["OK"]] = "OK"
    user: User
    was_already_a_primary_user: bool


@dataclass
class CreatePrimaryUserRecipeUserIdAlreadyLinkedError(APIResponse):
    """The login method is linked to another primary user."""

    status: ClassVar[Literal["RECIPE_USER_ID_ALREADY_LINKED_WITH_PRIMARY_USER_ID_ERROR"]] = (
        "RECIPE_USER_ID_ALREADY_LINKED_WITH_PRIMARY_USER_ID_ERROR"
    )
    primary_user_id: str
    description: str | None = None


@dataclass
class CreatePrimaryUserAccountInfoAlreadyAssociatedError(APIResponse):
    """Another primary user has the same email, phone number or third-party account."""

    status: ClassVar[Literal["ACCOUNT_INFO_ALREADY_ASSOCIATED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR"]] = (
        "ACCOUNT_INFO_ALREADY_ASSOCIATED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR"
    )
    primary_user_id: str
    description: str | None = None


@dataclass
class CanLinkAccountsOkResult(APIResponse):
    """The two can be linked, or are."""

    status: ClassVar[Literal["OK"]] = "OK"
    accounts_already_linked: bool


@dataclass
class CanLinkAccountsRecipeUserIdAlreadyLinkedError(APIResponse):
    """The login method belongs to another primary user."""

    status: ClassVar[Literal["RECIPE_USER_ID_ALREADY_LINKED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR"]] = (
        "RECIPE_USER_ID_ALREADY_LINKED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR"
    )
    primary_user_id: str | None = None
    description: str | None = None


@dataclass
class CanLinkAccountsAccountInfoAlreadyAssociatedError(APIResponse):
    """A third primary user has the same email, phone number or third-party account."""

    status: ClassVar[Literal["ACCOUNT_INFO_ALREADY_ASSOCIATED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR"]] = (
        "ACCOUNT_INFO_ALREADY_ASSOCIATED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR"
    )
    primary_user_id: str | None = None
    description: str | None = None


@dataclass
class CanLinkAccountsInputUserNotPrimaryError(APIResponse):
    """The user to link to is not a primary user."""

    status: ClassVar[Literal["INPUT_USER_IS_NOT_A_PRIMARY_USER"]] = "INPUT_USER_IS_NOT_A_PRIMARY_USER"
    description: str | None = None


@dataclass
class LinkAccountsOkResult(APIResponse):
    """The two are linked; `user` is the whole."""

    status: ClassVar[Literal["OK"]] = "OK"
    accounts_already_linked: bool
    user: User


@dataclass
class LinkAccountsRecipeUserIdAlreadyLinkedError(APIResponse):
    """The login method belongs to another primary user, `user`."""

    status: ClassVar[Literal["RECIPE_USER_ID_ALREADY_LINKED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR"]] = (
        "RECIPE_USER_ID_ALREADY_LINKED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR"
    )
    primary_user_id: str
    user: User
    description: str


@dataclass
class LinkAccountsAccountInfoAlreadyAssociatedError(APIResponse):
    """A third primary user has the same email, phone number or third-party account."""

    status: ClassVar[Literal["ACCOUNT_INFO_ALREADY_ASSOCIATED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR"]] = (
        "ACCOUNT_INFO_ALREADY_ASSOCIATED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR"
    )
    primary_user_id: str | None = None
    description: str | None = None


@dataclass
class LinkAccountsInputUserNotPrimaryError(APIResponse):
    """The user to link to is not a primary user."""

    status: ClassVar[Literal["INPUT_USER_IS_NOT_A_PRIMARY_USER"]] = "INPUT_USER_IS_NOT_A_PRIMARY_USER"


@dataclass
class UnlinkAccountOkResult(APIResponse):
    """The login method stands alone now; it was deleted if it was the primary user's own and others remain."""

    status: ClassVar[Literal["OK"]] = "OK"
    was_recipe_user_deleted: bool
    was_linked: bool
