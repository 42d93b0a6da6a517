# SPDX-License-Identifier: Apache-2.0
"""The limit on wrong codes: after `totp_max_attempts` of them in a row a user waits for the cooldown, in one tenant.

Wrong codes count as long as they are less than a cooldown older than the last of them; an accepted code ends the row.
"""

from dataclasses import dataclass

from twofold.core.config import Settings


@dataclass(frozen=True, slots=True)
class Limit:
    """How many wrong codes in a row are allowed, and how long the user waits then."""

    max_attempts: int
    cooldown_ms: int

    @classmethod
    def of(cls, settings: Settings) -> "Limit":
        """The limit of a tenant."""
        return cls(settings.totp_max_attempts, settings.totp_rate_limit_cooldown_sec * 1000)

    def recent(self, failed_at: list[int]) -> list[int]:
        """Those of the times, oldest first, that still count."""
        return [time for time in failed_at[-self.max_attempts :] if time > failed_at[-1] - self.cooldown_ms]

    def is_full(self, recent: list[int]) -> bool:
        """Whether the last of these used the limit up."""
        return len(recent) >= self.max_attempts

    def wait_ms(self, recent: list[int], now_ms: int) -> int:
        """How long no code is looked at; 0 or less when the limit is not reached or the cooldown is over."""
        return self.cooldown_ms - (now_ms - recent[-1]) if self.is_full(recent) else 0
