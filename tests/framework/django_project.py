# SPDX-License-Identifier: Apache-2.0
"""A Django project in one module: its settings, its views of each kind, its URLs."""

from typing import Any

import django
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.views import View

from twofold.exceptions import BadInputError, GeneralError
from twofold.recipe.session import asyncio as session_functions
from twofold.recipe.session import syncio as blocking_session_functions
from twofold.recipe.session.framework.django.asyncio import verify_session as verify_session_async
from twofold.recipe.session.framework.django.syncio import verify_session

STEP_UP_SECONDS = 300

settings.configure(
    SECRET_KEY="of a test",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "twofold.framework.django.django_middleware.middleware",
    ],
    INSTALLED_APPS=["rest_framework"],
    REST_FRAMEWORK={"DEFAULT_AUTHENTICATION_CLASSES": [], "UNAUTHENTICATED_USER": None},
)
django.setup()

# Only now: they read the settings.
from adrf.decorators import api_view as async_api_view  # noqa: E402
from adrf.views import APIView as AsyncAPIView  # noqa: E402
from adrf.viewsets import ViewSet as AsyncViewSet  # noqa: E402
from rest_framework.decorators import api_view  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402
from rest_framework.viewsets import ViewSet  # noqa: E402


@verify_session()
def sync_view(request: HttpRequest) -> HttpResponse:
    """Change and show the session."""
    request.supertokens.sync_merge_into_access_token_payload({"seen": True})
    return JsonResponse({"userId": request.supertokens.get_user_id()})


@verify_session_async()
async def async_view(request: HttpRequest) -> HttpResponse:
    """Change and show the session."""
    await request.supertokens.merge_into_access_token_payload({"seen": True})
    return JsonResponse({"userId": request.supertokens.get_user_id()})


@verify_session(session_required=False)
def optional(request: HttpRequest) -> HttpResponse:
    """Show the session, if there is one."""
    found = request.supertokens
    return JsonResponse({"userId": None if found is None else found.get_user_id()}, status=202)


def by_function(request: HttpRequest) -> HttpResponse:
    """Ask for the session; what is wrong with it the middleware answers."""
    found = blocking_session_functions.get_session(request)
    assert found is not None
    return JsonResponse({"userId": found.get_user_id()})


async def by_async_function(request: HttpRequest) -> HttpResponse:
    """Ask for the session; what is wrong with it the middleware answers."""
    found = await session_functions.get_session(request)
    assert found is not None
    return JsonResponse({"userId": found.get_user_id()})


class SyncClass(View):  # type: ignore[misc]  # without types
    """A class-based view."""

    @verify_session()
    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the session."""
        return JsonResponse({"userId": request.supertokens.get_user_id()})


@method_decorator(verify_session(), name="dispatch")
class DecoratedClass(View):  # type: ignore[misc]  # without types
    """A class-based view, guarded as a whole."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the session."""
        return JsonResponse({"userId": request.supertokens.get_user_id()})


class AsyncClass(View):  # type: ignore[misc]  # without types
    """An async class-based view."""

    @verify_session_async()
    async def get(self, request: HttpRequest) -> HttpResponse:
        """Show the session."""
        return JsonResponse({"userId": request.supertokens.get_user_id()})


@method_decorator(verify_session_async(), name="dispatch")
class DecoratedAsyncClass(View):  # type: ignore[misc]  # without types
    """An async class-based view, guarded as a whole."""

    async def get(self, request: HttpRequest) -> HttpResponse:
        """Show the session."""
        return JsonResponse({"userId": request.supertokens.get_user_id()})


@api_view(["GET"])  # type: ignore[untyped-decorator]  # without types
@verify_session()
def rest_function(request: Any) -> Response:
    """A view of Django REST framework."""
    return Response({"userId": request.supertokens.get_user_id()})


class RestClass(APIView):  # type: ignore[misc]  # without types
    """A class-based view of Django REST framework."""

    @verify_session()
    def get(self, request: Any) -> Response:
        """Show the session."""
        return Response({"userId": request.supertokens.get_user_id()})


@method_decorator(verify_session(), name="dispatch")
class DecoratedRestClass(APIView):  # type: ignore[misc]  # without types
    """A class-based view of Django REST framework, guarded as a whole."""

    def get(self, request: Any) -> Response:
        """Show the session."""
        return Response({"userId": request.supertokens.get_user_id()})


class RestSet(ViewSet):  # type: ignore[misc]  # without types
    """A set of views of Django REST framework."""

    @verify_session()
    def list(self, request: Any) -> Response:
        """Show the session."""
        return Response({"userId": request.supertokens.get_user_id()})


@async_api_view(["GET"])  # type: ignore[untyped-decorator]  # without types
@verify_session_async()
async def async_rest_function(request: Any) -> Response:
    """An async view of Django REST framework."""
    return Response({"userId": request.supertokens.get_user_id()})


class AsyncRestClass(AsyncAPIView):  # type: ignore[misc]  # without types
    """An async class-based view of Django REST framework."""

    @verify_session_async()
    async def get(self, request: Any) -> Response:
        """Change and show the session."""
        await request.supertokens.merge_into_access_token_payload({"seen": True})
        return Response({"userId": request.supertokens.get_user_id()})


class AsyncRestSet(AsyncViewSet):  # type: ignore[misc]  # without types
    """A set of async views of Django REST framework."""

    @verify_session_async()
    async def alist(self, request: Any) -> Response:
        """Show the session."""
        return Response({"userId": request.supertokens.get_user_id()})


async def async_rest_by_function(request: Any) -> Response:
    """Ask for the session with the framework's own request."""
    found = await session_functions.get_session(request)
    assert found is not None
    return Response({"userId": found.get_user_id()})


def rest_by_function(request: Any) -> Response:
    """Ask for the session with the framework's own request."""
    found = blocking_session_functions.get_session(request)
    assert found is not None
    return Response({"userId": found.get_user_id()})


@verify_session()
def bad(request: HttpRequest) -> HttpResponse:
    """Refuse, after a change of the session."""
    request.supertokens.sync_merge_into_access_token_payload({"seen": True})
    raise BadInputError("not like this")


def vault(request: HttpRequest) -> HttpResponse:
    """Show what a fresh factor opens."""
    return JsonResponse({"userId": request.supertokens.get_user_id()})


async def async_vault(request: HttpRequest) -> HttpResponse:
    """Show what a fresh factor opens."""
    return vault(request)


def misconfigured(_request: HttpRequest) -> HttpResponse:
    """Fail as a wrong configuration does."""
    raise GeneralError("the developer must see this")


PROTECTED = {
    "sync": sync_view,
    "async": async_view,
    "by-function": by_function,
    "by-async-function": by_async_function,
    "class": SyncClass.as_view(),
    "async-class": AsyncClass.as_view(),
    "rest": rest_function,
    "rest-class": RestClass.as_view(),
    "decorated-class": DecoratedClass.as_view(),
    "decorated-async-class": DecoratedAsyncClass.as_view(),
    "decorated-rest-class": DecoratedRestClass.as_view(),
    "rest-set": RestSet.as_view({"get": "list"}),
    "async-rest": async_rest_function,
    "async-rest-class": AsyncRestClass.as_view(),
    "async-rest-set": AsyncRestSet.as_view({"get": "alist"}),
    "async-rest-by-function": async_api_view(["GET"])(async_rest_by_function),
    "rest-by-function": api_view(["GET"])(rest_by_function),
}
urlpatterns = [
    *(path(name, view) for name, view in PROTECTED.items()),
    path("step-up", verify_session(max_age_seconds=STEP_UP_SECONDS)(vault)),
    path("step-up-async", verify_session_async(max_age_seconds=STEP_UP_SECONDS)(async_vault)),
    path("step-up-rest", api_view(["GET"])(verify_session(max_age_seconds=STEP_UP_SECONDS)(vault))),
    path("optional", optional),
    path("bad", bad),
    path("misconfigured", misconfigured),
]
