# SPDX-License-Identifier: Apache-2.0
"""A person in front of the screens of `supertokens-auth-react`."""

import json
import re
from collections.abc import Sequence
from itertools import count
from typing import Any, Literal

import httpx
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Response, expect

from tests.contract.js.app import Site
from twofold.testing import VirtualTotp

PASSWORD = "correct horse 1 battery"
# How long at most a busy machine may take to show something; nothing waits for it.
LONGEST_MS = 30_000

Mode = Literal["cookie", "header"]

_numbers = count(1)


def new_address(*factors: str) -> str:
    """Return an address that nobody had before, and that requires one of these factors."""
    return "+".join([f"person{next(_numbers)}", *factors]) + "@example.com"


def new_number() -> str:
    """Return a phone number that nobody had before."""
    return f"+4179{next(_numbers):07}"


def wrong(code: str) -> str:
    """Return a code that is surely not this one."""
    return f"{(int(code) + 1) % 1_000_000:06}"


class Visitor:
    """One person at one browser window. Its complaints are those of the page, and failures of the server.

    Args:
        browser: whose window is opened.
        site: where.
        first_factors: with which the application lets people begin.
        mode: where tokens travel.
    """

    def __init__(self, browser: Browser, site: Site, first_factors: Sequence[str], mode: Mode = "cookie") -> None:
        self.site = site
        self.complaints: list[str] = []
        self._behind = httpx.Client(base_url=site.backstage, trust_env=False)
        self._answers: list[str] = []
        self.context: BrowserContext = browser.new_context(base_url=site.website)
        self.context.set_default_timeout(LONGEST_MS)
        told = {"api": site.api, "mode": mode, "firstFactors": first_factors}
        self.context.add_init_script(f"globalThis.site = {json.dumps(told)}")
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.context.on("response", self._see)
        self.page: Page = self.context.new_page()

    def leave(self) -> None:
        """Close the window."""
        self.context.close()
        self._behind.close()

    def open(self, path: str) -> None:
        """Enter an address."""
        self.page.goto(path)

    def fill(self, **fields: str) -> None:
        """Fill in fields, by name."""
        for name, value in fields.items():
            self.page.locator(f"input[name='{name}']").fill(value)

    def press(self, name: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=name).click()

    def choose(self, text: str) -> None:
        """Click on a text."""
        self.page.get_by_text(text, exact=True).click()

    def sees(self, text: str) -> None:
        """Expect a text on the page."""
        expect(self.page.get_by_text(text).first).to_be_visible(timeout=LONGEST_MS)

    def sees_error(self, text: str) -> None:
        """Expect the screen to say what went wrong."""
        expect(self._part("generalError")).to_contain_text(text, timeout=LONGEST_MS)

    def sees_notes(self, *factors: str) -> str:
        """Expect to be in, with exactly these factors completed; return the user's id."""
        expect(self.page.get_by_test_id("factors")).to_have_text(" ".join(factors), timeout=LONGEST_MS)
        return self.page.get_by_test_id("user").inner_text()

    def asks(self, what: str, answer: str) -> None:
        """Press a button that asks the API, and expect this beginning of its answer."""
        self.press(what)
        expect(self.page.locator("output")).to_contain_text(answer, timeout=LONGEST_MS)

    def sign_up(self, email: str) -> None:
        """Make an account with a password, and confirm the address."""
        self.open("/auth?show=signup")
        self.fill(email=email, password=PASSWORD)
        self.press("Sign up")
        self.confirm_address(email)

    def confirm_address(self, email: str) -> None:
        """Follow the link in the mail that the screen says was sent."""
        self.sees("Verify your email!")
        # The screen may lead on before its button can be pressed, so nobody presses it.
        with self.page.expect_response("**/user/email/verify"):
            self.open(self.link_to(email))
        self.open("/")

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        """Give address and password."""
        self.open("/auth")
        self.fill(email=email, password=password)
        self.press("Sign in")

    def sign_out(self) -> None:
        """Sign out on the page of notes."""
        self.press("Sign out")
        self.sees("Sign In")

    def give_code(self, code: str) -> None:
        """Enter what came by mail or text message."""
        self.fill(userInputCode=code)
        self.press("Continue")

    def give_totp(self, code: str) -> None:
        """Enter what an authenticator app shows."""
        self.fill(totp=code)
        self.press("Continue")

    def sets_authenticator_app_up(self) -> VirtualTotp:
        """Read the secret on the screen, and give the first code; return the app."""
        self.press("secret key")
        app = VirtualTotp(self.secret(), self.site.clock)
        self.give_totp(app.code())
        return app

    def secret(self) -> str:
        """Return the secret for an authenticator app that the screen shows."""
        return self._part("totpSecret").inner_text()

    def newest_to(self, to: str) -> str:
        """Wait for a message to an address or number; return the newest."""
        for _ in range(LONGEST_MS // 100):
            if newest := str(self.backstage("mail", to=to)["newest"]):
                return newest
            self.page.wait_for_timeout(100)
        raise AssertionError(f"no message to {to}. The page: {self.page.inner_text('body')!r}. {self._answers}")

    def code_to(self, to: str) -> str:
        """Return the code in the newest message."""
        return str(re.findall(r"\b\d{6}\b", self.newest_to(to))[0])

    def link_to(self, to: str) -> str:
        """Return the link in the newest message."""
        return str(re.findall(r"https?://\S+", self.newest_to(to))[0])

    def backstage(self, path: str, **body: str) -> Any:
        """Ask what belongs to the tests."""
        return self._behind.post(path, json=body).raise_for_status().json()

    def plug_in_authenticator(self) -> None:
        """Give the page an authenticator for passkeys, whose owner touches it at once."""
        session = self.context.new_cdp_session(self.page)
        session.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True}
        able = {"hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
        session.send("WebAuthn.addVirtualAuthenticator", {"options": options | able})

    def _part(self, name: str) -> Locator:
        return self.page.locator(f"[data-supertokens~={name}]")

    def _see(self, response: Response) -> None:
        if response.url.startswith(self.site.api):
            answer = f"{response.status} {response.request.method} {response.url}"
            self._answers.append(answer)
            if response.status >= 500 or response.status in {400, 404}:
                self.complaints.append(answer)
