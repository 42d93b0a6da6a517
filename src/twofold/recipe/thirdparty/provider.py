# SPDX-License-Identifier: Apache-2.0
"""Providers as applications and tenants configure them, and what a provider can be asked."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from twofold._wire import Json, fields_from_json, fields_to_json, wire
from twofold.types.base import UserContext

from .provider_http import ProviderHttp
from .types import UserInfo

Parameters = dict[str, str | None]
ValidateIdTokenPayload = Callable[[dict[str, Any], "ProviderConfigForClient", UserContext], Awaitable[None]]
GenerateFakeEmail = Callable[[str, str, UserContext], Awaitable[str]]
ValidateAccessToken = Callable[[str, "ProviderConfigForClient", UserContext], Awaitable[None]]


@dataclass
class AuthorisationRedirect:
    """Where the browser goes to sign in at the provider. Its repr hides the PKCE verifier."""

    url_with_query_params: str
    pkce_code_verifier: str | None = field(default=None, repr=False)


@dataclass
class RedirectUriInfo:
    """With what the browser came back from the provider. Its repr hides the code and the PKCE verifier."""

    redirect_uri_on_provider_dashboard: str
    redirect_uri_query_params: dict[str, Any] = field(repr=False)
    pkce_code_verifier: str | None = field(default=None, repr=False)


@dataclass
class UserFields:
    """Where a provider's answer has what; dotted paths reach into objects (`data.id`)."""

    user_id: str | None = None
    email: str | None = None
    email_verified: str | None = None

    def to_json(self) -> Json:
        """Return what is set."""
        return fields_to_json(self)

    @staticmethod
    def from_json(json: Json | None) -> "UserFields | None":
        """Return the fields that JSON describes."""
        return None if json is None else fields_from_json(UserFields, json)


@dataclass
class UserInfoMap:
    """The fields of both sources."""

    from_id_token_payload: UserFields | None = None
    from_user_info_api: UserFields | None = field(default=None, metadata=wire("fromUserInfoAPI"))

    def to_json(self) -> Json:
        """Return what is set."""
        return fields_to_json(self)

    @staticmethod
    def from_json(json: Json | None) -> "UserInfoMap | None":
        """Return the map that JSON describes."""
        return None if json is None else fields_from_json(UserInfoMap, json)


@dataclass
class ProviderClientConfig:
    """The application as the provider knows it. Without a secret, PKCE is always used."""

    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    client_type: str | None = None
    scope: list[str] | None = None
    force_pkce: bool | None = field(default=None, metadata=wire("forcePKCE"))
    additional_config: dict[str, Any] | None = field(default=None, repr=False)

    def to_json(self) -> Json:
        """Return what is set, the secret included."""
        return fields_to_json(self)

    @staticmethod
    def from_json(json: Json) -> "ProviderClientConfig":
        """Return the client that JSON describes."""
        return fields_from_json(ProviderClientConfig, json)


@dataclass
class CommonProviderConfig:
    """What is configured of a provider, whichever client speaks with it. A parameter set to None is left out."""

    third_party_id: str
    name: str | None = None
    authorization_endpoint: str | None = None
    authorization_endpoint_query_params: Parameters | None = None
    token_endpoint: str | None = None
    token_endpoint_body_params: Parameters | None = field(default=None, repr=False)
    user_info_endpoint: str | None = None
    user_info_endpoint_query_params: Parameters | None = None
    user_info_endpoint_headers: Parameters | None = field(default=None, repr=False)
    jwks_uri: str | None = field(default=None, metadata=wire("jwksURI"))
    oidc_discovery_endpoint: str | None = None
    user_info_map: UserInfoMap | None = None
    require_email: bool | None = None
    validate_id_token_payload: ValidateIdTokenPayload | None = field(default=None, metadata=wire(hidden=True))
    generate_fake_email: GenerateFakeEmail | None = field(default=None, metadata=wire(hidden=True))
    validate_access_token: ValidateAccessToken | None = field(default=None, metadata=wire(hidden=True))

    def to_json(self) -> Json:
        """Return what is set and can be stored; the callbacks stay behind."""
        return fields_to_json(self)


@dataclass(init=False)
class ProviderConfigForClient(ProviderClientConfig, CommonProviderConfig):  # type: ignore[misc]  # own __init__
    """The configuration for one client, with every default filled in.

    Attributes:
        issuer: whom identity tokens must name as their issuer; None when the provider does not say.
    """

    issuer: str | None = field(default=None, metadata=wire(hidden=True))

    def __init__(  # the public signature dictates the parameters
        self,
        client_id: str,
        client_secret: str | None = None,
        client_type: str | None = None,
        scope: list[str] | None = None,
        force_pkce: bool | None = None,
        additional_config: dict[str, Any] | None = None,
        third_party_id: str = "temp",
        name: str | None = None,
        authorization_endpoint: str | None = None,
        authorization_endpoint_query_params: Parameters | None = None,
        token_endpoint: str | None = None,
        token_endpoint_body_params: Parameters | None = None,
        user_info_endpoint: str | None = None,
        user_info_endpoint_query_params: Parameters | None = None,
        user_info_endpoint_headers: Parameters | None = None,
        jwks_uri: str | None = None,
        oidc_discovery_endpoint: str | None = None,
        user_info_map: UserInfoMap | None = None,
        require_email: bool | None = None,
        validate_id_token_payload: ValidateIdTokenPayload | None = None,
        generate_fake_email: GenerateFakeEmail | None = None,
        validate_access_token: ValidateAccessToken | None = None,
    ) -> None:
        ProviderClientConfig.__init__(self, client_id, client_secret, client_type, scope, force_pkce, additional_config)
        CommonProviderConfig.__init__(
            self,
            third_party_id,
            name,
            authorization_endpoint,
            authorization_endpoint_query_params,
            token_endpoint,
            token_endpoint_body_params,
            user_info_endpoint,
            user_info_endpoint_query_params,
            user_info_endpoint_headers,
            jwks_uri,
            oidc_discovery_endpoint,
            user_info_map,
            require_email,
            validate_id_token_payload,
            generate_fake_email,
            validate_access_token,
        )
        self.issuer = None

    def to_json(self) -> Json:
        """Return what is set, the secret included."""
        return fields_to_json(self)


@dataclass(init=False)
class ProviderConfig(CommonProviderConfig):
    """A provider with its clients, as an application writes it and the core stores it."""

    clients: list[ProviderClientConfig] | None = None

    def __init__(  # the public signature dictates the parameters
        self,
        third_party_id: str,
        name: str | None = None,
        clients: list[ProviderClientConfig] | None = None,
        authorization_endpoint: str | None = None,
        authorization_endpoint_query_params: Parameters | None = None,
        token_endpoint: str | None = None,
        token_endpoint_body_params: Parameters | None = None,
        user_info_endpoint: str | None = None,
        user_info_endpoint_query_params: Parameters | None = None,
        user_info_endpoint_headers: Parameters | None = None,
        jwks_uri: str | None = None,
        oidc_discovery_endpoint: str | None = None,
        user_info_map: UserInfoMap | None = None,
        require_email: bool | None = None,
        validate_id_token_payload: ValidateIdTokenPayload | None = None,
        generate_fake_email: GenerateFakeEmail | None = None,
        validate_access_token: ValidateAccessToken | None = None,
    ) -> None:
        super().__init__(
            third_party_id,
            name,
            authorization_endpoint,
            authorization_endpoint_query_params,
            token_endpoint,
            token_endpoint_body_params,
            user_info_endpoint,
            user_info_endpoint_query_params,
            user_info_endpoint_headers,
            jwks_uri,
            oidc_discovery_endpoint,
            user_info_map,
            require_email,
            validate_id_token_payload,
            generate_fake_email,
            validate_access_token,
        )
        self.clients = clients

    @staticmethod
    def from_json(json: Json) -> "ProviderConfig":
        """Return the provider that JSON describes."""
        return fields_from_json(ProviderConfig, json)


class Provider:
    """A provider for one client of one tenant. Applications may replace its methods by `ProviderInput.override`.

    Attributes:
        config: filled in by `get_config_for_client_type` before any other method is called.
        http: the way to the provider.
    """

    def __init__(self, id: str, config: ProviderConfigForClient) -> None:  # public name
        self.id = id
        self.config = config
        self.provider_type: Literal["oauth2", "saml"] = "oauth2"
        self.tenant_id = "public"
        self.http = ProviderHttp()

    async def get_config_for_client_type(
        self, client_type: str | None, user_context: UserContext
    ) -> ProviderConfigForClient:
        """Return the configuration of the client of this type, with every default filled in.

        Raises:
            ClientTypeNotFoundError: there is no such client, or no type was given and there are several.
        """
        raise NotImplementedError

    async def get_authorisation_redirect_url(
        self, redirect_uri_on_provider_dashboard: str, user_context: UserContext
    ) -> AuthorisationRedirect:
        """Return where the browser goes to sign in."""
        raise NotImplementedError

    async def exchange_auth_code_for_oauth_tokens(
        self, redirect_uri_info: RedirectUriInfo, user_context: UserContext
    ) -> dict[str, Any]:
        """Trade what the browser came back with for the provider's tokens."""
        raise NotImplementedError

    async def get_user_info(self, oauth_tokens: dict[str, Any], user_context: UserContext) -> UserInfo:
        """Return who the tokens stand for."""
        raise NotImplementedError


@dataclass
class ProviderInput:
    """A provider as `init` takes it.

    Attributes:
        config: its configuration.
        include_in_non_public_tenants_by_default: offer it to every tenant that has no providers of its own.
        override: gets the provider that was made, returns the one to use.
    """

    config: ProviderConfig
    include_in_non_public_tenants_by_default: bool = False
    override: Callable[[Provider], Provider] | None = None
