# SPDX-License-Identifier: Apache-2.0
"""Change the email address that one signs in with beside the password.

Where addresses are verified, the new one is first: a link is sent there, and until it was opened nothing changes. It is
needed each time: an address that somebody could read once may be another's by now.
Whether somebody else has the address is told only then, to who reads its mail. The old address is told of the change.
"""

from twofold.framework.response import BaseResponse
from twofold.recipe import _abuse
from twofold.recipe.emailpassword.asyncio import update_email_or_password
from twofold.recipe.emailpassword.recipe import EmailPasswordRecipe
from twofold.recipe.emailverification.asyncio import is_email_verified, send_email_verification_email, unverify_email
from twofold.recipe.emailverification.recipe import EmailVerificationRecipe
from twofold.recipe.notices.telling import tell_in_any_case
from twofold.recipe.session.interfaces import SessionContainer
from twofold.types.base import LoginMethod
from twofold.ui.in_process_client import offers_api
from twofold.ui.login.flow import EmailFlow
from twofold.ui.login.inbox import inbox_url
from twofold.ui.settings.own_user import own_password, tenant_of
from twofold.ui.settings.session import fresh_session
from twofold.ui.visit import FieldError, Visit, missing, reason_of

_PAGE = "settings_email.html"
_VERIFY = "/user/email/verify"


async def show_email(visit: Visit) -> BaseResponse:
    """Ask for the new address; once the link was sent, whether it was opened."""
    session = await fresh_session(visit)
    return visit.page(_PAGE, **await _values(visit, session, await own_password(visit, session)))


async def change_email(visit: Visit) -> BaseResponse:
    """Send the link to the new address. Where addresses are not verified, change it."""
    session = await fresh_session(visit)
    method = await own_password(visit, session)
    new = (await visit.form()).get("email", "").strip()
    error = await _error_of(visit, method, session, new)
    if error is None and _verifies():
        error = await _send(visit, method, session, new)
        if error is None:
            flow = EmailFlow(new, session.get_handle())
            visit.ui.email_cookie.keep(visit.response, flow, visit.ui.clock_ms())
            return visit.redirect(visit.urls.settings_email)
    return await _changed(visit, method, session, new) if error is None else await _again(visit, session, error, new)


async def confirm_email(visit: Visit) -> BaseResponse:
    """Change the address if the link was opened."""
    session = await fresh_session(visit)
    method, new = await own_password(visit, session), _awaited(visit, session)
    if new is None:
        return visit.redirect(visit.urls.settings_email)
    if method.has_same_email_as(new):  # the button was pressed twice
        return _done(visit)
    if not await is_email_verified(method.recipe_user_id, new, visit.user_context):
        return await _again(visit, session, FieldError(None, visit.text("email.not_yet")), "")
    return await _changed(visit, method, session, new)


async def forget_email(visit: Visit) -> BaseResponse:
    """Keep the old address after all."""
    visit.ui.email_cookie.forget(visit.response)
    return visit.redirect(visit.urls.settings_email)


def _verifies() -> bool:
    return EmailVerificationRecipe.get_or_none() is not None and offers_api("POST", _VERIFY)


async def _error_of(visit: Visit, method: LoginMethod, session: SessionContainer, new: str) -> FieldError | None:
    if not new:
        return missing("email", visit)
    if method.has_same_email_as(new):
        return FieldError("email", visit.text("email.same"))
    field = next(field for field in EmailPasswordRecipe.get().config.forms.sign_up if field.id == "email")
    text = await field.validate(new, tenant_of(method, session))
    return None if text is None else FieldError("email", visit.answer(text))


async def _send(visit: Visit, method: LoginMethod, session: SessionContainer, new: str) -> FieldError | None:
    tenant_id, user_id, context = tenant_of(method, session), session.get_user_id(), visit.user_context
    refused = await _abuse.refusal_of_message(tenant_id, context, email=new, user_id=user_id)
    if refused is not None:
        return FieldError(None, reason_of(refused.to_json(), visit))
    await unverify_email(method.recipe_user_id, new, context)  # a link that was opened before counts no more
    await send_email_verification_email(tenant_id, user_id, method.recipe_user_id, new, context)
    return None


async def _changed(visit: Visit, method: LoginMethod, session: SessionContainer, new: str) -> BaseResponse:
    tenant_id, context = tenant_of(method, session), visit.user_context
    old = method.email or ""
    tell_in_any_case(context)
    result = await update_email_or_password(method.recipe_user_id, new, None, None, tenant_id, context)
    if result.status != "OK":
        visit.ui.email_cookie.forget(visit.response)
        return await _again(visit, session, FieldError("email", visit.text("contact.not_yours")), new, is_over=True)
    if _verifies():
        await unverify_email(method.recipe_user_id, old, context)
        if offers_api("GET", _VERIFY):
            await visit.call("GET", _VERIFY)  # brings what the session says of the address up to date
    return _done(visit)


def _done(visit: Visit) -> BaseResponse:
    visit.ui.email_cookie.forget(visit.response)
    return visit.redirect(visit.urls.settings_login_methods, notice="email_changed")


def _awaited(visit: Visit, session: SessionContainer) -> str | None:
    """Return the address that this session waits for."""
    flow = visit.ui.email_cookie.read(visit.request)
    return flow.email if flow is not None and flow.session_handle == session.get_handle() else None


async def _again(
    visit: Visit, session: SessionContainer, error: FieldError, typed: str, *, is_over: bool = False
) -> BaseResponse:
    values = await _values(visit, session, await own_password(visit, session))
    if is_over:
        values["awaited"] = None
    return visit.form_again(_PAGE, [error], values={"email": typed}, **values)


async def _values(visit: Visit, session: SessionContainer, method: LoginMethod) -> dict[str, object]:
    awaited = _awaited(visit, session) if _verifies() else None
    is_confirmed = awaited is not None and await is_email_verified(method.recipe_user_id, awaited, visit.user_context)
    return {
        "email": method.email,
        "awaited": awaited,
        "is_confirmed": is_confirmed,
        "verifies": _verifies(),
        "inbox": inbox_url(visit) if awaited else None,
    }
