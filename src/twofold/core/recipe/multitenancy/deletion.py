# SPDX-License-Identifier: Apache-2.0
"""Deleting tenants, apps and connection URI domains with everything in them.

What is in them goes first, in batches, so that nobody waits for a million rows; the last transaction deletes what came
meanwhile, and the tenant or app itself. When that is interrupted, it is there with less in it: delete it again.
Users outlive a tenant: they belong to the app. Other nodes notice within `tenancy.directory.LOOK_EVERY_MS`.
"""

from twofold.core.errors import Forbidden
from twofold.core.recipe.multitenancy import store
from twofold.core.services import Services
from twofold.core.storage.database import Body, Connection
from twofold.core.tenancy.names import DEFAULT_DOMAIN, PUBLIC, app_key, split_app_key
from twofold.core.tenancy.store import TenantRecord


async def delete_tenant(services: Services, app_id: str, tenant_id: str) -> bool:
    """Delete a tenant with its associations and what recipes keep in it; whether it existed."""
    if tenant_id == PUBLIC:
        raise Forbidden("Cannot delete public tenant, use remove app API instead")
    emptying = [store.emptying_tenant(table) for recipe in services.recipes for table in recipe.tenant_tables]

    async def delete(tx: Connection) -> bool:
        if await store.lock_tenant(tx, app_id, tenant_id) is None:
            return False
        for table in emptying:
            await tx.execute(table.at_once, app_id=app_id, tenant_id=tenant_id)
        await store.delete_tenant(tx, app_id, tenant_id)
        return True

    try:
        for table in emptying:
            await table.in_batches.run(services.database, app_id=app_id, tenant_id=tenant_id)
        return await services.database.transaction(delete)
    finally:
        services.tenants.forget()


async def delete_app(services: Services, app_id: str) -> bool:
    """Delete an app whose other tenants are gone; whether it existed. Raises Forbidden while there are some."""
    if split_app_key(app_id)[1] == PUBLIC:
        raise Forbidden("Cannot delete the public app, use remove connection uri domain API instead")

    def require_empty(tenants: list[TenantRecord]) -> None:
        if any(tenant.tenant_id != PUBLIC for tenant in tenants):
            raise Forbidden(
                "Please delete all tenants except the public tenant for this app before calling the delete API"
            )

    async def delete(tx: Connection) -> bool:
        tenants = await store.lock_tenants(tx, app_id)
        require_empty(tenants)
        await _empty_app(tx, services, app_id)
        return bool(tenants)

    require_empty(await store.list_tenants(services.database, app_id))
    return await _delete_app_in_batches(services, app_id, delete)


async def delete_domain(services: Services, domain: str) -> bool:
    """Delete a connection URI domain whose other apps are gone; whether it existed. Raises Forbidden otherwise."""
    if domain == DEFAULT_DOMAIN:
        raise Forbidden("Cannot delete the default connection uri domain")
    public_app = app_key(domain, PUBLIC)

    async def is_there(connection: Connection) -> bool:
        apps = [app_id for app_id in await store.list_apps(connection) if split_app_key(app_id)[0] == domain]
        if any(app_id != public_app for app_id in apps):
            raise Forbidden(
                "Please delete all apps except the public appID for this connectionUriDomain before calling the"
                " delete API."
            )
        return bool(apps)

    async def delete(tx: Connection) -> bool:
        await store.lock_tenants(tx, public_app)
        existed = await is_there(tx)
        await _empty_app(tx, services, public_app)
        return existed

    await is_there(services.database)
    return await _delete_app_in_batches(services, public_app, delete)


async def _delete_app_in_batches(services: Services, app_id: str, delete: Body[bool]) -> bool:
    try:
        for table in _tables(services):
            await table.in_batches.run(services.database, app_id=app_id)
        return await services.database.transaction(delete)
    finally:
        services.tenants.forget()
        services.signing_keys.forget_app(app_id)
        services.request_statistics.forget_app(app_id)


async def _empty_app(tx: Connection, services: Services, app_id: str) -> None:
    for table in _tables(services):
        await tx.execute(table.at_once, app_id=app_id)
    await store.delete_app(tx, app_id)


def _tables(services: Services) -> list[store.Emptying]:
    return [store.emptying_app(table) for recipe in services.recipes for table in recipe.tables]
