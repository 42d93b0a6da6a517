# SPDX-License-Identifier: Apache-2.0
"""The ways to sign in to this account: list them, take one away, lead to where each is changed or added."""

from dataclasses import dataclass

from twofold.framework.response import BaseResponse
from twofold.recipe._keeping import RemovalRefusedError
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe
from twofold.recipe.multifactorauth.login_methods import remove_login_method
from twofold.recipe.session.interfaces import SessionContainer
from twofold.types.base import LoginMethod, RecipeUserId
from twofold.ui.settings.contact import channels_of_codes
from twofold.ui.settings.own_user import user_of
from twofold.ui.settings.provider import providers_to_connect
from twofold.ui.settings.session import fresh_session
from twofold.ui.templates import with_to
from twofold.ui.visit import FieldError, Visit

_PAGE = "settings_login_methods.html"
_NOTICES = (
    "email_changed",
    "contact_added",
    "contact_changed",
    "code_ended",
    "connected",
    "not_connected",
    "method_removed",
)


@dataclass(frozen=True)
class ShownMethod:
    """A login method as the page shows it.

    Attributes:
        id: Its recipe user id.
        kind: Of which kind it is, as people call it.
        name: Its address, number or account elsewhere.
        change: Where it is changed, if it can be.
        is_this: The session began with it.
        is_passkey: It is taken away with its last passkey, on the page of passkeys.
    """

    id: str
    kind: str
    name: str
    change: str | None
    is_this: bool
    is_passkey: bool


async def show_login_methods(visit: Visit) -> BaseResponse:
    """List them, and what may be added."""
    session = await fresh_session(visit, loses_factor=True)
    name = visit.query("notice")
    notice = visit.text(f"login_methods.{name}") if name in _NOTICES else None
    return visit.page(_PAGE, notice=notice, **await _values(visit, session))


async def take_away(visit: Visit) -> BaseResponse:
    """Take one away: whoever signed in with it is signed out, and it opens this account no longer."""
    session = await fresh_session(visit, loses_factor=True)
    recipe_user_id = RecipeUserId((await visit.form()).get("method", ""))
    try:
        await remove_login_method(session, recipe_user_id, visit.user_context)
    except RemovalRefusedError as error:
        errors = [FieldError(None, visit.answer(str(error)))]
        return visit.form_again(_PAGE, errors, **await _values(visit, session))
    return visit.redirect(visit.urls.settings_login_methods, notice="method_removed")


async def _values(visit: Visit, session: SessionContainer) -> dict[str, object]:
    methods = (await user_of(visit, session)).login_methods
    # What is added is linked to this user, which nothing but the application's own policy allows.
    may_link = AccountLinkingRecipe.get().config.has_own_policy
    return {
        "methods": [_shown(visit, session, method) for method in methods],
        "channels": channels_of_codes() if may_link else [],
        "providers": await providers_to_connect(visit, session, methods),
    }


def _shown(visit: Visit, session: SessionContainer, method: LoginMethod) -> ShownMethod:
    own = method.recipe_user_id.get_as_string()
    third_party = method.third_party
    name = third_party.id if third_party is not None else method.email or method.phone_number or ""
    return ShownMethod(
        own,
        visit.text(f"settings.method.{method.recipe_id}"),
        f"{name} · {method.email}" if third_party is not None and method.email else name,
        _where_changed(visit, method),
        is_this=session.get_recipe_user_id().get_as_string() == own,
        is_passkey=method.recipe_id == "webauthn",
    )


def _where_changed(visit: Visit, method: LoginMethod) -> str | None:
    if method.recipe_id == "emailpassword":
        return visit.urls.settings_email
    if method.recipe_id != "passwordless":
        return None
    channel = "email" if method.email is not None else "phone"
    return with_to(f"{visit.urls.add_contact}?channel={channel}", method.recipe_user_id.get_as_string(), "of")
