# SPDX-License-Identifier: Apache-2.0
"""The application that the browser packages sign in to, in Django, with a sync and with an async stack."""

import contextlib
import socket
from collections.abc import Iterator

from corsheaders.defaults import default_headers
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import override_settings
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from examples.harbour_notes import policy
from tests.contract.js.app import STEP_UP_SECONDS, CountingRefreshes, Stage, serving, serving_wsgi
from tests.framework import django_project  # noqa: F401  # a process has one project; it configures Django
from twofold import get_all_cors_headers
from twofold.recipe.session.framework.django.asyncio import verify_session as verify_session_async
from twofold.recipe.session.framework.django.syncio import verify_session


@contextlib.contextmanager
def serve_django_async(stage: Stage, listener: socket.socket) -> Iterator[None]:
    """Answer requests on an event loop."""
    with _settings(stage), serving(CountingRefreshes(get_asgi_application(), stage.refreshes), listener):
        yield


@contextlib.contextmanager
def serve_django_sync(stage: Stage, listener: socket.socket) -> Iterator[None]:
    """Answer requests each in a thread of its own."""
    with _settings(stage), serving_wsgi(get_wsgi_application(), listener, stage.refreshes):
        yield


def _settings(stage: Stage) -> contextlib.AbstractContextManager[None]:
    changed: contextlib.AbstractContextManager[None] = override_settings(
        ROOT_URLCONF=__name__,
        MIDDLEWARE=[
            "corsheaders.middleware.CorsMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "twofold.framework.django.django_middleware.middleware",
        ],
        CORS_ALLOWED_ORIGINS=[stage.website],
        CORS_ALLOW_CREDENTIALS=True,
        CORS_ALLOW_HEADERS=[*default_headers, *get_all_cors_headers()],
    )
    return changed


@csrf_exempt  # type: ignore[untyped-decorator]  # without types; our own check is under test
@verify_session()
def protected(request: HttpRequest) -> HttpResponse:
    """For everybody who is signed in."""
    return JsonResponse({"userId": request.supertokens.get_user_id()})


@verify_session(check_database=True)
def checked(request: HttpRequest) -> HttpResponse:
    """For everybody whose session still lives."""
    return JsonResponse({"userId": request.supertokens.get_user_id()})


@verify_session(override_global_claim_validators=policy.and_role_admin)
def admin(request: HttpRequest) -> HttpResponse:
    """For administrators alone."""
    return JsonResponse({"userId": request.supertokens.get_user_id()})


@verify_session(max_age_seconds=STEP_UP_SECONDS)
def payments(request: HttpRequest) -> HttpResponse:
    """For everybody who has just shown who is there."""
    return JsonResponse({"userId": request.supertokens.get_user_id()})


@csrf_exempt  # type: ignore[untyped-decorator]  # without types
@verify_session_async()
async def plan(request: HttpRequest) -> HttpResponse:
    """Change the session."""
    await request.supertokens.merge_into_access_token_payload({"plan": "gold"})
    return JsonResponse({"plan": "gold"})


urlpatterns = [
    path("protected", protected),
    path("checked", checked),
    path("admin", admin),
    path("payments", payments),
    path("plan", plan),
]
