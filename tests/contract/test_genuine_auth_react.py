# SPDX-License-Identifier: Apache-2.0
"""The screens of the genuine npm package `supertokens-auth-react`, as published, in Chromium.

People sign up, sign in and prove more of themselves on the package's own screens, in the application of `js/react/`.
What most applications use is told in FastAPI, Flask and Django; the rest in FastAPI.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from oidc_provider_mock import run_server_in_thread  # type: ignore[import-untyped]
from playwright.sync_api import Browser, sync_playwright

from tests.contract.js.app import Serve, Site, embedded
from tests.contract.js.django_site import serve_django_async, serve_django_sync
from tests.contract.js.flask_site import serve_flask
from tests.contract.js.react_site import react_recipes, running_react_website
from tests.contract.js.react_visitor import PASSWORD, Mode, Visitor, new_address, new_number, wrong
from tests.flows.conftest import ARGUMENTS
from twofold._app_info import FrameworkName
from twofold.testing import VirtualTotp

pytestmark = [pytest.mark.slow, pytest.mark.needs_node, pytest.mark.needs_chromium]

CODES = ["otp-email", "otp-phone"]
LINKS = ["link-email", "link-phone"]
# Pictures of flags, and the provider's style sheet, would come from elsewhere.
NOWHERE_ELSE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost"

Enter = Callable[..., Visitor]


@pytest.fixture(scope="module")
def website() -> Iterator[str]:
    """The origin of the application's pages."""
    with running_react_website() as origin:
        yield origin


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of an OpenID provider."""
    with run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(scope="module")
def site(website: str, provider: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The application in FastAPI, on another port than its pages."""
    database_url = f"sqlite:///{tmp_path_factory.mktemp('site')}/twofold.db"
    with embedded(database_url, website=website, recipe_list=react_recipes(provider)) as running:
        yield running


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium for everybody."""
    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=chromium, args=[*ARGUMENTS, NOWHERE_ELSE])
        yield instance
        instance.close()


@pytest.fixture
def enter(browser: Browser) -> Iterator[Enter]:
    """Let somebody enter a site: in a window of their own, whose complaints fail the test."""
    visitors: list[Visitor] = []

    def open_window(site: Site, *first_factors: str, mode: Mode = "cookie") -> Visitor:
        visitors.append(Visitor(browser, site, first_factors or ["emailpassword", "thirdparty"], mode))
        return visitors[-1]

    yield open_window
    for visitor in visitors:
        visitor.context.close()
    assert [visitor.complaints for visitor in visitors if visitor.complaints] == []


def uses_a_password(visitor: Visitor) -> None:
    """Sign up, confirm the address, sign out, mistype the password, sign in."""
    email = new_address()
    visitor.open("/")
    visitor.sees("Sign In")
    visitor.sign_up(email)
    user_id = visitor.sees_notes("emailpassword")
    visitor.asks("Ask the API", f'200 {{"userId":"{user_id}"}}')
    visitor.sign_out()

    visitor.sign_in(email, "another password 1")
    visitor.sees_error("Incorrect email and password combination")
    visitor.sign_in(email)

    assert visitor.sees_notes("emailpassword") == user_id


def uses_an_authenticator_app(visitor: Visitor) -> None:
    """Set an authenticator app up at sign-up, from the secret on the screen; be asked for its code at sign-in."""
    email = new_address("totp")
    visitor.sign_up(email)
    app = sets_authenticator_app_up(visitor)
    user_id = visitor.sees_notes("emailpassword", "totp")
    visitor.sign_out()

    visitor.site.clock.turn(seconds=30)
    visitor.sign_in(email)
    visitor.give_totp(wrong(app.code()))
    visitor.sees_error("Invalid TOTP")
    visitor.give_totp(app.code())

    assert visitor.sees_notes("emailpassword", "totp") == user_id
    visitor.asks("Ask the API", "200")


def sets_authenticator_app_up(visitor: Visitor) -> VirtualTotp:
    """Read the secret on the screen, and give the first code; return the app."""
    visitor.press("secret key")
    app = VirtualTotp(visitor.secret(), visitor.site.clock)
    visitor.give_totp(app.code())
    return app


def uses_a_code_by_mail(visitor: Visitor) -> None:
    """Be asked for a code after the password, get it wrong, then right."""
    email = new_address("otp-email")
    visitor.sign_up(email)

    visitor.sees("An OTP was sent to you at")
    visitor.give_code(wrong(visitor.code_to(email)))
    visitor.sees_error("Invalid OTP")
    visitor.give_code(visitor.code_to(email))

    visitor.sees_notes("emailpassword", "otp-email")


def comes_back_after_hours(visitor: Visitor) -> None:
    """Find everything as it was, with an access token that was renewed unseen."""
    visitor.sign_up(new_address())
    user_id = visitor.sees_notes("emailpassword")
    before = visitor.backstage("refreshes")["count"]
    visitor.site.clock.turn(seconds=2 * 3600)

    visitor.asks("Ask the API", f'200 {{"userId":"{user_id}"}}')

    assert visitor.backstage("refreshes")["count"] == before + 1
    visitor.open("/")
    assert visitor.sees_notes("emailpassword") == user_id


MAIN_STORIES = [uses_a_password, uses_an_authenticator_app, uses_a_code_by_mail, comes_back_after_hours]


@pytest.mark.parametrize("mode", ["cookie", "header"])
def test_main_stories(site: Site, enter: Enter, mode: Mode) -> None:
    """What most applications use works, one after the other in one window, with tokens in cookies and in headers."""
    tell(MAIN_STORIES, enter(site, mode=mode))


@pytest.mark.parametrize(
    ("framework", "serve"),
    [
        pytest.param("flask", serve_flask, id="flask"),
        pytest.param("django", serve_django_sync, id="django-sync"),
        pytest.param("django", serve_django_async, id="django-async"),
    ],
)
def test_main_stories_in_other_frameworks(
    website: str, provider: str, enter: Enter, tmp_path: Path, framework: FrameworkName, serve: Serve
) -> None:
    """The same with the application in Flask, and in Django of either stack."""
    options = {"website": website, "recipe_list": react_recipes(provider), "framework": framework, "serve": serve}
    with embedded(f"sqlite:///{tmp_path}/twofold.db", **options) as site:
        tell(MAIN_STORIES, enter(site))


def tell(stories: Sequence[Callable[[Visitor], None]], visitor: Visitor) -> None:
    """Tell stories in turn, each by somebody else at the same window."""
    for story in stories:
        story(visitor)
        visitor.sign_out()


def test_a_new_password_by_mail(site: Site, enter: Enter) -> None:
    """A link in a mail sets another password, once; the old one opens nothing any more."""
    email, password = new_address(), "another password 1"
    visitor = enter(site)
    visitor.sign_up(email)
    visitor.sees_notes("emailpassword")
    visitor.sign_out()
    visitor.choose("Forgot password?")
    visitor.fill(email=email)
    visitor.press("Email me")
    visitor.sees("A password reset email has been sent")
    link = visitor.link_to(email)

    visitor.open(link)
    visitor.fill(**{"password": password, "confirm-password": password})
    visitor.press("Change password")

    visitor.sees("Success!")
    visitor.open(link)
    visitor.fill(**{"password": PASSWORD, "confirm-password": PASSWORD})
    visitor.press("Change password")
    visitor.sees("Invalid password reset token")
    visitor.sign_in(email)
    visitor.sees_error("Incorrect email and password combination")
    visitor.sign_in(email, password)
    visitor.sees_notes("emailpassword")


def test_a_link_to_confirm_an_address_works_once(site: Site, enter: Enter) -> None:
    """Whoever follows the link again is told so, and can ask for another."""
    email = new_address()
    visitor = enter(site)
    visitor.sign_up(email)
    visitor.sees_notes("emailpassword")

    visitor.open(visitor.link_to(email))

    visitor.sees("The email verification link has expired")


@pytest.mark.parametrize("factor", CODES)
def test_codes_instead_of_passwords(site: Site, enter: Enter, factor: str) -> None:
    """A code opens the door, a wrong one does not, and a number that is none is refused on the form."""
    contact = new_address() if factor == "otp-email" else new_number()
    visitor = enter(site, factor)
    visitor.open("/auth")
    visitor.fill(**{"email": "nobody"} if factor == "otp-email" else {"phoneNumber_text": "+41"})
    visitor.press("Continue")
    visitor.sees("is invalid")
    visitor.fill(**{"email": contact} if factor == "otp-email" else {"phoneNumber_text": contact})
    visitor.press("Continue")
    visitor.sees("sent to you at")

    visitor.give_code(wrong(visitor.code_to(contact)))
    visitor.sees_error("Invalid OTP")
    visitor.give_code(visitor.code_to(contact))

    visitor.sees_notes(factor)


@pytest.mark.parametrize("factor", LINKS)
def test_links_instead_of_passwords(site: Site, enter: Enter, factor: str) -> None:
    """A link opens the door where it was asked for, after a question elsewhere, and only once."""
    field, contact = ("email", new_address()) if factor == "link-email" else ("phoneNumber_text", new_number())
    visitor, elsewhere = enter(site, factor), enter(site, factor)

    def asks_for_link() -> str:
        visitor.open("/auth")
        visitor.fill(**{field: contact})
        visitor.press("Continue")
        visitor.sees("magic link was sent to you at")
        return visitor.link_to(contact)

    link = asks_for_link()
    elsewhere.open(link)
    elsewhere.press("Continue")
    user_id = elsewhere.sees_notes(factor)

    visitor.open(link)
    visitor.sees_error("Invalid magic link")
    visitor.choose("Change email" if factor == "link-email" else "Change phone number")
    visitor.open(asks_for_link())
    assert visitor.sees_notes(factor) == user_id


def test_passkeys_instead_of_passwords(site: Site, enter: Enter) -> None:
    """A passkey is made at sign-up, and opens the door from then on."""
    email = new_address()
    visitor = enter(site, "webauthn")
    visitor.plug_in_authenticator()
    signs_up_with_passkey(visitor, email)
    user_id = visitor.sees_notes("webauthn")
    visitor.sign_out()

    visitor.press("Continue with passkey")

    assert visitor.sees_notes("webauthn") == user_id


def signs_up_with_passkey(visitor: Visitor, email: str) -> None:
    """Make a passkey, and confirm the address."""
    visitor.open("/auth?show=signup")
    visitor.fill(email=email)
    visitor.press("Continue")
    visitor.sees("Create a passkey")
    visitor.press("Continue")
    visitor.confirm_address(email)
