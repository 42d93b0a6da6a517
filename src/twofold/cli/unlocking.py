# SPDX-License-Identifier: Apache-2.0
"""`twofold users unlock`: let somebody in again who is kept waiting."""

from typing import Any

from twofold.cli._operator import PUBLIC, AppId, Operator, TenantId, run
from twofold.cli.configuration import configurable
from twofold.cli.users import find_user


@configurable(["db"])
def unlock(who: str, *, app: AppId = PUBLIC, tenant: TenantId = PUBLIC, reason: str = "", **options: Any) -> None:
    """Forget the wrong passwords and codes of a user, and the messages that were sent.

    Find out first who typed them: when it was an attacker, they may go on now.

    Parameters
    ----------
    who
        A user id, an e-mail address or a phone number.
    reason
        Why, for the audit trail.
    """
    user_id, was_limited = run(options, app, tenant, lambda operator: _unlock(operator, who, reason))
    print(f"unlocked {user_id}" if was_limited else f"{user_id} was not limited")


async def _unlock(operator: Operator, who: str, reason: str) -> tuple[str, bool]:
    user_id: str = (await find_user(operator, who))["id"]
    answer = await operator.post("/recipe/abuse/unlock", userId=user_id, reason=reason)
    return user_id, answer["wasLimited"]
