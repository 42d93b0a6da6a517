# SPDX-License-Identifier: Apache-2.0
"""The password of whoever is signed in, once more: where a fresh factor is asked for and it is the only one."""

from twofold.framework.response import BaseResponse
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe
from twofold.recipe.multifactorauth.types import FactorIds
from twofold.ui.login.factor import Asked, asked_for
from twofold.ui.login.steps import after_a_factor
from twofold.ui.visit import FieldError, Visit, missing, reason_of


async def show_password(visit: Visit) -> BaseResponse:
    """Ask for the password."""
    asked = await asked_for(visit, FactorIds.EMAILPASSWORD, visit.to, visit.query("factors"))
    return visit.page("password.html", **asked.values()) if isinstance(asked, Asked) else asked


async def check_password(visit: Visit) -> BaseResponse:
    """Check it; the right one completes the factor in this session."""
    form = await visit.form()
    asked = await asked_for(visit, FactorIds.EMAILPASSWORD, visit.checked_to(form.get("to")), form.get("factors"))
    if not isinstance(asked, Asked):
        return asked
    password = form.get("password", "")
    if not password:
        return visit.form_again("password.html", [missing("password", visit)], **asked.values())
    email = await _email_of(visit, asked)
    fields = [{"id": "email", "value": email}, {"id": "password", "value": password}]
    reply = await visit.call("POST", "/signin", {"formFields": fields, "shouldTryLinkingWithSessionUser": True})
    if reply["status"] == "OK":
        return after_a_factor(visit, asked.to)
    is_wrong = reply["status"] == "WRONG_CREDENTIALS_ERROR"
    text = visit.text("password.wrong") if is_wrong else reason_of(reply, visit)
    return visit.form_again("password.html", [FieldError("password", text)], **asked.values())


async def _email_of(visit: Visit, asked: Asked) -> str:
    user = await AccountLinkingRecipe.get().functions.get_user(asked.session.get_user_id(), visit.user_context)
    methods = [] if user is None else user.login_methods
    return next((method.email or "" for method in methods if method.recipe_id == "emailpassword"), "")
