# SPDX-License-Identifier: Apache-2.0
"""Limits messages: per address, account, network, country of a phone number, and tenant.

Who is asked for a code can be anybody, so that mails and messages are asked for in somebody else's name, to annoy them
or to earn from calls to expensive numbers. A message that any of the budgets refuses takes from none of them.
"""

from dataclasses import dataclass
from typing import Final

import phonenumbers

from twofold.core.config import Settings
from twofold.core.recipe.abuse import store
from twofold.core.recipe.abuse.budgets import Budget, Limit
from twofold.core.storage.database import Connection, Database
from twofold.core.tenancy.directory import Tenant
from twofold.core.tokens import sha256_hex

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
IN_A_ROW: Final = 3
"""So many messages may follow one another at once: one that got lost is asked for again."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message that is to be sent. address: an e-mail or phone number, normalised. Empty: not known."""

    address: str
    user_id: str = ""
    network: str = ""


class Refused(Exception):
    """A message must not be sent now."""

    def __init__(self, retry_after_ms: int) -> None:
        super().__init__(retry_after_ms)
        self.retry_after_ms = retry_after_ms


async def take(database: Database, tenant: Tenant, message: Message, now_ms: int) -> None:
    """Take a message from all budgets that it concerns. Raises Refused, and takes from none."""
    budgets = _budgets(tenant, message)

    async def take_all(tx: Connection) -> None:
        # The widest comes last: who waits for its row waits for one statement.
        for budget in budgets:
            if not await store.take(tx, tenant.app_id, budget, now_ms):
                raise Refused(await store.find_wait_ms(tx, tenant.app_id, budget, now_ms))

    await database.transaction(take_all)


def subject_of_address(address: str) -> str:
    """Whose budgets those of an address are."""
    return f"to {sha256_hex(address)}"


def subject_of_account(user_id: str) -> str:
    """Whose budgets those of an account are."""
    return f"about {user_id}"


def _budgets(tenant: Tenant, message: Message) -> list[Budget]:
    settings, country = tenant.settings, country_of(message.address)
    address, account = subject_of_address(message.address), subject_of_account(message.user_id)
    found = [_in_a_row(settings, address)]
    found += _per("messages an hour", address, settings.send_limit_per_address_hour, HOUR_MS)
    found += _per("messages a day", address, settings.send_limit_per_address_day, DAY_MS)
    if message.user_id:
        found += _per("messages a day", account, settings.send_limit_per_account_day, DAY_MS)
    if message.network:
        found += _per("messages an hour", network_of(message.network), settings.send_limit_per_network_hour, HOUR_MS)
    if country:
        found += _per("messages an hour", f"country {country}", settings.send_limit_per_country_hour, HOUR_MS)
    return found + _per("messages an hour", f"tenant {tenant.tenant_id}", settings.send_limit_per_tenant_hour, HOUR_MS)


def _in_a_row(settings: Settings, subject: str) -> Budget:
    return Budget("messages in a row", subject, Limit(IN_A_ROW, settings.send_interval_sec * 1000))


def _per(name: str, subject: str, count: int, period_ms: int) -> list[Budget]:
    """A budget of so many per period; none where the setting is 0."""
    return [Budget(name, subject, Limit.per(count, period_ms))] if count else []


def network_of(network: str) -> str:
    """Whose budgets those of a network are."""
    return f"network {sha256_hex(network)}"


def country_of(address: str) -> str:
    """The country calling code of a phone number (`+44`); empty for an e-mail."""
    try:
        return f"+{phonenumbers.parse(address).country_code}"
    except phonenumbers.NumberParseException:
        return ""
