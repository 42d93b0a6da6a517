# SPDX-License-Identifier: Apache-2.0
"""Every endpoint of the groups that are still to come answers 501, with a text that says so.

Else an application would get the 404 of a wrong address, and look for the mistake in its own configuration.
"""

from twofold.core._endpoint import Call, Endpoints, Handler, Scope
from twofold.core._fields import Json
from twofold.core.errors import CoreError

NOT_IMPLEMENTED = 501

_OAUTH = """
    POST    /recipe/oauth/auth
    GET     /recipe/oauth/auth/requests/consent
    PUT     /recipe/oauth/auth/requests/consent/accept
    PUT     /recipe/oauth/auth/requests/consent/reject
    GET     /recipe/oauth/auth/requests/login
    PUT     /recipe/oauth/auth/requests/login/accept
    PUT     /recipe/oauth/auth/requests/login/reject
    PUT     /recipe/oauth/auth/requests/logout/accept
    PUT     /recipe/oauth/auth/requests/logout/reject
    GET     /recipe/oauth/clients
    POST    /recipe/oauth/clients
    PUT     /recipe/oauth/clients
    GET     /recipe/oauth/clients/list
    POST    /recipe/oauth/clients/remove
    POST    /recipe/oauth/introspect
    POST    /recipe/oauth/session/revoke
    GET     /recipe/oauth/sessions/logout
    POST    /recipe/oauth/token
    POST    /recipe/oauth/token/revoke
    POST    /recipe/oauth/tokens/revoke
"""
_SAML = """
    PUT     /recipe/saml/clients
    GET     /recipe/saml/clients/list
    POST    /recipe/saml/clients/remove
    POST    /recipe/saml/login
    POST    /recipe/saml/callback
    POST    /recipe/saml/user
"""
_SAML_OF_APP = """
    GET     /recipe/saml/legacy/authorize
    POST    /recipe/saml/legacy/callback
"""
# Browsers and identity providers call these: they have no key.
_SAML_OF_APP_WITHOUT_KEY = """
    POST    /recipe/saml/legacy/token
    GET     /recipe/saml/legacy/userinfo
"""
_SAML_WITHOUT_KEY = """
    GET     /.well-known/sp-metadata
"""

endpoints = Endpoints()


def _say_not_yet(group: str) -> Handler:
    async def not_yet(call: Call) -> Json:
        raise CoreError(f"Twofold does not have the {group} yet", NOT_IMPLEMENTED)

    return not_yet


def _declare(group: str, table: str, scope: Scope, *, needs_api_key: bool = True) -> None:
    for line in table.strip().splitlines():
        method, path = line.split()
        endpoints.add(method, path, scope, needs_api_key=needs_api_key)(_say_not_yet(group))


_declare("OAuth2 provider", _OAUTH, Scope.APP)
_declare("SAML endpoints", _SAML, Scope.TENANT)
_declare("SAML endpoints", _SAML_OF_APP, Scope.APP)
_declare("SAML endpoints", _SAML_OF_APP_WITHOUT_KEY, Scope.APP, needs_api_key=False)
_declare("SAML endpoints", _SAML_WITHOUT_KEY, Scope.TENANT, needs_api_key=False)
