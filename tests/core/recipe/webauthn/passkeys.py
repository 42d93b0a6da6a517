# SPDX-License-Identifier: Apache-2.0
"""Short ways to say what the tests of passkeys say often. Every signature is real."""

from typing import Any

from tests.core.recipe.calls import Json, post
from twofold._authenticator import VirtualAuthenticator
from twofold.core.app import Core
from twofold.core.version import V5_5, Version

ORIGIN = "https://app.example.com"
EMAIL = "a@example.com"
SITE = {"relyingPartyId": "example.com", "relyingPartyName": "Site", "origin": ORIGIN, "timeout": 60_000}


async def begin_registration(core: Core, email: str = EMAIL, *, tenant_id: str = "public", **more: Any) -> Json:
    """Options for a new passkey."""
    begun = await post(core, "webauthn/options/register", {**SITE, "email": email, **more}, tenant_id=tenant_id)
    assert begun["status"] == "OK"
    return begun


async def begin_sign_in(core: Core, *, tenant_id: str = "public", **more: Any) -> Json:
    """Options for a sign-in."""
    begun = await post(core, "webauthn/options/signin", {**SITE, **more}, tenant_id=tenant_id)
    assert begun["status"] == "OK"
    return begun


async def answer(
    core: Core,
    path: str,
    begun: Json,
    credential: Json,
    *,
    tenant_id: str = "public",
    version: Version = V5_5,
    **more: str,
) -> Json:
    """Send what an authenticator answered."""
    body = {"webauthnGeneratedOptionsId": begun["webauthnGeneratedOptionsId"], "credential": credential, **more}
    return await post(core, f"webauthn/{path}", body, tenant_id=tenant_id, version=version)


async def sign_up(
    core: Core, authenticator: VirtualAuthenticator, email: str = EMAIL, *, tenant_id: str = "public", **more: Any
) -> Json:
    """Create a user with a passkey; answers as the core does."""
    begun = await begin_registration(core, email, tenant_id=tenant_id, **more)
    return await answer(core, "signup", begun, authenticator.create(begun), tenant_id=tenant_id)


async def sign_in(core: Core, authenticator: VirtualAuthenticator, *, tenant_id: str = "public", **more: Any) -> Json:
    """Sign in with the newest passkey; answers as the core does."""
    begun = await begin_sign_in(core, tenant_id=tenant_id, **more)
    return await answer(core, "signin", begun, authenticator.get(begun), tenant_id=tenant_id)


async def register(core: Core, authenticator: VirtualAuthenticator, recipe_user_id: str, email: str = EMAIL) -> Json:
    """Give a user another passkey; answers as the core does."""
    begun = await begin_registration(core, email)
    credential = authenticator.create(begun)
    return await answer(core, "user/credential/register", begun, credential, recipeUserId=recipe_user_id)
