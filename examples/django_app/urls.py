# SPDX-License-Identifier: Apache-2.0
"""The views of Harbour Notes, and where they are."""

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from examples.harbour_notes import policy
from twofold import ui
from twofold.recipe.session.framework.django.syncio import verify_session
from twofold.recipe.userroles import UserRoleClaim
from twofold.syncio import get_user

if TYPE_CHECKING:
    from twofold.recipe.session import SessionContainer


@verify_session()
def home(request: HttpRequest) -> HttpResponse:
    """For everybody who is signed in, with every factor that they need."""
    session: SessionContainer = request.supertokens
    user = get_user(session.get_user_id())
    return page("home.html", email=user.emails[0] if user else "", claims=session.get_access_token_payload())


@verify_session(override_global_claim_validators=policy.and_role_admin)
def admin(_request: HttpRequest) -> HttpResponse:
    """For administrators alone."""
    return page("admin.html")


@verify_session()
def me(request: HttpRequest) -> HttpResponse:
    """For the scripts of a front end."""
    session: SessionContainer = request.supertokens
    return JsonResponse({"id": session.get_user_id(), "roles": session.sync_get_claim_value(UserRoleClaim)})


def page(template: str, **values: object) -> HttpResponse:
    """Show one of our own pages, which look like those of Twofold."""
    return HttpResponse(ui.render(template, language=None, **values), headers=ui.SECURITY_HEADERS)


urlpatterns = [path("", home), path("admin", admin), path("me", me)]
