# SPDX-License-Identifier: Apache-2.0
"""Rules of passkeys. An answer is checked before the transaction that uses up its challenge, never inside.

What cannot be done raises Refused, which carries the answer to give.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from twofold.core._endpoint import Call
from twofold.core._fields import Json
from twofold.core._lazy import LazyModule
from twofold.core.recipe.audit import Action, record
from twofold.core.recipe.webauthn import options, store
from twofold.core.recipe.webauthn.options import RECIPE
from twofold.core.recipe.webauthn.store import Options
from twofold.core.services import Services
from twofold.core.storage.database import Connection
from twofold.core.tenancy.names import PUBLIC
from twofold.core.users import credentials
from twofold.core.users import store as users_store
from twofold.core.users.credentials import Credential
from twofold.core.users.factors import LastFactor, factors_changed, require_one_left
from twofold.core.users.last_active import touch_last_active, touch_last_active_of_user
from twofold.core.users.model import Found, LoginMethod, NewLoginMethod, User
from twofold.core.users.rules import Refused, create_login_method, unknown_user, update_contact
from twofold.core.version import V5_5

if TYPE_CHECKING:
    from webauthn.registration.verify_registration_response import VerifiedRegistration

    from twofold.core.recipe.webauthn import ceremony
else:
    # Its library doubles the start-up time and memory of a core, and without passkeys nobody needs it.
    ceremony = LazyModule("twofold.core.recipe.webauthn.ceremony")

REGISTERED_ALREADY: Final = "The credential is registered already"


@dataclass(frozen=True, slots=True)
class Registered:
    """A credential that was stored, the login method it belongs to, and the options that it answered."""

    credential: Credential
    user: User
    method: LoginMethod
    options: Options


async def find_options(call: Call, options_id: str) -> Options:
    """A ceremony that began in this tenant; it may have expired."""
    return await _find_options(call, (call.tenant_id,), options_id)


async def remove_options(call: Call, options_id: str) -> None:
    """End a ceremony that began in this tenant."""
    if not await store.delete_options(call.database, call.app_id, call.tenant_id, options_id):
        raise options.not_found()


async def sign_up(call: Call, options_id: str, credential: Json) -> Registered:
    """Create a person with the e-mail of the options and a first passkey. The options are used up with it.

    The person's id is that of the options, by which the authenticator knows them unless the e-mail had somebody else.
    """
    begun, verified = await _verify_registration(call, (call.tenant_id,), options_id, credential)
    now_ms = call.now_ms()
    added = ceremony.new_credential(verified, begun, begun.options_id, now_ms)

    async def create(tx: Connection) -> Registered:
        await _consume(tx, call, begun)
        new = NewLoginMethod(RECIPE, begun.options_id, now_ms, email=begun.email)
        user = await create_login_method(tx, call.app_id, call.tenant_id, new)
        if user is None:
            raise Refused("EMAIL_ALREADY_EXISTS_ERROR")
        if not await credentials.add_credential(tx, call.app_id, added):
            raise ceremony.invalid_credentials(REGISTERED_ALREADY)
        await touch_last_active(tx, call.app_id, new.internal_id, now_ms)
        (method,) = user.login_methods
        with_credential = replace(method, credential_ids=(added.credential_id,))
        return Registered(added, user.with_changed(method, with_credential), with_credential, begun)

    return await call.database.transaction(create)


async def sign_in(call: Call, options_id: str, credential: Json) -> Found:
    """Who the credential belongs to, if they can sign in to this tenant. The options are used up with it.

    Clients before CDI 5.5 check the same assertion twice in one sign-in, and read the options in between: from them
    it is accepted once more, and nothing else is.
    """
    begun = await find_options(call, options_id)
    _require_kind(begun, is_registration=False)
    _require_time_left(call, begun)
    credential_id = ceremony.credential_id_of(credential)
    known = await credentials.find_credential(call.database, call.app_id, begun.relying_party_id, credential_id)
    if known is None:
        raise Refused("CREDENTIAL_NOT_FOUND_ERROR")
    assertion = ceremony.parse_assertion(credential)
    assertion_hash = ceremony.hash_of(assertion)
    may_repeat = call.version < V5_5
    is_repeated = begun.assertion_hash is not None
    if is_repeated and not (may_repeat and begun.assertion_hash == assertion_hash):
        raise options.not_found()
    sign_count = None if is_repeated else ceremony.verify_assertion(assertion, begun, known)

    async def use(tx: Connection) -> Found:
        if may_repeat:
            await _use_for_one_assertion(tx, call, begun, assertion_hash)
        else:
            await _consume(tx, call, begun)
        if sign_count is not None and not await credentials.record_use(
            tx, call.app_id, known, sign_count, call.now_ms()
        ):
            raise ceremony.invalid_authenticator("The credential was used or removed at the same time")
        user, method = await _find_own_method(tx, call, known.recipe_user_id)
        if call.tenant_id not in method.tenant_ids:
            raise unknown_user()
        await touch_last_active_of_user(tx, call.app_id, user, call.now_ms())
        return Found(user, method)

    return await call.database.transaction(use)


async def register_credential(call: Call, user_id: str, options_id: str, credential: Json) -> Registered:
    """Add a passkey to a login method of this recipe. The options are used up with it.

    Clients register at the app, wherever the ceremony began: there, options of each tenant of the login method count.
    """
    user = await users_store.find_user_by_any_id(call.database, call.app_id, user_id)
    method = None if user is None else user.method(user_id)
    own_tenant_ids = method.tenant_ids if method is not None and call.tenant_id == PUBLIC else ()
    begun, verified = await _verify_registration(call, (call.tenant_id, *own_tenant_ids), options_id, credential)

    async def register(tx: Connection) -> Registered:
        await users_store.lock_user(tx, call.app_id, user_id)
        user, method = await _find_own_method(tx, call, user_id)
        await _consume(tx, call, begun)
        added = ceremony.new_credential(verified, begun, method.internal_id, call.now_ms())
        if not await credentials.add_credential(tx, call.app_id, added):
            raise Refused("CREDENTIAL_ALREADY_EXISTS_ERROR")
        await factors_changed(tx, call.services.recipes, call.app_id, method.internal_id)
        await record(tx, call, Action.FACTOR_ADDED, user_id, details={"factor": RECIPE})
        return Registered(added, user, method, begun)

    return await call.database.transaction(register)


async def find_credential(call: Call, user_id: str, credential_id: str) -> tuple[LoginMethod, Credential]:
    """A passkey of a login method."""
    for method, credential in await list_credentials(call, user_id):
        if credential.credential_id == credential_id:
            return method, credential
    raise Refused("CREDENTIAL_NOT_FOUND_ERROR")


async def list_credentials(call: Call, user_id: str) -> list[tuple[LoginMethod, Credential]]:
    """The passkeys of a login method, the first made first; none for an unknown id."""
    try:
        _, method = await _find_own_method(call.database, call, user_id)
    except Refused:
        return []
    found = await credentials.list_credentials(call.database, call.app_id, method.internal_id)
    return [(method, credential) for credential in found]


async def has_factor(connection: Connection, app_id: str, user: User) -> bool:
    """Whether a person has a passkey."""
    for method in user.login_methods:
        if await credentials.list_credentials(connection, app_id, method.internal_id):
            return True
    return False


async def remove_credential(call: Call, user_id: str, credential_id: str, keep_one_of: Sequence[str] = ()) -> None:
    """Remove a passkey of a login method, also its last one.

    keep_one_of: as `require_one_left` says; of several removals at once, the last ones fail.
    """
    ids = await users_store.find_user_ids(call.database, call.app_id, user_id)
    if ids is None:
        raise Refused("CREDENTIAL_NOT_FOUND_ERROR")

    async def remove(tx: Connection) -> None:
        await users_store.lock_user(tx, call.app_id, user_id)
        if not await credentials.remove_credential(tx, call.app_id, ids.internal_id, credential_id):
            raise Refused("CREDENTIAL_NOT_FOUND_ERROR")
        try:
            await require_one_left(tx, call.services.recipes, call.app_id, user_id, keep_one_of)
        except LastFactor:
            raise Refused("LAST_FACTOR_ERROR") from None
        await factors_changed(tx, call.services.recipes, call.app_id, ids.internal_id)
        await record(tx, call, Action.FACTOR_REMOVED, user_id, details={"factor": RECIPE})

    await call.database.transaction(remove)


async def update_email(call: Call, user_id: str, email: str) -> None:
    """Change the e-mail (normalised) of a login method of this recipe. Recovery tokens of before are worthless then."""

    async def update(tx: Connection) -> None:
        before = await update_contact(tx, call.app_id, RECIPE, user_id, email=email)
        if before.email != email:
            await store.forget_recovery_tokens(tx, call.app_id, before.internal_id)
            await factors_changed(tx, call.services.recipes, call.app_id, before.internal_id)
            await record(tx, call, Action.CONTACT_CHANGED, before.internal_id, details={"kinds": ["email"]})

    try:
        await call.database.transaction(update)
    except Refused as refused:
        if refused.answer["status"] != "EMAIL_CHANGE_NOT_ALLOWED_ERROR":
            raise
        raise Refused("USER_WITH_EMAIL_ALREADY_EXISTS_ERROR") from refused


async def delete_expired_options(services: Services) -> None:
    """Housekeeping: expired options are refused anyhow."""
    await store.delete_expired_options(services.database, services.clock.now_ms())


async def _find_options(call: Call, tenant_ids: tuple[str, ...], options_id: str) -> Options:
    found = await store.find_options(call.database, call.app_id, tenant_ids, options_id)
    if found is None:
        raise options.not_found()
    return found


async def _verify_registration(
    call: Call, tenant_ids: tuple[str, ...], options_id: str, credential: Json
) -> "tuple[Options, VerifiedRegistration]":
    begun = await _find_options(call, tenant_ids, options_id)
    _require_kind(begun, is_registration=True)
    _require_time_left(call, begun)
    return begun, ceremony.verify_registration(credential, begun)


def _require_kind(begun: Options, *, is_registration: bool) -> None:
    if (begun.email is not None) is not is_registration:
        raise options.invalid_options("The options were made for the other ceremony")


def _require_time_left(call: Call, begun: Options) -> None:
    if begun.expires_at <= call.now_ms():
        raise options.invalid_options("Options expired")


async def _consume(tx: Connection, call: Call, begun: Options) -> None:
    if not await store.consume_options(tx, call.app_id, begun, call.now_ms()):
        raise options.not_found()


async def _use_for_one_assertion(tx: Connection, call: Call, begun: Options, assertion_hash: str) -> None:
    if not await store.use_for_one_assertion(tx, call.app_id, begun, assertion_hash, call.now_ms()):
        raise options.not_found()


async def _find_own_method(connection: Connection, call: Call, user_id: str) -> tuple[User, LoginMethod]:
    """The person and the login method of this recipe that has an id."""
    user = await users_store.find_user_by_any_id(connection, call.app_id, user_id)
    method = None if user is None else user.method(user_id)
    if user is None or method is None or method.recipe_id != RECIPE:
        raise unknown_user()
    return user, method
