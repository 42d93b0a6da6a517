# SPDX-License-Identifier: Apache-2.0
"""Tenants with first factors, second factors, providers and domains of their own."""

from typing import Any

from _kit import SETTINGS, email_delivery, make_app, sms_delivery, start_sdk, with_cors
from _provider import provider, provider_config, providers
from fastapi import Body

from twofold.recipe import (
    accountlinking,
    emailpassword,
    multifactorauth,
    multitenancy,
    passwordless,
    session,
    thirdparty,
    totp,
)
from twofold.recipe.accountlinking.types import ShouldAutomaticallyLink, ShouldNotAutomaticallyLink
from twofold.recipe.multitenancy.asyncio import create_or_update_third_party_config, delete_tenant
from twofold.recipe.passwordless import ContactEmailOrPhoneConfig
from twofold.recipe.session import SessionContainer
from twofold.recipe.thirdparty import ProviderClientConfig, SignInAndUpFeature


async def get_allowed_domains(tenant_id: str, user_context: dict[str, Any]) -> list[str] | None:
    """Each tenant has a domain; the public tenant has none."""
    return None if tenant_id == "public" else [f"{tenant_id}.example.com", "localhost"]


async def should_do_automatic_account_linking(
    new_account_info: Any, user: Any, session: SessionContainer | None, tenant_id: str, user_context: dict[str, Any]
) -> Any:
    """Link second factors to the session's user."""
    if session is not None and (user is None or user.id == session.get_user_id()):
        return ShouldAutomaticallyLink(should_require_verification=False)
    return ShouldNotAutomaticallyLink()


recipes: list[Any] = [
    session.init(),
    emailpassword.init(email_delivery=email_delivery()),
    # The provider that a tenant chose is on this machine, where the original lets every tenant send its requests.
    thirdparty.init(
        sign_in_and_up_feature=SignInAndUpFeature(providers=providers()),
        tenant_provider_networks=["127.0.0.0/8", "::1"],
    ),
    passwordless.init(
        contact_config=ContactEmailOrPhoneConfig(),
        flow_type="USER_INPUT_CODE_AND_MAGIC_LINK",
        email_delivery=email_delivery(),
        sms_delivery=sms_delivery(),
    ),
]
if SETTINGS.get("allowedDomains"):
    recipes.append(multitenancy.init(get_allowed_domains_for_tenant_id=get_allowed_domains))
if "mfaFirstFactors" in SETTINGS:
    recipes += [
        totp.init(),
        multifactorauth.init(first_factors=SETTINGS["mfaFirstFactors"]),
        accountlinking.init(should_do_automatic_account_linking=should_do_automatic_account_linking),
    ]
start_sdk(recipes)
application = make_app()
application.include_router(provider)


@application.post("/test/provider")
async def add_provider(body: Any = Body()) -> Any:
    """Give a tenant a provider of its own."""
    client = ProviderClientConfig(client_id=body["clientId"], client_secret="tenant-secret", scope=["email"])
    result = await create_or_update_third_party_config(
        body["tenantId"], provider_config(body["thirdPartyId"], [client]), skip_validation=True
    )
    return {"createdNew": result.created_new}


@application.post("/test/delete-tenant")
async def remove_tenant(body: Any = Body()) -> Any:
    """Delete a tenant."""
    return {"didExist": (await delete_tenant(body["tenantId"])).did_exist}


app = with_cors(application)
