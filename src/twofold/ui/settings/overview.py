# SPDX-License-Identifier: Apache-2.0
"""The first page of the settings: what there is, and where each is changed."""

from dataclasses import dataclass

from twofold.framework.response import BaseResponse
from twofold.recipe.session.asyncio import get_all_session_handles_for_user
from twofold.types.base import User
from twofold.ui.in_process_client import offers_api
from twofold.ui.settings.own_user import password_method, user_of
from twofold.ui.settings.session import whole_session
from twofold.ui.visit import Visit


@dataclass(frozen=True)
class Entry:
    """A line that leads to a page of the settings."""

    title: str
    text: str
    href: str


async def show_settings(visit: Visit) -> BaseResponse:
    """List what can be looked after."""
    session = await whole_session(visit)
    user = await user_of(visit, session)
    is_changed = visit.query("notice") == "password_changed"
    entries = [*await _factors(visit, user), await _sessions(visit, session.get_user_id())]
    notice = visit.text("settings.password_changed") if is_changed else None
    return visit.page("settings.html", entries=entries, notice=notice)


async def _factors(visit: Visit, user: User) -> list[Entry]:
    urls = visit.urls
    entries = [_entry(visit, "login_methods", len(user.login_methods), urls.settings_login_methods)]
    if offers_api("GET", "/totp/device/list") and offers_api("PUT", "/mfa/info"):
        devices = (await visit.call("GET", "/totp/device/list"))["devices"]
        count = sum(1 for device in devices if device["verified"])
        entries.append(_entry(visit, "authenticators", count, urls.settings_authenticators))
    if offers_api("GET", "/webauthn/credential/list"):
        # Known of the user; the API would ask the core once more whether the session lives.
        entries.append(_entry(visit, "passkeys", len(user.webauthn.credential_ids), urls.settings_passkeys))
    if offers_api("GET", "/recoverycodes"):
        remaining = (await visit.call("GET", "/recoverycodes"))["remaining"]
        entries.append(_entry(visit, "recovery_codes", remaining, urls.settings_recovery_codes))
    if offers_api("GET", "/trusteddevices"):
        count = len((await visit.call("GET", "/trusteddevices"))["devices"])
        entries.append(_entry(visit, "trusted_devices", count, urls.settings_trusted_devices))
    if password_method(user) is not None:
        text = visit.text("settings.password_text")
        entries.append(Entry(visit.text("settings.password_title"), text, urls.settings_password))
    return entries


async def _sessions(visit: Visit, user_id: str) -> Entry:
    handles = await get_all_session_handles_for_user(user_id, user_context=visit.user_context)
    return _entry(visit, "sessions", len(handles), visit.urls.settings_sessions)


def _entry(visit: Visit, name: str, count: int, href: str) -> Entry:
    which = {0: "none", 1: "one"}.get(count, "some")
    return Entry(visit.text(f"settings.{name}_title"), visit.text(f"settings.{name}_{which}", count=count), href)
