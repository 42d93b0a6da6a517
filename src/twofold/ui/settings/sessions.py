# SPDX-License-Identifier: Apache-2.0
"""Where one is signed in: list the sessions, end one, end all others."""

from dataclasses import dataclass
from datetime import UTC, datetime

from twofold.framework.response import BaseResponse
from twofold.recipe.session.asyncio import (
    get_all_session_handles_for_user,
    get_session_information,
    revoke_multiple_sessions,
)
from twofold.recipe.session.interfaces import SessionContainer
from twofold.ui.settings.session import whole_session
from twofold.ui.settings.user_agent import device_name
from twofold.ui.visit import Visit

USER_AGENT = "userAgent"
"""Under which name a session's data has what the browser says of itself."""
LONGEST_USER_AGENT = 300
_MOST = 100


@dataclass(frozen=True)
class ShownSession:
    """A session as the page shows it."""

    handle: str
    name: str
    created_at: datetime
    is_this: bool


async def show_sessions(visit: Visit) -> BaseResponse:
    """List the sessions, this one first, then the newest."""
    session = await whole_session(visit)
    handles = await _handles(visit, session)
    found = [await get_session_information(handle, visit.user_context) for handle in handles[:_MOST]]
    shown = [
        ShownSession(
            information.session_handle,
            device_name(str(information.session_data_in_database.get(USER_AGENT, "")), visit),
            datetime.fromtimestamp(information.time_created // 1000, UTC),
            is_this=information.session_handle == session.get_handle(),
        )
        for information in found
        if information is not None
    ]
    shown.sort(key=lambda item: (item.is_this, item.created_at), reverse=True)
    return visit.page("settings_sessions.html", sessions=shown)


async def end_session(visit: Visit) -> BaseResponse:
    """End one session of this user."""
    session = await whole_session(visit)
    handle = (await visit.form()).get("session", "")
    if handle in await _handles(visit, session):
        await revoke_multiple_sessions([handle], visit.user_context)
    return visit.redirect(visit.urls.settings_sessions)


async def end_other_sessions(visit: Visit) -> BaseResponse:
    """End every session of this user but this one."""
    await end_all_but(visit, await whole_session(visit))
    return visit.redirect(visit.urls.settings_sessions)


async def end_all_but(visit: Visit, session: SessionContainer) -> None:
    """End every session of this session's user but this one."""
    others = [handle for handle in await _handles(visit, session) if handle != session.get_handle()]
    await revoke_multiple_sessions(others, visit.user_context)


async def _handles(visit: Visit, session: SessionContainer) -> list[str]:
    return await get_all_session_handles_for_user(session.get_user_id(), user_context=visit.user_context)
