# SPDX-License-Identifier: Apache-2.0
"""Rules of codes: making and removing them, and changing the contact they are sent to. Using them: `attempts.py`."""

from dataclasses import dataclass
from typing import Final

from twofold.core._endpoint import Call
from twofold.core.recipe.abuse import guessing
from twofold.core.recipe.abuse import store as abuse
from twofold.core.recipe.audit import Action, record
from twofold.core.recipe.passwordless import budget, store, values
from twofold.core.recipe.passwordless.store import Device, NewCode
from twofold.core.recipe.passwordless.values import Contact
from twofold.core.services import Services
from twofold.core.storage.database import Connection
from twofold.core.users import store as users_store
from twofold.core.users.factors import factors_changed
from twofold.core.users.model import Found, LoginMethod, User
from twofold.core.users.rules import Change, Refused, update_contact
from twofold.core.version import V4_0

RECIPE: Final = "passwordless"
# Every live code of a device is one more that a guess may hit.
MAX_CODES_PER_DEVICE = 3
_MAX_DRAWS = 20


@dataclass(frozen=True, slots=True, repr=False)
class CreatedCode:
    """A new code with its secrets, which exist nowhere else."""

    code_id: str
    device_id: bytes
    user_input_code: str
    link_code: bytes
    created_at: int


async def create_code(call: Call, contact: Contact, user_input_code: str | None) -> CreatedCode:
    """Begin a flow for a contact. Other flows of the contact go on."""
    device_id = call.services.tokens.bytes(values.SECRET_BYTES)
    salt = call.services.tokens.bytes(values.SECRET_BYTES)
    device = Device(values.pre_auth_session_id(device_id), contact, salt, 0)

    chosen = user_input_code or await _draw_digits(call.database, call, contact)
    created, code = _code(call, device_id, device, chosen)
    await store.create_device_with_code(call.database, call.app_id, call.tenant_id, device, code)
    return created


async def create_another_code(call: Call, device_id: bytes, user_input_code: str | None) -> CreatedCode:
    """Add a code to a flow; earlier ones stay valid, and failed attempts stay counted. Raises Refused."""

    async def create(tx: Connection) -> CreatedCode:
        key = values.pre_auth_session_id(device_id)
        device = await store.lock_device(tx, call.app_id, call.tenant_id, key)
        if device is None:
            raise Refused("RESTART_FLOW_ERROR")
        created = await _add_code(tx, call, device_id, device, user_input_code)
        await store.keep_newest_codes(tx, call.app_id, call.tenant_id, key, created.code_id, MAX_CODES_PER_DEVICE)
        return created

    return await call.database.transaction(create)


async def remove_code(call: Call, code_id: str) -> None:
    """Make a code worthless; the device goes with its last code."""
    await call.database.transaction(lambda tx: store.delete_code(tx, call.app_id, call.tenant_id, code_id))


async def remove_device(call: Call, pre_auth_session_id: str) -> None:
    """End a flow."""
    await call.database.transaction(
        lambda tx: store.delete_device(tx, call.app_id, call.tenant_id, pre_auth_session_id)
    )


async def remove_devices(call: Call, contact: Contact) -> None:
    """End every flow of a contact in the tenant."""
    await call.database.transaction(lambda tx: store.delete_devices_of(tx, call.app_id, [call.tenant_id], [contact]))


async def find_by_contact(call: Call, contact: Contact) -> User | None:
    """Who signs in to the tenant with this contact."""
    found = await find_login_method(call.database, call, contact)
    if found is None:
        return None
    return found.user if call.version >= V4_0 else found.user.only(found.method)


async def find_by_id(call: Call, user_id: str) -> User | None:
    """The person with the login method of this recipe that has this id, shown with that login method alone."""
    user = await users_store.find_user_by_any_id(call.database, call.app_id, user_id)
    method = None if user is None else user.method(user_id)
    return user.only(method) if user and method and method.recipe_id == RECIPE else None


async def update_user(call: Call, user_id: str, *, email: Change, phone_number: Change) -> None:
    """Change or remove contacts (normalised). Flows of the old and the new ones end. Raises Refused."""

    async def update(tx: Connection) -> None:
        before = await update_contact(tx, call.app_id, RECIPE, user_id, email=email, phone_number=phone_number)
        changed = _changed_contacts(before, email, phone_number)
        if changed:
            await store.delete_devices_of(tx, call.app_id, before.tenant_ids, changed)
            await factors_changed(tx, call.services.recipes, call.app_id, before.internal_id)
            kinds = sorted({"phone" if contact.email is None else "email" for contact in changed})
            await record(tx, call, Action.CONTACT_CHANGED, before.internal_id, details={"kinds": kinds})

    await call.database.transaction(update)


async def find_login_method(connection: Connection, call: Call, contact: Contact) -> Found | None:
    """The login method with this contact in the tenant, and its person."""
    app_id, tenant_id = call.app_id, call.tenant_id
    if contact.email is not None:
        return await users_store.find_by_email(connection, app_id, tenant_id, RECIPE, contact.email)
    return await users_store.find_by_phone_number(connection, app_id, tenant_id, RECIPE, contact.phone_number or "")


async def lift_limits(tx: Connection, app_id: str, user: User) -> bool:
    """Forget the wrong codes of a person; whether there were any."""
    contacts = [Contact(email=method.email) for method in user.login_methods if method.email is not None]
    contacts += [
        Contact(phone_number=item.phone_number) for item in user.login_methods if item.phone_number is not None
    ]
    return await abuse.fill(tx, app_id, *(subject for contact in contacts for subject in budget.subjects_of(contact)))


async def delete_expired(services: Services) -> None:
    """Housekeeping: expired codes are refused anyhow."""
    await store.delete_expired(services.database, services.clock.now_ms())


async def _add_code(
    tx: Connection, call: Call, device_id: bytes, device: Device, user_input_code: str | None
) -> CreatedCode:
    for _ in range(_MAX_DRAWS):
        chosen = user_input_code or await _draw_digits(tx, call, device.contact)
        created, code = _code(call, device_id, device, chosen)
        if await store.create_code(tx, call.app_id, call.tenant_id, code):
            return created
        if user_input_code is not None:
            raise Refused("USER_INPUT_CODE_ALREADY_USED_ERROR")
    raise Refused("RESTART_FLOW_ERROR")


async def _draw_digits(connection: Connection, call: Call, contact: Contact) -> str:
    """A random code; a longer one while so many wrong ones were typed that short ones are not looked at."""
    guess = budget.guess_at_short(contact, call.settings)
    is_guessed_at = await guessing.find_wait_ms(connection, call.app_id, guess, call.now_ms()) > 0
    return call.services.tokens.digits(budget.LONG_CODE_DIGITS if is_guessed_at else budget.CODE_DIGITS)


def _code(call: Call, device_id: bytes, device: Device, chosen: str) -> tuple[CreatedCode, NewCode]:
    """A new code as its caller is told it, and as it is stored."""
    now_ms = call.now_ms()
    link_code = values.link_code(device_id, device.link_code_salt, chosen)
    code = NewCode(
        code_id=call.services.tokens.uuid(),
        device_id_hash=device.device_id_hash,
        link_code_hash=values.link_code_hash(link_code),
        created_at=now_ms,
        expires_at=now_ms + call.settings.passwordless_code_lifetime,
    )
    return CreatedCode(code.code_id, device_id, chosen, link_code, now_ms), code


def _changed_contacts(before: LoginMethod, email: Change, phone_number: Change) -> list[Contact]:
    changed: list[Contact] = []
    if isinstance(email, str | None) and email != before.email:
        changed += [Contact(email=value) for value in (before.email, email) if value is not None]
    if isinstance(phone_number, str | None) and phone_number != before.phone_number:
        changed += [Contact(phone_number=value) for value in (before.phone_number, phone_number) if value is not None]
    return changed
