# SPDX-License-Identifier: Apache-2.0
"""The configuration that the dashboard shows."""

from typing import Any

from twofold.core.app import Core, create_core
from twofold.core.config import Settings
from twofold.core.http import CoreASGI, HttpRequest

PATH = "/recipe/dashboard/tenant/core-config"
CUSTOMER = "a-customer-key-of-enough-characters"
OPERATOR = "the-operators-key-of-at-least-forty-characters"
SECRET = "signer-key-of-the-firebase-project"


async def shown(core: Core, tenant_id: str = "public") -> dict[str, dict[str, Any]]:
    """What is shown, by key."""
    answer = await core.call("GET", PATH, tenant_id=tenant_id)
    return {item["key"]: item for item in answer["config"]}


async def test_what_holds_for_the_tenant_is_shown(core: Core) -> None:
    """Its own value, beside the default; every field is there, also when it is null."""
    body = {"tenantId": "t1", "coreConfig": {"totp_max_attempts": 9}}
    await core.call("PUT", "/recipe/multitenancy/tenant/v2", body=body)

    assert (await shown(core))["totp_max_attempts"]["value"] == 5
    assert (await shown(core, "t1"))["totp_max_attempts"] == {
        "key": "totp_max_attempts",
        "valueType": "number",
        "value": 9,
        "description": "How many wrong authenticator codes lock the factor.",
        "isDifferentAcrossTenants": True,
        "possibleValues": None,
        "isNullable": False,
        "defaultValue": 5,
        "isPluginProperty": False,
        "isPluginPropertyEditable": False,
    }


async def test_each_kind_of_value_says_what_it_is(core: Core) -> None:
    """The dashboard makes its input fields of this."""
    config = await shown(core)

    types = {key: config[key]["valueType"] for key in ("disable_telemetry", "ip_deny_regex", "password_hashing_alg")}
    assert types == {"disable_telemetry": "boolean", "ip_deny_regex": "string", "password_hashing_alg": "enum"}
    assert config["access_token_validity_jitter"]["valueType"] == "number"
    assert tuple(config["password_hashing_alg"]["possibleValues"]) == ("ARGON2", "BCRYPT")
    assert config["ip_deny_regex"]["isNullable"]
    assert not config["access_token_validity"]["isDifferentAcrossTenants"]


async def test_what_no_tenant_may_set_or_see_is_not_shown(core_sqlite_url: str) -> None:
    """Settings of the whole core, hidden ones, and secrets."""
    core = create_core(core_sqlite_url, Settings(api_keys=CUSTOMER, firebase_password_hashing_signer_key=SECRET))
    config = await shown(core)
    await core.stop()

    assert not config.keys() & {"argon2_memory_kb", "host", "api_keys", "encryption_key", "supertokens_max_cdi_version"}
    assert SECRET not in str(config)
    assert CUSTOMER not in str(config)


async def test_a_customer_of_a_shared_core_does_not_see_what_is_the_operators(core_sqlite_url: str) -> None:
    """Who may call from where is the operator's business."""
    core = create_core(core_sqlite_url, Settings(api_keys=CUSTOMER, supertokens_saas_secret=OPERATOR))
    bodies = [
        (await CoreASGI(core).handle(HttpRequest("GET", PATH, "", {"api-key": key}, b"", "127.0.0.1"))).body
        for key in (CUSTOMER, OPERATOR)
    ]
    await core.stop()

    assert [b"ip_deny_regex" in body for body in bodies] == [False, True]
    assert b"totp_max_attempts" in bodies[0]
