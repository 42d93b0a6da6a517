# SPDX-License-Identifier: Apache-2.0
"""What all recipes have in common, and how they answer one another.

A recipe subclasses `Recipe`, says how its `Functions` and `APIs` are made, and overrides the hooks that concern it::

    class TOTPRecipe(Recipe[Functions, APIs]):
        recipe_id = "totp"
        display_name = "TOTP"

        def make_functions(self) -> Functions:
            return Functions(self.client, self.config)

        def make_apis(self) -> APIs:
            return APIs()

        def api_options(self, request: BaseRequest, response: BaseResponse) -> APIOptions:
            return APIOptions(request, response, self.recipe_id, self.config, self.functions, ...)

Another recipe asks through these hooks (`every_recipe()`), or through `TOTPRecipe.get().functions`. Both see overrides.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import wraps
from inspect import iscoroutinefunction, signature
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar, Generic, ParamSpec, Protocol, Self, TypeVar, cast

from twofold import _state
from twofold._app_info import AppInfo
from twofold._core_client import CoreClient
from twofold.exceptions import GeneralError
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.types.base import RecipeUserId, User, UserContext
from twofold.types.config import BaseOverrideConfig, BaseOverrideConfigWithoutAPI
from twofold.types.recipe import BaseAPIInterface, BaseRecipeInterface

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionClaim, SessionClaimValidator, SessionContainer

FunctionsT = TypeVar("FunctionsT", bound=BaseRecipeInterface)
APIsT = TypeVar("APIsT", bound=BaseAPIInterface)

PageHandler = Callable[[BaseRequest, BaseResponse, UserContext], Awaitable[BaseResponse | None]]
Override = BaseOverrideConfig[Any, Any] | BaseOverrideConfigWithoutAPI[Any] | None
_NEARLY_THE_SAME = 0.85

_logger = logging.getLogger("twofold")


@dataclass(frozen=True)
class PageRoute:
    """A page, matched on its full path before every API. A handler that returns None passes the request on.

    Attributes:
        method: In upper case.
        path: `*` as its last segment is any one segment.
        handler: Answers.
        tenant_base: After this beginning of the path, the path of a request may name a tenant: `/auth/TENANT/sign-in`.
    """

    method: str
    path: str
    handler: PageHandler
    tenant_base: str | None = None


@dataclass(frozen=True)
class LoginProvider:
    """A third-party provider as the login page lists it."""

    id: str
    name: str | None


class RecipeInit(Protocol):
    """What `recipe.X.init(...)` returns and `init(recipe_list=[...])` takes."""

    def __call__(self, app_info: AppInfo, plugins: list[Any]) -> "Recipe[Any, Any]":
        """Make the recipe for this application."""
        ...


class Recipe(Generic[FunctionsT, APIsT]):
    """One recipe of one App. `functions` and `apis` are the (overridden) objects that everybody calls.

    Life: the constructor keeps the configuration; `connect` makes functions and APIs, overridden once; `after_init`
    runs when all recipes of the App are connected.
    """

    recipe_id: ClassVar[str]
    display_name: ClassVar[str]
    """As it is spelled in messages to developers."""

    functions: FunctionsT
    apis: APIsT
    client: CoreClient
    clock_ms: Callable[[], int]
    combined: Any = None
    """The functions of the combined recipe that this one is part of, if it is."""

    def __init__(self, app_info: AppInfo, override: Override = None) -> None:
        # A policy that is given in another way would count for nothing, and nobody would notice.
        if override is not None and not (hasattr(override, "functions") or hasattr(override, "apis")):
            raise GeneralError(
                f"{self.recipe_id}.init: 'override' is OverrideConfig(functions=…, apis=…), not {override!r}"
            )
        self.app_info = app_info
        self._override = override
        self._plugins: tuple[Any, ...] = ()

    def wrap_in(self, plugins: Sequence[Any]) -> None:
        """Take overrides of plugins, in their order; they lie between the original and the application's override."""
        self._plugins = tuple(plugins)

    def connect(self, client: CoreClient, clock_ms: Callable[[], int]) -> None:
        """Make the functions on the core, override them, and build the APIs over the overridden functions.

        Args:
            client: Of the App; this recipe gets one that speaks in its name.
            clock_ms: The App's clock: current time in milliseconds.
        """
        self.client = client.for_recipe(self.recipe_id)
        self.clock_ms = clock_ms
        self.functions = self._overridden(self.make_functions(), "functions")
        original = self.make_apis()
        self.api_class: type[Any] = type(original)
        self.apis = self._overridden(original, "apis")

    def _overridden(self, original: Any, name: str) -> Any:
        made, known = original, set(dir(original))
        for override in filter(None, (getattr(item, name, None) for item in (*self._plugins, self._override))):
            if iscoroutinefunction(override) or (replaced := override(made)) is None:
                raise GeneralError(
                    f"{self.recipe_id}.init: {override!r}, the override of its {name}, must not be async, and must "
                    "return the object that it is given, or what takes its place"
                )
            self._tell_of_misspelt(set(dir(replaced)) - known, known, name)
            made = self.adapted(replaced)
        return made

    def _tell_of_misspelt(self, added: set[str], known: set[str], name: str) -> None:
        """Warn of what an override adds if it may have meant to replace something: it may be the policy."""
        for new in sorted(added):
            for near in () if new.startswith("_") else get_close_matches(new, known, 1, _NEARLY_THE_SAME):
                _logger.warning(
                    "%s.init: the override of its %s has %r, which nothing calls; did you mean %r?",
                    *(self.recipe_id, name, new, near),
                )

    def adapted(self, implementation: Any) -> Any:
        """Return what an override made, so that it can be called as the original is. Answered by `session`."""
        return implementation

    @classmethod
    def get(cls) -> Self:
        """Return this recipe of the current App.

        Raises:
            GeneralError: `init` was not called, or its list does not have this recipe.
        """
        found = cls.get_or_none()
        if found is None:
            _state.current_app()
            raise GeneralError(f"Initialisation not done. Did you forget to call the {cls.display_name}.init function?")
        return found

    @classmethod
    def get_or_none(cls) -> Self | None:
        """Return this recipe of the current App, or None when it is not initialised."""
        app = _state.current_app_or_none()
        found = None if app is None else app.recipe(cls.recipe_id)
        return found if isinstance(found, cls) else None

    @classmethod
    def get_instance(cls) -> Self:
        """Return this recipe of the current App; the incumbent's name for `get`."""
        return cls.get()

    @property
    def recipe_implementation(self) -> FunctionsT:
        """The functions; the incumbent's name."""
        return self.functions

    @property
    def api_implementation(self) -> APIsT:
        """The APIs; the incumbent's name."""
        return self.apis

    # What every recipe says.

    def make_functions(self) -> FunctionsT:
        """Make the original functions, on `self.client`."""
        raise NotImplementedError(f"{type(self).__name__}.make_functions")

    def make_apis(self) -> APIsT:
        """Make the original APIs; they reach the overridden functions through their options or `self.functions`."""
        return cast(APIsT, BaseAPIInterface())

    def api_options(self, request: BaseRequest, response: BaseResponse) -> Any:
        """Return what the APIs get as `api_options`."""
        raise NotImplementedError(f"{type(self).__name__}.api_options")

    def after_init(self) -> None:
        """Run when every recipe of the App is connected and the App is current: check what must not be missing."""

    # What a recipe answers to others. Lists are joined in the order of the recipes.

    def first_factors(self) -> list[str]:
        """Return the factor ids that this recipe offers as a first factor."""
        return []

    def configured_first_factors(self) -> list[str] | None:
        """Return the first factors that the developer configured for all tenants; None when it was not said here."""
        return None

    def secondary_factors(self) -> list[str]:
        """Return the factor ids that this recipe offers as a second factor."""
        return []

    async def factors_set_up_for_user(self, user: User, user_context: UserContext) -> list[str]:
        """Return those of this recipe's factors that the user can already use."""
        return []

    async def session_began(self, session: "SessionContainer", request: BaseRequest, user_context: UserContext) -> None:
        """Run after a sign-in has made a session and marked its first factor. Answered by `trusteddevices`."""

    def fields_of_password(self, user_context: UserContext) -> dict[str, Any]:
        """Return what our core is told of the client beside a password. Answered by `trusteddevices`."""
        return {}

    async def mfa_info(self, session: "SessionContainer", user: User, user_context: UserContext) -> dict[str, Any]:
        """Return members that this recipe adds to the MFA info of a session and its user."""
        return {}

    def emails_for_factors(self, user: User, session_recipe_user_id: RecipeUserId) -> Mapping[str, list[str]]:
        """Return, per factor id, the user's emails that it may use, best first."""
        return {}

    def phone_numbers_for_factors(self, user: User, session_recipe_user_id: RecipeUserId) -> Mapping[str, list[str]]:
        """Return, per factor id, the user's phone numbers that it may use, best first."""
        return {}

    async def login_providers(
        self, tenant_id: str, client_type: str | None, user_context: UserContext
    ) -> list[LoginProvider]:
        """Return the third-party providers that a tenant offers to this kind of client."""
        return []

    def claims(self) -> "list[SessionClaim[Any]]":
        """Return the claims that every new session carries."""
        return []

    def global_claim_validators(self) -> "list[SessionClaimValidator]":
        """Return the validators that guard every protected route unless it says otherwise."""
        return []

    def session_data(self, request: BaseRequest) -> Mapping[str, Any]:
        """Return what a session made in this request keeps in its data, unless the application says otherwise."""
        return {}

    async def load_session(
        self,
        request: BaseRequest,
        *,
        session_required: bool,
        check_database: bool,
        user_context: UserContext,
    ) -> "SessionContainer | None":
        """Verify the request's session for an API: tokens and anti-CSRF, no claim validators. Answered by `session`.

        Raises:
            SuperTokensSessionError: it is required and there is none, or it must be refreshed.
        """
        raise GeneralError(f"The recipe {self.recipe_id} does not verify sessions")

    async def tenant_id_of(self, tenant_id_from_frontend: str, user_context: UserContext) -> str:
        """Return the tenant that a path segment means. Answered by `multitenancy`."""
        return tenant_id_from_frontend

    async def verify_email_without_mail(
        self, tenant_id: str, recipe_user_id: RecipeUserId, email: str, user_context: UserContext
    ) -> None:
        """Mark an email as verified because its owner proved it in another way. Answered by `emailverification`."""

    async def require_verified_email(self, session: "SessionContainer", user_context: UserContext) -> None:
        """Refuse the session until its email is verified. Answered by `emailverification`.

        Raises:
            InvalidClaimsError: it is not; the front end asks its user to verify it.
        """

    async def admit(self, request: BaseRequest, path: str, user_context: UserContext) -> None:
        """Refuse a request to an API of this recipe before anything else of it is read. Answered by `dashboard`.

        `path` is the API's, as it is declared.

        Raises:
            SuperTokensError: whoever sent it may not call the API; `handle_error` answers it.
        """

    async def prepare_error(
        self, request: BaseRequest, error: Exception, response: BaseResponse, user_context: UserContext
    ) -> None:
        """Put a status and a body on the response to an error before `handle_error` does, whoever's error it is.

        The first status and the first body win, and the later ones are ignored: so a page can turn a 401 into a
        redirect while the session recipe still clears the cookies.
        """

    async def handle_error(
        self, request: BaseRequest, error: Exception, response: BaseResponse, user_context: UserContext
    ) -> BaseResponse | None:
        """Answer an error of this recipe; None when it is somebody else's."""
        return None

    def cors_headers(self) -> list[str]:
        """Return the request headers that a cross-origin front end sends to this recipe."""
        return []

    def page_routes(self) -> list[PageRoute]:
        """Return the pages of this recipe. Asked once, after all recipes are connected."""
        return []


def every_recipe() -> "list[Recipe[Any, Any]]":
    """Return the recipes of the current App in their order: the application's list, then the always-on ones.

    Raises:
        GeneralError: `init` was not called.
    """
    return _state.current_app().recipes


P = ParamSpec("P")


def open_to_plugins(recipe_id: str) -> Callable[[Callable[P, RecipeInit]], Callable[P, RecipeInit]]:
    """Let plugins change the arguments, `override` aside, of a recipe's `init`, on which this is a decorator."""

    def decorate(init: Callable[P, RecipeInit]) -> Callable[P, RecipeInit]:
        @wraps(init)
        def opened(*args: P.args, **kwargs: P.kwargs) -> RecipeInit:
            make = init(*args, **kwargs)

            def make_configured(app_info: AppInfo, plugins: list[Any]) -> "Recipe[Any, Any]":
                changes = [found.config for item in plugins if (found := item.get(recipe_id)) and found.config]
                if not changes:
                    return make(app_info, plugins)
                bound = signature(init).bind(*args, **kwargs)
                bound.apply_defaults()
                override = {key: bound.arguments.pop(key) for key in ("override",) if key in bound.arguments}
                config = SimpleNamespace(**bound.arguments)
                for change in changes:
                    config = change(config)
                changed: Callable[..., RecipeInit] = init
                return changed(**vars(config), **override)(app_info, plugins)

            return make_configured

        return opened

    return decorate
