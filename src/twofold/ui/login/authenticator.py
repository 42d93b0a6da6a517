# SPDX-License-Identifier: Apache-2.0
"""The code that an authenticator app shows: ask for it, check it."""

import re

from twofold._wire import Json
from twofold.framework.response import BaseResponse
from twofold.recipe.multifactorauth.types import FactorIds
from twofold.ui.in_process_client import offers_api
from twofold.ui.login.factor import Asked, asked_for
from twofold.ui.login.steps import after_second_factor
from twofold.ui.visit import FieldError, Visit, reason_of

_NOT_PART_OF_A_CODE = re.compile(r"[\s.\-–]")
_MS_PER_MINUTE, _MINUTES_PER_HOUR = 60_000, 60
_TRUST = "/trusteddevices"
TOO_MANY_REQUESTS = 429


async def show_authenticator(visit: Visit) -> BaseResponse:
    """Ask for the code."""
    asked = await asked_for(visit, FactorIds.TOTP, visit.to, visit.query("factors"))
    return visit.page("authenticator.html", **asked.values()) if isinstance(asked, Asked) else asked


async def check_authenticator(visit: Visit) -> BaseResponse:
    """Check the code; the right one completes the factor."""
    form = await visit.form()
    asked = await asked_for(visit, FactorIds.TOTP, visit.checked_to(form.get("to")), form.get("factors"))
    if not isinstance(asked, Asked):
        return asked
    code = typed_code(form)
    if not code:
        return _again(visit, asked, visit.text("authenticator.missing"))
    reply = await visit.call("POST", "/totp/verify", {"totp": code})
    match reply["status"]:
        case "OK":
            return await after_second_factor(visit, form, asked.to)
        case "LIMIT_REACHED_ERROR" | "INVALID_TOTP_ERROR" if tries_left(reply) == 0:
            return locked(visit, reply, asked.values())
        case "UNKNOWN_USER_ID_ERROR":
            return visit.redirect(visit.urls.factor, factors=asked.factors, to=asked.to)
        case _:
            return _again(visit, asked, refusal(visit, reply))


def typed_code(form: dict[str, str]) -> str:
    """Return the code of a form, without what people write between its digits."""
    return _NOT_PART_OF_A_CODE.sub("", form.get("code", ""))


def tries_left(reply: Json) -> int:
    """Return how many more codes are looked at after this refusal, before none is for a while."""
    limit = reply.get("maxNumberOfFailedAttempts", 0)
    return max(0, int(limit) - int(reply.get("currentNumberOfFailedAttempts", 0)))


def refusal(visit: Visit, reply: Json) -> str:
    """Say why a code was refused, and how many tries are left."""
    if reply["status"] != "INVALID_TOTP_ERROR":
        return reason_of(reply, visit)
    tries = tries_left(reply)
    return visit.text("authenticator.wrong_last") if tries == 1 else visit.text("authenticator.wrong", tries=tries)


def locked(visit: Visit, reply: Json, values: dict[str, object]) -> BaseResponse:
    """Say until when no code is looked at, if that is known, and what works meanwhile."""
    retry_after_ms = reply.get("retryAfterMs")
    minutes = None if retry_after_ms is None else max(1, -(-int(retry_after_ms) // _MS_PER_MINUTE))
    if minutes is not None:
        visit.response.set_header("Retry-After", str(minutes * 60))
    shown = {"text": _how_long(visit, minutes), "trusts": offers_api("GET", _TRUST) and not values.get("is_again")}
    return visit.page("locked.html", TOO_MANY_REQUESTS, **shown, **values)


def _how_long(visit: Visit, minutes: int | None) -> str:
    if minutes is None:
        return visit.text("locked.a_while")
    if minutes < _MINUTES_PER_HOUR:
        return visit.text("locked.one") if minutes == 1 else visit.text("locked.some", minutes=minutes)
    hours = round(minutes / _MINUTES_PER_HOUR)
    return visit.text("locked.hour") if hours == 1 else visit.text("locked.hours", hours=hours)


def _again(visit: Visit, asked: Asked, error: str) -> BaseResponse:
    return visit.form_again("authenticator.html", [FieldError("code", error)], **asked.values())
