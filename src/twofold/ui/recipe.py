# SPDX-License-Identifier: Apache-2.0
"""The pages as a recipe: their routes, and what session errors look like to a person."""

import logging
from typing import Any

from twofold._app_info import AppInfo
from twofold.exceptions import BadInputError
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.languages import language_of
from twofold.recipe._base import PageRoute, Recipe
from twofold.recipe.session.exceptions import SuperTokensSessionError
from twofold.types.base import UserContext
from twofold.types.recipe import BaseAPIInterface, BaseRecipeInterface
from twofold.ui.config import UIConfig
from twofold.ui.errors import is_navigation, show_error, show_status
from twofold.ui.in_process_client import ApiUnavailable
from twofold.ui.login.flow import (
    COOKIE_NAME,
    EMAIL_COOKIE_NAME,
    PROVIDER_COOKIE_NAME,
    CodeFlow,
    EmailFlow,
    FlowCookie,
    ProviderFlow,
)
from twofold.ui.messages import Messages
from twofold.ui.replies import send_static_file
from twofold.ui.routes import PAGES, PageDeclaration
from twofold.ui.same_origin import is_same_origin
from twofold.ui.settings.sessions import LONGEST_USER_AGENT, USER_AGENT
from twofold.ui.static_files import StaticFile, StaticFiles
from twofold.ui.templates import Templates
from twofold.ui.urls import Places, Urls
from twofold.ui.visit import Page, Visit

_logger = logging.getLogger("twofold.ui")


class UIRecipe(Recipe[BaseRecipeInterface, BaseAPIInterface]):
    """The pages of one application.

    Args:
        app_info: What the application says about itself.
        config: What `ui.init` was given.
    """

    recipe_id = "ui"
    display_name = "UI"

    def __init__(self, app_info: AppInfo, config: UIConfig) -> None:
        super().__init__(app_info)
        website_base_path = app_info.website_base_path.get_as_string_dangerous()
        self.config = config
        self.places = Places(website_base_path, app_info.api_base_path.get_as_string_dangerous())
        self.home_path = config.home_path
        self.messages = Messages(config.messages)
        self.static_files = StaticFiles(self.urls.static)
        is_https = app_info.api_domain.get_as_string_dangerous().startswith("https:")
        self.flow_cookie = FlowCookie(COOKIE_NAME, CodeFlow, website_base_path, is_https)
        self.provider_cookie = FlowCookie(PROVIDER_COOKIE_NAME, ProviderFlow, website_base_path, is_https)
        self.email_cookie = FlowCookie(EMAIL_COOKIE_NAME, EmailFlow, website_base_path, is_https)
        shared = {
            "app_name": app_info.app_name,
            "home": config.home_path,
            "urls": self.urls,
            "stylesheet": config.stylesheet,
        }
        self.templates = Templates(config.template_folder, shared, self.static_files, self.messages)

    @property
    def urls(self) -> Urls:
        """The paths of the pages, where no tenant is named."""
        return self.places.urls

    def make_functions(self) -> BaseRecipeInterface:
        """Return nothing to override: templates replace pages, and other recipes' overrides what pages do."""
        return BaseRecipeInterface()

    def page_routes(self) -> list[PageRoute]:
        """Return the pages and the static files."""
        base = self.places.tenant_base
        pages = [
            PageRoute(page.method, page.path(self.urls), _Handler(self, page), base if page.of_tenant else None)
            for page in PAGES
        ]
        files = [PageRoute("GET", url, _FileHandler(file)) for url, file in self.static_files.routes()]
        return pages + files

    def session_data(self, request: BaseRequest) -> dict[str, Any]:
        """Return what the list of sessions tells a session by: what the browser says of itself."""
        return {USER_AGENT: (request.get_header("user-agent") or "")[:LONGEST_USER_AGENT]}

    async def prepare_error(
        self, request: BaseRequest, error: Exception, response: BaseResponse, user_context: UserContext
    ) -> None:
        """Show an error to the person who sees the answer, if there is one."""
        if is_navigation(request):
            show_error(self, request, error, response, self.language_of(user_context))

    def path_of(self, request: BaseRequest) -> str:
        """Return the request's path as the browser knows it."""
        return self.app_info.api_gateway_path.get_as_string_dangerous() + request.get_path().rstrip("/")

    def urls_for(self, request: BaseRequest) -> Urls:
        """Return the paths of the tenant that the request's path names, if it names one."""
        return self.places.urls_of(self.places.split(self.path_of(request))[0])

    def owns(self, request: BaseRequest) -> bool:
        """Tell whether the request is for one of the pages."""
        return self.urls.owns(self.places.split(self.path_of(request))[1])

    def is_destination(self, path: str) -> bool:
        """Tell whether one may be led to this path, without a query, after signing in."""
        return self.urls.is_destination(self.places.split(path)[1])

    def language_of(self, user_context: UserContext) -> str:
        """Return which of the offered languages whoever sent this request is spoken to in."""
        return language_of(user_context, self.config.languages)

    def own_origins(self, request: BaseRequest, user_context: UserContext) -> list[str]:
        """Return the origins that forms may come from."""
        website = self.app_info.get_origin(request, user_context).get_as_string_dangerous()
        return [website, self.app_info.api_domain.get_as_string_dangerous()]


class _Handler:
    """Guards a page: a form must come from this site, and a failure is shown as a page."""

    def __init__(self, ui: UIRecipe, page: PageDeclaration) -> None:
        self._ui = ui
        self._page: Page = page.handler
        self._changes_something = page.method != "GET"

    async def __call__(
        self, request: BaseRequest, response: BaseResponse, user_context: UserContext
    ) -> BaseResponse | None:
        ui = self._ui
        if self._changes_something and not is_same_origin(request, ui.own_origins(request, user_context)):
            return show_status(ui, response, 403, ui.language_of(user_context))
        try:
            return await self._page(Visit(ui, request, response, user_context))
        except (SuperTokensSessionError, BadInputError):
            raise  # for `errors`, which leads to what is missing
        except ApiUnavailable:
            return show_status(ui, response, 404, ui.language_of(user_context))
        except Exception:
            _logger.exception("The page %s failed", ui.path_of(request))
            request.set_session_as_none()  # as with other errors: a session that was half made is not sent
            return show_status(ui, response, 500, ui.language_of(user_context))


class _FileHandler:
    def __init__(self, file: StaticFile) -> None:
        self._file = file

    async def __call__(
        self, request: BaseRequest, response: BaseResponse, user_context: UserContext
    ) -> BaseResponse | None:
        return send_static_file(response, self._file)
