# SPDX-License-Identifier: Apache-2.0
"""Every door of an application and of a core, and what it can do to a session. `test_every_door.py` holds this list."""

from dataclasses import dataclass
from enum import StrEnum

from tests.security import ways
from tests.security.application import PASSWORD
from tests.security.ways import Way
from twofold.core.recipe.notyet import api as notyet

OPENS_NOTHING = "test_unfinished_factors.py::test_what_comes_through_this_door_opens_nothing"
NEEDS_THE_KEY = "test_core_door.py::test_nothing_opens_without_the_api_key"
KEEPS_CLAIMS = "test_core_door.py::test_core_never_raises_a_session_by_itself"


class Kind(StrEnum):
    """What a door can do."""

    CREATES = "creates or raises a session"
    USES = "ends or reads a session"
    NONE = "has nothing to do with sessions"


@dataclass(frozen=True)
class Door:
    """What a door can do; the tests that prove the rule of the second factor for it; the way through it."""

    kind: Kind
    proofs: tuple[str, ...] = ()
    way: Way | None = None


def creates(way: Way) -> Door:
    """A door of the SDK or the pages that makes or raises sessions; `way` leads through it without second factor."""
    return Door(Kind.CREATES, (OPENS_NOTHING,), way)


CORE = Door(Kind.CREATES, (NEEDS_THE_KEY, KEEPS_CLAIMS))
USES, NONE = Door(Kind.USES), Door(Kind.NONE)

APIS: dict[str, Door] = {
    "POST /session/refresh": creates(ways.refresh),
    "POST /signout": USES,
    "POST /signin": creates(ways.sign_in),
    "POST /signup": creates(ways.sign_up),
    "GET /emailpassword/email/exists": NONE,
    "GET /signup/email/exists": NONE,
    "POST /user/password/reset/token": NONE,
    "POST /user/password/reset": USES,
    "POST /signinup/code": USES,
    "POST /signinup/code/resend": USES,
    "POST /signinup/code/consume": creates(ways.give_first_code),
    "GET /passwordless/email/exists": NONE,
    "GET /passwordless/phonenumber/exists": NONE,
    "GET /signup/phonenumber/exists": NONE,
    "POST /user/email/verify": creates(ways.verify_email),
    "GET /user/email/verify": creates(ways.ask_whether_verified),
    "POST /user/email/verify/token": creates(ways.ask_to_verify_again),
    "GET /authorisationurl": NONE,
    "POST /signinup": creates(ways.sign_in_elsewhere),
    "POST /callback/apple": NONE,
    "POST /webauthn/options/register": NONE,
    "POST /webauthn/options/signin": NONE,
    "POST /webauthn/signup": creates(ways.sign_up_with_passkey),
    "POST /webauthn/signin": creates(ways.sign_in_with_passkey),
    "POST /user/webauthn/reset/token": NONE,
    "POST /user/webauthn/reset": USES,
    "POST /webauthn/credential": USES,
    "GET /webauthn/credential/list": USES,
    "POST /webauthn/credential/remove": USES,
    "GET /webauthn/email/exists": NONE,
    "POST /totp/device": USES,
    "GET /totp/device/list": USES,
    "POST /totp/device/remove": USES,
    "POST /totp/device/verify": creates(ways.verify_totp_device),
    "POST /totp/verify": creates(ways.give_totp),
    "GET /recoverycodes": USES,
    "POST /recoverycodes": USES,
    "POST /recoverycodes/consume": creates(ways.give_used_recovery_code),
    "GET /trusteddevices": USES,
    "POST /trusteddevices": USES,
    "POST /trusteddevices/remove": USES,
    "POST /trusteddevices/removeall": USES,
    "PUT /mfa/info": creates(ways.ask_what_is_next),
    "GET /jwt/jwks.json": NONE,
    "GET /.well-known/openid-configuration": NONE,
    "GET /loginmethods": NONE,
    # Of those who have the dashboard's key or a session of it; neither is a session of the application.
    **{
        f"{method} /dashboard/api/{path}": USES
        for method, path in (
            ("DELETE", "tenant"),
            ("DELETE", "user"),
            ("GET", "user/sessions"),
            ("GET", "user/unlink"),
            ("POST", "user/sessions"),
            ("POST", "user/factors/reset"),
        )
    },
    **{
        f"{method} /dashboard/api/{path}": NONE
        for method, paths in (
            ("DELETE", ("thirdparty/config", "userroles/role", "userroles/user/roles")),
            ("GET", ("search/tags", "tenant", "tenants", "thirdparty/config", "user", "user/email/verify")),
            ("GET", ("user/metadata", "userroles/role", "userroles/role/permissions", "userroles/roles")),
            ("GET", ("audit", "userroles/user/roles", "user/factors/reset", "users", "users/count")),
            ("POST", ("user/factors/reset/cancel",)),
            ("POST", ("analytics", "key/validate", "signin", "signout", "tenant", "user/email/verify/token")),
            ("POST", ("user/emailpassword", "user/passwordless")),
            ("PUT", ("tenant/core-config", "tenant/first-factor", "tenant/required-secondary-factor")),
            ("PUT", ("thirdparty/config", "user", "user/email/verify", "user/metadata", "user/password")),
            ("PUT", ("userroles/role", "userroles/role/permissions", "userroles/role/permissions/remove")),
            ("PUT", ("userroles/user/roles",)),
        )
        for path in paths
    },
}

PAGES: dict[str, Door] = {
    "GET /auth": USES,
    "GET /auth/sign-in": USES,
    "POST /auth/sign-in": creates(ways.sign_in_page),
    "GET /auth/sign-in/code": USES,
    "POST /auth/sign-in/code": USES,
    "GET /auth/sign-up": USES,
    "POST /auth/sign-up": creates(ways.sign_up_page),
    "GET /auth/factor": creates(ways.factor_page),
    "POST /auth/factor": creates(ways.factor_form),
    "GET /auth/code": USES,
    "POST /auth/code": creates(ways.code_page),
    "GET /auth/sign-in/passkey": USES,
    "POST /auth/sign-in/passkey": creates(ways.sign_in_with_passkey_page),
    "GET /auth/sign-up/passkey": USES,
    "POST /auth/sign-up/passkey": creates(ways.sign_up_with_passkey_page),
    "GET /auth/sign-in/provider": USES,
    "GET /auth/callback/*": creates(ways.callback_page),
    # These ask the policy anew, as `/auth/factor` does.
    "GET /auth/authenticator": creates(ways.half_admin_sends("GET", "/auth/authenticator")),
    "POST /auth/authenticator": creates(ways.authenticator_page),
    "GET /auth/authenticator/set-up": creates(ways.half_admin_sends("GET", "/auth/authenticator/set-up")),
    "POST /auth/authenticator/set-up": creates(ways.half_admin_sends("POST", "/auth/authenticator/set-up", name="x")),
    "POST /auth/authenticator/verify": creates(ways.verify_authenticator_page),
    "GET /auth/passkey": creates(ways.half_admin_sends("GET", "/auth/passkey")),
    "POST /auth/passkey": creates(ways.half_admin_sends("POST", "/auth/passkey", credential="{}")),
    "GET /auth/passkey/set-up": creates(ways.half_admin_sends("GET", "/auth/passkey/set-up")),
    "POST /auth/passkey/set-up": creates(ways.half_admin_sends("POST", "/auth/passkey/set-up", credential="{}")),
    "GET /auth/password": creates(ways.half_admin_sends("GET", "/auth/password")),
    "POST /auth/password": creates(ways.half_admin_sends("POST", "/auth/password", password=PASSWORD)),
    "GET /auth/recovery-code": creates(ways.half_admin_sends("GET", "/auth/recovery-code")),
    "POST /auth/recovery-code": creates(ways.half_admin_sends("POST", "/auth/recovery-code", recovery_code="x")),
    "GET /auth/verify-email": creates(ways.verified_email_page),
    "POST /auth/verify-email": creates(ways.verify_email_page),
    "POST /auth/resend": USES,
    "POST /auth/cancel": USES,
    "GET /auth/verify": NONE,
    "POST /auth/verify": creates(ways.link_page),
    "GET /auth/forgot-password": NONE,
    "POST /auth/forgot-password": NONE,
    "GET /auth/reset-password": NONE,
    "POST /auth/reset-password": USES,
    "GET /auth/lost-passkey": NONE,
    "POST /auth/lost-passkey": NONE,
    "GET /auth/webauthn/recover": NONE,
    "POST /auth/webauthn/recover": USES,
    "GET /auth/sign-out": USES,
    "POST /auth/sign-out": USES,
    "GET /auth/session/refresh/page": creates(ways.refresh_page),
    "POST /auth/session/refresh/page": creates(ways.refresh_form),
    "GET /auth/denied": NONE,
    # Of whole sessions alone, most with a fresh factor.
    **{
        f"{method} /auth/settings{path}": USES
        for method, paths in (
            ("GET", ("", "/authenticators", "/passkeys", "/recovery-codes", "/password", "/sessions")),
            ("GET", ("/trusted-devices",)),
            ("POST", ("/trusted-devices/remove", "/trusted-devices/remove-all")),
            ("POST", ("/authenticators/rename", "/authenticators/remove", "/passkeys/remove", "/recovery-codes")),
            ("POST", ("/password", "/sessions/end", "/sessions/end-others")),
            ("GET", ("/email", "/login-methods", "/login-methods/contact", "/login-methods/provider")),
            ("POST", ("/email", "/email/confirm", "/email/forget", "/login-methods/contact", "/login-methods/remove")),
            ("POST", ("/login-methods/provider",)),
        )
        for path in paths
    },
    "GET /auth/inbox": NONE,
    # Who was sent the token of a reset keeps their factors with it; that is all it can do.
    "GET /auth/factor-reset/object": NONE,
    "POST /auth/factor-reset/object": NONE,
    "GET /auth/dashboard": NONE,
    "GET /auth/dashboard/roles": NONE,
    "GET /auth/dashboard/tenants": NONE,
    "GET /auth/static/…": NONE,
}

# The core obeys whoever has its key: the SDK. It knows no second factor, and must neither make one up nor lose it.
CORE_ENDPOINTS: dict[str, Door] = {
    "POST /recipe/session": CORE,
    "POST /recipe/session/refresh": CORE,
    "POST /recipe/session/regenerate": CORE,
    "POST /recipe/session/verify": CORE,
    "PUT /recipe/jwt/data": CORE,
    "POST /recipe/jwt": CORE,
    "GET /recipe/session": USES,
    "GET /recipe/session/data": USES,
    "PUT /recipe/session/data": USES,
    "GET /recipe/jwt/data": USES,
    "GET /recipe/session/user": USES,
    "POST /recipe/session/remove": USES,
    # These end sessions of the user, app or tenant that goes.
    "POST /user/remove": USES,
    "POST /recipe/accountlinking/user/link": USES,
    "POST /recipe/accountlinking/user/unlink": USES,
    "POST /recipe/multitenancy/tenant/user/remove": USES,
    "POST /recipe/multitenancy/tenant/remove": USES,
    "POST /recipe/multitenancy/app/remove": USES,
    "POST /recipe/multitenancy/connectionuridomain/remove": USES,
    **dict.fromkeys(
        (
            *(f"{method} {path}" for path in ("/", "/hello") for method in ("GET", "POST", "PUT", "DELETE")),
            "GET /apiversion",
            "GET /config",
            "GET /telemetry",
            "GET /requests/stats",
            "GET /user/search/tags",
            "GET /migration/mode",
            "GET /migration/backfill/progress",
            "GET /ee/featureflag",
            "GET /ee/license",
            "PUT /ee/license",
            "DELETE /ee/license",
            "POST /recipe/handshake",
            *(
                f"PUT /recipe/multitenancy/{what}{version}"
                for what in ("tenant", "app", "connectionuridomain")
                for version in ("", "/v2")
            ),
            *(
                f"GET /recipe/multitenancy/{what}/list{version}"
                for what in ("tenant", "app", "connectionuridomain")
                for version in ("", "/v2")
            ),
            "GET /recipe/multitenancy/tenant",
            "GET /recipe/multitenancy/tenant/v2",
            "PUT /recipe/multitenancy/config/thirdparty",
            "POST /recipe/multitenancy/config/thirdparty/remove",
            "POST /recipe/multitenancy/tenant/user",
            "GET /users",
            "GET /users/count",
            "GET /users/count/active",
            "GET /user/id",
            "GET /users/by-accountinfo",
            "POST /recipe/userid/map",
            "GET /recipe/userid/map",
            "POST /recipe/userid/map/remove",
            "PUT /recipe/userid/external-user-id-info",
            "POST /recipe/userid/external-user-id-info",
            "GET /recipe/accountlinking/user/primary/check",
            "POST /recipe/accountlinking/user/primary",
            "GET /recipe/accountlinking/user/link/check",
            "POST /recipe/signup",
            "POST /recipe/signin",
            "POST /recipe/user/password/reset/token",
            "POST /recipe/user/password/reset/token/consume",
            "POST /recipe/user/password/reset",
            "GET /recipe/user",
            "PUT /recipe/user",
            "POST /recipe/user/passwordhash/import",
            "POST /recipe/user/email/verify/token",
            "POST /recipe/user/email/verify",
            "GET /recipe/user/email/verify",
            "POST /recipe/user/email/verify/token/remove",
            "POST /recipe/user/email/verify/remove",
            "POST /recipe/signinup",
            "GET /recipe/users/by-email",
            "POST /recipe/signinup/code",
            "POST /recipe/signinup/code/consume",
            "POST /recipe/signinup/code/check",
            "POST /recipe/signinup/code/remove",
            "POST /recipe/signinup/codes/remove",
            "GET /recipe/signinup/codes",
            "POST /recipe/webauthn/options/register",
            "POST /recipe/webauthn/options/signin",
            "GET /recipe/webauthn/options",
            "DELETE /recipe/webauthn/options/remove",
            "POST /recipe/webauthn/signup",
            "POST /recipe/webauthn/signin",
            "POST /recipe/webauthn/user/credential/register",
            "GET /recipe/webauthn/user/credential",
            "GET /recipe/webauthn/user/credential/list",
            "DELETE /recipe/webauthn/user/credential/remove",
            "POST /recipe/webauthn/user/recover/token",
            "GET /recipe/webauthn/user/recover",
            "POST /recipe/webauthn/user/recover/token/consume",
            "PUT /recipe/webauthn/user/email",
            "POST /recipe/totp/device",
            "POST /recipe/totp/device/import",
            "PUT /recipe/totp/device",
            "GET /recipe/totp/device/list",
            "POST /recipe/totp/device/remove",
            "POST /recipe/totp/device/verify",
            "POST /recipe/totp/verify",
            "POST /recipe/totp/device/status/bulk",
            "POST /recipe/recoverycodes",
            "GET /recipe/recoverycodes",
            "POST /recipe/recoverycodes/consume",
            "POST /recipe/recoverycodes/remove",
            "POST /recipe/trusteddevices",
            "POST /recipe/trusteddevices/recognise",
            "GET /recipe/trusteddevices/list",
            "POST /recipe/trusteddevices/remove",
            "POST /recipe/trusteddevices/removeall",
            "POST /recipe/abuse/sending",
            "POST /recipe/abuse/existence",
            "POST /recipe/abuse/unlock",
            "GET /recipe/audit",
            "POST /recipe/factorreset",
            "GET /recipe/factorreset",
            "POST /recipe/factorreset/cancel",
            "POST /recipe/factorreset/object",
            "GET /recipe/user/metadata",
            "PUT /recipe/user/metadata",
            "PUT /recipe/user/metadata/list",
            "POST /recipe/user/metadata/remove",
            "POST /recipe/user/metadata/bulk",
            "POST /bulk-import/users",
            "GET /bulk-import/users",
            "GET /bulk-import/users/count",
            "POST /bulk-import/users/remove",
            "POST /bulk-import/import",
            "PUT /recipe/role",
            "GET /recipe/role/permissions",
            "POST /recipe/role/permissions/remove",
            "GET /recipe/permission/roles",
            "POST /recipe/role/remove",
            "GET /recipe/roles",
            "PUT /recipe/user/role",
            "POST /recipe/user/role/remove",
            "GET /recipe/user/roles",
            "GET /recipe/role/users",
            "GET /.well-known/jwks.json",
            "GET /recipe/jwt/jwks",
            *(f"{item.method} {item.path}" for item in notyet.endpoints.all),
            # Of the dashboard's own users: their sessions are none of the application's.
            "GET /recipe/dashboard/tenant/core-config",
            "POST /recipe/dashboard/user",
            "PUT /recipe/dashboard/user",
            "DELETE /recipe/dashboard/user",
            "GET /recipe/dashboard/users",
            "GET /recipe/dashboard/user/sessions",
            "POST /recipe/dashboard/signin",
            "POST /recipe/dashboard/session/verify",
            "DELETE /recipe/dashboard/session",
        ),
        NONE,
    ),
}
