# SPDX-License-Identifier: Apache-2.0
"""Authenticator apps: list, rename, remove. Adding one is a page of its own, which signing in uses too."""

from twofold.framework.response import BaseResponse
from twofold.recipe.session.interfaces import SessionContainer
from twofold.recipe.totp.asyncio import update_device
from twofold.recipe.totp.types import DeviceAlreadyExistsError
from twofold.ui.in_process_client import require_api
from twofold.ui.settings.session import fresh_session
from twofold.ui.visit import FieldError, Visit, missing, reason_of

_LIST, _REMOVE = "/totp/device/list", "/totp/device/remove"
_LONGEST_NAME = 100


async def show_authenticators(visit: Visit) -> BaseResponse:
    """List the apps that are set up."""
    require_api("GET", _LIST)
    await fresh_session(visit, loses_factor=True)
    return visit.page("settings_authenticators.html", **await _values(visit))


async def rename_authenticator(visit: Visit) -> BaseResponse:
    """Give an app another name."""
    require_api("GET", _LIST)
    session = await fresh_session(visit)
    form = await visit.form()
    old, new = form.get("device", ""), form.get("name", "").strip()
    error = await _rename(visit, session, old, new)
    if error is None:
        return visit.redirect(visit.urls.settings_authenticators)
    values = {"name": new}
    return visit.form_again("settings_authenticators.html", [error], values=values, open=old, **await _values(visit))


async def remove_authenticator(visit: Visit) -> BaseResponse:
    """Take an app away: its codes are wrong from now on."""
    require_api("POST", _REMOVE)
    await fresh_session(visit, loses_factor=True)
    reply = await visit.call("POST", _REMOVE, {"deviceName": (await visit.form()).get("device", "")})
    if reply["status"] == "OK":
        return visit.redirect(visit.urls.settings_authenticators)
    error = FieldError(None, reason_of(reply, visit))
    return visit.form_again("settings_authenticators.html", [error], **await _values(visit))


async def _rename(visit: Visit, session: SessionContainer, old: str, new: str) -> FieldError | None:
    if not new:
        return missing("name", visit)
    if len(new) > _LONGEST_NAME:
        return FieldError("name", visit.text("settings.name_too_long"))
    result = await update_device(session.get_user_id(), old, new, visit.user_context)
    return (
        FieldError("name", visit.text("settings.name_taken")) if isinstance(result, DeviceAlreadyExistsError) else None
    )


async def _values(visit: Visit) -> dict[str, object]:
    devices = (await visit.call("GET", _LIST))["devices"]
    return {"devices": [device["name"] for device in devices if device["verified"]]}
