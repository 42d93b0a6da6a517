# SPDX-License-Identifier: Apache-2.0
"""Passkeys: list, remove. Adding one is a page of its own, which signing in uses too."""

from datetime import UTC, datetime

from twofold.framework.response import BaseResponse
from twofold.ui.in_process_client import require_api
from twofold.ui.settings.session import fresh_session
from twofold.ui.visit import FieldError, Visit, reason_of

_LIST, _REMOVE = "/webauthn/credential/list", "/webauthn/credential/remove"


async def show_passkeys(visit: Visit) -> BaseResponse:
    """List the passkeys, which are told apart by when they were made."""
    require_api("GET", _LIST)
    await fresh_session(visit, loses_factor=True)
    return visit.page("settings_passkeys.html", passkeys=await _passkeys(visit))


async def remove_passkey(visit: Visit) -> BaseResponse:
    """Take a passkey away."""
    require_api("POST", _REMOVE)
    await fresh_session(visit, loses_factor=True)
    passkey = (await visit.form()).get("passkey", "")
    reply = await visit.call("POST", _REMOVE, {"webauthnCredentialId": passkey})
    if reply["status"] in ("OK", "CREDENTIAL_NOT_FOUND_ERROR"):
        return visit.redirect(visit.urls.settings_passkeys)
    error = FieldError(None, reason_of(reply, visit))
    return visit.form_again("settings_passkeys.html", [error], passkeys=await _passkeys(visit))


async def _passkeys(visit: Visit) -> list[dict[str, object]]:
    credentials = (await visit.call("GET", _LIST))["credentials"]
    return [
        {"id": item["webauthnCredentialId"], "created_at": datetime.fromtimestamp(item["createdAt"] // 1000, UTC)}
        for item in credentials
    ]
