# SPDX-License-Identifier: Apache-2.0
"""Pages of a tenant: named by the path, or by the application from whatever it likes."""

from typing import Any

import httpx
import pytest

from tests.ui.conftest import Start, inbox, newest_code
from tests.ui.person import ANN
from twofold import ui
from twofold.recipe import emailpassword, multitenancy, passwordless, session
from twofold.recipe.accountlinking.asyncio import create_primary_user, link_accounts
from twofold.recipe.emailpassword.asyncio import sign_up as emailpassword_sign_up
from twofold.recipe.emailpassword.asyncio import verify_credentials
from twofold.recipe.emailpassword.interfaces import SignInOkResult, SignUpOkResult
from twofold.recipe.multitenancy.asyncio import create_or_update_tenant
from twofold.recipe.multitenancy.interfaces import (
    MultitenancyOverrideConfig,
    RecipeInterface,
    TenantConfigCreateOrUpdate,
)
from twofold.recipe.passwordless import ContactEmailOnlyConfig
from twofold.recipe.passwordless.asyncio import signinup
from twofold.ui.urls import Places

BASE = "/auth/customer1"


def by_domain(original: RecipeInterface) -> RecipeInterface:
    """Let the host say which tenant a request is for."""

    async def get_tenant_id(_from_frontend: str, user_context: dict[str, Any]) -> str:
        host = str(user_context["_default"]["request"].get_header("host"))
        return "customer1" if host.startswith("customer1.") else "public"

    original.get_tenant_id = get_tenant_id  # type: ignore[assignment,method-assign]
    return original


@pytest.fixture
async def browser(start: Start) -> httpx.AsyncClient:
    """A browser at an application with a tenant where a code is all that signs in."""
    browser = await start(
        session.init(),
        emailpassword.init(),
        passwordless.init(ContactEmailOnlyConfig(), flow_type="USER_INPUT_CODE"),
        ui.init(home_path="/notes"),
    )
    await create_or_update_tenant("customer1", TenantConfigCreateOrUpdate(first_factors=["otp-email"]))
    await create_or_update_tenant("customer2", TenantConfigCreateOrUpdate(first_factors=["emailpassword"]))
    return browser


async def test_a_tenant_offers_its_own_factors(browser: httpx.AsyncClient) -> None:
    """And every link and form stays with the tenant."""
    assert (await browser.get(f"{BASE}/sign-in")).url.path == f"{BASE}/sign-in/code"
    page = (await browser.get("/auth/customer2/sign-in")).text
    assert 'action="/auth/customer2/sign-in"' in page
    assert 'href="/auth/customer2/forgot-password"' in page
    assert 'href="/auth/customer2/sign-up"' in page
    assert "/auth/customer2/static" not in page


async def test_the_session_is_the_tenants(browser: httpx.AsyncClient) -> None:
    """From the first page to the last."""
    await browser.post(f"{BASE}/sign-in/code?channel=email", data={"email": "ann@example.com", "to": "/tenant"})

    reply = await browser.post(f"{BASE}/code", data={"code": newest_code()})

    assert (reply.url.path, reply.text) == ("/tenant", "customer1")


async def test_the_password_page_asks_for_the_own_password(browser: httpx.AsyncClient) -> None:
    """Attack class 47: somebody else's account with the same address, in the tenant of the session, proves nothing."""
    own = await emailpassword_sign_up("public", ANN["email"], ANN["password"])
    other = await emailpassword_sign_up("customer1", ANN["email"], "mallorys password 1")
    mailbox = await signinup("customer1", ANN["email"], None, None)
    assert isinstance(own, SignUpOkResult)
    assert isinstance(other, SignUpOkResult)
    await create_primary_user(own.recipe_user_id)
    assert (await link_accounts(mailbox.recipe_user_id, own.user.id)).status == "OK"
    await browser.post(f"{BASE}/sign-in/code?channel=email", data={"email": ANN["email"]})
    await browser.post(f"{BASE}/code", data={"code": newest_code()})
    page = f"{BASE}/settings/password"
    new = {"password": "another horse battery"}

    refused = await browser.post(page, data={"current_password": "mallorys password 1", **new})
    changed = await browser.post(page, data={"current_password": ANN["password"], **new})

    assert (refused.status_code, changed.url.path) == (422, f"{BASE}/settings")
    assert isinstance(await verify_credentials("public", ANN["email"], new["password"]), SignInOkResult)


async def test_an_account_of_one_tenant_opens_no_other(browser: httpx.AsyncClient) -> None:
    """The same address and password are another account there."""
    await browser.post("/auth/customer2/sign-up", data=ANN)
    await browser.post("/auth/sign-out")

    reply = await browser.post("/auth/sign-in", data=ANN)
    assert reply.status_code == 422
    reply = await browser.post("/auth/customer2/sign-in", data=ANN)

    assert reply.url.path == "/notes"


async def test_signing_out_on_a_tenants_page_leads_to_its_sign_in(browser: httpx.AsyncClient) -> None:
    """Who comes back is where they belong."""
    await browser.post("/auth/customer2/sign-up", data=ANN)

    reply = await browser.post("/auth/customer2/sign-out")

    assert reply.url.path == "/auth/customer2/sign-in"


async def test_a_reset_link_leads_to_the_tenants_account(browser: httpx.AsyncClient) -> None:
    """Asked for on the tenant's page."""
    await browser.post("/auth/customer2/sign-up", data=ANN)

    await browser.post("/auth/customer2/forgot-password", data={"email": ANN["email"]})

    message = newest_link()
    assert "tenantId=customer2" in message


def newest_link() -> str:
    """Return the link of the newest message."""
    return next(word for word in inbox().messages()[0].text.split() if word.startswith("http"))


@pytest.mark.parametrize("path", ["/auth/nobody/sign-in", "/auth/app%2Fid/sign-in", "/auth/a/b/sign-in"])
async def test_a_tenant_that_does_not_exist_has_no_pages(browser: httpx.AsyncClient, path: str) -> None:
    """A page says so, or the path is the application's."""
    assert (await browser.get(path)).status_code in (400, 404)


@pytest.mark.parametrize("path", [f"{BASE}/inbox", f"{BASE}/callback/shop", f"{BASE}/session/refresh/page"])
async def test_what_is_of_no_tenant_has_no_tenant_in_its_path(browser: httpx.AsyncClient, path: str) -> None:
    """Providers know one address, and the refresh token is sent to one path."""
    assert (await browser.get(path)).status_code == 404


async def test_the_application_may_tell_the_tenant_by_the_domain(start: Start) -> None:
    """Its `get_tenant_id` is asked for pages as it is for APIs."""
    browser = await start(
        session.init(),
        emailpassword.init(),
        passwordless.init(ContactEmailOnlyConfig(), flow_type="USER_INPUT_CODE"),
        multitenancy.init(override=MultitenancyOverrideConfig(functions=by_domain)),
        ui.init(),
    )
    await create_or_update_tenant("customer1", TenantConfigCreateOrUpdate(first_factors=["otp-email"]))

    assert (await browser.get("/auth/sign-in")).url.path == "/auth/sign-in"
    reply = await browser.get("/auth/sign-in", headers={"host": "customer1.localhost:8000"})

    assert reply.url.path == "/auth/sign-in/code"


def test_without_a_base_path_no_path_names_a_tenant() -> None:
    """It could be a page of the application."""
    places = Places("", "/auth")

    assert places.tenant_base is None
    assert places.split("/customer1/sign-in") == (None, "/customer1/sign-in")


@pytest.mark.parametrize(
    ("path", "tenant_id", "bare"),
    [
        ("/auth/customer1/sign-in", "customer1", "/auth/sign-in"),
        ("/auth/sign-in/code", None, "/auth/sign-in/code"),
        ("/auth/settings/sessions", None, "/auth/settings/sessions"),
        ("/auth/customer1/settings/sessions", "customer1", "/auth/settings/sessions"),
        ("/auth/customer1/nothing", None, "/auth/customer1/nothing"),
        ("/authors/customer1/sign-in", None, "/authors/customer1/sign-in"),
        ("/notes", None, "/notes"),
    ],
)
def test_which_path_is_whose(path: str, tenant_id: str | None, bare: str) -> None:
    """A page's own path goes before a tenant's."""
    assert Places("/auth", "/auth").split(path) == (tenant_id, bare)
