# SPDX-License-Identifier: Apache-2.0
"""Makes one user with everything that belongs to it, in the caller's transaction: all of it, or nothing."""

from dataclasses import replace

from twofold.core.errors import BadRequest
from twofold.core.recipe.accountlinking import rules as linking
from twofold.core.recipe.bulkimport.reading import GivenMethod, GivenUser
from twofold.core.recipe.emailpassword import store as passwords
from twofold.core.recipe.totp import rules as totp
from twofold.core.recipe.useridmapping import rules as mapping
from twofold.core.recipe.useridmapping.store import Mapping
from twofold.core.recipe.usermetadata import store as metadata
from twofold.core.recipe.userroles import store as roles
from twofold.core.services import Services
from twofold.core.storage.database import Connection, InvalidValue, UniqueViolation
from twofold.core.tenancy.directory import Tenant
from twofold.core.users import store as users
from twofold.core.users.last_active import forget_last_active
from twofold.core.users.model import User
from twofold.core.users.rules import Refused, add_to_tenant, create_login_method
from twofold.core.version import V5_4


class CannotImport(Exception):
    """A user cannot be imported as the database is now; the text says why."""


async def prepare(services: Services, app_id: str, given: GivenUser) -> GivenUser:
    """Hash the passwords, one after the other, and look for the tenants. Raises CannotImport."""
    try:
        tenants = [await services.tenants.find(app_id, tenant_id) for tenant_id in sorted(given.tenant_ids)]
        return replace(given, methods=tuple([await _hashed(services, item, tenants[0]) for item in given.methods]))
    except BadRequest as error:
        raise CannotImport(f"E001: {error.message}") from error


async def create(tx: Connection, services: Services, app_id: str, given: GivenUser) -> User:
    """Create a prepared user. Raises CannotImport, which must end the transaction."""
    try:
        return await _create(tx, services, app_id, given)
    except Refused as error:
        raise CannotImport(f"E002: {error.answer.get('description', error.answer['status'])}") from error
    except BadRequest as error:
        raise CannotImport(f"E003: {error.message}") from error
    except mapping.MappingExists as error:
        raise CannotImport(f"E004: The externalUserId {given.external_id} belongs to another user already.") from error
    except totp.DeviceExists as error:
        raise CannotImport("E005: Two totpDevices have the same deviceName.") from error
    except (InvalidValue, UniqueViolation) as error:  # the database tries again after any other failure
        raise CannotImport(f"E006: The user cannot be stored: {error}") from error


async def _create(tx: Connection, services: Services, app_id: str, given: GivenUser) -> User:
    main = given.main_method
    for method in sorted(given.methods, key=lambda item: item is not main):
        await _create_method(tx, app_id, method)
    main_id = main.new.internal_id
    if main.is_primary:
        await linking.make_primary(tx, app_id, main_id)
        for method in given.methods:
            if method is not main:
                await linking.link(
                    tx, services.recipes, app_id, method.new.internal_id, main_id, services.clock.now_ms()
                )
        # Linking counts as activity; whoever is imported has not been here yet.
        await forget_last_active(tx, app_id, main_id)
    if given.external_id is not None:
        pair = Mapping(main_id, given.external_id, None)
        await mapping.create_mapping(tx, services.recipes, app_id, pair, version=V5_4, is_forced=False)
    await _give(tx, services, app_id, given, given.external_id or main_id)
    created = await users.find_user_by_any_id(tx, app_id, main_id)
    if created is None:
        raise CannotImport("E007: The user was deleted while it was imported.")
    return created


async def _create_method(tx: Connection, app_id: str, method: GivenMethod) -> None:
    first, *others = method.tenant_ids
    if await create_login_method(tx, app_id, first, method.new) is None:
        raise CannotImport(
            f"E008: A user with this login exists already in the tenant {first} ({method.new.recipe_id} recipe)."
        )
    for tenant_id in others:
        await add_to_tenant(tx, app_id, tenant_id, method.new.internal_id)
    if method.password_hash is not None:
        await passwords.set_hash(tx, app_id, method.new.internal_id, method.password_hash)


async def _give(tx: Connection, services: Services, app_id: str, given: GivenUser, user_id: str) -> None:
    if given.metadata is not None:
        await metadata.lock(tx, app_id, user_id)
        kept = {key: value for key, value in given.metadata.items() if value is not None}
        await metadata.replace(tx, app_id, user_id, kept)
    for tenant_id, role in given.roles:
        if not await roles.lock_role(tx, app_id, role):
            raise CannotImport(f"E009: The role {role} does not exist.")
        await roles.give_role(tx, app_id, tenant_id, user_id, role)
    for device in given.devices:
        new = totp.NewDevice(user_id, device.name, device.period_seconds, device.skew, device.secret)
        await totp.put_device(tx, services, app_id, new, device.secret)


async def _hashed(services: Services, method: GivenMethod, tenant: Tenant) -> GivenMethod:
    if method.plain_password is None:
        return method
    password_hash = await services.passwords.hash(method.plain_password, tenant.settings)
    return replace(method, password_hash=password_hash, plain_password=None)
