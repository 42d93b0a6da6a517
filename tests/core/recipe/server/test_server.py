# SPDX-License-Identifier: Apache-2.0
"""What the server says of itself."""

import os

import pytest

from twofold.core.app import Core, create_core
from twofold.core.config import Settings
from twofold.core.errors import BadRequest, NotFound
from twofold.core.tenancy.names import app_key


async def test_versions_end_at_the_configured_one(core_sqlite_url: str) -> None:
    """Clients choose among what the operator allows."""
    core = create_core(core_sqlite_url, Settings(supertokens_max_cdi_version="4.0"))
    answer = await core.call("GET", "/apiversion")
    await core.stop()

    assert answer == {"versions": ["3.0", "3.1", "4.0"]}


async def test_the_configuration_is_told_to_who_knows_the_process(core: Core) -> None:
    """The command line's way to find it."""
    known = await core.call("GET", "/config", query={"pid": str(os.getpid())})
    other = await core.call("GET", "/config", query={"pid": "0"})

    assert known["status"] == "OK"
    assert other == {"status": "NOT_ALLOWED"}


async def test_a_tenant_that_does_not_exist_is_an_unknown_path(core: Core) -> None:
    """At the bare address; an app that does not exist is named."""
    with pytest.raises(NotFound):
        await core.call("GET", "/", tenant_id="nothing")
    with pytest.raises(BadRequest, match="not found: \\(, nothing, public\\)"):
        await core.call("GET", "/", app_id="nothing")


async def test_the_search_tags_are_the_same_everywhere(core: Core) -> None:
    """Also for an app that does not exist."""
    tags = await core.call("GET", "/user/search/tags", app_id="nothing")

    assert tags == {"status": "OK", "tags": ["email", "phone", "provider"]}


async def test_a_licence_is_accepted_and_not_kept(core: Core) -> None:
    """Scripts of operators go on; nothing depends on it."""
    put = await core.call("PUT", "/ee/license", body={"licenseKey": "x"})
    got = await core.call("GET", "/ee/license")
    removed = await core.call("DELETE", "/ee/license")

    assert (put["status"], got["status"], removed["status"]) == ("OK", "NO_LICENSE_KEY_FOUND_ERROR", "OK")


async def test_nothing_is_left_to_migrate(core: Core) -> None:
    """The incumbent's operators ask how far its tables are converted; a domain is told about itself alone."""
    await core.call("PUT", "/recipe/multitenancy/connectionuridomain/v2", body={"connectionUriDomain": "one.example"})

    mode = await core.call("GET", "/migration/mode")
    progress = await core.call("GET", "/migration/backfill/progress", query={"verify": "true"})
    of_domain = await core.call("GET", "/migration/backfill/progress", app_id=app_key("one.example", "public"))

    assert mode == {"status": "OK", "cuds": [{"connectionUriDomain": "", "mode": "MIGRATED"}]}
    assert progress["cuds"] == [{"connectionUriDomain": "", "mode": "MIGRATED", "pendingUsers": 0}]
    assert of_domain == {"status": "OK", "mode": "MIGRATED", "pendingUsers": 0}
