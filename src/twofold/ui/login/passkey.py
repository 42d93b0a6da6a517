# SPDX-License-Identifier: Apache-2.0
"""Passkeys: sign in, sign up, prove a second factor, add one.

A ceremony is one page: it has the options, its script asks the browser for the credential and sends it with the form of
the page. Without JavaScript no browser gives a passkey away, and the page says so.
"""

from twofold._wire import Json
from twofold.framework.response import BaseResponse
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe
from twofold.recipe.multifactorauth.types import FactorIds
from twofold.recipe.session.exceptions import InvalidClaimsError
from twofold.types.base import User
from twofold.ui.in_process_client import offers_api, require_api
from twofold.ui.login.ceremony import Purpose, credential_of, refusal, show_ceremony, show_no_ceremony
from twofold.ui.login.factor import Asked, asked_for, session_of
from twofold.ui.login.set_up_authenticator import around_set_up, require_set_up_allowed
from twofold.ui.login.steps import after_a_factor, after_second_factor, after_set_up, signed_in_already
from twofold.ui.visit import FieldError, Visit, missing, reason_of

_SIGN_IN, _SIGN_UP, _ADD = "/webauthn/signin", "/webauthn/signup", "/webauthn/credential"
_SIGN_IN_OPTIONS, _REGISTER_OPTIONS = "/webauthn/options/signin", "/webauthn/options/register"


async def show_sign_in(visit: Visit) -> BaseResponse:
    """Begin to sign in with a passkey."""
    reply = await signed_in_already(visit)
    return reply or await _ask(visit, "sign_in", [], to=visit.to)


async def sign_in(visit: Visit) -> BaseResponse:
    """Sign in with the passkey."""
    form = await visit.form()
    to = visit.checked_to(form.get("to"))
    reply = await visit.call("POST", _SIGN_IN, _body(form, in_session=False))
    if reply["status"] == "OK":
        return after_a_factor(visit, to)
    return await _ask(visit, "sign_in", [refusal(visit, reply)], to=to)


async def show_sign_up(visit: Visit) -> BaseResponse:
    """Ask for the address of the new account."""
    require_api("POST", _SIGN_UP)
    return await signed_in_already(visit) or visit.page("sign_up_passkey.html", to=visit.to)


async def sign_up(visit: Visit) -> BaseResponse:
    """Begin to make a passkey for the address; then make the account with it."""
    form = await visit.form()
    email, to = form.get("email", "").strip(), visit.checked_to(form.get("to"))
    if "credential" not in form:
        if not email:
            return visit.form_again("sign_up_passkey.html", [missing("email", visit)], to=to)
        return await _make(visit, "sign_up", email, [], to=to)
    reply = await visit.call("POST", _SIGN_UP, _body(form, in_session=False))
    if reply["status"] == "OK":
        return after_a_factor(visit, to)
    if reply["status"] == "EMAIL_ALREADY_EXISTS_ERROR":
        error = FieldError("email", visit.text("sign_up_passkey.exists"))
        return visit.form_again("sign_up_passkey.html", [error], values={"email": email}, to=to)
    return await _make(visit, "sign_up", email, [refusal(visit, reply)], to=to)


async def show_factor(visit: Visit) -> BaseResponse:
    """Begin to prove a second factor."""
    asked = await asked_for(visit, FactorIds.WEBAUTHN, visit.to, visit.query("factors"))
    return await _ask(visit, "factor", [], **asked.values()) if isinstance(asked, Asked) else asked


async def check_factor(visit: Visit) -> BaseResponse:
    """Prove the second factor with the passkey."""
    form = await visit.form()
    asked = await asked_for(visit, FactorIds.WEBAUTHN, visit.checked_to(form.get("to")), form.get("factors"))
    if not isinstance(asked, Asked):
        return asked
    try:
        reply = await visit.call("POST", _SIGN_IN, _body(form, in_session=True))
    except InvalidClaimsError:
        # Somebody else's: it would have to be linked to this user, which a session without its factors may not.
        reply = {"status": "INVALID_CREDENTIALS_ERROR"}
    if reply["status"] == "OK":
        return await after_second_factor(visit, form, asked.to)
    return await _ask(visit, "factor", [refusal(visit, reply)], **asked.values())


async def show_set_up(visit: Visit) -> BaseResponse:
    """Begin to add a passkey."""
    await require_set_up_allowed(visit, FactorIds.WEBAUTHN, _SIGN_UP)
    user = await _user(visit)
    return await _make(visit, "add", await _email_of(visit, user), [], **around_set_up(visit, visit.to))


async def set_up(visit: Visit) -> BaseResponse:
    """Add the passkey. The first one of a user is a login method of its own, linked to the user."""
    await require_set_up_allowed(visit, FactorIds.WEBAUTHN, _SIGN_UP)
    form = await visit.form()
    around = around_set_up(visit, visit.checked_to(form.get("to")))
    user = await _user(visit)
    has_one = user is not None and any(method.recipe_id == "webauthn" for method in user.login_methods)
    reply = await visit.call("POST", _ADD if has_one else _SIGN_UP, _body(form, in_session=True))
    if reply["status"] == "OK":
        return await after_set_up(visit, visit.checked_to(form.get("to")))
    return await _make(visit, "add", await _email_of(visit, user), [refusal(visit, reply)], **around)


async def _ask(visit: Visit, purpose: Purpose, errors: list[FieldError], **values: object) -> BaseResponse:
    """Show the page on which the browser asks for a passkey that there is."""
    options = await visit.call("POST", _SIGN_IN_OPTIONS)
    if options["status"] != "OK":
        return show_no_ceremony(visit, reason_of(options, visit))
    return show_ceremony(visit, purpose, options, errors, **values)


async def _make(visit: Visit, purpose: Purpose, email: str, errors: list[FieldError], **values: object) -> BaseResponse:
    """Show the page on which the browser makes a new passkey."""
    options = await visit.call("POST", _REGISTER_OPTIONS, {"email": email, "displayName": email})
    if options["status"] == "OK":
        return show_ceremony(visit, purpose, options, errors, email=email, **values)
    text = visit.answer(options["err"]) if "err" in options else reason_of(options, visit)
    if purpose == "sign_up":
        error = FieldError("email", text)
        return visit.form_again("sign_up_passkey.html", [error], values={"email": email}, **values)
    return show_no_ceremony(visit, text)


def _body(form: dict[str, str], in_session: bool) -> Json:
    return credential_of(form) | {"shouldTryLinkingWithSessionUser": in_session}


async def _user(visit: Visit) -> User | None:
    session = await session_of(visit)
    return await AccountLinkingRecipe.get().functions.get_user(session.get_user_id(), visit.user_context)


async def _email_of(visit: Visit, user: User | None) -> str:
    """Return the address that a passkey of this user is for: as multi-factor authentication says, else their own."""
    emails = list(user.emails) if user is not None else []
    if offers_api("PUT", "/mfa/info"):
        information = await visit.call("PUT", "/mfa/info")
        emails = [*information["emails"].get(FactorIds.WEBAUTHN, []), *emails]
    return emails[0] if emails else ""
