# SPDX-License-Identifier: Apache-2.0
"""Set an authenticator app up: name it, show its secret once, check its first code.

The secret is in the page that shows it and in that page's own form, so that a wrong code need not begin anew. What the
form sends back is only shown again: the core checks codes with what it has stored.
"""

from itertools import chain, count

import segno
from markupsafe import Markup

from twofold.framework.response import BaseResponse
from twofold.recipe.multifactorauth.asyncio import assert_allowed_to_setup_factor_else_throw_invalid_claim_error
from twofold.recipe.multifactorauth.recipe import MultiFactorAuthRecipe
from twofold.recipe.multifactorauth.types import FactorIds
from twofold.recipe.totp.asyncio import list_devices
from twofold.ui.in_process_client import require_api
from twofold.ui.login.authenticator import locked, refusal, tries_left, typed_code
from twofold.ui.login.factor import session_of
from twofold.ui.login.steps import after_set_up, needs_factor
from twofold.ui.visit import FieldError, Visit, missing, reason_of

_CREATE, _VERIFY = "/totp/device", "/totp/device/verify"
_SCHEME = "otpauth://totp/"
_LONGEST_URI = 1000
_LONGEST_NAME = 100
_GROUP = 4


async def show_set_up(visit: Visit) -> BaseResponse:
    """Say what is needed, and ask for a name."""
    await _require_allowed(visit)
    session = await session_of(visit)
    listed = await list_devices(session.get_user_id(), visit.user_context)
    taken = {device.name for device in listed.devices}
    usual = visit.text("set_up_authenticator.usual_name")
    names = chain([usual], (f"{usual} {number}" for number in count(2)))
    values = {"name": next(name for name in names if name not in taken)}
    return visit.page("set_up_authenticator.html", values=values, **around_set_up(visit, visit.to))


async def begin_set_up(visit: Visit) -> BaseResponse:
    """Make the device, and show its secret."""
    await _require_allowed(visit)
    form = await visit.form()
    around = around_set_up(visit, visit.checked_to(form.get("to")))
    name = form.get("name", "").strip()
    if not name or len(name) > _LONGEST_NAME:
        error = missing("name", visit) if not name else FieldError("name", visit.text("settings.name_too_long"))
        return visit.form_again("set_up_authenticator.html", [error], values={"name": name}, **around)
    reply = await visit.call("POST", _CREATE, {"deviceName": name})
    if reply["status"] == "OK":
        shown = _shown(reply["deviceName"], reply["secret"], reply["qrCodeString"])
        return visit.page("verify_authenticator.html", **shown, **around)
    is_known = reply["status"] == "DEVICE_ALREADY_EXISTS_ERROR"
    text = visit.text("settings.name_taken") if is_known else reason_of(reply, visit)
    return visit.form_again("set_up_authenticator.html", [FieldError("name", text)], values={"name": name}, **around)


async def finish_set_up(visit: Visit) -> BaseResponse:
    """Check the first code, which completes the factor."""
    form = await visit.form()
    to = visit.checked_to(form.get("to"))
    around = around_set_up(visit, to)
    name, code = form.get("name", ""), typed_code(form)
    if not name:
        return visit.redirect(visit.urls.set_up_authenticator, to=to)
    shown = _shown(name, form.get("secret", ""), form.get("uri", ""))
    if not code:
        error = FieldError("code", visit.text("authenticator.missing"))
        return visit.form_again("verify_authenticator.html", [error], **shown, **around)
    reply = await visit.call("POST", _VERIFY, {"deviceName": name, "totp": code})
    match reply["status"]:
        case "OK":
            return await after_set_up(visit, to)
        case "LIMIT_REACHED_ERROR" | "INVALID_TOTP_ERROR" if tries_left(reply) == 0:
            return locked(visit, reply, around)
        case "UNKNOWN_DEVICE_ERROR":
            return visit.redirect(visit.urls.set_up_authenticator, to=to)
        case _:
            error = FieldError("code", refusal(visit, reply))
            return visit.form_again("verify_authenticator.html", [error], **shown, **around)


async def require_set_up_allowed(visit: Visit, factor_id: str, api_path: str) -> None:
    """Send on whoever must not set the factor up now, before they fill in a form.

    Raises:
        SuperTokensSessionError: There is no session, or it must give a factor first; becomes a redirect.
        ApiUnavailable: The application has no such factor.
    """
    require_api("POST", api_path)
    session = await session_of(visit)
    if MultiFactorAuthRecipe.get_or_none() is not None:
        await assert_allowed_to_setup_factor_else_throw_invalid_claim_error(session, factor_id, visit.user_context)


def qr_code(uri: str) -> Markup:
    """Return a QR code as SVG to put into a page: dark on light, in whatever colours the page has."""
    svg = segno.make_qr(uri, error="m").svg_inline(border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr")
    return Markup(svg)  # noqa: S704  # of black and white squares, whatever the address


async def _require_allowed(visit: Visit) -> None:
    require_api("PUT", "/mfa/info")  # without multi-factor authentication the APIs of this factor do not work
    await require_set_up_allowed(visit, FactorIds.TOTP, _CREATE)


def _shown(name: str, secret: str, uri: str) -> dict[str, object]:
    is_ours = uri.startswith(_SCHEME) and len(uri) <= _LONGEST_URI
    groups = [secret[start : start + _GROUP] for start in range(0, len(secret), _GROUP)]
    return {
        "device_name": name,
        "secret": secret,
        "secret_groups": groups,
        "uri": uri if is_ours else "",
        "qr_code": qr_code(uri) if is_ours else "",
    }


def around_set_up(visit: Visit, to: str | None) -> dict[str, object]:
    """Return what the templates of setting up say around their form."""
    session = visit.request.get_session()
    is_sign_in = session is not None and needs_factor(session)
    return {"to": to, "step": (2, 2) if is_sign_in else None, "is_again": not is_sign_in, "back": to}
