# SPDX-License-Identifier: Apache-2.0
"""Passkeys: list, remove. Adding one is a page of its own, which signing in uses too."""

from datetime import UTC, datetime

from twofold.framework.response import BaseResponse
from twofold.ui.in_process_client import require_api
from twofold.ui.settings.session import fresh_session
from twofold.ui.visit import Visit

_LIST, _REMOVE = "/webauthn/credential/list", "/webauthn/credential/remove"


async def show_passkeys(visit: Visit) -> BaseResponse:
    """List the passkeys, which are told apart by when they were made."""
    require_api("GET", _LIST)
    await fresh_session(visit, loses_factor=True)
    credentials = (await visit.call("GET", _LIST))["credentials"]
    passkeys = [
        {"id": item["webauthnCredentialId"], "created_at": datetime.fromtimestamp(item["createdAt"] // 1000, UTC)}
        for item in credentials
    ]
    return visit.page("settings_passkeys.html", passkeys=passkeys)


async def remove_passkey(visit: Visit) -> BaseResponse:
    """Take a passkey away."""
    require_api("POST", _REMOVE)
    await fresh_session(visit, loses_factor=True)
    await visit.call("POST", _REMOVE, {"webauthnCredentialId": (await visit.form()).get("passkey", "")})
    return visit.redirect(visit.urls.settings_passkeys)
