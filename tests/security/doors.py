# SPDX-License-Identifier: Apache-2.0
"""Every door of an application: what it can do, who may call it, and the tests that show it.

`test_every_door.py` holds this list, and `core_doors.py`; `test_who_may_call.py` tries the doors.
"""

from dataclasses import dataclass
from enum import StrEnum

from tests.security import changes, ways
from tests.security.application import PASSWORD
from tests.security.changes import Change
from tests.security.ways import Way

OPENS_NOTHING = "security/test_unfinished_factors.py::test_what_comes_through_this_door_opens_nothing"
NEEDS_WHAT_IT_SAYS = "security/test_who_may_call.py::test_a_change_needs_a_session_its_factors_and_a_fresh_one"
ASKS_FIRST = "security/test_who_may_call.py::test_a_page_asks_for_a_fresh_factor_before_anything_else"
ON_THE_WAY = "security/test_who_may_call.py::test_the_factor_that_is_asked_for_next_may_be_set_up"
WITH_A_LINK = (
    "security/test_recovery_attacks.py::test_a_link_is_worth_one_password",
    "security/test_recovery_attacks.py::test_a_link_dies_with_what_it_was_for",
)
WITH_A_RECOVERY_LINK = (
    "recipe/webauthn/test_recovery.py::test_recovery_adds_a_passkey_once",
    "security/test_recovery_attacks.py::test_a_mailbox_makes_no_passkey_beside_another_factor",
)
WITH_AN_OBJECTION = ("recipe/factorreset/test_support_cases.py::test_an_attacker_asks_and_the_user_objects",)
WITH_THE_KEY = (
    "recipe/dashboard/test_access.py::test_nothing_opens_without_the_key",
    "recipe/dashboard/test_access.py::test_who_is_no_admin_may_only_look",
)


class Kind(StrEnum):
    """What a door can do. What creates sessions may change factors, too: a sign-in within a session adds one."""

    CREATES = "creates or raises a session"
    CHANGES = "changes a factor or a way in, or begins to"
    USES = "ends or reads a session, or what it belongs to"
    NONE = "has nothing to do with sessions"


class Caller(StrEnum):
    """Who may call a door. A change within a session needs what `FRESH` says, also where anybody may sign in."""

    ANYBODY = "anybody, without a session"
    MAILBOX = "who shows the secret of a mail to the account's address"
    SESSION = "a session, whichever factors it has completed"
    WHOLE = "a session with all its factors"
    FRESH = "a session with all its factors, one of the highest level given a short time ago"
    SETS_UP = "the same, or a session on its way to all its factors, if this one is asked for next and none is set up"
    STAFF = "who has the dashboard's key, or a session of it"
    SDK = "who has the core's key"


@dataclass(frozen=True)
class Door:
    """A door.

    Attributes:
        kind: what it can do.
        caller: who may call it.
        proofs: the tests that show it, besides `test_who_may_call.py`, which goes to every door.
        way: through it, for somebody whose second factor is still to be given.
        change: what it changes within a session.
    """

    kind: Kind
    caller: Caller
    proofs: tuple[str, ...] = ()
    way: Way | None = None
    change: Change | None = None


def creates(way: Way, caller: Caller = Caller.ANYBODY, change: Change | None = None) -> Door:
    """A door that makes or raises sessions; `way` leads through it without second factor."""
    proofs = (OPENS_NOTHING,) if change is None else (OPENS_NOTHING, NEEDS_WHAT_IT_SAYS)
    return Door(Kind.CREATES, caller, proofs, way, change)


def raises(way: Way) -> Door:
    """A door that raises the session of who calls it, or lets the policy decide anew."""
    return creates(way, Caller.SESSION)


def changing(change: Change, caller: Caller = Caller.FRESH) -> Door:
    """A door that changes a factor or a way in within a session."""
    proofs = (NEEDS_WHAT_IT_SAYS, ON_THE_WAY) if caller is Caller.SETS_UP else (NEEDS_WHAT_IT_SAYS,)
    return Door(Kind.CHANGES, caller, proofs, change=change)


def sets_up(way: Way, change: Change) -> Door:
    """A page on which a factor is set up, which lets the policy decide anew, too."""
    return Door(Kind.CREATES, Caller.SETS_UP, (OPENS_NOTHING, NEEDS_WHAT_IT_SAYS, ON_THE_WAY), way, change)


NONE = Door(Kind.NONE, Caller.ANYBODY)
OF_SIGN_IN = Door(Kind.USES, Caller.ANYBODY)
OF_SESSION, OF_WHOLE = Door(Kind.USES, Caller.SESSION), Door(Kind.USES, Caller.WHOLE)
OF_FRESH = Door(Kind.USES, Caller.FRESH, (ASKS_FIRST,))
OF_STAFF, CHANGED_BY_STAFF = Door(Kind.NONE, Caller.STAFF), Door(Kind.CHANGES, Caller.STAFF, WITH_THE_KEY)

APIS: dict[str, Door] = {
    "POST /session/refresh": raises(ways.refresh),
    "POST /signout": OF_SESSION,
    "POST /signin": creates(ways.sign_in),
    "POST /signup": creates(ways.sign_up, change=changes.bring_password),
    "GET /emailpassword/email/exists": NONE,
    "GET /signup/email/exists": NONE,
    "POST /user/password/reset/token": NONE,
    "POST /user/password/reset": Door(Kind.CHANGES, Caller.MAILBOX, WITH_A_LINK),
    # A code may be what signs somebody in; within a session, it is to make the address or number a factor.
    "POST /signinup/code": Door(
        Kind.CHANGES, Caller.ANYBODY, (NEEDS_WHAT_IT_SAYS,), change=changes.ask_for_code_to_new_phone
    ),
    "POST /signinup/code/resend": OF_SIGN_IN,
    "POST /signinup/code/consume": creates(ways.give_first_code, change=changes.consume_code_for_new_phone),
    "GET /passwordless/email/exists": NONE,
    "GET /passwordless/phonenumber/exists": NONE,
    "GET /signup/phonenumber/exists": NONE,
    "POST /user/email/verify": creates(ways.verify_email, Caller.MAILBOX),
    "GET /user/email/verify": raises(ways.ask_whether_verified),
    "POST /user/email/verify/token": raises(ways.ask_to_verify_again),
    "GET /authorisationurl": NONE,
    "POST /signinup": creates(ways.sign_in_elsewhere, change=changes.bring_account_elsewhere),
    "POST /callback/apple": NONE,
    "POST /webauthn/options/register": NONE,
    "POST /webauthn/options/signin": NONE,
    "POST /webauthn/signup": creates(ways.sign_up_with_passkey, change=changes.bring_first_passkey),
    "POST /webauthn/signin": creates(ways.sign_in_with_passkey),
    "POST /user/webauthn/reset/token": NONE,
    "POST /user/webauthn/reset": Door(Kind.CHANGES, Caller.MAILBOX, WITH_A_RECOVERY_LINK),
    "POST /webauthn/credential": changing(changes.add_passkey),
    "GET /webauthn/credential/list": OF_SESSION,
    "POST /webauthn/credential/remove": changing(changes.remove_passkey),
    "GET /webauthn/email/exists": NONE,
    "POST /totp/device": changing(changes.begin_device, Caller.SETS_UP),
    "GET /totp/device/list": OF_SESSION,
    "POST /totp/device/remove": changing(changes.remove_device),
    "POST /totp/device/verify": sets_up(ways.verify_totp_device, changes.verify_device),
    "POST /totp/verify": raises(ways.give_totp),
    "GET /recoverycodes": OF_SESSION,
    "POST /recoverycodes": changing(changes.renew_recovery_codes),
    "POST /recoverycodes/consume": raises(ways.give_used_recovery_code),
    "GET /trusteddevices": OF_WHOLE,
    "POST /trusteddevices": changing(changes.trust_browser),
    # Ending trust makes an account safer: nobody has to give a factor for it anew.
    "POST /trusteddevices/remove": changing(changes.end_trust, Caller.WHOLE),
    "POST /trusteddevices/removeall": changing(changes.end_all_trust, Caller.WHOLE),
    "PUT /mfa/info": raises(ways.ask_what_is_next),
    "GET /jwt/jwks.json": NONE,
    "GET /.well-known/openid-configuration": NONE,
    "GET /loginmethods": NONE,
    # Of those who have the dashboard's key or a session of it; neither is a session of the application.
    "POST /dashboard/api/signin": NONE,
    **{
        f"{method} /dashboard/api/{path}": CHANGED_BY_STAFF
        for method, paths in (
            ("DELETE", ("tenant", "thirdparty/config", "user")),
            ("GET", ("user/unlink",)),
            ("POST", ("tenant", "user/emailpassword", "user/factors/reset", "user/factors/reset/cancel")),
            ("POST", ("user/passwordless",)),
            ("PUT", ("tenant/first-factor", "tenant/required-secondary-factor", "thirdparty/config", "user")),
            ("PUT", ("user/email/verify", "user/password")),
        )
        for path in paths
    },
    **{
        f"{method} /dashboard/api/{path}": OF_STAFF
        for method, paths in (
            ("DELETE", ("userroles/role", "userroles/user/roles")),
            ("GET", ("search/tags", "tenant", "tenants", "thirdparty/config", "user", "user/email/verify")),
            ("GET", ("user/metadata", "user/sessions", "userroles/role", "userroles/role/permissions")),
            ("GET", ("audit", "userroles/roles", "userroles/user/roles", "user/factors/reset", "users", "users/count")),
            ("POST", ("analytics", "key/validate", "signout", "user/email/verify/token", "user/sessions")),
            ("PUT", ("tenant/core-config", "user/metadata", "userroles/role", "userroles/role/permissions")),
            ("PUT", ("userroles/role/permissions/remove", "userroles/user/roles")),
        )
        for path in paths
    },
}

PAGES: dict[str, Door] = {
    "GET /auth": OF_SIGN_IN,
    "GET /auth/sign-in": OF_SIGN_IN,
    "POST /auth/sign-in": creates(ways.sign_in_page),
    "GET /auth/sign-in/code": OF_SIGN_IN,
    "POST /auth/sign-in/code": OF_SIGN_IN,
    "GET /auth/sign-up": OF_SIGN_IN,
    "POST /auth/sign-up": creates(ways.sign_up_page),
    "GET /auth/factor": raises(ways.factor_page),
    "POST /auth/factor": raises(ways.factor_form),
    "GET /auth/code": OF_SIGN_IN,
    "POST /auth/code": creates(ways.code_page, change=changes.change_phone),
    "GET /auth/sign-in/passkey": OF_SIGN_IN,
    "POST /auth/sign-in/passkey": creates(ways.sign_in_with_passkey_page),
    "GET /auth/sign-up/passkey": OF_SIGN_IN,
    "POST /auth/sign-up/passkey": creates(ways.sign_up_with_passkey_page),
    "GET /auth/sign-in/provider": OF_SIGN_IN,
    "GET /auth/callback/*": creates(ways.callback_page, change=changes.come_back_from_provider),
    # These ask the policy anew, as `/auth/factor` does.
    "GET /auth/authenticator": raises(ways.half_admin_sends("GET", "/auth/authenticator")),
    "POST /auth/authenticator": raises(ways.authenticator_page),
    "GET /auth/authenticator/set-up": sets_up(
        ways.half_admin_sends("GET", "/auth/authenticator/set-up"), changes.opens("/auth/authenticator/set-up")
    ),
    "POST /auth/authenticator/set-up": sets_up(
        ways.half_admin_sends("POST", "/auth/authenticator/set-up", name="x"), changes.begin_device_page
    ),
    "POST /auth/authenticator/verify": sets_up(ways.verify_authenticator_page, changes.verify_device_page),
    "GET /auth/passkey": raises(ways.half_admin_sends("GET", "/auth/passkey")),
    "POST /auth/passkey": raises(ways.half_admin_sends("POST", "/auth/passkey", credential="{}")),
    "GET /auth/passkey/set-up": sets_up(
        ways.half_admin_sends("GET", "/auth/passkey/set-up"), changes.opens("/auth/passkey/set-up")
    ),
    "POST /auth/passkey/set-up": sets_up(
        ways.half_admin_sends("POST", "/auth/passkey/set-up", credential="{}"), changes.set_up_passkey_page
    ),
    "GET /auth/password": raises(ways.half_admin_sends("GET", "/auth/password")),
    "POST /auth/password": raises(ways.half_admin_sends("POST", "/auth/password", password=PASSWORD)),
    "GET /auth/recovery-code": raises(ways.half_admin_sends("GET", "/auth/recovery-code")),
    "POST /auth/recovery-code": raises(ways.half_admin_sends("POST", "/auth/recovery-code", recovery_code="x")),
    "GET /auth/verify-email": raises(ways.verified_email_page),
    "POST /auth/verify-email": creates(ways.verify_email_page, Caller.MAILBOX),
    "POST /auth/resend": OF_SIGN_IN,
    "POST /auth/cancel": OF_SIGN_IN,
    "GET /auth/verify": NONE,
    "POST /auth/verify": creates(ways.link_page),
    "GET /auth/forgot-password": NONE,
    "POST /auth/forgot-password": NONE,
    "GET /auth/reset-password": NONE,
    "POST /auth/reset-password": Door(Kind.CHANGES, Caller.MAILBOX, WITH_A_LINK),
    "GET /auth/lost-passkey": NONE,
    "POST /auth/lost-passkey": NONE,
    "GET /auth/webauthn/recover": NONE,
    "POST /auth/webauthn/recover": Door(Kind.CHANGES, Caller.MAILBOX, WITH_A_RECOVERY_LINK),
    "GET /auth/sign-out": OF_SIGN_IN,
    "POST /auth/sign-out": OF_SIGN_IN,
    "GET /auth/session/refresh/page": raises(ways.refresh_page),
    "POST /auth/session/refresh/page": raises(ways.refresh_form),
    "GET /auth/denied": NONE,
    "GET /auth/settings": OF_WHOLE,
    "GET /auth/settings/sessions": OF_WHOLE,
    "POST /auth/settings/sessions/end": OF_WHOLE,
    "POST /auth/settings/sessions/end-others": OF_WHOLE,
    "GET /auth/settings/trusted-devices": OF_WHOLE,
    "POST /auth/settings/trusted-devices/remove": changing(changes.end_trust_page, Caller.WHOLE),
    "POST /auth/settings/trusted-devices/remove-all": changing(changes.end_all_trust_page, Caller.WHOLE),
    "GET /auth/settings/authenticators": OF_FRESH,
    "POST /auth/settings/authenticators/rename": changing(changes.rename_device_page),
    "POST /auth/settings/authenticators/remove": changing(changes.remove_device_page),
    "GET /auth/settings/passkeys": OF_FRESH,
    "POST /auth/settings/passkeys/remove": changing(changes.remove_passkey_page),
    "GET /auth/settings/recovery-codes": OF_FRESH,
    "POST /auth/settings/recovery-codes": changing(changes.renew_recovery_codes_page),
    "GET /auth/settings/password": OF_FRESH,
    "POST /auth/settings/password": changing(changes.change_password),
    "GET /auth/settings/email": OF_FRESH,
    "POST /auth/settings/email": changing(changes.ask_for_link),
    "POST /auth/settings/email/confirm": changing(changes.confirm_email),
    # It removes a cookie of the browser that asks, and leads to a page that asks who is there.
    "POST /auth/settings/email/forget": NONE,
    "GET /auth/settings/login-methods": OF_FRESH,
    "POST /auth/settings/login-methods/remove": changing(changes.take_login_method_away),
    "GET /auth/settings/login-methods/contact": OF_FRESH,
    "POST /auth/settings/login-methods/contact": changing(changes.ask_for_code_page),
    # It only leads to the list.
    "GET /auth/settings/login-methods/provider": NONE,
    "POST /auth/settings/login-methods/provider": changing(changes.leave_for_provider),
    "GET /auth/inbox": NONE,
    # Who was sent the token of a reset keeps their factors with it; that is all it can do.
    "GET /auth/factor-reset/object": NONE,
    "POST /auth/factor-reset/object": Door(Kind.CHANGES, Caller.MAILBOX, WITH_AN_OBJECTION),
    "GET /auth/dashboard": NONE,
    "GET /auth/dashboard/roles": NONE,
    "GET /auth/dashboard/tenants": NONE,
    "GET /auth/static/…": NONE,
}
