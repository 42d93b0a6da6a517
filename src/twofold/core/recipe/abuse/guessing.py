# SPDX-License-Identifier: Apache-2.0
"""Limits the wrong secrets that are looked at, per account and factor.

    guess = Guess("totp", user_id, limit, context=session_handle)
    if not await guessing.begin(connection, app_id, guess, now_ms):
        ...  # refuse: the secret is not looked at
    if is_right(secret):
        await guessing.succeeded(connection, app_id, guess, now_ms)
    else:
        await guessing.failed(connection, app_id, guess, now_ms)

`begin` takes from the account's budget before the secret is looked at, so that of any number of guesses at once, on any
number of nodes, no more are looked at than the budget has. A success gives back its own and what failed before in the
same *context* (a session, a challenge). What somebody else guessed elsewhere in the meantime stays taken: an attacker
who waits for the owner to sign in gains nothing, and an owner who mistypes loses nothing. Where the caller has no
context to tell (the SDKs of others), all guesses at the account have the same one.

A recipe that looks at one secret of an account after the other anyhow, under a lock, asks `find_wait_ms` instead,
begins a guess when it was wrong, and calls `forgive` when it was right: then a right one writes nothing.
"""

from dataclasses import dataclass

from twofold.core.config import Settings
from twofold.core.recipe.abuse import store
from twofold.core.recipe.abuse.budgets import Budget, Limit
from twofold.core.storage.database import Connection
from twofold.core.tokens import sha256_hex

HOUR_MS = 3_600_000


def limit_of_codes(settings: Settings) -> Limit:
    """The limit on codes that people type: short secrets of which few are right at a time."""
    return Limit(settings.guess_budget, settings.guess_refill_hours * HOUR_MS)


def subject_of(factor: str, account: str) -> str:
    """Whose budgets those of an account and a factor are."""
    return f"{factor} {account}"


@dataclass(frozen=True, slots=True)
class Guess:
    """A secret that somebody typed. account: whose it would be, an id that nobody else ever has."""

    factor: str
    account: str
    limit: Limit
    context: str = ""

    @property
    def of_account(self) -> Budget:
        """The budget that guesses are taken from."""
        return Budget("guesses", subject_of(self.factor, self.account), self.limit)

    @property
    def of_context(self) -> Budget:
        """Counts what failed in the context; nothing is refused by it."""
        return Budget(f"guesses {sha256_hex(self.context)}", self.of_account.subject, self.limit)


async def begin(connection: Connection, app_id: str, guess: Guess, now_ms: int) -> bool:
    """Take a guess from the account's budget; False when there is none: the secret must not be looked at then."""
    return await store.take(connection, app_id, guess.of_account, now_ms)


async def failed(connection: Connection, app_id: str, guess: Guess, now_ms: int) -> None:
    """Remember that a guess that was begun was wrong, so that a success in its context gives it back."""
    await store.take(connection, app_id, guess.of_context, now_ms)


async def succeeded(connection: Connection, app_id: str, guess: Guess, now_ms: int) -> None:
    """Give back a guess that was right, and those that failed before in its context."""
    await forgive(connection, app_id, guess, now_ms, begun=1)


async def forgive(connection: Connection, app_id: str, guess: Guess, now_ms: int, *, begun: int = 0) -> None:
    """Give back what failed before in a context, and what was `begun` since."""
    failures = await store.remove(connection, app_id, guess.of_context, now_ms)
    await store.give_back(connection, app_id, guess.of_account, failures + begun)


async def find_wait_ms(connection: Connection, app_id: str, guess: Guess, now_ms: int) -> int:
    """How long no guess is looked at; 0 when one would be now."""
    return await store.find_wait_ms(connection, app_id, guess.of_account, now_ms)
