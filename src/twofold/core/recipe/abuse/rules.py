# SPDX-License-Identifier: Apache-2.0
"""What may be asked by whom, how often; and how an operator lets somebody in again who is limited."""

from typing import Final

from twofold.core._endpoint import Call
from twofold.core.recipe.abuse import sending, store
from twofold.core.recipe.abuse.budgets import Budget, Limit
from twofold.core.recipe.audit import Action, record
from twofold.core.storage.database import Connection
from twofold.core.users.store import find_user_by_any_id

MINUTE_MS: Final = 60_000


async def take_question(call: Call, network: str) -> int:
    """Take a question whether somebody has an account, from a network; 0, or how long it must wait. Unknown: 0."""
    count = call.settings.existence_limit_per_network_minute
    if not network or not count:
        return 0
    budget = Budget("questions a minute", sending.network_of(network), Limit.per(count, MINUTE_MS))
    now_ms = call.now_ms()
    if await store.take(call.database, call.app_id, budget, now_ms):
        return 0
    return max(1, await store.find_wait_ms(call.database, call.app_id, budget, now_ms))


async def lift(call: Call, user_id: str, reason: str) -> bool | None:
    """End every limit on a person: wrong secrets of all factors, and messages. Whether there was one; None: nobody."""
    user = await find_user_by_any_id(call.database, call.app_id, user_id)
    if user is None:
        return None

    async def lift_all(tx: Connection) -> bool:
        lifted = [
            await recipe.lift_limits(tx, call.app_id, user)
            for recipe in call.services.recipes
            if recipe.lift_limits is not None
        ]
        addresses = {item for method in user.login_methods for item in (method.email, method.phone_number) if item}
        subjects = [sending.subject_of_account(user.id), *map(sending.subject_of_address, sorted(addresses))]
        lifted.append(await store.fill(tx, call.app_id, *subjects))
        if any(lifted):
            await record(tx, call, Action.ACCOUNT_UNLOCKED, user.id, reason=reason)
        return any(lifted)

    return await call.database.transaction(lift_all)
