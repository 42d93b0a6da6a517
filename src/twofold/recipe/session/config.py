# SPDX-License-Identifier: Apache-2.0
"""The configuration of sessions: as the application gives it, and normalised."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args
from urllib.parse import urlsplit

from twofold.exceptions import GeneralError
from twofold.framework.request import BaseRequest
from twofold.normalised_url_domain import is_an_ip_address
from twofold.normalised_url_path import NormalisedURLPath
from twofold.recipe.session.constants import (
    AUTH_MODE_HEADER_KEY,
    SESSION_REFRESH,
    AllowedTransferMethod,
    AntiCsrfMode,
    SameSite,
)
from twofold.recipe.session.error_handlers import DefaultHandlers, ErrorHandlers, InputErrorHandlers
from twofold.recipe.session.same_site import LOCALHOST, registrable_domain, same_site_attribute
from twofold.types.config import BaseOverrideConfig

if TYPE_CHECKING:
    from twofold._app_info import AppInfo

GetTokenTransferMethod = Callable[[BaseRequest, bool, dict[str, Any]], AllowedTransferMethod]
GetCookieSameSite = Callable[[BaseRequest | None, dict[str, Any]], SameSite]
GetAntiCsrfMode = Callable[[BaseRequest | None, dict[str, Any]], Literal["VIA_CUSTOM_HEADER", "NONE"]]

COOKIES_NEED_HTTPS = (
    "Since your API and website domain are different, for sessions to work, please use https on your apiDomain "
    "and don't set cookieSecure to false."
)


@dataclass(frozen=True)
class SessionOverrideableConfig:
    """What `session.init` takes, each with None for the default; see there."""

    cookie_domain: str | None = None
    older_cookie_domain: str | None = None
    cookie_secure: bool | None = None
    cookie_same_site: SameSite | None = None
    session_expired_status_code: int | None = None
    anti_csrf: AntiCsrfMode | None = None
    get_token_transfer_method: GetTokenTransferMethod | None = None
    error_handlers: ErrorHandlers | None = None
    invalid_claim_status_code: int | None = None
    use_dynamic_access_token_signing_key: bool | None = None
    expose_access_token_to_frontend_in_cookie_based_auth: bool | None = None
    jwks_refresh_interval_sec: int | None = None


@dataclass(frozen=True)
class SessionConfig(SessionOverrideableConfig):
    """The same with the overrides."""

    override: BaseOverrideConfig[Any, Any] | None = None


@dataclass(frozen=True)
class NormalisedSessionConfig:
    """The configuration with every default decided."""

    refresh_token_path: NormalisedURLPath
    cookie_domain: str | None
    older_cookie_domain: str | None
    get_cookie_same_site: GetCookieSameSite
    cookie_secure: bool
    session_expired_status_code: int
    error_handlers: ErrorHandlers
    anti_csrf_function_or_string: GetAntiCsrfMode | AntiCsrfMode
    get_token_transfer_method: GetTokenTransferMethod
    framework: str
    mode: str | None
    invalid_claim_status_code: int
    use_dynamic_access_token_signing_key: bool
    expose_access_token_to_frontend_in_cookie_based_auth: bool
    jwks_refresh_interval_sec: int
    always_checks_database: bool = False
    """Whether a session that has ended is over at once: under a profile of assurance."""

    def anti_csrf_mode(self, request: BaseRequest | None, user_context: dict[str, Any]) -> AntiCsrfMode:
        """Return the mode for this request."""
        mode = self.anti_csrf_function_or_string
        return mode(request, user_context) if callable(mode) else mode


def validate_and_normalise_user_input(
    app_info: "AppInfo", config: SessionConfig, revoke_session: Callable[[str], Any]
) -> NormalisedSessionConfig:
    """Decide every default.

    Args:
        app_info: Of the application.
        config: Of the application.
        revoke_session: Ends a session by its handle, for the default handler of token theft.

    Raises:
        GeneralError: Something cannot work as it is configured.
        ValueError: A value is none of the allowed ones.
    """
    expired, invalid_claim = _status_codes(config)
    get_same_site = _get_cookie_same_site(app_info, config.cookie_same_site)
    given_handlers = config.error_handlers if config.error_handlers is not None else InputErrorHandlers()
    if not isinstance(given_handlers, ErrorHandlers):
        raise ValueError("error_handlers must be an instance of ErrorHandlers or None")  # noqa: TRY004  # as published
    is_https = app_info.api_domain.get_as_string_dangerous().startswith("https")
    return NormalisedSessionConfig(
        refresh_token_path=app_info.api_base_path.append(NormalisedURLPath(SESSION_REFRESH)),
        cookie_domain=_scope(config.cookie_domain),
        older_cookie_domain=_scope(config.older_cookie_domain),
        get_cookie_same_site=get_same_site,
        cookie_secure=is_https if config.cookie_secure is None else config.cookie_secure,
        session_expired_status_code=expired,
        error_handlers=given_handlers.completed(DefaultHandlers(expired, invalid_claim, revoke_session)),
        anti_csrf_function_or_string=_anti_csrf(config.anti_csrf, get_same_site),
        get_token_transfer_method=config.get_token_transfer_method or get_token_transfer_method_default,
        framework=app_info.framework,
        mode=app_info.mode,
        invalid_claim_status_code=invalid_claim,
        use_dynamic_access_token_signing_key=config.use_dynamic_access_token_signing_key is not False,
        expose_access_token_to_frontend_in_cookie_based_auth=bool(
            config.expose_access_token_to_frontend_in_cookie_based_auth
        ),
        jwks_refresh_interval_sec=14_400
        if config.jwks_refresh_interval_sec is None
        else config.jwks_refresh_interval_sec,
        always_checks_database=app_info.assurance is not None,
    )


def normalise_session_scope(session_scope: str) -> str:
    """Return the host of a cookie domain that was written as a host, a URL, or with a leading dot.

    Raises:
        GeneralError: There is no host in it.
    """
    text = session_scope.strip().lower()
    with_scheme = text if "://" in text else "http://" + text.removeprefix(".")
    try:
        host = urlsplit(with_scheme).hostname or ""
    except ValueError:
        host = ""
    host = host.removeprefix(".")
    if not host:
        raise GeneralError("Please provide a valid sessionScope")
    # A dot asks old browsers for subdomains; addresses and localhost have none.
    is_single_host = host == LOCALHOST or is_an_ip_address(host)
    return "." + host if text.startswith(".") and not is_single_host else host


def normalise_same_site(same_site: str) -> SameSite:
    """Return the attribute in lower case.

    Raises:
        GeneralError: It is none of `lax`, `strict` and `none`.
    """
    match same_site.strip().lower():
        case "lax":
            return "lax"
        case "strict":
            return "strict"
        case "none":
            return "none"
        case _:
            raise GeneralError('cookie same site must be one of "strict", "lax", or "none"')


def get_auth_mode_from_header(request: BaseRequest) -> str | None:
    """Return the transfer method that the client asks for, in lower case."""
    mode = request.get_header(AUTH_MODE_HEADER_KEY)
    return None if mode is None else mode.lower()


def get_token_transfer_method_default(
    req: BaseRequest,
    for_create_new_session: bool,
    user_context: dict[str, Any],  # noqa: ARG001  # called like the application's own
) -> AllowedTransferMethod:
    """Allow both methods; for a new session the client's wish."""
    if not for_create_new_session:
        return "any"
    match get_auth_mode_from_header(req):
        case "header":
            return "header"
        case "cookie":
            return "cookie"
        case _:
            return "any"


def require_secure_cookies(
    config: NormalisedSessionConfig, app_info: "AppInfo", request: BaseRequest, user_context: dict[str, Any]
) -> None:
    """Refuse to create a cookie session whose cookies browsers would drop.

    Raises:
        GeneralError: SameSite is `none`, Secure is off, and this is not a developer's machine.
    """
    if config.cookie_secure or config.get_cookie_same_site(request, user_context) != "none":
        return
    website = app_info.get_origin(request, user_context).get_as_string_dangerous()
    api = app_info.api_domain.get_as_string_dangerous()
    if not registrable_domain(website) == registrable_domain(api) == LOCALHOST:
        raise GeneralError(COOKIES_NEED_HTTPS)


def _status_codes(config: SessionConfig) -> tuple[int, int]:
    expired = 401 if config.session_expired_status_code is None else config.session_expired_status_code
    invalid_claim = 403 if config.invalid_claim_status_code is None else config.invalid_claim_status_code
    if expired == invalid_claim:
        raise GeneralError(f"session_expired_status_code and invalid_claim_status_code cannot be the same ({expired})")
    return expired, invalid_claim


def _scope(domain: str | None) -> str | None:
    # Empty means something of its own for the older domain: its cookies were set for the host alone.
    return domain if domain is None or domain.strip() == "" else normalise_session_scope(domain)


def _get_cookie_same_site(app_info: "AppInfo", configured: SameSite | None) -> GetCookieSameSite:
    if configured is not None:
        fixed = normalise_same_site(configured)
        return lambda _request, _user_context: fixed
    api_origin = app_info.api_domain.get_as_string_dangerous()

    # Computed for each request: the website's origin may depend on it.
    def computed(request: BaseRequest | None, user_context: dict[str, Any]) -> SameSite:
        return same_site_attribute(api_origin, app_info.get_origin(request, user_context).get_as_string_dangerous())

    return computed


def _anti_csrf(configured: AntiCsrfMode | None, get_same_site: GetCookieSameSite) -> GetAntiCsrfMode | AntiCsrfMode:
    if configured is None:
        return lambda request, context: "VIA_CUSTOM_HEADER" if get_same_site(request, context) == "none" else "NONE"
    if configured not in get_args(AntiCsrfMode):
        raise ValueError("anti_csrf must be one of VIA_TOKEN, VIA_CUSTOM_HEADER, NONE or None")
    return configured
