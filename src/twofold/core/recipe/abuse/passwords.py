# SPDX-License-Identifier: Apache-2.0
"""Slows down who guesses passwords, without keeping the owner of the account out.

Each account has a budget of wrong passwords per network that they come from, and one for all networks in which nobody
signed in to it lately. So a botnet that spends the second one does not concern the owner at home, and a neighbour who
spends the first one does not concern the owner elsewhere. A sign-in gives back what was wrong in its own network. A new
password fills everything up; links, codes and passkeys never ask.

Where both are spent, by whomever, a device that the account's user trusts has a budget of its own: nobody can spend it
who does not hold the device's token.

What is missing is read by the statement that finds the hash, and a right password for an account where nothing is
missing writes nothing (once a day its network is remembered). A guess is begun before the password is looked at if
anything is missing already, or if another one for the account is under way in this process; else it is counted when it
was wrong. So at most one guess per process is looked at beyond the budget.

Where the network is not known, all networks of an account are one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from twofold.core.config import Settings
from twofold.core.recipe.abuse import store
from twofold.core.recipe.abuse.budgets import Budget, Limit
from twofold.core.storage.database import Connection, Database
from twofold.core.tokens import sha256_hex

DAY_MS: Final = 86_400_000
KNOWN_FOR_MS: Final = 90 * DAY_MS
STRANGERS: Final = "passwords of strangers"
_KNOWN: Final = "known"


def limit_of_network(settings: Settings) -> Limit:
    """The limit on wrong passwords per account and network."""
    return Limit(settings.password_guess_budget, settings.password_guess_refill_sec * 1000)


def limit_of_strangers(settings: Settings) -> Limit:
    """The limit on wrong passwords per account from all networks that are not known."""
    return Limit(settings.password_stranger_budget, settings.password_stranger_refill_sec * 1000)


def budget_names(network: str) -> list[str]:
    """The budgets of an account that concern a client in this network."""
    return [STRANGERS, _of_network(network), _known(network)]


async def lift(connection: Connection, app_id: str, *subjects: str) -> bool:
    """Forget the wrong passwords of accounts, and not from where their users sign in; whether there were any."""
    return await store.fill_but(connection, app_id, _KNOWN, *subjects)


@dataclass(frozen=True, slots=True)
class Throttled:
    """The password was not looked at."""

    retry_after_ms: int


@dataclass(slots=True)
class PasswordGuess:
    """A password that somebody typed. subject: the account's. full_at: of those of its budgets that were found.

    device_id: on which trusted device of the account's user, once the other budgets are spent.
    is_last: whether it was the last one that is looked at for a while, should it have been wrong.
    """

    app_id: str
    subject: str
    network: str
    settings: Settings
    now_ms: int
    full_at: Mapping[str, int]
    device_id: str = field(default="", repr=False)
    is_begun: bool = field(default=False, init=False)
    is_last: bool = field(default=False, init=False)

    def on_device(self, device_id: str) -> "PasswordGuess":
        """The same guess, to be taken from the budget of a trusted device alone."""
        return replace(self, device_id=device_id)

    async def begin(self, database: Database, *, is_alone: bool) -> Throttled | None:
        """Decide whether the password may be looked at; None when it may.

        is_alone: whether no other guess at this account is under way in this process.
        """
        wait_ms = max(budget.wait_ms(self.full_at.get(budget.name, 0), self.now_ms) for budget in self._budgets)
        if wait_ms > 0:
            return Throttled(wait_ms)
        if is_alone and not self._missing:
            return None
        self.is_begun = await database.transaction(self._take_all)
        return None if self.is_begun else Throttled(self._budgets[0].limit.refill_ms)

    async def failed(self, database: Database) -> None:
        """The password was wrong."""
        if not self.is_begun:
            await database.transaction(self._take_all)

    async def succeeded(self, database: Database) -> None:
        """The password was right: give back what was wrong in this network, and remember that it is known."""
        if self.is_begun or self._missing:
            await database.transaction(self._give_back)
        known = Budget(_known(self.network), self.subject, Limit(1, KNOWN_FOR_MS))
        if self.network and self.full_at.get(known.name, 0) < self.now_ms + KNOWN_FOR_MS - DAY_MS:
            await store.put(database, self.app_id, known, self.now_ms + KNOWN_FOR_MS)

    @property
    def _of_network(self) -> Budget:
        return Budget(_of_network(self.network), self.subject, limit_of_network(self.settings))

    @property
    def _of_strangers(self) -> Budget:
        return Budget(STRANGERS, self.subject, limit_of_strangers(self.settings))

    @property
    def _budgets(self) -> list[Budget]:
        if self.device_id:
            return [Budget(f"passwords on {self.device_id}", self.subject, limit_of_network(self.settings))]
        is_known = self.full_at.get(_known(self.network), 0) > self.now_ms
        return [self._of_network] if is_known else [self._of_network, self._of_strangers]

    @property
    def _missing(self) -> bool:
        return any(self.full_at.get(budget.name, 0) > self.now_ms for budget in self._budgets)

    async def _take_all(self, tx: Connection) -> bool:
        self.is_last = False
        for number, budget in enumerate(self._budgets):
            full_at = await store.take_until(tx, self.app_id, budget, self.now_ms)
            if full_at is None:
                self.is_last = False
                for taken in self._budgets[:number]:
                    await store.give_back(tx, self.app_id, taken, 1)
                return False
            self.is_last |= budget.wait_ms(full_at, self.now_ms) > 0
        return True

    async def _give_back(self, tx: Connection) -> None:
        own, *of_strangers = self._budgets
        failures = await store.remove(tx, self.app_id, own, self.now_ms)
        for budget in of_strangers:
            await store.give_back(tx, self.app_id, budget, failures)


def _of_network(network: str) -> str:
    return f"passwords {sha256_hex(network)}"


def _known(network: str) -> str:
    return f"{_KNOWN} {sha256_hex(network)}"
