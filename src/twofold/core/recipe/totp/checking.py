# SPDX-License-Identifier: Apache-2.0
"""Checks codes. Each time step is accepted once per user and tenant, and wrong codes are limited.

They are limited twice: in a row, per tenant (attempts.py), and in the long run, over all tenants (abuse/guessing.py).

One transaction per code: it locks the user's devices and attempts, so that a hundred tries at once are a hundred tries
one after the other, whoever asks and on whichever node.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from twofold.core._endpoint import Call
from twofold.core.recipe.abuse import guessing
from twofold.core.recipe.abuse.guessing import Guess
from twofold.core.recipe.audit import Action, record
from twofold.core.recipe.totp import codes, store
from twofold.core.recipe.totp.attempts import Limit
from twofold.core.recipe.totp.rules import FACTOR, UnknownDevice, kept_within, secret_context
from twofold.core.recipe.totp.store import Device
from twofold.core.storage.database import Connection
from twofold.core.users.factors import factors_changed

# Longer texts are no code, whatever the number of digits: they are not worth remembering.
MAX_CODE_LENGTH = 8


class UnknownUser(Exception):
    """The user has no device at all."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a code. retry_after_ms: it was not looked at, since the limit of wrong codes is reached."""

    is_right: bool
    failed_attempts: int = 0
    max_attempts: int = 0
    retry_after_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Checker:
    """Checks the codes of one user in one tenant, at one moment. context: as of a `Guess`."""

    call: Call
    user_id: str
    now_ms: int
    context: str = ""

    async def verify_device(self, device_name: str, code: str) -> Verdict | None:
        """Check a code of a device, which verifies it; None when it was verified before. Raises UnknownDevice."""

        async def verify(tx: Connection) -> Verdict | None:
            device = (await store.lock_devices(tx, self.call.app_id, self.user_id)).get(device_name)
            if device is None:
                raise UnknownDevice
            if device.is_verified:
                return None
            verdict = await self._check(tx, [device], code)
            if verdict.is_right:
                await store.mark_verified(tx, self.call.app_id, device)
                await factors_changed(tx, self.call.services.recipes, self.call.app_id, self.user_id)
                details = {"factor": FACTOR, "name": device_name}
                await record(tx, self.call, Action.FACTOR_ADDED, self.user_id, details=details)
            return verdict

        return await self.call.database.transaction(verify)

    async def verify_code(self, code: str) -> Verdict:
        """Check a code of any verified device. Raises UnknownUser when there is no device, verified or not."""

        async def verify(tx: Connection) -> Verdict:
            devices = await store.lock_devices(tx, self.call.app_id, self.user_id)
            if not devices:
                raise UnknownUser
            return await self._check(tx, [item for item in devices.values() if item.is_verified], code)

        return await self.call.database.transaction(verify)

    async def _check(self, tx: Connection, devices: list[Device], code: str) -> Verdict:
        limit = Limit.of(self.call.settings)
        forget_at = self.now_ms + limit.cooldown_ms
        key = (self.call.app_id, self.call.tenant_id, self.user_id)
        budget = self._guess.of_account
        failed_at, full_at = await store.lock_attempts(tx, *key, forget_at, budget)
        recent = limit.recent(failed_at)
        # Who sets a device up knows its secret: there is nothing to be guessed.
        is_guess = all(device.is_verified for device in devices)
        wait_ms = max(limit.wait_ms(recent, self.now_ms), is_guess * budget.wait_ms(full_at, self.now_ms))
        if wait_ms > 0:
            return Verdict(False, limit.max_attempts, limit.max_attempts, wait_ms)
        if limit.is_full(recent):
            recent = []
        if len(code) <= MAX_CODE_LENGTH:
            matches = self._matching(devices, code)
            is_right = await self._use(tx, matches)
            # A code that was used before is no guess: its owner sent it twice.
            if is_guess and (is_right or not matches):
                full_at = await self._count(tx, full_at, is_right=is_right)
            failed_at = [] if is_right else [*recent, self.now_ms]
            await store.write_attempts(tx, *key, failed_at, forget_at)
            if is_right:
                return Verdict(True)
            if limit.is_full(failed_at) or budget.wait_ms(full_at, self.now_ms) > 0:
                await record(tx, self.call, Action.ACCOUNT_LOCKED, self.user_id, details={"factor": FACTOR})
        return Verdict(False, len(recent) + 1, limit.max_attempts)

    @property
    def _guess(self) -> Guess:
        return Guess(FACTOR, self.user_id, guessing.limit_of_codes(self.call.settings), self.context)

    async def _count(self, tx: Connection, full_at: int, *, is_right: bool) -> int:
        """Take a wrong code from the user's budget; a right one gives back what failed in its context.

        Returns when the budget will be full again, after a wrong one.
        """
        app_id = self.call.app_id
        if not is_right:
            await guessing.begin(tx, app_id, self._guess, self.now_ms)
            await guessing.failed(tx, app_id, self._guess, self.now_ms)
            return max(full_at, self.now_ms) + self._guess.limit.refill_ms
        if full_at > self.now_ms:
            await guessing.forgive(tx, app_id, self._guess, self.now_ms)
        return full_at

    def _matching(self, devices: Iterable[Device], code: str) -> dict[str, int]:
        """The time steps that have the code, and until when each is to be remembered."""
        matches: dict[str, int] = {}
        for stored in devices:
            device = kept_within(self.call.settings, stored)
            steps = codes.steps_around(self._unseal(device), self.now_ms, device.period_seconds, device.skew)
            expires_at = self.now_ms + device.period_seconds * 1000 * (2 * device.skew + 1)
            for digest in codes.matching(code, steps):
                matches[digest] = max(expires_at, matches.get(digest, 0))
        return matches

    async def _use(self, tx: Connection, matches: dict[str, int]) -> bool:
        """Use each of these time steps up; whether there is one, and none was used before."""
        used = [
            await store.use_step(tx, self.call.app_id, self.call.tenant_id, self.user_id, digest, expires_at)
            for digest, expires_at in sorted(matches.items())
        ]
        return bool(used) and all(used)

    def _unseal(self, device: Device) -> str:
        context = secret_context(self.call.app_id, self.user_id)
        return self.call.services.sealer.unseal(device.secret, context).decode()
