# SPDX-License-Identifier: Apache-2.0
"""Deleting tenants, apps and connection URI domains with everything in them: one transaction each.

Users outlive a tenant: they belong to the app. A node that has just read the tenant goes on answering for it until its
memory ends (`tenancy.directory.CACHE_MS`).
"""

from twofold.core.errors import Forbidden
from twofold.core.recipe.multitenancy import store
from twofold.core.services import Services
from twofold.core.storage.database import Connection
from twofold.core.tenancy.names import DEFAULT_DOMAIN, PUBLIC, app_key, split_app_key


async def delete_tenant(services: Services, app_id: str, tenant_id: str) -> bool:
    """Delete a tenant with its associations and what recipes keep in it; whether it existed."""
    if tenant_id == PUBLIC:
        raise Forbidden("Cannot delete public tenant, use remove app API instead")

    async def delete(tx: Connection) -> bool:
        if await store.lock_tenant(tx, app_id, tenant_id) is None:
            return False
        for recipe in services.recipes:
            for table in recipe.tenant_tables:
                await store.empty_tenant(tx, table, app_id, tenant_id)
        return True

    try:
        return await services.database.transaction(delete)
    finally:
        services.tenants.forget_app(app_id)


async def delete_app(services: Services, app_id: str) -> bool:
    """Delete an app whose other tenants are gone; whether it existed. Raises Forbidden while there are some."""
    if split_app_key(app_id)[1] == PUBLIC:
        raise Forbidden("Cannot delete the public app, use remove connection uri domain API instead")

    async def delete(tx: Connection) -> bool:
        tenants = await store.lock_tenants(tx, app_id)
        if any(tenant.tenant_id != PUBLIC for tenant in tenants):
            raise Forbidden(
                "Please delete all tenants except the public tenant for this app before calling the delete API"
            )
        await _empty_app(tx, services, app_id)
        return bool(tenants)

    try:
        return await services.database.transaction(delete)
    finally:
        _forget(services, app_id)


async def delete_domain(services: Services, domain: str) -> bool:
    """Delete a connection URI domain whose other apps are gone; whether it existed. Raises Forbidden otherwise."""
    if domain == DEFAULT_DOMAIN:
        raise Forbidden("Cannot delete the default connection uri domain")
    public_app = app_key(domain, PUBLIC)

    async def delete(tx: Connection) -> bool:
        await store.lock_tenants(tx, public_app)
        apps = [app_id for app_id in await store.list_apps(tx) if split_app_key(app_id)[0] == domain]
        if any(app_id != public_app for app_id in apps):
            raise Forbidden(
                "Please delete all apps except the public appID for this connectionUriDomain before calling the"
                " delete API."
            )
        await _empty_app(tx, services, public_app)
        return bool(apps)

    try:
        return await services.database.transaction(delete)
    finally:
        _forget(services, public_app)


async def _empty_app(tx: Connection, services: Services, app_id: str) -> None:
    for recipe in services.recipes:
        for table in recipe.tables:
            await store.empty_app(tx, table, app_id)


def _forget(services: Services, app_id: str) -> None:
    services.tenants.forget_app(app_id)
    services.signing_keys.forget_app(app_id)
    services.request_statistics.forget_app(app_id)
