# SPDX-License-Identifier: Apache-2.0
"""A tour through every page of factors and settings, with and without errors; each stop has a name and the page."""

from collections.abc import Generator, Iterator

from playwright.sync_api import BrowserContext, Page, expect

from tests.flows.conftest import ANN, PASSWORD, sign_in, sign_up
from tests.flows.demo import Running
from twofold.testing import VirtualTotp

HALF_AN_HOUR = 30 * 60
SETTINGS = "/auth/settings"


class BrowserAuthenticator:
    """The passkeys of a browser: Chromium's virtual authenticator, which is touched only while the test says so."""

    def __init__(self, page: Page) -> None:
        self._chromium = page.context.new_cdp_session(page)
        self._chromium.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": False,
        }
        added = self._chromium.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self._id = added["authenticatorId"]

    def touch(self, *, present: bool = True) -> None:
        """Have somebody touch it whenever a page asks, or nobody."""
        self._send("setAutomaticPresenceSimulation", enabled=present)

    def forget(self) -> None:
        """Lose every passkey."""
        self._send("clearCredentials")

    def count(self) -> int:
        """Return how many passkeys there are."""
        return len(self._send("getCredentials")["credentials"])

    def _send(self, command: str, **arguments: object) -> dict[str, list[object]]:
        answer: dict[str, list[object]] = self._chromium.send(
            f"WebAuthn.{command}", {"authenticatorId": self._id, **arguments}
        )
        return answer


def set_authenticator_up(page: Page, demo: Running, name: str = "My phone") -> VirtualTotp:
    """Set an authenticator app up, from the page that asks for its name to the first code."""
    page.get_by_label("Name of the app or device").fill(name)
    page.get_by_role("button", name="Show the QR code").click()
    page.get_by_text("You cannot scan it?").click()
    secret = page.locator(".secret code").inner_text().replace(" ", "")
    app = VirtualTotp(secret, demo.clock)
    give_app_code(page, app.code(), "Connect")
    return app


def give_app_code(page: Page, code: str, button: str = "Continue") -> None:
    """Give the code of an authenticator app on the page that asks for it."""
    page.locator("#code").fill(code)
    page.get_by_role("button", name=button, exact=True).click()


def create_recovery_codes(page: Page) -> list[str]:
    """Make recovery codes where they are offered, and return them."""
    page.get_by_role("button", name="Create recovery codes").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    return page.locator(".codes code").all_inner_texts()


def tour(demo: Running, context: BrowserContext) -> Iterator[tuple[str, Page]]:
    """Go through the pages as Ann does, and stop at each."""
    page = context.new_page()
    passkeys = BrowserAuthenticator(page)
    for path in ("/sign-in", "/sign-up", "/sign-up/passkey", "/sign-in/passkey", "/lost-passkey"):
        page.goto(f"/auth{path}")
        yield path, page
    sign_up(page, ANN)
    page.wait_for_url("/")
    yield "home", page
    for path in ("", "/authenticators", "/passkeys", "/trusted-devices", "/password", "/sessions"):
        page.goto(SETTINGS + path)
        yield f"settings{path}, empty", page
    page.goto(f"{SETTINGS}/password")
    page.get_by_role("button", name="Save").click()
    yield "password with errors", page
    yield from _contacts(demo, page)

    app, codes = yield from _set_up(demo, page, passkeys)
    yield from _give(demo, page, app, codes)


def _contacts(demo: Running, page: Page) -> Iterator[tuple[str, Page]]:
    page.goto(f"{SETTINGS}/email")
    yield "email address", page
    page.get_by_role("button", name="Send the link").click()
    yield "email address with an error", page
    page.get_by_label("New email address").fill("ann@work.example")
    page.get_by_role("button", name="Send the link").click()
    page.get_by_role("button", name="I have opened the link").click()
    yield "email address, not confirmed yet", page
    page.goto(f"{SETTINGS}/login-methods")
    yield "ways to sign in, one", page
    page.get_by_role("link", name="Add a phone number").click()
    yield "adding a phone number", page
    page.get_by_role("button", name="Send code").click()
    yield "adding a phone number, with an error", page
    page.get_by_label("Phone number").fill("+41791234567")
    page.get_by_role("button", name="Send code").click()
    yield "code for the phone number", page
    page.locator("#code").fill(demo.newest_code())
    page.get_by_role("button", name="Continue").click()
    page.goto(f"{SETTINGS}/login-methods")
    page.get_by_text("Remove", exact=True).click()
    yield "ways to sign in, removing one", page
    page.get_by_role("link", name="Change Code or link, +41791234567").click()
    yield "changing the phone number", page


def _set_up(
    demo: Running, page: Page, passkeys: BrowserAuthenticator
) -> Generator[tuple[str, Page], None, tuple[VirtualTotp, list[str]]]:
    page.goto("/auth/authenticator/set-up?to=/auth/settings/authenticators")
    yield "name of the app", page
    page.get_by_label("Name of the app or device").fill("")
    page.get_by_role("button", name="Show the QR code").click()
    yield "name with an error", page
    page.get_by_label("Name of the app or device").fill("My phone")
    page.get_by_role("button", name="Show the QR code").click()
    page.get_by_text("You cannot scan it?").click()
    yield "QR code", page
    app = VirtualTotp(page.locator(".secret code").inner_text().replace(" ", ""), demo.clock)
    give_app_code(page, "000000", "Connect")
    yield "QR code with an error", page
    give_app_code(page, app.code(), "Connect")
    yield "recovery codes, offered", page
    codes = create_recovery_codes(page)
    yield "recovery codes, shown", page
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_text("Rename", exact=True).click()
    yield "renaming", page
    page.get_by_text("Remove", exact=True).click()
    yield "removing", page
    page.goto("/auth/passkey/set-up?to=/auth/settings/passkeys")
    yield "adding a passkey", page
    passkeys.touch()
    page.reload()
    page.wait_for_url(f"{SETTINGS}/passkeys")
    passkeys.touch(present=False)
    yield "passkeys", page
    for path in ("/recovery-codes", "/sessions", ""):
        page.goto(SETTINGS + path)
        yield f"settings{path}", page
    return app, codes


def _give(demo: Running, page: Page, app: VirtualTotp, codes: list[str]) -> Iterator[tuple[str, Page]]:
    demo.clock.turn(seconds=HALF_AN_HOUR)
    page.goto(f"{SETTINGS}/authenticators")
    yield "fresh factor, choice", page
    page.goto("/auth/sign-out")
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, ANN, PASSWORD)
    yield "second factor, choice", page
    page.get_by_role("button", name="A passkey").click()
    yield "second factor, passkey", page
    page.get_by_role("link", name="Use another way").click()
    page.get_by_role("button", name="An authenticator app").click()
    yield "second factor, app", page
    give_app_code(page, app.code(-5))
    yield "second factor, app, with an error", page
    for _ in range(4):
        give_app_code(page, app.code(-5))
    yield "locked", page
    page.get_by_role("link", name="Use a recovery code instead").click()
    yield "recovery code", page
    page.get_by_role("button", name="Continue").click()
    yield "recovery code with an error", page
    page.get_by_label("Recovery code").fill(codes[0])
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("/")
    page.goto("/auth/sign-out")
    page.get_by_role("button", name="Sign out").click()
    demo.clock.turn(seconds=HALF_AN_HOUR)
    sign_in(page, ANN, PASSWORD)
    page.get_by_role("button", name="An authenticator app").click()
    page.get_by_role("checkbox").check()
    give_app_code(page, app.code())
    page.wait_for_url("/")
    page.goto(f"{SETTINGS}/trusted-devices")
    yield "trusted devices", page
