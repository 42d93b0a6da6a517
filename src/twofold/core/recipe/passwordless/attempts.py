# SPDX-License-Identifier: Apache-2.0
"""Using a code: what counts, what is refused, and who is signed in. Each attempt is decided in one transaction.

Order of locks: the contact's budget of wrong codes, then the device. So attempts for one contact come one after the
other: of any number of right codes at once one wins, and no more wrong ones are evaluated than the device allows.
"""

from dataclasses import dataclass, replace

from twofold.core._endpoint import Call
from twofold.core._fields import Json
from twofold.core.errors import BadRequest
from twofold.core.recipe.abuse import guessing
from twofold.core.recipe.abuse import store as abuse
from twofold.core.recipe.abuse.guessing import Guess
from twofold.core.recipe.passwordless import budget, rules, store, values
from twofold.core.recipe.passwordless.store import Device
from twofold.core.recipe.passwordless.values import Contact
from twofold.core.storage.database import Connection
from twofold.core.users.last_active import touch_last_active_of_user
from twofold.core.users.model import Found, NewLoginMethod
from twofold.core.users.rules import create_login_method
from twofold.core.users.verified import mark_verified
from twofold.core.version import V4_0


@dataclass(frozen=True, slots=True, repr=False)
class LinkCode:
    """Somebody followed a link."""

    link_code: bytes


@dataclass(frozen=True, slots=True, repr=False)
class TypedCode:
    """Somebody typed a code in the browser that holds the device id."""

    device_id: bytes
    user_input_code: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The attempt failed, and this is the answer."""

    answer: Json


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The attempt succeeded: who signed in, with which login method, on which device."""

    found: Found
    device: Device
    is_new: bool


RESTART = Failed({"status": "RESTART_FLOW_ERROR"})


@dataclass(frozen=True, slots=True, repr=False)
class _Attempt:
    """An attempt whose device was found, ready to be decided. guess: of a code that was typed; links have none."""

    call: Call
    device: Device
    link_code_hash: str
    guess: Guess | None
    now_ms: int

    @property
    def where(self) -> tuple[str, str]:
        return self.call.app_id, self.call.tenant_id


async def check(
    call: Call, pre_auth_session_id: str, code: LinkCode | TypedCode, *, uses_up: bool = False
) -> Device | Failed:
    """Whether a code is right; it stays usable, unless it `uses_up` all flows of its contact as `consume` does.

    A wrong one counts as when it is consumed. Raises BadRequest.
    """
    attempt = await _prepare(call, pre_auth_session_id, code)
    if attempt is None:
        return RESTART

    async def decide(tx: Connection) -> Device | Failed:
        decided = await _decide(tx, attempt)
        if isinstance(decided, Device) and uses_up:
            await _end_flows(tx, attempt, decided, [decided.contact])
        elif isinstance(decided, Device):
            await _give_back(tx, attempt)
        return decided

    return await call.database.transaction(decide)


async def consume(call: Call, pre_auth_session_id: str, code: LinkCode | TypedCode) -> SignedIn | Failed:
    """Use up a code, with all flows of its contact, and sign its person in or up. Raises BadRequest."""
    attempt = await _prepare(call, pre_auth_session_id, code)
    if attempt is None:
        return RESTART

    async def decide(tx: Connection) -> SignedIn | Failed:
        decided = await _decide(tx, attempt)
        return decided if isinstance(decided, Failed) else await _sign_in_up(tx, attempt, decided)

    return await call.database.transaction(decide)


async def _prepare(call: Call, pre_auth_session_id: str, code: LinkCode | TypedCode) -> _Attempt | None:
    """Find the device without locking it; None when the flow must be restarted. Nothing is counted yet."""
    now_ms, guess = call.now_ms(), None
    if isinstance(code, LinkCode):
        link_code_hash = values.link_code_hash(code.link_code)
        found = await store.find_device_of_link(call.database, call.app_id, call.tenant_id, link_code_hash)
        if found is None or _is_expired(call, found[1], now_ms):
            return None
        device = found[0]
    else:
        key = values.pre_auth_session_id(code.device_id)
        known = await store.find_device(call.database, call.app_id, call.tenant_id, key)
        if known is None:
            return None
        device = known
        link_code = values.link_code(code.device_id, device.link_code_salt, code.user_input_code)
        link_code_hash = values.link_code_hash(link_code)
        guess = budget.guess_at(device.contact, call.settings, code.user_input_code)
    if pre_auth_session_id != device.device_id_hash:
        raise BadRequest("preAuthSessionId and deviceId doesn't match")
    return _Attempt(call, device, link_code_hash, guess, now_ms)


async def _decide(tx: Connection, attempt: _Attempt) -> Device | Failed:
    """The device when the code is right, with the attempts that failed before; else the answer, once it is counted."""
    app_id, guess = attempt.call.app_id, attempt.guess
    if guess is not None and not await guessing.begin(tx, app_id, guess, attempt.now_ms):
        return RESTART
    key = attempt.device.device_id_hash
    locked = await store.lock_device_with_code(tx, *attempt.where, key, attempt.link_code_hash)
    if locked is None or locked.failed_attempts >= attempt.call.settings.passwordless_max_code_input_attempts:
        await _give_back(tx, attempt)  # it was not looked at
        if locked is not None:
            await store.delete_device(tx, *attempt.where, key)
        return RESTART
    created_at = locked.code_created_at
    if created_at is not None and not _is_expired(attempt.call, created_at, attempt.now_ms):
        return replace(attempt.device, failed_attempts=locked.failed_attempts)
    if guess is None:
        return RESTART
    status = "INCORRECT_USER_INPUT_CODE_ERROR" if created_at is None else "EXPIRED_USER_INPUT_CODE_ERROR"
    return await _count_failure(tx, attempt, status, locked.failed_attempts + 1)


async def _give_back(tx: Connection, attempt: _Attempt) -> None:
    if attempt.guess is not None:
        await abuse.give_back(tx, attempt.call.app_id, attempt.guess.of_account, 1)


async def _count_failure(tx: Connection, attempt: _Attempt, status: str, failed_attempts: int) -> Failed:
    maximum = attempt.call.settings.passwordless_max_code_input_attempts
    if failed_attempts >= maximum:
        await store.delete_device(tx, *attempt.where, attempt.device.device_id_hash)
        return RESTART
    await store.count_failed_attempt(tx, *attempt.where, attempt.device.device_id_hash)
    return Failed(
        {
            "status": status,
            "failedCodeInputAttemptCount": failed_attempts,
            "maximumCodeInputAttempts": maximum,
        }
    )


async def _sign_in_up(tx: Connection, attempt: _Attempt, device: Device) -> SignedIn | Failed:
    call, contact = attempt.call, device.contact
    found = await rules.find_login_method(tx, call, contact)
    await _end_flows(tx, attempt, device, [contact] if found is None else _contacts(contact, found))
    signed_in = await _sign_up(tx, call, device) if found is None else await _sign_in(tx, call, device, found)
    if signed_in is None:
        return RESTART  # someone took the contact at the same time
    await touch_last_active_of_user(tx, call.app_id, signed_in.found.user, call.now_ms())
    return signed_in


async def _end_flows(tx: Connection, attempt: _Attempt, device: Device, contacts: list[Contact]) -> None:
    """After a right code: use up all flows of these contacts, and give back what was guessed on its device."""
    call = attempt.call
    guess = attempt.guess or budget.guess_at_short(device.contact, call.settings)
    given_back = device.failed_attempts + (attempt.guess is not None)
    await store.end_flows(tx, call.database.dialect, *attempt.where, contacts, guess.of_account, given_back)


async def _sign_up(tx: Connection, call: Call, device: Device) -> SignedIn | None:
    contact = device.contact
    new = NewLoginMethod(
        rules.RECIPE,
        call.services.tokens.uuid(),
        call.now_ms(),
        email=contact.email,
        phone_number=contact.phone_number,
        has_verified_email=contact.email is not None and call.version >= V4_0,
    )
    user = await create_login_method(tx, call.app_id, call.tenant_id, new)
    return None if user is None else SignedIn(Found(user, user.login_methods[0]), device, is_new=True)


async def _sign_in(tx: Connection, call: Call, device: Device, found: Found) -> SignedIn | None:
    email = device.contact.email
    if email is None or found.method.is_verified or call.version < V4_0:
        return SignedIn(found, device, is_new=False)
    await mark_verified(tx, call.app_id, found.method.id, email)
    again = await rules.find_login_method(tx, call, device.contact)
    return None if again is None else SignedIn(again, device, is_new=False)


def _contacts(contact: Contact, found: Found) -> list[Contact]:
    """The contact of the flow, and the other one of the same login method."""
    method = found.method
    other = Contact(phone_number=method.phone_number) if contact.email is not None else Contact(email=method.email)
    has_other = (method.phone_number if contact.email is not None else method.email) is not None
    return [contact, other] if has_other else [contact]


def _is_expired(call: Call, created_at: int, now_ms: int) -> bool:
    return created_at + call.settings.passwordless_code_lifetime < now_ms
