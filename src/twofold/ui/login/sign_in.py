# SPDX-License-Identifier: Apache-2.0
"""Sign in and sign up with a password."""

from twofold._wire import Json
from twofold.framework.response import BaseResponse
from twofold.recipe.emailpassword.recipe import EmailPasswordRecipe
from twofold.ui.in_process_client import offers_api
from twofold.ui.login.methods import SignInMethods, sign_in_methods
from twofold.ui.login.steps import after_a_factor, signed_in_already
from twofold.ui.visit import FieldError, Visit, field_errors_of, reason_of

_NOTICES = {
    "needed": "sign_in.needed",
    "signed_out": "sign_in.signed_out",
    "session_ended": "sign_in.session_ended",
    "stolen": "sign_in.stolen",
    "password_changed": "sign_in.password_changed",
    "passkey_made": "sign_in.passkey_made",
    "restart": "sign_in.restart",
    "provider_refused": "sign_in.provider_refused",
}


async def go_to_sign_in(visit: Visit) -> BaseResponse:
    """Lead the bare base path somewhere."""
    return visit.redirect(visit.urls.sign_in, to=visit.to)


async def show_sign_in(visit: Visit) -> BaseResponse:
    """Ask for address and password, or for the address alone where passwords are no first factor."""
    reply = await signed_in_already(visit)
    if reply is not None:
        return reply
    methods = await sign_in_methods(visit)
    if not methods.password and methods.passwordless and not methods.passkey and not methods.providers:
        return visit.redirect(visit.urls.sign_in_with_code, to=visit.to, notice=_known_notice(visit))
    if not methods.password and not methods.elsewhere:
        return visit.message("sign_in.unavailable")
    return visit.page(
        "sign_in.html", methods=methods, notice=notice_of(visit), to=visit.to, offers_sign_up=_offers_sign_up(methods)
    )


async def sign_in(visit: Visit) -> BaseResponse:
    """Check address and password."""
    form = await visit.form()
    to = visit.checked_to(form.get("to"))
    reply = await visit.call("POST", "/signin", _form_fields(form, ("email", "password")))
    if reply["status"] == "OK":
        return after_a_factor(visit, to)
    errors = field_errors_of(reply, visit)
    if reply["status"] == "WRONG_CREDENTIALS_ERROR":
        errors = [FieldError("email", visit.text("sign_in.wrong"))]
    methods = await sign_in_methods(visit)
    return visit.form_again(
        "sign_in.html",
        errors or [FieldError(None, reason_of(reply, visit))],
        methods=methods,
        values={"email": form.get("email", "")},
        to=to,
        offers_sign_up=_offers_sign_up(methods),
    )


async def show_sign_up(visit: Visit) -> BaseResponse:
    """Ask for what a new account needs."""
    reply = await signed_in_already(visit)
    if reply is not None:
        return reply
    if not offers_api("POST", "/signup"):
        return visit.redirect(visit.urls.sign_in, to=visit.to)
    offers_passkey = (await sign_in_methods(visit)).passkey
    return visit.page("sign_up.html", extra_fields=_extra_fields(), to=visit.to, offers_passkey=offers_passkey)


async def sign_up(visit: Visit) -> BaseResponse:
    """Make the account, and sign its owner in."""
    form = await visit.form()
    to = visit.checked_to(form.get("to"))
    extra_fields = _extra_fields()
    reply = await visit.call("POST", "/signup", _form_fields(form, ("email", "password", *extra_fields)))
    if reply["status"] == "OK":
        return after_a_factor(visit, to)
    values = {name: value for name, value in form.items() if name != "password"}
    return visit.form_again(
        "sign_up.html",
        field_errors_of(reply, visit) or [FieldError(None, reason_of(reply, visit))],
        extra_fields=extra_fields,
        values=values,
        to=to,
    )


def notice_of(visit: Visit) -> str | None:
    """Return the sentence that the address asks for, if it is one of ours."""
    name = _known_notice(visit)
    return None if name is None else visit.text(_NOTICES[name])


def _known_notice(visit: Visit) -> str | None:
    name = visit.query("notice")
    return name if name in _NOTICES else None


def _offers_sign_up(methods: SignInMethods) -> bool:
    return offers_api("POST", "/signup") if methods.password else methods.passkey


def _extra_fields() -> list[str]:
    """Return the fields that the application added to the form for signing up."""
    recipe = EmailPasswordRecipe.get_or_none()
    fields = [] if recipe is None else recipe.config.forms.sign_up
    return [field.id for field in fields if field.id not in ("email", "password")]


def _form_fields(form: dict[str, str], names: tuple[str, ...]) -> Json:
    fields = [{"id": name, "value": form.get(name, "")} for name in names]
    # A first factor always begins a new session, whatever session the browser still has.
    return {"formFields": fields, "shouldTryLinkingWithSessionUser": False}
