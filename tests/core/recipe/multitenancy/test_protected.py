# SPDX-License-Identifier: Apache-2.0
"""A core that several customers share: its operator's settings are not theirs to see or to change."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from twofold.core.app import Core, create_core
from twofold.core.config import Settings
from twofold.core.errors import BadRequest
from twofold.core.http import CoreASGI, HttpRequest
from twofold.core.recipe.multitenancy.core_config import check_ranges

PATH = "/recipe/multitenancy"
CUSTOMER = "a-customer-key-of-enough-characters"
OPERATOR = "the-operators-key-of-at-least-forty-characters"
PROTECTED = {"ip_deny_regex": "10[.].*", "saml_legacy_acs_url": "https://x", "postgresql_host": "db"}
OPEN = {"totp_max_attempts": 7}


@pytest.fixture
async def shared(database_url: str) -> AsyncIterator[Core]:
    """A core with an operator's key and a customer's, where the operator has set up a tenant and an app."""
    core = create_core(database_url, Settings(api_keys=CUSTOMER, supertokens_saas_secret=OPERATOR))
    for body in ({"tenantId": "t1"}, {"appId": "a1"}):
        what = "tenant" if "tenantId" in body else "app"
        status, _ = await ask(core, OPERATOR, "PUT", f"{PATH}/{what}/v2", {**body, "coreConfig": PROTECTED | OPEN})
        assert status == 200
    yield core
    await core.stop()


async def ask(core: Core, key: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Send a request with a key; the answer's status, and its JSON or text."""
    headers = {"api-key": key}
    reply = await CoreASGI(core).handle(
        HttpRequest(method, path, "", headers, json.dumps(body or {}).encode(), "127.0.0.1")
    )
    text = reply.body.decode().strip()
    return reply.status, json.loads(text) if reply.status == 200 else text


async def test_a_customer_does_not_see_protected_settings(shared: Core) -> None:
    """In no answer that shows tenants; the rest of the configuration is there, and the operator sees all of it."""
    lists = [f"{PATH}/{what}/list" for what in ("tenant", "app", "connectionuridomain")]
    for path in (f"/t1{PATH}/tenant", *lists):
        for version in ("", "/v2"):
            _, of_customer = await ask(shared, CUSTOMER, "GET", path + version)
            _, of_operator = await ask(shared, OPERATOR, "GET", path + version)

            assert not [key for key in PROTECTED if key in json.dumps(of_customer)], path
            assert "totp_max_attempts" in json.dumps(of_customer)
            assert not [key for key in PROTECTED if key not in json.dumps(of_operator)]


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("ip_deny_regex", "Not allowed to modify protected configs."),
        ("saml_legacy_acs_url", "Not allowed to modify protected configs."),
        ("postgresql_host", "Not allowed to modify DB related configs."),
    ],
)
async def test_a_customer_does_not_change_protected_settings(shared: Core, key: str, text: str) -> None:
    """Neither to another value nor to none; what was there stays."""
    targets = [("tenant", {"tenantId": "t1"}), ("app", {"appId": "a1"}), ("connectionuridomain", {})]
    for what, body in targets:
        for version in ("", "/v2"):
            for value in ("other", None):
                change = {**body, "coreConfig": {key: value}}
                assert await ask(shared, CUSTOMER, "PUT", f"{PATH}/{what}{version}", change) == (403, text)

    _, tenant = await ask(shared, OPERATOR, "GET", f"/t1{PATH}/tenant/v2")
    assert tenant["coreConfig"] == PROTECTED | OPEN


async def test_a_customer_changes_the_rest(shared: Core) -> None:
    """And does not lose what is protected by it."""
    status, _ = await ask(
        shared, CUSTOMER, "PUT", f"{PATH}/tenant/v2", {"tenantId": "t1", "coreConfig": {"totp_max_attempts": 9}}
    )

    assert status == 200
    _, tenant = await ask(shared, OPERATOR, "GET", f"/t1{PATH}/tenant/v2")
    assert tenant["coreConfig"] == PROTECTED | {"totp_max_attempts": 9}


async def test_where_nobody_is_told_apart_all_are_the_operator(core: Core) -> None:
    """Without an operator's key whoever may call may see and set everything."""
    body = {"tenantId": "t1", "coreConfig": PROTECTED}
    assert (await ask(core, "", "PUT", f"{PATH}/tenant/v2", body))[0] == 200

    _, tenant = await ask(core, "", "GET", f"/t1{PATH}/tenant/v2")
    assert tenant["coreConfig"] == PROTECTED


@pytest.mark.parametrize(
    "settings",
    [
        Settings(supertokens_saas_secret=OPERATOR),
        Settings(api_keys=CUSTOMER, supertokens_saas_secret="short"),
        Settings(api_keys=CUSTOMER, supertokens_saas_secret="ä" * 40),
    ],
)
def test_an_operators_key_is_strong_and_not_the_only_one(settings: Settings) -> None:
    """It opens more than the customers' keys, which there must be."""
    with pytest.raises(BadRequest, match="supertokens_saas_secret"):
        check_ranges(settings)
    check_ranges(Settings(api_keys=CUSTOMER, supertokens_saas_secret=OPERATOR))
