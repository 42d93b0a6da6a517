# SPDX-License-Identifier: Apache-2.0
"""Declares an HTTP API on its method, fills the method's parameters from the request, and turns its result into JSON.

::

    class APIs(BaseAPIInterface):
        disable_remove_device_post: bool = False

        @api("POST", "/totp/device/remove", session="required")
        async def remove_device_post(
            self, device_name: str, options: APIOptions, session: "SessionContainer", user_context: UserContext
        ) -> RemoveDeviceOkResult | GeneralErrorResponse: ...

The method may be replaced by an override. It is therefore looked up by name for each request, and called positionally
with every argument in the declared order, by name where they are declared so (`*, …`). While `disable_<method>` is
true, the request passes on to the application.

Parameters are filled by name:

======================================== =====================================================================
`api_options`, `options`                 `Recipe.api_options(request, response)`
`user_context`                           the request's context
`tenant_id`                              the session's tenant if a session was loaded, else the path's
`session`                                by the session policy
`should_try_linking_with_session_user`   the body's flag (`session="auth"`): True, False, or None for older clients
anything else                            query (GET, DELETE) or JSON body, in camelCase: `device_name` is `deviceName`
======================================== =====================================================================

The type says what is accepted: `str`, `int`, `bool`, `list[…]`, `dict[…]`, with `| None` when it may be absent. Else
write `Annotated[Kind, Parse(function)]`, or `Annotated[Kind, Supplied]` and put it into `call.arguments` in `prepare`.
So does an API with `**kwargs` put them there, as a dict.

Session policies: `none` · `required` (no claim is checked: a session with unfinished factors may call it) ·
`optional` · `auth` (sign-in and sign-up: the session counts only when the client asks for linking).
"""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from twofold import _state
from twofold._client_network import remember_session
from twofold._wire import Json, camel_case, to_json
from twofold.exceptions import BadInputError, CoreError, GeneralError
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.types.base import User, UserContext

from . import _fdi
from ._base import Recipe

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer

Method = Literal["GET", "POST", "PUT", "DELETE"]
SessionPolicy = Literal["none", "required", "optional", "auth"]
BodyKind = Literal["json", "form", "json_or_form"]
FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])

_DECLARATIONS = "__twofold_apis__"
_READ_FROM_QUERY = ("GET", "DELETE")  # a body has no meaning in these (RFC 9110, section 9.3)
_FILLED_BY_NAME = frozenset(
    {"self", "api_options", "options", "user_context", "tenant_id", "session", "should_try_linking_with_session_user"}
)


class Supplied:
    """Marks a parameter that does not come from the request but from `prepare`."""


@dataclass(frozen=True)
class Parse:
    """Reads a parameter with a function of the JSON value (None when absent), which may raise `BadInputError`."""

    read: Callable[[Any], Any]
    key: str | None = None


@dataclass(frozen=True)
class Texts:
    """What a 400 says when the parameter is missing or is not of its type, where the usual text does not do."""

    missing: str | None = None
    wrong: str | None = None


@dataclass(repr=False)
class ApiCall:
    """One request to an API while it is prepared. `arguments` are those from query and body, by parameter name."""

    recipe: Recipe[Any, Any]
    request: BaseRequest
    response: BaseResponse
    options: Any
    tenant_id: str
    user_context: UserContext
    values: Json
    fdi_version: _fdi.Version | None = None
    session: "SessionContainer | None" = None
    should_try_linking_with_session_user: bool | None = None
    arguments: dict[str, Any] = field(default_factory=dict)


Prepare = Callable[[ApiCall], Awaitable[Any]]
Render = Callable[[Any, ApiCall], Json]


@dataclass(frozen=True)
class Parameter:
    """A parameter of an API method; `read` is None when it is filled by name or in `prepare`."""

    name: str
    key: str
    read: Callable[[Any], Any] | None
    kind: Any = inspect.Parameter.POSITIONAL_OR_KEYWORD


@dataclass(frozen=True)
class Declaration:
    """An API as its decorator declares it."""

    method: Method
    path: str
    name: str
    parameters: tuple[Parameter, ...]
    session: SessionPolicy
    check_database: bool
    body: BodyKind
    prepare: Prepare | None
    render: Render | None

    @property
    def disable_flag(self) -> str:
        """Name of the attribute of the APIs object that switches this API off."""
        return f"disable_{self.name}"

    @property
    def reads_values(self) -> bool:
        """Whether query or body matter to this API at all."""
        return self.session == "auth" or any(
            parameter.read or parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in self.parameters
        )


def api(  # one call site per API; every option is a keyword
    method: Method,
    path: str,
    *,
    session: SessionPolicy = "none",
    check_database: bool = False,
    body: BodyKind = "json",
    prepare: Prepare | None = None,
    render: Render | None = None,
) -> Callable[[FunctionT], FunctionT]:
    """Declare the method as the API at `<base path><path>`. May be repeated for old paths of the same API.

    Args:
        method: Compared in upper case.
        path: Below the API base path; a tenant segment may always come before it.
        session: The session policy.
        check_database: Ask the core whether the session still lives (`auth` always does).
        body: How the body is read; GET and DELETE read the query.
        prepare: Runs after the session is loaded and the parameters are read, before the (overridden) method: for
            checks of several parameters and for `Supplied` ones. What it returns, unless None, is the result.
        render: Makes the JSON of the result, where `to_json` does not do.
    """

    def declare(function: FunctionT) -> FunctionT:
        declaration = Declaration(
            method,
            path,
            function.__name__,
            _parameters(function, method),
            session,
            check_database,
            body,
            prepare,
            render,
        )
        setattr(function, _DECLARATIONS, (declaration, *getattr(function, _DECLARATIONS, ())))
        return function

    return declare


def declared_apis(apis: type[Any]) -> list[Declaration]:
    """Return the APIs that a class declares.

    Raises:
        GeneralError: one has no `disable_…` flag beside it.
    """
    functions = (getattr(apis, name) for name in dir(apis))
    declarations = [item for function in functions for item in getattr(function, _DECLARATIONS, ())]
    for item in declarations:
        if not isinstance(getattr(apis, item.disable_flag, None), bool):
            raise GeneralError(f"{apis.__module__}.{apis.__name__} must declare `{item.disable_flag}: bool = False`")
    return declarations


def is_disabled(recipe: Recipe[Any, Any], declaration: Declaration) -> bool:
    """Tell whether the application switched this API off."""
    return bool(getattr(recipe.apis, declaration.disable_flag, False))


async def call_api(
    recipe: Recipe[Any, Any],
    declaration: Declaration,
    request: BaseRequest,
    response: BaseResponse,
    tenant_id_from_path: str,
    user_context: UserContext,
) -> BaseResponse | None:
    """Answer a request; None when the API leaves it to the application.

    Raises:
        BadInputError: the request is malformed, or the core says so.
        SuperTokensError: any error of the recipes; the App turns it into a response.
    """
    try:
        await recipe.admit(request, declaration.path, user_context)
        call = await _prepared(recipe, declaration, request, response, tenant_id_from_path, user_context)
        result = await declaration.prepare(call) if declaration.prepare else None
        if result is None:
            method = getattr(recipe.apis, declaration.name)
            positional, named = _arguments(declaration.parameters, call)
            result = await method(*positional, **named)
    except CoreError as error:
        # What the browser sent was passed on and the core finds it malformed: the sender's mistake, not ours.
        if error.status_code == 400:
            raise BadInputError(error.body) from error
        raise
    return _reply(result, declaration, call)


async def _prepared(
    recipe: Recipe[Any, Any],
    declaration: Declaration,
    request: BaseRequest,
    response: BaseResponse,
    tenant_id_from_path: str,
    user_context: UserContext,
) -> ApiCall:
    call = ApiCall(
        recipe,
        request,
        response,
        recipe.api_options(request, response),
        await _tenant_id(tenant_id_from_path, user_context),
        user_context,
        await _values(declaration, request) if declaration.reads_values else {},
        _fdi.effective_version(request.get_header("fdi-version")),
    )
    await _load_session(declaration, call)
    call.arguments = {
        parameter.name: parameter.read(call.values.get(parameter.key))
        for parameter in declaration.parameters
        if parameter.read is not None
    }
    return call


async def _tenant_id(from_path: str, user_context: UserContext) -> str:
    multitenancy = _state.current_app().recipe("multitenancy")
    return from_path if multitenancy is None else await multitenancy.tenant_id_of(from_path, user_context)


async def _values(declaration: Declaration, request: BaseRequest) -> Json:
    if declaration.method in _READ_FROM_QUERY:
        return request.get_query_params()
    if declaration.body == "form":
        return await request.form_data()
    values = await (request.json() if declaration.body == "json" else request.get_json_or_form_data())
    if values is None and declaration.body == "json_or_form":
        return {}
    if not isinstance(values, dict):
        raise BadInputError("Please provide a JSON body")
    return values


async def _load_session(declaration: Declaration, call: ApiCall) -> None:
    required = declaration.session == "required"
    if declaration.session == "auth":
        flag = _fdi.linking_flag(call.fdi_version, call.values)
        call.should_try_linking_with_session_user = flag
        required = flag is True
    if declaration.session == "none" or call.should_try_linking_with_session_user is False:
        return
    verifier = _state.current_app().recipe("session")
    if verifier is None:
        raise GeneralError(
            f"The API {declaration.path} needs the session recipe. Please add session.init to the recipe list"
        )
    call.session = await verifier.load_session(
        call.request,
        session_required=required,
        check_database=declaration.check_database or declaration.session == "auth",
        user_context=call.user_context,
    )
    if call.session is not None:
        call.tenant_id = call.session.get_tenant_id()
        remember_session(call.session.get_handle(), call.user_context)


def _arguments(parameters: tuple[Parameter, ...], call: ApiCall) -> tuple[list[Any], dict[str, Any]]:
    positional: list[Any] = []
    named: dict[str, Any] = {}
    for parameter in parameters:
        value = _argument(parameter, call)
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            named |= value
        elif parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            named[parameter.name] = value
        else:
            positional.append(value)
    return positional, named


def _argument(parameter: Parameter, call: ApiCall) -> Any:
    if parameter.name in call.arguments:
        return call.arguments[parameter.name]
    return call.options if parameter.name in ("api_options", "options") else getattr(call, parameter.name)


def _reply(result: Any, declaration: Declaration, call: ApiCall) -> BaseResponse | None:
    if result is None or isinstance(result, BaseResponse):
        return result
    status = getattr(result, "status", None)
    if declaration.render is not None and status != "GENERAL_ERROR":
        json = declaration.render(result, call)
    else:
        json = _in_clients_version(to_json(result), result, call)
    call.response.set_status_code(200)
    call.response.set_json_content(json)
    return call.response


def _in_clients_version(json: Json, result: Any, call: ApiCall) -> Json:
    user, session = getattr(result, "user", None), getattr(result, "session", None)
    if not isinstance(user, User) or session is None or _fdi.knows_login_methods(call.fdi_version):
        return json
    return _fdi.legacy_reply(json, user, session.get_recipe_user_id())


def _parameters(function: Callable[..., Any], method: Method) -> tuple[Parameter, ...]:
    signature = inspect.signature(function)
    return tuple(
        replace(_parameter(name, item, method, function), kind=item.kind)
        for name, item in signature.parameters.items()
        if name != "self"
    )


def _parameter(name: str, item: inspect.Parameter, method: Method, function: Callable[..., Any]) -> Parameter:
    annotation: Any = item.annotation
    if name in _FILLED_BY_NAME or item.kind is inspect.Parameter.VAR_KEYWORD:
        return Parameter(name, name, None)
    if isinstance(annotation, str):
        raise GeneralError(f"{function.__qualname__}: the type of {name} is read at import, do not quote it")
    kind, *notes = get_args(annotation) if get_origin(annotation) is Annotated else (annotation,)
    if Supplied in notes:
        return Parameter(name, name, None)
    for note in notes:
        if isinstance(note, Parse):
            return Parameter(name, note.key or camel_case(name), note.read)
    texts = next((note for note in notes if isinstance(note, Texts)), Texts())
    return Parameter(name, camel_case(name), _reader(camel_case(name), kind, texts, method))


_EXPECTED: dict[Any, str] = {str: "a string", int: "an integer", bool: "a boolean", list: "an array", dict: "an object"}


def _reader(key: str, kind: Any, texts: Texts, method: Method) -> Callable[[Any], Any]:
    members = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    (wanted,) = (get_origin(member) or member for member in members if member is not NoneType)
    if wanted not in _EXPECTED:
        raise GeneralError(f"{key}: {kind!r} cannot be read from a request; use Parse or Supplied")
    usual = f"Please provide the {key} as a GET param" if method in _READ_FROM_QUERY else f"Please provide {key}"
    missing, wrong = texts.missing or usual, texts.wrong or f"{key} must be {_EXPECTED[wanted]}"

    def read(value: Any) -> Any:
        if value is None:
            if NoneType in members:
                return None
            raise BadInputError(missing)
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            raise BadInputError(wrong)
        # PostgreSQL cannot store NUL, and nothing that people type contains it.
        if isinstance(value, str) and "\0" in value:
            raise BadInputError(wrong)
        return value

    return read
