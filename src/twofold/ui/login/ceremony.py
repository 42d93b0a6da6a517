# SPDX-License-Identifier: Apache-2.0
"""The page on which a browser is asked for a passkey, and what its form sends."""

from typing import Any, Literal

import msgspec

from twofold._wire import Json
from twofold.framework.response import BaseResponse
from twofold.ui.visit import UNPROCESSABLE, FieldError, Visit, reason_of

Purpose = Literal["sign_in", "sign_up", "factor", "add", "recover"]
_OPTIONS_ID = "webauthnGeneratedOptionsId"
_FOR_US = ("status", _OPTIONS_ID, "createdAt", "expiresAt")
_REFUSALS = {
    "INVALID_CREDENTIALS_ERROR": "passkey.unknown",
    "OPTIONS_NOT_FOUND_ERROR": "passkey.too_late",
    "INVALID_OPTIONS_ERROR": "passkey.too_late",
    "INVALID_AUTHENTICATOR_ERROR": "passkey.refused",
    "EMAIL_ALREADY_EXISTS_ERROR": "passkey.refused",
}


def show_ceremony(
    visit: Visit, purpose: Purpose, options: Json, errors: list[FieldError], **values: object
) -> BaseResponse:
    """Show the page for options that an API has made; its script does the rest, and sends the form."""
    urls = visit.urls
    actions = {
        "sign_in": urls.sign_in_with_passkey,
        "sign_up": urls.sign_up_with_passkey,
        "factor": urls.passkey,
        "add": urls.set_up_passkey,
        "recover": urls.recover_passkey,
    }
    for_browser = {name: value for name, value in options.items() if name not in _FOR_US}
    shown = {
        "purpose": purpose,
        "kind": "create" if "user" in options else "get",
        "action": actions[purpose],
        "options_id": options[_OPTIONS_ID],
        "options": msgspec.json.encode(for_browser).decode(),
        "errors": errors,
    }
    return visit.page("passkey.html", UNPROCESSABLE if errors else 200, **shown, **values)


def show_no_ceremony(visit: Visit, text: str) -> BaseResponse:
    """Say why no passkey can be asked for."""
    return visit.page("message.html", UNPROCESSABLE, heading=visit.text("passkey.title"), text=text)


def credential_of(form: dict[str, str]) -> Json:
    """Return what APIs take of the form of such a page; of what is no credential, an empty one."""
    try:
        credential: Any = msgspec.json.decode(form.get("credential", ""))
    except msgspec.DecodeError:
        credential = {}
    return {
        _OPTIONS_ID: form.get("options_id", ""),
        "credential": credential if isinstance(credential, dict) else {},
    }


def refusal(visit: Visit, reply: Json) -> FieldError:
    """Say why a credential was refused."""
    text_id = _REFUSALS.get(reply["status"])
    return FieldError(None, reason_of(reply, visit) if text_id is None else visit.text(text_id))
