# SPDX-License-Identifier: Apache-2.0
"""All pages: method, path, and the function that answers. The one list to read for "which pages are there?"."""

from dataclasses import dataclass
from operator import attrgetter

from twofold.ui.login import (
    authenticator,
    code,
    confirm_password,
    contact,
    factor,
    inbox,
    link,
    lost_passkey,
    passkey,
    password,
    provider,
    recovery_code,
    session,
    set_up_authenticator,
    sign_in,
    verify_email,
)
from twofold.ui.settings import (
    authenticators,
    email,
    login_methods,
    overview,
    passkeys,
    recovery_codes,
    sessions,
    trusted_devices,
)
from twofold.ui.settings import contact as own_contact
from twofold.ui.settings import password as change_password
from twofold.ui.settings import provider as own_provider
from twofold.ui.urls import Urls
from twofold.ui.visit import Page


@dataclass(frozen=True)
class PageDeclaration:
    """A page; `url` names its path in `Urls`, which may name a tenant unless `of_tenant` says not."""

    method: str
    url: str
    handler: Page
    of_tenant: bool = True

    def path(self, urls: Urls) -> str:
        """Return the page's path."""
        path: str = attrgetter(self.url)(urls)
        return path


PAGES = [
    PageDeclaration("GET", "start", sign_in.go_to_sign_in),
    PageDeclaration("GET", "sign_in", sign_in.show_sign_in),
    PageDeclaration("POST", "sign_in", sign_in.sign_in),
    PageDeclaration("GET", "sign_up", sign_in.show_sign_up),
    PageDeclaration("POST", "sign_up", sign_in.sign_up),
    PageDeclaration("GET", "sign_in_with_code", contact.show_contact),
    PageDeclaration("POST", "sign_in_with_code", contact.send_to_contact),
    PageDeclaration("GET", "sign_in_with_passkey", passkey.show_sign_in),
    PageDeclaration("POST", "sign_in_with_passkey", passkey.sign_in),
    PageDeclaration("GET", "sign_up_with_passkey", passkey.show_sign_up),
    PageDeclaration("POST", "sign_up_with_passkey", passkey.sign_up),
    PageDeclaration("GET", "sign_in_with_provider", provider.go_to_provider),
    PageDeclaration("GET", "callback", provider.come_back, of_tenant=False),
    PageDeclaration("GET", "factor", factor.show_factor),
    PageDeclaration("POST", "factor", factor.begin_factor),
    PageDeclaration("GET", "code", code.show_code),
    PageDeclaration("POST", "code", code.check_code),
    PageDeclaration("POST", "resend", code.resend),
    PageDeclaration("POST", "cancel", code.cancel),
    PageDeclaration("GET", "authenticator", authenticator.show_authenticator),
    PageDeclaration("POST", "authenticator", authenticator.check_authenticator),
    PageDeclaration("GET", "set_up_authenticator", set_up_authenticator.show_set_up),
    PageDeclaration("POST", "set_up_authenticator", set_up_authenticator.begin_set_up),
    PageDeclaration("POST", "verify_authenticator", set_up_authenticator.finish_set_up),
    PageDeclaration("GET", "passkey", passkey.show_factor),
    PageDeclaration("POST", "passkey", passkey.check_factor),
    PageDeclaration("GET", "set_up_passkey", passkey.show_set_up),
    PageDeclaration("POST", "set_up_passkey", passkey.set_up),
    PageDeclaration("GET", "password", confirm_password.show_password),
    PageDeclaration("POST", "password", confirm_password.check_password),
    PageDeclaration("GET", "recovery_code", recovery_code.show_recovery_code),
    PageDeclaration("POST", "recovery_code", recovery_code.check_recovery_code),
    PageDeclaration("GET", "verify_email", verify_email.show_verify_email),
    PageDeclaration("POST", "verify_email", verify_email.verify_email),
    PageDeclaration("GET", "link", link.show_link),
    PageDeclaration("POST", "link", link.open_link),
    PageDeclaration("GET", "forgot_password", password.show_forgot_password),
    PageDeclaration("POST", "forgot_password", password.send_reset_link),
    PageDeclaration("GET", "reset_password", password.show_reset_password),
    PageDeclaration("POST", "reset_password", password.reset_password),
    PageDeclaration("GET", "lost_passkey", lost_passkey.show_lost_passkey),
    PageDeclaration("POST", "lost_passkey", lost_passkey.send_recovery_link),
    PageDeclaration("GET", "recover_passkey", lost_passkey.show_recover),
    PageDeclaration("POST", "recover_passkey", lost_passkey.recover),
    PageDeclaration("GET", "sign_out", session.show_sign_out),
    PageDeclaration("POST", "sign_out", session.sign_out),
    PageDeclaration("GET", "refresh", session.refresh, of_tenant=False),
    PageDeclaration("POST", "refresh", session.refresh, of_tenant=False),
    PageDeclaration("GET", "denied", session.show_denied),
    PageDeclaration("GET", "settings", overview.show_settings),
    PageDeclaration("GET", "settings_authenticators", authenticators.show_authenticators),
    PageDeclaration("POST", "rename_authenticator", authenticators.rename_authenticator),
    PageDeclaration("POST", "remove_authenticator", authenticators.remove_authenticator),
    PageDeclaration("GET", "settings_passkeys", passkeys.show_passkeys),
    PageDeclaration("POST", "remove_passkey", passkeys.remove_passkey),
    PageDeclaration("GET", "settings_recovery_codes", recovery_codes.show_recovery_codes),
    PageDeclaration("POST", "settings_recovery_codes", recovery_codes.renew_recovery_codes),
    PageDeclaration("GET", "settings_trusted_devices", trusted_devices.show_trusted_devices),
    PageDeclaration("POST", "remove_trusted_device", trusted_devices.remove_trusted_device),
    PageDeclaration("POST", "remove_trusted_devices", trusted_devices.remove_trusted_devices),
    PageDeclaration("GET", "settings_password", change_password.show_change_password),
    PageDeclaration("POST", "settings_password", change_password.change_password),
    PageDeclaration("GET", "settings_email", email.show_email),
    PageDeclaration("POST", "settings_email", email.change_email),
    PageDeclaration("POST", "confirm_email", email.confirm_email),
    PageDeclaration("POST", "forget_email", email.forget_email),
    PageDeclaration("GET", "settings_login_methods", login_methods.show_login_methods),
    PageDeclaration("POST", "remove_login_method", login_methods.take_away),
    PageDeclaration("GET", "add_contact", own_contact.show_contact),
    PageDeclaration("POST", "add_contact", own_contact.send_code),
    PageDeclaration("GET", "connect_provider", own_provider.show_buttons),
    PageDeclaration("POST", "connect_provider", own_provider.connect_provider),
    PageDeclaration("GET", "settings_sessions", sessions.show_sessions),
    PageDeclaration("POST", "end_session", sessions.end_session),
    PageDeclaration("POST", "end_other_sessions", sessions.end_other_sessions),
    PageDeclaration("GET", "inbox", inbox.show_inbox, of_tenant=False),
]
