# SPDX-License-Identifier: Apache-2.0
"""Rules of e-mail and password. Hashing is done before a transaction begins, never inside."""

from dataclasses import dataclass, field
from typing import Final

from twofold.core._endpoint import Call
from twofold.core._fields import Json
from twofold.core.errors import BadRequest
from twofold.core.recipe.abuse import passwords
from twofold.core.recipe.abuse.passwords import PasswordGuess, Throttled
from twofold.core.recipe.audit import Action, record
from twofold.core.recipe.emailpassword import store
from twofold.core.recipe.trusteddevices.rules import Recognised, recognise
from twofold.core.services import Services
from twofold.core.storage.database import Connection
from twofold.core.tokens import sha256_hex
from twofold.core.users import store as users_store
from twofold.core.users.factors import factors_changed
from twofold.core.users.last_active import touch_last_active, touch_last_active_of_user
from twofold.core.users.model import Found, LoginMethod, NewLoginMethod, User
from twofold.core.users.rules import KEEP, create_login_method, update_contact
from twofold.core.version import V4_0

RECIPE: Final = "emailpassword"
# Addresses that the SDKs make up for people who have none: nobody could follow a link sent there.
FAKE_EMAIL_SUFFIXES = ("@stfakeemail.supertokens.com", ".fakeemail.com")


async def sign_up(call: Call, email: str, password_hash: str) -> User | None:
    """Create a person with an e-mail (normalised) and a hashed password; None when the e-mail is taken here."""
    new = NewLoginMethod(
        RECIPE,
        call.services.tokens.uuid(),
        call.now_ms(),
        email=email,
        has_verified_email=email.endswith(FAKE_EMAIL_SUFFIXES),
    )

    async def create(tx: Connection) -> User | None:
        user = await create_login_method(tx, call.app_id, call.tenant_id, new)
        if user is not None:
            await store.set_hash(tx, call.app_id, new.internal_id, password_hash)
            await touch_last_active(tx, call.app_id, new.internal_id, new.time_joined)
        return user

    return await call.database.transaction(create)


@dataclass(frozen=True, slots=True)
class Client:
    """Who signs in: the network that they are in, and the token of the device that they trust, as far as known."""

    network: str = ""
    device_token: str = field(default="", repr=False)


async def sign_in(call: Call, email: str, password: str, client: Client) -> Found | Throttled | None:
    """Who the e-mail and the password belong to; None alike, and after the same time, for a wrong one of either.

    Throttled, for known and unknown e-mails alike, when too many were wrong: see `abuse/passwords.py`. A hash that is
    weaker than today's settings is replaced. An empty password is always wrong.
    """
    with call.services.under_way.entered(f"{call.app_id} {email}") as is_alone:
        stored, full_at = await store.find_hash(
            call.database, call.app_id, call.tenant_id, email, passwords.budget_names(client.network)
        )
        subject = (
            store.subject_of_account(stored.recipe_user_id)
            if stored
            else store.subject_of_unknown(call.tenant_id, email)
        )
        guess = PasswordGuess(call.app_id, subject, client.network, call.settings, call.now_ms(), full_at)
        throttled = await guess.begin(call.database, is_alone=is_alone)
        if throttled is not None and client.device_token:
            device = await _recognised(call, stored, client.device_token)
            if device is not None:
                guess = guess.on_device(device.device_id)
                throttled = await guess.begin(call.database, is_alone=False)
        if throttled is not None:
            return throttled
        known_hash = stored.password_hash if stored and password else None
        verification = await call.services.passwords.verify(known_hash, password, call.settings)
        if stored is None or not verification:
            await guess.failed(call.database)
            if stored is not None and guess.is_last:
                await call.database.transaction(lambda tx: _record_lock(tx, call, stored.recipe_user_id))
            return None
        await guess.succeeded(call.database)
    if verification.needs_rehash:
        password_hash = await call.services.passwords.hash(password, call.settings)
        await store.replace_hash(call.database, call.app_id, stored, password_hash)
    found = await users_store.find_by_email(call.database, call.app_id, call.tenant_id, RECIPE, email)
    if found is None or found.method.internal_id != stored.recipe_user_id:
        return None  # the e-mail changed hands while the password was verified
    await touch_last_active_of_user(call.database, call.app_id, found.user, call.now_ms())
    return found


async def update_user(call: Call, user_id: str, email: str | None, password: str | None) -> None:
    """Change e-mail (normalised), password or both: both or neither. Raises Refused.

    Reset tokens of before are worthless then: they may lie in a mailbox, or with a thief, that the change shuts out.
    """
    password_hash = None if password is None else await call.services.passwords.hash(password, call.settings)

    async def update(tx: Connection) -> None:
        method = await update_contact(tx, call.app_id, RECIPE, user_id, email=KEEP if email is None else email)
        if password_hash is not None:
            await store.change_hash(tx, call.app_id, method.internal_id, password_hash)
        if password_hash is not None or (email is not None and email != method.email):
            await store.forget_reset_tokens(tx, call.app_id, method.internal_id)
            await factors_changed(tx, call.services.recipes, call.app_id, method.internal_id)
        if password_hash is not None:
            await record(tx, call, Action.PASSWORD_CHANGED, method.internal_id)
        if email is not None and email != method.email:
            await record(tx, call, Action.CONTACT_CHANGED, method.internal_id, details={"kinds": ["email"]})

    await call.database.transaction(update)


async def import_hash(call: Call, email: str, password_hash: str) -> tuple[User, bool]:
    """Give who has this e-mail this hash, or create that person; answers whether they existed."""
    while (found := await _find(call, email)) is None:
        created = await sign_up(call, email, password_hash)
        if created is not None:
            return created, False
    internal_id = found.method.internal_id

    async def replace(tx: Connection) -> None:
        await store.change_hash(tx, call.app_id, internal_id, password_hash)
        await factors_changed(tx, call.services.recipes, call.app_id, internal_id)
        await record(tx, call, Action.PASSWORD_CHANGED, internal_id)

    await call.database.transaction(replace)
    return found.user, True


async def create_reset_token(call: Call, user_id: str, email: str | None) -> str | None:
    """Make a token for any user, also one without a password; None when nobody has the id.

    email: what the token will be answered with; the user's own for clients before CDI 4.0, which give none.
    """
    if call.version < V4_0:
        return await _create_reset_token_for_own_email(call, user_id)
    ids = await users_store.find_user_ids(call.database, call.app_id, user_id)
    return None if ids is None else await _store_reset_token(call, ids.internal_id, email or "")


async def consume_reset_token(call: Call, token: str) -> Json | None:
    """Use up a token, and with it all tokens of its user. None when it is unknown, used or expired.

    Of any number of callers at once, one is given the user's id (effective) and the e-mail.
    """
    found = await store.consume_reset_token(call.database, call.app_id, sha256_hex(token))
    if found is None or found.expires_at <= call.now_ms():
        return None
    ids = await users_store.find_user_ids(call.database, call.app_id, found.user_id)
    return None if ids is None else {"userId": ids.id, "email": found.email}


async def reset_password(call: Call, token: str, new_password: str) -> str | None:
    """Change the password of the user of a token, whose id (effective) is answered; the token is used up with it.

    None when the token is unknown, used or expired, or when its user has no password to change.
    """
    password_hash = await call.services.passwords.hash(new_password, call.settings)

    async def reset(tx: Connection) -> str | None:
        found = await store.consume_reset_token(tx, call.app_id, sha256_hex(token))
        if found is None or found.expires_at <= call.now_ms():
            return None
        method = _own_method(await users_store.find_user_by_any_id(tx, call.app_id, found.user_id), found.user_id)
        if method is None:
            return None
        await store.change_hash(tx, call.app_id, method.internal_id, password_hash)
        await factors_changed(tx, call.services.recipes, call.app_id, method.internal_id)
        await record(tx, call, Action.PASSWORD_RESET, method.internal_id)
        return method.id

    return await call.database.transaction(reset)


async def find_by_id(call: Call, user_id: str) -> User | None:
    """The person with the login method of this recipe that has this id, shown with that login method alone."""
    user = await users_store.find_user_by_any_id(call.database, call.app_id, user_id)
    method = _own_method(user, user_id)
    return user.only(method) if user and method else None


async def find_by_email(call: Call, email: str) -> User | None:
    """Who signs in to the tenant with this e-mail (normalised)."""
    found = await _find(call, email)
    if found is None:
        return None
    return found.user if call.version >= V4_0 else found.user.only(found.method)


async def lift_limits(tx: Connection, app_id: str, user: User) -> bool:
    """Forget the wrong passwords of a person; whether there were any."""
    return await passwords.lift(
        tx, app_id, *(store.subject_of_account(method.internal_id) for method in user.login_methods)
    )


async def delete_expired_reset_tokens(services: Services) -> None:
    """Housekeeping: expired tokens are refused anyhow."""
    await store.delete_expired_reset_tokens(services.database, services.clock.now_ms())


async def _recognised(call: Call, stored: store.StoredPassword | None, device_token: str) -> Recognised | None:
    """The device, if it is one that the account's user trusts; looked for alike where there is no account."""
    user_id = "" if stored is None else stored.recipe_user_id
    ids = await users_store.find_user_ids(call.database, call.app_id, user_id)
    return await recognise(call, user_id if ids is None else ids.primary_id, device_token, None)


async def _record_lock(tx: Connection, call: Call, recipe_user_id: str) -> None:
    # Not a user who is being deleted: nobody is locked then.
    if await users_store.find_user_ids(tx, call.app_id, recipe_user_id) is not None:
        await record(tx, call, Action.ACCOUNT_LOCKED, recipe_user_id, details={"factor": RECIPE})


async def _find(call: Call, email: str) -> Found | None:
    return await users_store.find_by_email(call.database, call.app_id, call.tenant_id, RECIPE, email)


def _own_method(user: User | None, user_id: str) -> LoginMethod | None:
    method = None if user is None else user.method(user_id)
    return method if method is not None and method.recipe_id == RECIPE else None


async def _create_reset_token_for_own_email(call: Call, user_id: str) -> str | None:
    user = await users_store.find_user_by_any_id(call.database, call.app_id, user_id)
    if user is None:
        return None
    if len(user.login_methods) != 1:
        raise BadRequest("Please use CDI version >= 4.0")
    method = user.login_methods[0]
    if method.recipe_id != RECIPE:
        return None
    return await _store_reset_token(call, method.internal_id, method.email or "")


async def _store_reset_token(call: Call, internal_id: str, email: str) -> str:
    token = call.services.tokens.link_token()
    expires_at = call.now_ms() + call.settings.password_reset_token_lifetime
    record = store.ResetToken(internal_id, email, expires_at)
    await store.create_reset_token(call.database, call.app_id, sha256_hex(token), record)
    return token
