# SPDX-License-Identifier: Apache-2.0
"""Change the password: the old one, the new one, and every other session ends."""

from twofold.framework.response import BaseResponse
from twofold.recipe.emailpassword.asyncio import update_email_or_password, verify_credentials
from twofold.recipe.emailpassword.interfaces import PasswordPolicyViolationError, SignInOkResult
from twofold.recipe.session.interfaces import SessionContainer
from twofold.types.base import LoginMethod
from twofold.ui.settings.own_user import own_password, tenant_of
from twofold.ui.settings.session import fresh_session
from twofold.ui.settings.sessions import end_all_but
from twofold.ui.visit import FieldError, Visit, missing

_PAGE = "settings_password.html"


async def show_change_password(visit: Visit) -> BaseResponse:
    """Ask for the old and the new password."""
    session = await fresh_session(visit)
    method = await own_password(visit, session)
    return visit.page(_PAGE, email=method.email)


async def change_password(visit: Visit) -> BaseResponse:
    """Change it. Whoever knew the old one is signed out, but for this session."""
    session = await fresh_session(visit)
    method = await own_password(visit, session)
    form = await visit.form()
    errors = [missing(field, visit) for field in ("current_password", "password") if not form.get(field)]
    errors = errors or await _change(visit, session, method, form["current_password"], form["password"])
    if errors:
        return visit.form_again(_PAGE, errors, email=method.email)
    await end_all_but(visit, session)
    return visit.redirect(visit.urls.settings, notice="password_changed")


async def _change(
    visit: Visit, session: SessionContainer, method: LoginMethod, current: str, new: str
) -> list[FieldError]:
    tenant_id, context = tenant_of(method, session), visit.user_context
    known = await verify_credentials(tenant_id, method.email or "", current, context)
    # In another tenant the same address may be somebody else's.
    if not isinstance(known, SignInOkResult) or known.recipe_user_id != method.recipe_user_id:
        return [FieldError("current_password", visit.text("password.wrong"))]
    result = await update_email_or_password(method.recipe_user_id, None, new, True, tenant_id, context)
    if isinstance(result, PasswordPolicyViolationError):
        return [FieldError("password", visit.answer(result.failure_reason))]
    return [] if result.status == "OK" else [FieldError(None, visit.text("error.400.text"))]
