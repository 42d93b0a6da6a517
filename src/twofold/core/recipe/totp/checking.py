# SPDX-License-Identifier: Apache-2.0
"""Checks codes. Each time step is accepted once per user and tenant, and wrong codes are limited (attempts.py).

One transaction per code: it locks the user's devices and attempts, so that a hundred tries at once are a hundred tries
one after the other, whoever asks and on whichever node.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from twofold.core.recipe.totp import codes, store
from twofold.core.recipe.totp.attempts import Limit
from twofold.core.recipe.totp.rules import UnknownDevice, secret_context
from twofold.core.recipe.totp.store import Device
from twofold.core.services import Services
from twofold.core.storage.database import Connection
from twofold.core.tenancy.directory import Tenant
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
    """Checks the codes of one user in one tenant, at one moment."""

    services: Services
    tenant: Tenant
    user_id: str
    now_ms: int

    async def verify_device(self, device_name: str, code: str) -> Verdict | None:
        """Check a code of a device, which verifies it; None when it was verified before. Raises UnknownDevice."""

        async def verify(tx: Connection) -> Verdict | None:
            device = (await store.lock_devices(tx, self.tenant.app_id, self.user_id)).get(device_name)
            if device is None:
                raise UnknownDevice
            if device.is_verified:
                return None
            verdict = await self._check(tx, [device], code)
            if verdict.is_right:
                await store.mark_verified(tx, self.tenant.app_id, device)
                await factors_changed(tx, self.services.recipes, self.tenant.app_id, self.user_id)
            return verdict

        return await self.services.database.transaction(verify)

    async def verify_code(self, code: str) -> Verdict:
        """Check a code of any verified device. Raises UnknownUser when there is no device, verified or not."""

        async def verify(tx: Connection) -> Verdict:
            devices = await store.lock_devices(tx, self.tenant.app_id, self.user_id)
            if not devices:
                raise UnknownUser
            return await self._check(tx, [item for item in devices.values() if item.is_verified], code)

        return await self.services.database.transaction(verify)

    async def _check(self, tx: Connection, devices: list[Device], code: str) -> Verdict:
        limit = Limit.of(self.tenant.settings)
        forget_at = self.now_ms + limit.cooldown_ms
        key = (self.tenant.app_id, self.tenant.tenant_id, self.user_id)
        failed_at = await store.lock_attempts(tx, *key, forget_at)
        recent = limit.recent(failed_at)
        wait_ms = limit.wait_ms(recent, self.now_ms)
        if wait_ms > 0:
            return Verdict(False, limit.max_attempts, limit.max_attempts, wait_ms)
        if limit.is_full(recent):
            recent = []
        if len(code) <= MAX_CODE_LENGTH:
            if await self._use(tx, devices, code):
                await store.write_attempts(tx, *key, [], forget_at)
                return Verdict(True)
            await store.write_attempts(tx, *key, [*recent, self.now_ms], forget_at)
        return Verdict(False, len(recent) + 1, limit.max_attempts)

    async def _use(self, tx: Connection, devices: Iterable[Device], code: str) -> bool:
        """Use up each time step that has the code; whether there was one, and none was used before."""
        matches: dict[str, int] = {}
        for device in devices:
            steps = codes.steps_around(self._unseal(device), self.now_ms, device.period_seconds, device.skew)
            expires_at = self.now_ms + device.period_seconds * 1000 * (2 * device.skew + 1)
            for digest in codes.matching(code, steps):
                matches[digest] = max(expires_at, matches.get(digest, 0))
        used = [
            await store.use_step(tx, self.tenant.app_id, self.tenant.tenant_id, self.user_id, digest, expires_at)
            for digest, expires_at in sorted(matches.items())
        ]
        return bool(used) and all(used)

    def _unseal(self, device: Device) -> str:
        context = secret_context(self.tenant.app_id, self.user_id)
        return self.services.sealer.unseal(device.secret, context).decode()
