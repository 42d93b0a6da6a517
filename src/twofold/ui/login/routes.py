# SPDX-License-Identifier: Apache-2.0
"""All pages: method, path, and the function that answers. The one list to read for "which pages are there?"."""

from dataclasses import dataclass
from operator import attrgetter

from twofold.ui.login import code, contact, factor, inbox, link, password, session, sign_in
from twofold.ui.urls import Urls
from twofold.ui.visit import Page


@dataclass(frozen=True)
class PageDeclaration:
    """A page; `url` names its path in `Urls`."""

    method: str
    url: str
    handler: Page

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
    PageDeclaration("GET", "factor", factor.show_factor),
    PageDeclaration("POST", "factor", factor.begin_factor),
    PageDeclaration("GET", "code", code.show_code),
    PageDeclaration("POST", "code", code.check_code),
    PageDeclaration("POST", "resend", code.resend),
    PageDeclaration("POST", "cancel", code.cancel),
    PageDeclaration("GET", "link", link.show_link),
    PageDeclaration("POST", "link", link.open_link),
    PageDeclaration("GET", "forgot_password", password.show_forgot_password),
    PageDeclaration("POST", "forgot_password", password.send_reset_link),
    PageDeclaration("GET", "reset_password", password.show_reset_password),
    PageDeclaration("POST", "reset_password", password.reset_password),
    PageDeclaration("GET", "sign_out", session.show_sign_out),
    PageDeclaration("POST", "sign_out", session.sign_out),
    PageDeclaration("GET", "refresh", session.refresh),
    PageDeclaration("POST", "refresh", session.refresh),
    PageDeclaration("GET", "denied", session.show_denied),
    PageDeclaration("GET", "inbox", inbox.show_inbox),
]
