# SPDX-License-Identifier: Apache-2.0
"""Which settings a tenant may override, and how they may be written."""

from typing import Any

import pytest

from tests.core.recipe.calls import rows, sign_up
from twofold.core.app import Core
from twofold.core.errors import BadRequest


async def put(core: Core, config: dict[str, Any], app_id: str = "public", tenant_id: str = "t1") -> None:
    """Override settings of a tenant."""
    body = {"tenantId": tenant_id, "coreConfig": config}
    await core.call("PUT", "/recipe/multitenancy/tenant/v2", app_id=app_id, body=body)


async def test_a_choice_may_be_written_in_any_case(core: Core) -> None:
    """And it is followed."""
    await core.call("PUT", "/recipe/multitenancy/app/v2", body={"appId": "a1"})
    await put(core, {"password_hashing_alg": "bcrypt"}, "a1", "public")
    body = {"email": "b@example.com", "password": "password1"}
    await core.call("POST", "/recipe/signup", app_id="a1", body=body)
    await sign_up(core)

    hashes = {row["app_id"]: row["password_hash"] for row in await rows(core, "password_hashes")}
    assert hashes["a1"].startswith("$2")
    assert hashes["public"].startswith("$argon2id$")


async def test_a_setting_is_known_by_its_old_name(core: Core) -> None:
    """Scripts that are older than the name go on."""
    await core.call("PUT", "/recipe/multitenancy/app/v2", body={"appId": "a1"})
    await put(core, {"access_token_signing_key_update_interval": 24}, "a1", "public")

    settings = (await core.tenant("a1", "public")).settings
    assert settings.access_token_dynamic_signing_key_update_interval == 24


async def test_settings_without_effect_are_kept(core: Core) -> None:
    """So that a tenant's configuration can be moved here as it is."""
    config = {
        "saml_claims_validity": 1000,
        "bulk_migration_batch_size": 10,
        "oauth_provider_public_service_url": "https://example.com",
    }
    await put(core, config)

    shown = await core.call("GET", "/recipe/multitenancy/tenant/v2", tenant_id="t1")
    assert shown["coreConfig"] == config


@pytest.mark.parametrize("key", ["argon2_memory_kb", "info_log_path", "encryption_key"])
async def test_a_setting_of_the_whole_core_is_no_tenants(core: Core, key: str) -> None:
    """Also one that only the incumbent has."""
    with pytest.raises(BadRequest, match=f"{key} can only be set via the core's base config setting"):
        await put(core, {key: "1"})
