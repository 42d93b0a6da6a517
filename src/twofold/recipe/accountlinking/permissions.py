# SPDX-License-Identifier: Apache-2.0
"""Whether a sign-up, a sign-in or a change of email is safe in the presence of other accounts with the same address.

The danger is the same in all three: somebody who has not proved to own an address gets into, or prepares a trap for,
the account of its owner.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from twofold.types.base import AccountInfoInput, LoginMethod, User, UserContext

from .automatic import ask_policy, has_verified_contact_of, users_sharing_account_info
from .recipe import AccountLinkingRecipe
from .types import AccountInfoWithRecipeId, ShouldAutomaticallyLink, ShouldNotAutomaticallyLink

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer


@dataclass(frozen=True)
class ContactChangeNotAllowed:
    """Why an email or phone number must not be changed to the new one."""

    contact: Literal["email", "phone number"]
    reason: Literal["PRIMARY_USER_CONFLICT", "ACCOUNT_TAKEOVER_RISK"]

    @property
    def text(self) -> str:
        """The reason in the words of the protocol."""
        what = "email address" if self.contact == "email" else self.contact
        why = {
            "PRIMARY_USER_CONFLICT": f"there is another primary user with the same {what}",
            "ACCOUNT_TAKEOVER_RISK": "account takeover risks",
        }
        return f"New {self.contact} cannot be applied to existing account because of {why[self.reason]}."


async def is_sign_up_allowed(
    new_user: AccountInfoWithRecipeId,
    is_verified: bool,
    session: "SessionContainer | None",
    tenant_id: str,
    user_context: UserContext,
) -> bool:
    """Tell whether a new login method may be created with this account info.

    Raises:
        ValueError: both an email and a phone number are given.
    """
    if new_user.email is not None and new_user.phone_number is not None:
        raise ValueError("Please pass one of email or phone_number, not both")
    return await _is_allowed(new_user, None, is_verified, session, tenant_id, user_context)


async def is_sign_in_allowed(
    user: User,
    account_info: LoginMethod | AccountInfoWithRecipeId,
    sign_in_verifies_login_method: bool,
    session: "SessionContainer | None",
    tenant_id: str,
    user_context: UserContext,
) -> bool:
    """Tell whether an existing login method may sign in."""
    if user.is_primary_user or user.login_methods[0].verified or sign_in_verifies_login_method:
        return True
    return await _is_allowed(account_info, user, False, session, tenant_id, user_context)


async def refusal_of_contact_change(
    user: User,
    new_contact: AccountInfoInput,
    is_verified: bool,
    session: "SessionContainer | None",
    user_context: UserContext,
) -> ContactChangeNotAllowed | None:
    """Tell why the user's email or phone number must not be changed to a new one; None when it may in all tenants.

    Args:
        user: whose login method it is.
        new_contact: an email or a phone number.
        is_verified: whether the user has proved to own it.
        session: of the user, if it is they who ask.
        user_context: passed on to the policy.
    """
    functions = AccountLinkingRecipe.get().functions
    for tenant_id in user.tenant_ids:
        having = await functions.list_users_by_account_info(tenant_id, new_contact, False, user_context)
        others = [other for other in having if other.id != user.id]
        reason = await _refusal_in_tenant(user, new_contact, is_verified, others, session, tenant_id, user_context)
        if reason is not None:
            return ContactChangeNotAllowed("phone number" if new_contact.email is None else "email", reason)
    return None


async def _is_allowed(
    account_info: LoginMethod | AccountInfoWithRecipeId,
    signing_in: User | None,
    is_verified: bool,
    session: "SessionContainer | None",
    tenant_id: str,
    user_context: UserContext,
) -> bool:
    users = await users_sharing_account_info(account_info, tenant_id, user_context)
    if not users or (signing_in is not None and [user.id for user in users] == [signing_in.id]):
        return True
    primary = next((user for user in users if user.is_primary_user), None)
    decision = await ask_policy(account_info, primary, session, tenant_id, user_context)
    if not _requires_verification(decision):
        return True
    session_user_id = None if session is None else session.get_user_id()
    if primary is None:
        others = [user for user in users if user.id != session_user_id]
        return all(_first_method_is_verified_and_same(user, account_info) for user in others)
    if not is_verified:
        return False
    return primary.id == session_user_id or has_verified_contact_of(primary, account_info)


def _requires_verification(decision: ShouldNotAutomaticallyLink | ShouldAutomaticallyLink) -> bool:
    return isinstance(decision, ShouldAutomaticallyLink) and decision.should_require_verification


def _first_method_is_verified_and_same(user: User, account_info: LoginMethod | AccountInfoWithRecipeId) -> bool:
    method = user.login_methods[0]
    same = method.has_same_email_as(account_info.email) or method.has_same_phone_number_as(account_info.phone_number)
    return same and method.verified


async def _refusal_in_tenant(
    user: User,
    new_contact: AccountInfoInput,
    is_verified: bool,
    others: list[User],
    session: "SessionContainer | None",
    tenant_id: str,
    user_context: UserContext,
) -> Literal["PRIMARY_USER_CONFLICT", "ACCOUNT_TAKEOVER_RISK"] | None:
    other_primary = next((other for other in others if other.is_primary_user), None)
    if user.is_primary_user and other_primary is not None:
        return "PRIMARY_USER_CONFLICT"
    if is_verified:
        return None
    if user.is_primary_user:
        if not others or _has_verified(user, new_contact):
            return None
        decision = await ask_policy(others[0].login_methods[0], user, session, tenant_id, user_context)
    else:
        own = user.login_methods[0]
        if _has(own, new_contact) or other_primary is None:
            return None
        decision = await ask_policy(own, other_primary, session, tenant_id, user_context)
    return "ACCOUNT_TAKEOVER_RISK" if _requires_verification(decision) else None


def _has_verified(user: User, contact: AccountInfoInput) -> bool:
    return any(method.verified and _has(method, contact) for method in user.login_methods)


def _has(method: LoginMethod, contact: AccountInfoInput) -> bool:
    return method.has_same_email_as(contact.email) or method.has_same_phone_number_as(contact.phone_number)
