# SPDX-License-Identifier: Apache-2.0
"""Functions of sign-in by other providers for applications."""

from typing import TYPE_CHECKING

from twofold._user_context import filled
from twofold.types.auth_utils import LinkingToSessionUserFailedError
from twofold.types.base import UserContext

from .provider import Provider
from .recipe import ThirdPartyRecipe
from .results import EmailChangeNotAllowedError, ManuallyCreateOrUpdateUserOkResult, SignInUpNotAllowed

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer


async def manually_create_or_update_user(
    tenant_id: str,
    third_party_id: str,
    third_party_user_id: str,
    email: str,
    is_verified: bool,
    session: "SessionContainer | None" = None,
    user_context: UserContext | None = None,
) -> (
    ManuallyCreateOrUpdateUserOkResult
    | LinkingToSessionUserFailedError
    | SignInUpNotAllowed
    | EmailChangeNotAllowedError
):
    """Make sure that who has this account at the provider has a login method, with this address; link by policy.

    Args:
        tenant_id: the tenant.
        third_party_id: the provider.
        third_party_user_id: who it is there. It must come from the provider, not from the user.
        email: the address.
        is_verified: whether it is known to be theirs. A wrong True gives somebody else's account away.
        session: a session whose user the login method is to be linked to.
        user_context: passed on to overrides.
    """
    return await ThirdPartyRecipe.get().functions.manually_create_or_update_user(
        third_party_id,
        third_party_user_id,
        email,
        is_verified,
        session,
        session is not None,
        tenant_id,
        filled(user_context),
    )


async def get_provider(
    tenant_id: str, third_party_id: str, client_type: str | None = None, user_context: UserContext | None = None
) -> Provider | None:
    """Return a provider of the tenant, ready to be asked; None when it has no such provider.

    Raises:
        BadInputError: there is no such tenant.
        ClientTypeNotFoundError: the provider has no such client, or several and no type was given.
        ProviderUnavailableError: the provider does not tell its endpoints.
    """
    functions = ThirdPartyRecipe.get().functions
    return await functions.get_provider(third_party_id, client_type, tenant_id, filled(user_context))
