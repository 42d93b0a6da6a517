# SPDX-License-Identifier: Apache-2.0
"""Functions of sign-in by other providers; every one may be overridden."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from twofold._core_client import CoreClient
from twofold._wire import outcome
from twofold.recipe import _sign_in
from twofold.recipe.accountlinking import permissions
from twofold.recipe.accountlinking.in_session import SignIn, link_to_session_user_or_by_account_info
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe
from twofold.types.account_info import ThirdPartyInfo
from twofold.types.auth_utils import LinkingToSessionUserFailedError
from twofold.types.base import AccountInfoInput, UserContext
from twofold.types.recipe import BaseRecipeInterface

from . import results
from .networks import ProviderNetworks
from .offered import offered_providers, ready_provider
from .provider import Provider, ProviderInput
from .types import RawUserInfoFromProvider

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer

_NEW_EMAIL = "Cannot sign in / up because new email cannot be applied to existing account. Please contact support."
ANOTHER_PRIMARY_USER = _sign_in.support_text(_NEW_EMAIL, 5)
TAKEOVER_RISK = _sign_in.support_text(_NEW_EMAIL, 24)


class Functions(BaseRecipeInterface):
    """What can be done with the people that providers name."""

    def __init__(self, client: CoreClient, providers: Sequence[ProviderInput], networks: ProviderNetworks) -> None:
        self._client = client
        self._providers = providers
        self._networks = networks

    async def manually_create_or_update_user(
        self,
        third_party_id: str,
        third_party_user_id: str,
        email: str,
        is_verified: bool,
        session: "SessionContainer | None",
        should_try_linking_with_session_user: bool | None,
        tenant_id: str,
        user_context: UserContext,
    ) -> (
        results.ManuallyCreateOrUpdateUserOkResult
        | LinkingToSessionUserFailedError
        | results.SignInUpNotAllowed
        | results.EmailChangeNotAllowedError
    ):
        """Make sure that who has this account at the provider has a login method, with this address; link by policy.

        Args:
            third_party_id: the provider.
            third_party_user_id: who it is there.
            email: the address; a change of it is applied.
            is_verified: whether the provider vouches for it. Nobody is unverified by a False.
            session: the session to link to, if linking is wanted.
            should_try_linking_with_session_user: whether it is; None leaves it to the policy.
            tenant_id: the tenant.
            user_context: passed on to overrides.
        """
        info = ThirdPartyInfo(third_party_user_id, third_party_id)
        refusal = await _refusal_of_email(info, email, is_verified, session, tenant_id, user_context)
        if refusal is not None:
            return refusal
        body = {
            "thirdPartyId": third_party_id,
            "thirdPartyUserId": third_party_user_id,
            "email": {"id": email, "isVerified": is_verified},
        }
        result = outcome(
            await self._client.post("/recipe/signinup", tenant_id, body, user_context),
            results.ManuallyCreateOrUpdateUserOkResult,
            results.SignInUpNotAllowed,
            results.EmailChangeNotAllowedError,
        )
        if not isinstance(result, results.ManuallyCreateOrUpdateUserOkResult):
            return result
        linking = AccountLinkingRecipe.get()
        await linking.verify_email_if_another_method_has_it_verified(result.user, result.recipe_user_id, user_context)
        # The verification may have changed what the policy sees.
        user = await linking.functions.get_user(result.recipe_user_id.get_as_string(), user_context)
        sign_in = SignIn(session, should_try_linking_with_session_user, tenant_id, user_context)
        linked = await link_to_session_user_or_by_account_info(sign_in, user or result.user, result.recipe_user_id)
        if isinstance(linked, LinkingToSessionUserFailedError):
            return linked
        result.user = linked
        return result

    async def sign_in_up(
        self,
        third_party_id: str,
        third_party_user_id: str,
        email: str,
        is_verified: bool,
        oauth_tokens: dict[str, Any],
        raw_user_info_from_provider: RawUserInfoFromProvider,
        session: "SessionContainer | None",
        should_try_linking_with_session_user: bool | None,
        tenant_id: str,
        user_context: UserContext,
    ) -> results.SignInUpOkResult | results.SignInUpNotAllowed | LinkingToSessionUserFailedError:
        """Sign in or up whom the provider named. No session is made."""
        made = await self.manually_create_or_update_user(
            third_party_id,
            third_party_user_id,
            email,
            is_verified,
            session,
            should_try_linking_with_session_user,
            tenant_id,
            user_context,
        )
        if isinstance(made, results.EmailChangeNotAllowedError):
            text = made.reason if made.reason == TAKEOVER_RISK else ANOTHER_PRIMARY_USER
            return results.SignInUpNotAllowed(text)
        if not isinstance(made, results.ManuallyCreateOrUpdateUserOkResult):
            return made
        return results.SignInUpOkResult(
            made.user, made.recipe_user_id, made.created_new_recipe_user, oauth_tokens, raw_user_info_from_provider
        )

    async def get_provider(
        self, third_party_id: str, client_type: str | None, tenant_id: str, user_context: UserContext
    ) -> Provider | None:
        """Return a provider of the tenant, ready to be asked; None when it has no such provider.

        Raises:
            BadInputError: there is no such tenant.
            ClientTypeNotFoundError: the provider has no such client.
            ProviderUnavailableError: the provider does not tell its endpoints.
        """
        for given in await offered_providers(self._providers, tenant_id, user_context):
            if given.config.third_party_id == third_party_id:
                return await ready_provider(given, client_type, tenant_id, self._networks, user_context)
        return None


async def _refusal_of_email(
    info: ThirdPartyInfo,
    email: str,
    is_verified: bool,
    session: "SessionContainer | None",
    tenant_id: str,
    user_context: UserContext,
) -> results.EmailChangeNotAllowedError | None:
    users = await AccountLinkingRecipe.get().functions.list_users_by_account_info(
        tenant_id, AccountInfoInput(third_party=info), False, user_context
    )
    if not users:
        return None
    refused = await permissions.refusal_of_contact_change(
        users[0], AccountInfoInput(email=email), is_verified, session, user_context
    )
    if refused is None:
        return None
    is_conflict = refused.reason == "PRIMARY_USER_CONFLICT"
    return results.EmailChangeNotAllowedError(ANOTHER_PRIMARY_USER if is_conflict else TAKEOVER_RISK)
