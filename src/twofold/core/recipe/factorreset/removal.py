# SPDX-License-Identifier: Apache-2.0
"""Takes factors from a person, and ends everything that was opened with them: in the caller's transaction."""

from typing import Final

from twofold.core._endpoint import Call
from twofold.core.recipe.recoverycodes import store as recoverycodes
from twofold.core.recipe.totp import store as totp
from twofold.core.storage.database import Connection
from twofold.core.users import credentials, deletion, store
from twofold.core.users.factors import factors_changed
from twofold.core.users.model import LoginMethod, User
from twofold.core.users.rules import update_contact

TOTP, WEBAUTHN, RECOVERY_CODE, TRUSTED_DEVICE = "totp", "webauthn", "recovery-code", "trusted-device"
BY_EMAIL: Final = frozenset({"otp-email", "link-email"})
BY_PHONE: Final = frozenset({"otp-phone", "link-phone"})
RESETTABLE: Final = (TOTP, WEBAUTHN, *sorted(BY_EMAIL), *sorted(BY_PHONE), RECOVERY_CODE, TRUSTED_DEVICE)


class NothingLeft(Exception):
    """The person would have no way to sign in any more."""


async def remove(tx: Connection, call: Call, user: User, factors: list[str]) -> None:
    """Take these factors from a person, and end all sessions. Raises NothingLeft, which undoes it all.

    Recovery codes and trusted devices go with any of them: they stood in for what is lost.
    """
    if TOTP in factors:
        await totp.forget_user(tx, call.app_id, user.id)
    if WEBAUTHN in factors:
        await _remove_passkeys(tx, call, user)
    if BY_EMAIL & set(factors):
        await _remove_contact(tx, call, user.id, "email")
    if BY_PHONE & set(factors):
        await _remove_contact(tx, call, user.id, "phone_number")
    await recoverycodes.forget(tx, call.app_id, user.id)
    await factors_changed(tx, call.services.recipes, call.app_id, user.internal_id)
    for user_id in sorted({user.id, *(method.id for method in user.login_methods)}):
        for recipe in call.services.recipes:
            if recipe.end_sessions is not None:
                await recipe.end_sessions(tx, call.app_id, user_id)


async def _remove_passkeys(tx: Connection, call: Call, user: User) -> None:
    """Those of a login method stay a login method: its owner registers a new one by a mail to its address."""
    for method in user.login_methods:
        for credential_id in method.credential_ids:
            await credentials.remove_credential(tx, call.app_id, method.internal_id, credential_id)


async def _remove_contact(tx: Connection, call: Call, user_id: str, kind: str) -> None:
    """Remove the addresses, or numbers, that codes and links are sent to, from the person as it is now."""
    user = await store.lock_user(tx, call.app_id, user_id)
    for method in () if user is None else user.login_methods:
        if method.recipe_id == "passwordless" and getattr(method, kind) is not None:
            await _remove_contact_of(tx, call, user_id, method, kind)


async def _remove_contact_of(tx: Connection, call: Call, user_id: str, method: LoginMethod, kind: str) -> None:
    if method.email is not None and method.phone_number is not None:
        changes: dict[str, None] = {kind: None}
        await update_contact(tx, call.app_id, "passwordless", method.internal_id, **changes)
        return
    user = await store.lock_user(tx, call.app_id, user_id)
    if user is None or len(user.login_methods) == 1:
        raise NothingLeft
    await deletion.delete_member(tx, call.services.recipes, call.app_id, user, method, call.now_ms())
