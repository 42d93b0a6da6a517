# SPDX-License-Identifier: Apache-2.0
"""One request to a page: what the page asks and how it answers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from twofold._core_client import PUBLIC_TENANT
from twofold._state import current_app
from twofold._wire import Json
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.languages import translated
from twofold.recipe.emailpassword.form_fields import IS_NOT_OPTIONAL
from twofold.recipe.multitenancy.recipe import MultitenancyRecipe
from twofold.recipe.session.interfaces import SessionContainer
from twofold.types.base import UserContext
from twofold.ui.in_process_client import as_api_request, call_own_api
from twofold.ui.local_path import local_path
from twofold.ui.messages import ANSWERS
from twofold.ui.replies import SEE_OTHER, send_page, send_redirect
from twofold.ui.templates import with_to
from twofold.ui.urls import Urls

if TYPE_CHECKING:
    from twofold.ui.recipe import UIRecipe

UNPROCESSABLE = 422
_REASON_FIELDS = ("reason", "message")


@dataclass(frozen=True)
class FieldError:
    """A sentence about a field, or about the whole form when `field` is `None`."""

    field: str | None
    text: str


@dataclass(frozen=True)
class Visit:
    """One request to a page."""

    ui: "UIRecipe"
    request: BaseRequest
    response: BaseResponse
    user_context: UserContext

    def text(self, message_id: str, **values: object) -> str:
        """Return a text by its id."""
        return self.ui.messages.text(message_id, self.language, **values)

    def answer(self, text: str) -> str:
        """Return what an API said, in the language of the page if it is one of ours."""
        return translated(text, self.language) if text in ANSWERS else text

    def query(self, name: str) -> str | None:
        """Return a parameter of the address."""
        return self.request.get_query_param(name)

    async def form(self) -> dict[str, str]:
        """Return the fields of the form that was sent.

        Raises:
            BadInputError: The body is not a form.
        """
        return {name: str(value) for name, value in (await self.request.form_data()).items()}

    def page(self, template: str, status: int = 200, /, **values: object) -> BaseResponse:
        """Answer with a page."""
        html = self.ui.templates.render(template, {"urls": self.urls, **values}, self.language)
        return send_page(self.response, status, html, self.language)

    def form_again(self, template: str, errors: list[FieldError], /, **values: object) -> BaseResponse:
        """Answer with the same form, and what is wrong with it."""
        return self.page(template, UNPROCESSABLE, errors=errors, **values)

    def message(self, message_id: str, action: tuple[str, str] | None = None, status: int = 200) -> BaseResponse:
        """Answer with a page that only says something: `ID_title`, `ID_text`, and perhaps a link (path, text id)."""
        link = {"href": action[0], "label": self.text(action[1])} if action else None
        heading, text = self.text(f"{message_id}_title"), self.text(f"{message_id}_text")
        return self.page("message.html", status, heading=heading, text=text, action=link)

    def redirect(self, path: str, status: int = SEE_OTHER, **parameters: str | None) -> BaseResponse:
        """Send the browser to another page of ours, or to a path that `local_path` has let through."""
        url = path
        for name, value in parameters.items():
            url = with_to(url, value, name)
        return send_redirect(self.response, url, status)

    async def call(self, method: str, path: str, body: Json | None = None, tenant_id: str | None = None) -> Json:
        """Call one of the SDK's APIs as this browser; see `call_own_api`."""
        tenant_id = tenant_id or self.path_tenant_id
        return await call_own_api(self.request, method, path, body or {}, tenant_id, self.user_context)

    async def tenant_id(self) -> str:
        """Return the tenant that this page is for, by `multitenancy`'s function `get_tenant_id`."""
        return await MultitenancyRecipe.get().tenant_id_of(self.path_tenant_id, self.user_context)

    async def session(self, required: bool = True) -> SessionContainer | None:
        """Return the session of this browser, whatever it still lacks.

        Raises:
            SuperTokensSessionError: There is none though it is required, or it must be refreshed; becomes a redirect.
        """
        recipe = current_app().recipe("session")
        if recipe is None:
            return None
        return await recipe.load_session(
            as_api_request(self.request), session_required=required, check_database=True, user_context=self.user_context
        )

    @cached_property
    def path_tenant_id(self) -> str:
        """The tenant that the path names."""
        return self.ui.places.split(self.ui.path_of(self.request))[0] or PUBLIC_TENANT

    @cached_property
    def urls(self) -> Urls:
        """The paths of the pages, of the tenant that this one's path names."""
        return self.ui.urls_for(self.request)

    @cached_property
    def language(self) -> str:
        """The language of the answer."""
        return self.ui.language_of(self.user_context)

    @cached_property
    def to(self) -> str | None:
        """The page to go to afterwards, from the address: a path of the application, or `None`."""
        return self.checked_to(self.query("to"))

    def checked_to(self, address: str | None) -> str | None:
        """Return `address` if it is a page of this site, and no step of signing in, else `None`."""
        path = local_path(address)
        return path if path is not None and self.ui.is_destination(path.partition("?")[0]) else None

    def go_on(self, to: str | None) -> BaseResponse:
        """Send the browser to where it wanted to go, or home."""
        return self.redirect(to or self.ui.home_path)


Page = Callable[[Visit], Awaitable[BaseResponse | None]]


def field_errors_of(reply: Json, visit: Visit) -> list[FieldError]:
    """Return what an API says about single fields, address first; nothing if its answer is about none."""
    if reply["status"] != "FIELD_ERROR":
        return []
    fields = sorted(reply["formFields"], key=lambda field: str(field["id"]) != "email")
    return [FieldError(str(field["id"]), _sentence(str(field["id"]), str(field["error"]), visit)) for field in fields]


def missing(field: str, visit: Visit) -> FieldError:
    """Say that a field was left empty."""
    kind = field.removeprefix("current_")
    known = kind if kind in ("email", "phone", "password", "name") else "other"
    return FieldError(field, visit.text(f"field.missing.{known}"))


def _sentence(field: str, text: str, visit: Visit) -> str:
    # Written for developers; people are told what to do.
    return missing(field, visit).text if text == IS_NOT_OPTIONAL else visit.answer(text)


def reason_of(reply: Json, visit: Visit) -> str:
    """Return the sentence of an API's refusal that is not about a field."""
    for field in _REASON_FIELDS:
        if isinstance(reply.get(field), str):
            return visit.answer(str(reply[field]))
    return visit.text("error.400.text")
