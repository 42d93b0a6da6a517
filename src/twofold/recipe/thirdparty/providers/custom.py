# SPDX-License-Identifier: Apache-2.0
"""Any provider that speaks OAuth 2.0 or OpenID Connect; the built-in ones fill in what is special about them."""

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from twofold.exceptions import BadInputError, GeneralError
from twofold.recipe.thirdparty import id_token as id_tokens
from twofold.recipe.thirdparty.exceptions import ClientTypeNotFoundError, ProviderRefusedError
from twofold.recipe.thirdparty.provider import (
    AuthorisationRedirect,
    CommonProviderConfig,
    Provider,
    ProviderClientConfig,
    ProviderConfig,
    ProviderConfigForClient,
    ProviderInput,
    RedirectUriInfo,
    UserFields,
    UserInfoMap,
)
from twofold.recipe.thirdparty.provider_http import ProviderHttp
from twofold.recipe.thirdparty.types import RawUserInfoFromProvider, UserInfo, UserInfoEmail
from twofold.types.base import UserContext

WELL_KNOWN = "/.well-known/openid-configuration"
_SUBJECT = "sub"


class GenericProvider(Provider):
    """A provider as its configuration says. The configuration that was given is never changed.

    Attributes:
        writes_true_as_text: its own documents say that an address is verified by the text `"true"`.
    """

    writes_true_as_text: ClassVar[bool] = False

    def __init__(self, provider_config: ProviderConfig) -> None:
        super().__init__(provider_config.third_party_id, ProviderConfigForClient("temp"))
        self.input_config = clone_provider_config(provider_config)

    async def get_config_for_client_type(
        self, client_type: str | None, user_context: UserContext
    ) -> ProviderConfigForClient:
        """Return the configuration of the client of this type; see `Provider`."""
        config = get_provider_config_for_client(self.input_config, _client(self.input_config, client_type))
        given = config.user_info_map or UserInfoMap()
        config.user_info_map = UserInfoMap(_fields(given.from_id_token_payload), _fields(given.from_user_info_api))
        config.require_email = config.require_email is not False
        config.generate_fake_email = config.generate_fake_email or self._fake_email
        return config

    async def get_authorisation_redirect_url(
        self, redirect_uri_on_provider_dashboard: str, user_context: UserContext
    ) -> AuthorisationRedirect:
        """Return where the browser goes, with PKCE (RFC 7636) where the client has no secret, or it is forced."""
        config = self.config
        endpoint = _configured(config.authorization_endpoint, "authorization_endpoint", config)
        params = {
            "client_id": config.client_id,
            "redirect_uri": redirect_uri_on_provider_dashboard,
            "response_type": "code",
        }
        if config.scope:
            params["scope"] = " ".join(config.scope)
        verifier: str | None = None
        if config.client_secret is None or config.force_pkce is True:
            verifier = secrets.token_urlsafe(48)
            params |= {"code_challenge": _challenge(verifier), "code_challenge_method": "S256"}
        merged = merge_into_dict(config.authorization_endpoint_query_params or {}, params)
        return AuthorisationRedirect(_with_query(endpoint, merged), verifier)

    async def exchange_auth_code_for_oauth_tokens(
        self, redirect_uri_info: RedirectUriInfo, user_context: UserContext
    ) -> dict[str, Any]:
        """Trade the code for tokens.

        Raises:
            BadInputError: the browser brought no code.
            ProviderRefusedError, ProviderUnavailableError: see `ProviderHttp`.
        """
        endpoint = _configured(self.config.token_endpoint, "token_endpoint", self.config)
        return await self.http.post_form(endpoint, self._token_form(redirect_uri_info))

    async def get_user_info(self, oauth_tokens: dict[str, Any], user_context: UserContext) -> UserInfo:
        """Return whom the identity token and the user-info endpoint name.

        Raises:
            ProviderRefusedError: a token is not good, or the two name different people.
        """
        config = self.config
        raw = RawUserInfoFromProvider({}, {})
        id_token, access_token = oauth_tokens.get("id_token"), oauth_tokens.get("access_token")
        if isinstance(id_token, str) and config.jwks_uri is not None:
            raw.from_id_token_payload = await id_tokens.verified_payload(
                self.http, id_token, config.jwks_uri, config.client_id, config.issuer
            )
            if config.validate_id_token_payload is not None:
                await config.validate_id_token_payload(raw.from_id_token_payload, config, user_context)
        if isinstance(access_token, str):
            if config.validate_access_token is not None:
                await config.validate_access_token(access_token, config, user_context)
            if config.user_info_endpoint is not None:
                raw.from_user_info_api = await self.fetch_user_info(config.user_info_endpoint, access_token)
        return get_supertokens_user_info_result_from_raw_user_info(config, raw, text_is_true=self.writes_true_as_text)

    async def fetch_user_info(self, endpoint: str, access_token: str) -> dict[str, Any]:
        """Return what the user-info endpoint says."""
        config = self.config
        headers = {"Authorization": f"Bearer {access_token}", "accept": "application/json"}
        params = merge_into_dict(config.user_info_endpoint_query_params or {}, {})
        return await self.http.get_object(
            endpoint, params, merge_into_dict(config.user_info_endpoint_headers or {}, headers)
        )

    def _token_form(self, redirect_uri_info: RedirectUriInfo) -> dict[str, str]:
        code = redirect_uri_info.redirect_uri_query_params.get("code")
        if not isinstance(code, str) or not code:
            raise BadInputError("Please provide the code that the provider returned, in redirectURIQueryParams")
        form = {
            "client_id": self.config.client_id,
            "redirect_uri": redirect_uri_info.redirect_uri_on_provider_dashboard,
            "code": code,
            "grant_type": "authorization_code",
        }
        if self.config.client_secret is not None:
            form["client_secret"] = self.config.client_secret
        if redirect_uri_info.pkce_code_verifier is not None:
            form["code_verifier"] = redirect_uri_info.pkce_code_verifier
        return merge_into_dict(self.config.token_endpoint_body_params or {}, form)

    async def _fake_email(self, _tenant_id: str, third_party_user_id: str, _user_context: UserContext) -> str:
        return f"{third_party_user_id}.{self.config.third_party_id}@stfakeemail.supertokens.com"


class ProviderWithClientAccessTokenCheck(GenericProvider):
    """A provider that tells for whom an access token was made.

    It is asked when a client brings tokens of its own: a token that another application got must open nothing here.
    """

    async def check_client_access_token(self, access_token: str, client_ids: set[str]) -> None:
        """Accept the token only if it was made for one of these clients.

        Raises:
            ProviderRefusedError: it was not.
        """
        raise NotImplementedError

    async def check_client_tokens(self, oauth_tokens: Mapping[str, Any]) -> None:
        """Check the access token that a client brought, unless the application has a check of its own."""
        access_token = oauth_tokens.get("access_token")
        if access_token is None or self.input_config.validate_access_token is not None:
            return
        client_ids = {client.client_id for client in self.input_config.clients or []}
        await self.check_client_access_token(str(access_token), client_ids)


def NewProvider(  # noqa: N802  # public name
    input_: ProviderInput,
    base_class: Callable[[ProviderConfig], Provider] = GenericProvider,
    http: ProviderHttp | None = None,
) -> Provider:
    """Make a provider, and let the application override it."""
    provider = base_class(input_.config)
    if http is not None:
        provider.http = http
    return provider if input_.override is None else input_.override(provider)


def get_provider_config_for_client(
    config: ProviderConfig, client_config: ProviderClientConfig
) -> ProviderConfigForClient:
    """Return what is configured for one client."""
    common = {name: getattr(config, name) for name in CommonProviderConfig.__dataclass_fields__}
    client = {name: getattr(client_config, name) for name in ProviderClientConfig.__dataclass_fields__}
    return deepcopy(ProviderConfigForClient(**client, **common))


def clone_provider_config(config: ProviderConfig) -> ProviderConfig:
    """Return a copy that may be changed."""
    return deepcopy(config)


def fill_in(config: ProviderConfigForClient, **defaults: Any) -> ProviderConfigForClient:
    """Set what was not configured."""
    for name, value in defaults.items():
        if getattr(config, name) is None:
            setattr(config, name, value)
    return config


def fill_in_user_id(config: ProviderConfigForClient, field: str, given: UserInfoMap | None) -> None:
    """Read the user's id from another field of the user-info endpoint, unless the application named one."""
    own = given and given.from_user_info_api and given.from_user_info_api.user_id
    if config.user_info_map is not None and config.user_info_map.from_user_info_api is not None and own is None:
        config.user_info_map.from_user_info_api.user_id = field


async def discover_oidc_endpoints(http: ProviderHttp, config: ProviderConfigForClient) -> None:
    """Fill in the endpoints and keys that the provider publishes, where they are not configured."""
    endpoint = config.oidc_discovery_endpoint
    if endpoint is None:
        return
    published = await http.discover(endpoint if endpoint.endswith(WELL_KNOWN) else endpoint.rstrip("/") + WELL_KNOWN)
    fill_in(
        config,
        authorization_endpoint=_text(published, "authorization_endpoint"),
        token_endpoint=_text(published, "token_endpoint"),
        user_info_endpoint=_text(published, "userinfo_endpoint"),
        jwks_uri=_text(published, "jwks_uri"),
        issuer=_text(published, "issuer"),
    )


def merge_into_dict(src: Mapping[str, str | None], dest: Mapping[str, str]) -> dict[str, str]:
    """Return `dest` with `src` over it; a value of None takes the member away."""
    merged = {**dest, **src}
    return {name: value for name, value in merged.items() if value is not None}


def access_field(obj: Any, key: str) -> Any:
    """Return a member by its dotted path; None when there is none."""
    for name in key.split("."):
        obj = obj.get(name) if isinstance(obj, dict) else None
    return obj


def get_supertokens_user_info_result_from_raw_user_info(
    config: ProviderConfigForClient,
    raw_user_info_from_provider: RawUserInfoFromProvider,
    *,
    text_is_true: bool = False,
) -> UserInfo:
    """Return who and which address it is; what an identity token says comes first, since it is signed.

    An address is verified by `true` (OpenID Connect Core 1.0, section 5.1) and, where `text_is_true`, by that text.

    Raises:
        ProviderRefusedError: the two sources name different people (OpenID Connect Core 1.0, section 5.3.2).
        GeneralError: nobody is named: the configured fields are not those of this provider.
    """
    raw, fields = raw_user_info_from_provider, config.user_info_map or UserInfoMap()
    signed_fields, asked_fields = _fields(fields.from_id_token_payload), _fields(fields.from_user_info_api)
    signed = _Source(raw.from_id_token_payload or {}, signed_fields)
    asked = _Source(raw.from_user_info_api or {}, asked_fields)
    both_subjects = signed_fields.user_id == asked_fields.user_id == _SUBJECT
    if both_subjects and None not in (signed.user_id, asked.user_id) and signed.user_id != asked.user_id:
        raise ProviderRefusedError("The provider's tokens are of different users. Please sign in again")
    user_id = signed.user_id or asked.user_id
    if user_id is None:
        raise GeneralError("third party user id is missing")
    email = signed.email or asked.email
    if email is None:
        return UserInfo(user_id, None, raw)
    verdict = _verdict_on(email, signed, asked)
    return UserInfo(user_id, UserInfoEmail(email, verdict is True or (text_is_true and verdict == "true")), raw)


async def verify_id_token_from_jwks_endpoint_and_get_payload(
    id_token: str, jwks_uri: str, audience: str
) -> dict[str, Any]:
    """Return what an identity token for this audience says; for overrides. See `id_token.verified_payload`."""
    return await id_tokens.verified_payload(ProviderHttp(), id_token, jwks_uri, audience)


class _Source:
    """What one answer of a provider says."""

    def __init__(self, answer: Mapping[str, Any], fields: UserFields) -> None:
        self.user_id = _as_id(access_field(answer, fields.user_id or _SUBJECT))
        email = access_field(answer, fields.email or "email")
        self.email = email if isinstance(email, str) and email else None
        self.verified = access_field(answer, fields.email_verified or "email_verified")


def _verdict_on(email: str, signed: _Source, asked: _Source) -> Any:
    """What the first source that speaks of this address says of it."""
    about_it = [source.verified for source in (signed, asked) if source.email in (None, email)]
    return next((verified for verified in about_it if verified is not None), None)


def _as_id(value: Any) -> str | None:
    is_id = isinstance(value, str | int) and not isinstance(value, bool) and value != ""
    return str(value) if is_id else None


def _fields(given: UserFields | None) -> UserFields:
    own = given or UserFields()
    return UserFields(own.user_id or _SUBJECT, own.email or "email", own.email_verified or "email_verified")


def _client(config: ProviderConfig, client_type: str | None) -> ProviderClientConfig:
    clients = config.clients or []
    if client_type is None:
        if len(clients) != 1:
            raise ClientTypeNotFoundError("please provide exactly one client config or pass clientType or tenantId")
        return clients[0]
    found = next((client for client in clients if client.client_type == client_type), None)
    if found is None:
        raise ClientTypeNotFoundError(f"Could not find client config for clientType: {client_type}")
    return found


def _configured(value: str | None, name: str, config: ProviderConfigForClient) -> str:
    if value is None:
        raise GeneralError(f"The provider {config.third_party_id} has no {name}. Please configure it")
    return value


def _with_query(endpoint: str, params: Mapping[str, str]) -> str:
    parts = urlsplit(endpoint)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *params.items()])
    return urlunsplit(parts._replace(query=query))


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _text(published: Mapping[str, Any], name: str) -> str | None:
    value = published.get(name)
    return value if isinstance(value, str) else None
