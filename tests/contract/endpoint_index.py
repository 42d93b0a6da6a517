# SPDX-License-Identifier: Apache-2.0
"""The endpoints of the interface, CDI 3.0 to 5.6, with what a tenant in the path means to them.

tenant    works on the tenant in the path
app       works on the app; from 5.0 on another tenant than the public one is refused
any       works on the app, whatever tenant is named
varies    app or tenant, by the fields that are given
app>=5.6  as `any` before that version
"""

from twofold.core.version import Version, parse

_INDEX = """
any       GET     /
any       POST    /
any       PUT     /
any       DELETE  /
any       GET     /hello
any       POST    /hello
any       PUT     /hello
any       DELETE  /hello
app       GET     /apiversion
any       GET     /config
any       GET     /.well-known/jwks.json
app       GET     /telemetry
tenant    GET     /users
varies    GET     /users/count
app       GET     /requests/stats
app       GET     /users/count/active
any       GET     /user/search/tags
app       GET     /user/id
tenant    GET     /users/by-accountinfo
app       POST    /user/remove
app       GET     /ee/featureflag
app       GET     /ee/license
app       PUT     /ee/license
app       DELETE  /ee/license
any       GET     /migration/mode
any       GET     /migration/backfill/progress
any       POST    /recipe/handshake
tenant    POST    /recipe/signup
tenant    POST    /recipe/signin
tenant    POST    /recipe/user/password/reset/token
tenant    POST    /recipe/user/password/reset/token/consume
tenant    POST    /recipe/user/password/reset
varies    GET     /recipe/user
app       PUT     /recipe/user
tenant    POST    /recipe/user/passwordhash/import
tenant    POST    /recipe/signinup
tenant    GET     /recipe/users/by-email
tenant    POST    /recipe/signinup/code
tenant    POST    /recipe/signinup/code/consume
tenant    POST    /recipe/signinup/code/check
tenant    POST    /recipe/signinup/code/remove
tenant    POST    /recipe/signinup/codes/remove
tenant    GET     /recipe/signinup/codes
tenant    POST    /recipe/user/email/verify/token
tenant    POST    /recipe/user/email/verify
app       GET     /recipe/user/email/verify
tenant    POST    /recipe/user/email/verify/token/remove
app       POST    /recipe/user/email/verify/remove
tenant    POST    /recipe/session
any       GET     /recipe/session
app>=5.6  POST    /recipe/session/verify
any       POST    /recipe/session/refresh
any       POST    /recipe/session/regenerate
varies    POST    /recipe/session/remove
varies    GET     /recipe/session/user
any       GET     /recipe/session/data
any       PUT     /recipe/session/data
any       GET     /recipe/jwt/data
any       PUT     /recipe/jwt/data
app       POST    /recipe/jwt
app       GET     /recipe/jwt/jwks
app       POST    /recipe/totp/device
app       PUT     /recipe/totp/device
app       POST    /recipe/totp/device/import
app       GET     /recipe/totp/device/list
app       POST    /recipe/totp/device/remove
tenant    POST    /recipe/totp/device/verify
tenant    POST    /recipe/totp/verify
app       POST    /recipe/totp/device/status/bulk
app       GET     /recipe/user/metadata
app       PUT     /recipe/user/metadata
app       POST    /recipe/user/metadata/remove
app       POST    /recipe/user/metadata/bulk
app       PUT     /recipe/role
app       GET     /recipe/role/permissions
app       POST    /recipe/role/permissions/remove
app       GET     /recipe/permission/roles
app       POST    /recipe/role/remove
app       GET     /recipe/roles
tenant    PUT     /recipe/user/role
tenant    POST    /recipe/user/role/remove
tenant    GET     /recipe/user/roles
tenant    GET     /recipe/role/users
app       POST    /recipe/userid/map
app       GET     /recipe/userid/map
app       POST    /recipe/userid/map/remove
app       PUT     /recipe/userid/external-user-id-info
app       GET     /recipe/accountlinking/user/primary/check
app       POST    /recipe/accountlinking/user/primary
app       GET     /recipe/accountlinking/user/link/check
app       POST    /recipe/accountlinking/user/link
app       POST    /recipe/accountlinking/user/unlink
tenant    PUT     /recipe/multitenancy/connectionuridomain
tenant    PUT     /recipe/multitenancy/connectionuridomain/v2
tenant    PUT     /recipe/multitenancy/app
tenant    PUT     /recipe/multitenancy/app/v2
tenant    PUT     /recipe/multitenancy/tenant
tenant    PUT     /recipe/multitenancy/tenant/v2
tenant    GET     /recipe/multitenancy/tenant
tenant    GET     /recipe/multitenancy/tenant/v2
tenant    POST    /recipe/multitenancy/connectionuridomain/remove
tenant    POST    /recipe/multitenancy/app/remove
tenant    POST    /recipe/multitenancy/tenant/remove
tenant    GET     /recipe/multitenancy/connectionuridomain/list
tenant    GET     /recipe/multitenancy/connectionuridomain/list/v2
tenant    GET     /recipe/multitenancy/app/list
tenant    GET     /recipe/multitenancy/app/list/v2
tenant    GET     /recipe/multitenancy/tenant/list
tenant    GET     /recipe/multitenancy/tenant/list/v2
tenant    PUT     /recipe/multitenancy/config/thirdparty
tenant    POST    /recipe/multitenancy/config/thirdparty/remove
tenant    POST    /recipe/multitenancy/tenant/user
tenant    POST    /recipe/multitenancy/tenant/user/remove
app       POST    /recipe/dashboard/user
app       PUT     /recipe/dashboard/user
app       DELETE  /recipe/dashboard/user
app       GET     /recipe/dashboard/users
app       GET     /recipe/dashboard/user/sessions
app       POST    /recipe/dashboard/signin
app       POST    /recipe/dashboard/session/verify
app       DELETE  /recipe/dashboard/session
tenant    GET     /recipe/dashboard/tenant/core-config
app       POST    /bulk-import/users
app       GET     /bulk-import/users
app       GET     /bulk-import/users/count
app       POST    /bulk-import/users/remove
app       POST    /bulk-import/import
app       POST    /recipe/oauth/auth
app       POST    /recipe/oauth/token
app       POST    /recipe/oauth/introspect
app       POST    /recipe/oauth/token/revoke
app       POST    /recipe/oauth/tokens/revoke
app       POST    /recipe/oauth/session/revoke
app       GET     /recipe/oauth/sessions/logout
app       GET     /recipe/oauth/auth/requests/login
app       PUT     /recipe/oauth/auth/requests/login/accept
app       PUT     /recipe/oauth/auth/requests/login/reject
app       GET     /recipe/oauth/auth/requests/consent
app       PUT     /recipe/oauth/auth/requests/consent/accept
app       PUT     /recipe/oauth/auth/requests/consent/reject
app       PUT     /recipe/oauth/auth/requests/logout/accept
app       PUT     /recipe/oauth/auth/requests/logout/reject
app       GET     /recipe/oauth/clients
app       POST    /recipe/oauth/clients
app       PUT     /recipe/oauth/clients
app       POST    /recipe/oauth/clients/remove
app       GET     /recipe/oauth/clients/list
tenant    PUT     /recipe/saml/clients
tenant    GET     /recipe/saml/clients/list
tenant    POST    /recipe/saml/clients/remove
tenant    POST    /recipe/saml/login
tenant    POST    /recipe/saml/callback
tenant    POST    /recipe/saml/user
app       GET     /recipe/saml/legacy/authorize
app       POST    /recipe/saml/legacy/callback
app       POST    /recipe/saml/legacy/token
app       GET     /recipe/saml/legacy/userinfo
tenant    GET     /.well-known/sp-metadata
tenant    POST    /recipe/webauthn/options/register
tenant    POST    /recipe/webauthn/options/signin
tenant    GET     /recipe/webauthn/options
tenant    DELETE  /recipe/webauthn/options/remove
tenant    POST    /recipe/webauthn/signup
tenant    POST    /recipe/webauthn/signin
tenant    POST    /recipe/webauthn/user/credential/register
tenant    GET     /recipe/webauthn/user/credential
tenant    GET     /recipe/webauthn/user/credential/list
tenant    DELETE  /recipe/webauthn/user/credential/remove
tenant    POST    /recipe/webauthn/user/recover/token
tenant    GET     /recipe/webauthn/user/recover
tenant    POST    /recipe/webauthn/user/recover/token/consume
tenant    PUT     /recipe/webauthn/user/email
"""

INDEX: dict[str, str] = {
    f"{method} {path}": scope for scope, method, path in (line.split() for line in _INDEX.strip().splitlines())
}


def refuses_other_tenants(endpoint: str, version: Version) -> bool | None:
    """Whether an endpoint refuses another tenant than the public one in its path; None when that varies."""
    scope = INDEX[endpoint]
    if scope == "varies":
        return None
    name, _, since = scope.partition(">=")
    return name == "app" and version >= parse(since or "5.0")
