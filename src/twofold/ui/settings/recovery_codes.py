# SPDX-License-Identifier: Apache-2.0
"""Recovery codes: how many are left, and new ones, which are shown once.

They are in the one page that answers the form, which no browser keeps. The file to download is in that page, too.
"""

from datetime import UTC, datetime
from urllib.parse import quote

from twofold.framework.response import BaseResponse
from twofold.ui.in_process_client import require_api
from twofold.ui.settings.session import fresh_session
from twofold.ui.visit import FieldError, Visit, reason_of

_API = "/recoverycodes"


async def show_recovery_codes(visit: Visit) -> BaseResponse:
    """Tell how many are left, and offer new ones."""
    require_api("POST", _API)
    await fresh_session(visit)
    return visit.page("settings_recovery_codes.html", to=visit.to, **await _values(visit))


async def renew_recovery_codes(visit: Visit) -> BaseResponse:
    """Make new codes and show them; those of before are worthless."""
    require_api("POST", _API)
    await fresh_session(visit)
    to = visit.checked_to((await visit.form()).get("to"))
    reply = await visit.call("POST", _API)
    if reply["status"] == "OK":
        codes: list[str] = reply["codes"]
        return visit.page("recovery_codes_new.html", codes=codes, file=_as_file(visit, codes), to=to)
    is_too_early = reply["status"] == "NO_SECOND_FACTOR_ERROR"
    text = visit.text("settings.recovery_codes_too_early") if is_too_early else reason_of(reply, visit)
    return visit.form_again("settings_recovery_codes.html", [FieldError(None, text)], to=to, **await _values(visit))


def _as_file(visit: Visit, codes: list[str]) -> str:
    """Return a text file as an address: it is downloaded from the page that shows the codes, and sent nowhere."""
    title = visit.text("settings.recovery_codes_file", app_name=visit.ui.app_info.app_name)
    lines = [title, "", *codes, "", visit.text("settings.recovery_codes_once"), ""]
    return "data:text/plain;charset=utf-8," + quote("\r\n".join(lines))


async def _values(visit: Visit) -> dict[str, object]:
    information = await visit.call("GET", _API)
    made_ms = information.get("createdAt")
    return {
        "total": information["total"],
        "remaining": information["remaining"],
        "created_at": None if made_ms is None else datetime.fromtimestamp(made_ms // 1000, UTC),
    }
