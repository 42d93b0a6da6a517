# SPDX-License-Identifier: Apache-2.0
"""`twofold users reset-factors` and `cancel-reset`: support cases."""

from datetime import timedelta
from math import ceil
from typing import Annotated, Any

from cyclopts import Parameter

from twofold._app import App
from twofold.cli._application import find_user_id, run_in
from twofold.cli._operator import PUBLIC, AppId, Operator, TenantId, day_and_time, operator_name, run
from twofold.cli.configuration import configurable
from twofold.cli.users import Flag, Names, find_user
from twofold.core.recipe.factorreset.removal import RESETTABLE
from twofold.recipe.factorreset import asyncio as resets
from twofold.recipe.factorreset.types import DEFAULT_FACTORS

_REFUSED = {
    "LAST_LOGIN_METHOD_ERROR": "the user signs in with nothing else: give them another way to sign in first",
    "UNKNOWN_USER_ID_ERROR": "the user was deleted meanwhile",
}


@configurable(["db"])
def reset_factors(
    who: str,
    *,
    reason: str,
    app: AppId = PUBLIC,
    tenant: TenantId = PUBLIC,
    factor: Names = DEFAULT_FACTORS,
    after: Annotated[timedelta, Parameter(help="Wait so long: `24h`, `3d`. The user may object until then.")] = (
        timedelta()
    ),
    application: str = "",
    without_mail: Flag = False,
    **options: Any,
) -> None:
    """Take factors from a user who lost them, and end all their sessions. The user is told by mail.

    Parameters
    ----------
    who
        A user id, an e-mail address or a phone number.
    reason
        Why; the audit trail keeps it, and the user reads it.
    factor
        What is lost: `totp` (the default), `webauthn`, `otp-email`, `link-email`, `otp-phone`, `link-phone`,
        `recovery-code` or `trusted-device`. Repeat it for several. The last two go with any of the others.
    application
        The application, which sends the mail: `module:attribute`, as for uvicorn. Its core is asked, not `--db`.
    without_mail
        Tell the user yourself.
    """
    if bool(application) == without_mail:
        raise ValueError("the user must hear of it: give --application, which sends the mail, or --without-mail")
    unknown = sorted(set(factor) - set(RESETTABLE))
    if unknown:
        raise ValueError(f"{', '.join(unknown)} cannot be reset; what can: {', '.join(RESETTABLE)}")
    # Upwards: what is to happen later does not happen at once.
    factors, seconds = list(factor), ceil(after.total_seconds())

    async def by_application(_: App) -> Any:
        user_id = await find_user_id(tenant, who)
        result = await resets.reset_factors(tenant, user_id, reason, factors, seconds, operator_name())
        return result.status, getattr(result, "due_at", None)

    async def by_database(operator: Operator) -> Any:
        user = await find_user(operator, who)
        body: dict[str, Any] = {"userId": user["id"], "factors": factors, "reason": reason, "afterMs": seconds * 1000}
        answer = await operator.post("/recipe/factorreset", **body)
        return answer["status"], answer.get("dueAt")

    status, due_at = run_in(application, by_application) if application else run(options, app, tenant, by_database)
    if status != "OK":
        raise ValueError(_REFUSED[status])
    print(
        f"{', '.join(factors)}: reset" if due_at is None else f"{', '.join(factors)}: reset at {day_and_time(due_at)}"
    )


@configurable(["db"])
def cancel_reset(who: str, *, reason: str, app: AppId = PUBLIC, tenant: TenantId = PUBLIC, **options: Any) -> int:
    """Cancel the reset that waits for a user. Exits with status 1 if there is none.

    Parameters
    ----------
    who
        A user id, an e-mail address or a phone number.
    reason
        Why, for the audit trail.
    """

    async def cancel(operator: Operator) -> bool:
        user = await find_user(operator, who)
        answer = await operator.post("/recipe/factorreset/cancel", userId=user["id"], reason=reason)
        return bool(answer["wasWaiting"])

    was_waiting = run(options, app, tenant, cancel)
    print("cancelled" if was_waiting else "nothing waits for this user")
    return int(not was_waiting)
