# SPDX-License-Identifier: Apache-2.0
"""The first page of the settings: what there is, and where each is changed."""

from dataclasses import dataclass

from twofold.framework.response import BaseResponse
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe
from twofold.recipe.session.asyncio import get_all_session_handles_for_user
from twofold.types.base import LoginMethod, User
from twofold.ui.in_process_client import offers_api
from twofold.ui.settings.session import whole_session
from twofold.ui.visit import Visit


@dataclass(frozen=True)
class Entry:
    """A line that leads to a page of the settings."""

    title: str
    text: str
    href: str


async def show_settings(visit: Visit) -> BaseResponse:
    """List what can be looked after, and the ways to sign in to this account."""
    session = await whole_session(visit)
    user = await AccountLinkingRecipe.get().functions.get_user(session.get_user_id(), visit.user_context)
    is_changed = visit.query("notice") == "password_changed"
    entries = [*await _factors(visit, user), await _sessions(visit, session.get_user_id())]
    return visit.page(
        "settings.html",
        entries=entries,
        methods=[_described(visit, method) for method in (user.login_methods if user else [])],
        notice=visit.text("settings.password_changed") if is_changed else None,
    )


async def _factors(visit: Visit, user: User | None) -> list[Entry]:
    urls, entries = visit.urls, list[Entry]()
    if offers_api("GET", "/totp/device/list") and offers_api("PUT", "/mfa/info"):
        devices = (await visit.call("GET", "/totp/device/list"))["devices"]
        count = sum(1 for device in devices if device["verified"])
        entries.append(_entry(visit, "authenticators", count, urls.settings_authenticators))
    if offers_api("GET", "/webauthn/credential/list"):
        credentials = (await visit.call("GET", "/webauthn/credential/list"))["credentials"]
        entries.append(_entry(visit, "passkeys", len(credentials), urls.settings_passkeys))
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


def password_method(user: User | None) -> LoginMethod | None:
    """Return the login method with a password, if the user has one."""
    methods = [] if user is None else user.login_methods
    return next((method for method in methods if method.recipe_id == "emailpassword"), None)


def _described(visit: Visit, method: LoginMethod) -> tuple[str, str]:
    """Return what kind of way in this is, and for which address, number or account elsewhere."""
    third_party = method.third_party
    name = third_party.id if third_party is not None else method.email or method.phone_number or ""
    return visit.text(f"settings.method.{method.recipe_id}"), f"{name} · {method.email}" if third_party else name
