# SPDX-License-Identifier: Apache-2.0
"""What the application says about itself in `init`, and the same in one spelling for the recipes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from twofold._assurance import profile_of
from twofold._public_suffixes import public_suffix_list
from twofold.exceptions import GeneralError
from twofold.framework.request import BaseRequest
from twofold.normalised_url_domain import NormalisedURLDomain, is_an_ip_address
from twofold.normalised_url_path import NormalisedURLPath
from twofold.types.base import UserContext

if TYPE_CHECKING:
    from twofold.plugins import SuperTokensPlugin

FrameworkName = Literal["fastapi", "flask", "django", "wsgi"]
Mode = Literal["asgi", "wsgi"]
Assurance = Literal["nist-aal2", "asvs-l2"]
Origin = str | Callable[[BaseRequest | None, UserContext], str]
NetworkInterceptor = Callable[
    [str, str, dict[str, Any], dict[str, Any] | None, dict[str, Any] | None, dict[str, Any] | None],
    tuple[str, str, dict[str, Any], dict[str, Any] | None, dict[str, Any] | None],
]


class InputAppInfo:
    """What the application says about itself.

    Args:
        app_name: Shown to users in mails and authenticator apps.
        api_domain: Where this back end answers, for example `https://api.example.com`.
        api_gateway_path: Prefix that a gateway in front of the application strips from the path.
        api_base_path: Where the SDK's APIs live below it.
        website_base_path: Where the login pages live on the website.
        website_domain: Where the website is; or `origin`.
        origin: Like `website_domain`, or a function of the request that answers it; wins over `website_domain`.
        trusted_proxies: How many proxies of yours a request passes, each of which adds the address that it was asked
            from to `X-Forwarded-For`. Limits per network need to know; 0 means that clients connect directly.
    """

    def __init__(  # the public signature dictates the parameters
        self,
        app_name: str,
        api_domain: str,
        api_gateway_path: str = "",
        api_base_path: str = "/auth",
        website_base_path: str = "/auth",
        website_domain: str | None = None,
        origin: Origin | None = None,
        trusted_proxies: int = 0,
    ) -> None:
        self.app_name = app_name
        self.api_domain = api_domain
        self.api_gateway_path = api_gateway_path
        self.api_base_path = api_base_path
        self.website_base_path = website_base_path
        self.website_domain = website_domain
        self.origin = origin
        self.trusted_proxies = trusted_proxies


class AppInfo:
    """`InputAppInfo` in one spelling. `api_base_path` includes the gateway path."""

    def __init__(  # the public signature dictates the parameters
        self,
        app_name: str,
        api_domain: str,
        website_domain: str | None,
        framework: FrameworkName,
        api_gateway_path: str,
        api_base_path: str,
        website_base_path: str,
        mode: Mode | None,
        origin: Origin | None,
        trusted_proxies: int = 0,
        assurance: Assurance | None = None,
    ) -> None:
        if trusted_proxies < 0:
            raise GeneralError("trusted_proxies is the number of your proxies: 0 or more")
        try:
            profile_of(assurance)
        except ValueError as error:
            raise GeneralError(str(error)) from None
        if website_domain is None and origin is None:
            raise GeneralError("Please provide at least one of website_domain or origin")
        self.app_name = app_name
        self.api_domain = NormalisedURLDomain(api_domain)
        self.top_level_api_domain = top_level_domain(self.api_domain.get_as_string_dangerous())
        self.api_gateway_path = NormalisedURLPath(api_gateway_path)
        self.api_base_path = self.api_gateway_path.append(NormalisedURLPath(api_base_path))
        self.website_base_path = NormalisedURLPath(website_base_path)
        self.framework: FrameworkName = framework
        self.mode: Mode = mode or ("asgi" if framework == "fastapi" else "wsgi")
        self.trusted_proxies = trusted_proxies
        self.assurance: Assurance | None = assurance
        self._origin = self._evaluated(origin if origin is not None else str(website_domain))

    @staticmethod
    def from_input(
        given: InputAppInfo, framework: FrameworkName, mode: Mode | None, assurance: Assurance | None = None
    ) -> "AppInfo":
        """Return the application's own words in one spelling."""
        return AppInfo(
            given.app_name,
            given.api_domain,
            given.website_domain,
            framework,
            given.api_gateway_path,
            given.api_base_path,
            given.website_base_path,
            mode,
            given.origin,
            given.trusted_proxies,
            assurance,
        )

    def get_origin(self, request: BaseRequest | None, user_context: UserContext) -> NormalisedURLDomain:
        """Return the website's origin; a function given as `origin` is asked each time."""
        return self._origin(request, user_context)

    def get_top_level_website_domain(self, request: BaseRequest | None, user_context: UserContext) -> str:
        """Return the registrable domain of the website (`example.co.uk`), or the host itself when it has none."""
        return top_level_domain(self.get_origin(request, user_context).get_as_string_dangerous())

    def toJSON(self) -> dict[str, Any]:  # noqa: N802  # public name
        """Return the values for logs and diagnostics."""
        return {
            "appName": self.app_name,
            "apiDomain": self.api_domain.get_as_string_dangerous(),
            "topLevelAPIDomain": self.top_level_api_domain,
            "apiBasePath": self.api_base_path.get_as_string_dangerous(),
            "apiGatewayPath": self.api_gateway_path.get_as_string_dangerous(),
            "websiteBasePath": self.website_base_path.get_as_string_dangerous(),
            "framework": self.framework,
            "mode": self.mode,
        }

    @staticmethod
    def _evaluated(origin: Origin) -> Callable[[BaseRequest | None, UserContext], NormalisedURLDomain]:
        if isinstance(origin, str):
            fixed = NormalisedURLDomain(origin)
            return lambda _request, _user_context: fixed
        return lambda request, user_context: NormalisedURLDomain(origin(request, user_context))


@dataclass(frozen=True)
class SupertokensConfig:
    """Where the core is.

    Args:
        connection_uri: `""`, `sqlite:///file.db`, `postgresql://…`: the core runs in this process on that database;
            `http(s)://host[:port][/path]`, several separated by `;`: a core elsewhere, tried in turn.
        api_key: Sent to a core elsewhere.
        network_interceptor: Sees, and may change, every HTTP request to a core elsewhere.
        disable_core_call_cache: Ask the core again even within one request.
    """

    connection_uri: str = field(default="", repr=False)  # may hold a database's password
    api_key: str | None = field(default=None, repr=False)
    network_interceptor: NetworkInterceptor | None = None
    disable_core_call_cache: bool = False


@dataclass(frozen=True)
class SupertokensExperimentalConfig:
    """Options whose shape may still change. `plugins`: of `twofold.plugins`."""

    plugins: "list[SuperTokensPlugin] | None" = None


@dataclass(frozen=True)
class SupertokensPublicConfig:
    """What plugins may see and replace of the configuration."""

    supertokens_config: SupertokensConfig


def top_level_domain(url: str) -> str:
    """Return the registrable domain of a URL: `example.co.uk` of `https://api.example.co.uk:8000`."""
    host = url.split("://", 1)[-1].rsplit(":", 1)[0] if not url.endswith("]") else url.split("://", 1)[-1]
    if host.startswith("localhost") or is_an_ip_address(host.strip("[]")):
        return host.strip("[]")
    registered: str = public_suffix_list()(host).top_domain_under_public_suffix
    return registered or host
