# SPDX-License-Identifier: Apache-2.0
"""Connect an account at a provider with this one: go there as for signing in, and come back to the settings.

It takes the press of a button, in a form as all that changes something: whoever could start it elsewhere, and sign a
victim in at the provider with an account of their own, would have a way in to the victim's account.
"""

from twofold.framework.response import BaseResponse
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe
from twofold.recipe.session.interfaces import SessionContainer
from twofold.types.base import LoginMethod
from twofold.ui.in_process_client import offers_api, require_api
from twofold.ui.login.methods import Provider, offered_providers
from twofold.ui.login.provider import leave
from twofold.ui.settings.own_user import user_of
from twofold.ui.settings.session import fresh_session
from twofold.ui.visit import Visit


async def show_buttons(visit: Visit) -> BaseResponse:
    """Lead to the list, which has the buttons: an address alone connects nothing."""
    return visit.redirect(visit.urls.settings_login_methods)


async def connect_provider(visit: Visit) -> BaseResponse:
    """Lead to one of the providers that may be connected, by a page: browsers let no form lead to another site."""
    require_api("GET", "/authorisationurl")
    session = await fresh_session(visit)
    offered = await providers_to_connect(visit, session, (await user_of(visit, session)).login_methods)
    asked = (await visit.form()).get("provider")
    provider = next((provider for provider in offered if provider.id == asked), None)
    if provider is None:
        return visit.redirect(visit.urls.settings_login_methods)
    left = await leave(visit, provider.id, session.get_tenant_id(), session.get_handle())
    return visit.page("leave.html", address=left, provider=provider) if isinstance(left, str) else left


async def providers_to_connect(visit: Visit, session: SessionContainer, methods: list[LoginMethod]) -> list[Provider]:
    """Return the providers at which these login methods have no account yet, if the policy links what is added."""
    if not AccountLinkingRecipe.get().config.has_own_policy or not offers_api("POST", "/signinup"):
        return []
    connected = {method.third_party.id for method in methods if method.third_party is not None}
    offered = await offered_providers(visit, session.get_tenant_id())
    return [provider for provider in offered if provider.id not in connected]
