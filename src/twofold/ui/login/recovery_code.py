# SPDX-License-Identifier: Apache-2.0
"""A recovery code in the place of a factor that was lost."""

from twofold._wire import Json
from twofold.framework.response import BaseResponse
from twofold.ui.in_process_client import require_api
from twofold.ui.login.authenticator import locked, tries_left
from twofold.ui.login.choices import choices_now
from twofold.ui.login.factor import session_of
from twofold.ui.login.steps import after_a_factor
from twofold.ui.visit import FieldError, Visit, reason_of

_CONSUME = "/recoverycodes/consume"


async def show_recovery_code(visit: Visit) -> BaseResponse:
    """Ask for one of the codes."""
    return await _not_asked(visit, visit.to) or visit.page("recovery_code.html", **_values(visit.to))


async def check_recovery_code(visit: Visit) -> BaseResponse:
    """Use the code up; the right one stands in for the factor that is missing."""
    form = await visit.form()
    to = visit.checked_to(form.get("to"))
    reply = await _not_asked(visit, to)
    if reply is not None:
        return reply
    code = form.get("recovery_code", "").strip()
    if not code:
        return _again(visit, to, visit.text("recovery_code.missing"))
    answer = await visit.call("POST", _CONSUME, {"code": code})
    match answer["status"]:
        case "OK":
            return after_a_factor(visit, to)
        case "LIMIT_REACHED_ERROR" | "INVALID_RECOVERY_CODE_ERROR" if tries_left(answer) == 0:
            return locked(visit, answer, _values(to))
        case "NO_RECOVERY_CODES_ERROR":
            return visit.redirect(visit.urls.factor, to=to)
        case _:
            return _again(visit, to, _refusal(visit, answer))


async def _not_asked(visit: Visit, to: str | None) -> BaseResponse | None:
    """Send on whoever lacks no factor, or has no code."""
    require_api("POST", _CONSUME)
    choices = await choices_now(visit, await session_of(visit), None)
    if choices is None:
        return visit.go_on(to)
    return None if choices.has_recovery_codes else visit.redirect(visit.urls.factor, to=to)


def _refusal(visit: Visit, answer: Json) -> str:
    if answer["status"] != "INVALID_RECOVERY_CODE_ERROR":
        return reason_of(answer, visit)
    tries = tries_left(answer)
    return visit.text("recovery_code.wrong_last") if tries == 1 else visit.text("recovery_code.wrong", tries=tries)


def _again(visit: Visit, to: str | None, error: str) -> BaseResponse:
    return visit.form_again("recovery_code.html", [FieldError("recovery_code", error)], **_values(to))


def _values(to: str | None) -> dict[str, object]:
    # The other way is always there: what the code stands in for.
    return {"to": to, "factors": None, "step": (2, 2), "is_again": False, "has_other_ways": True}
