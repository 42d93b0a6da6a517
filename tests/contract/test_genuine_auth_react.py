# SPDX-License-Identifier: Apache-2.0
"""The screens of the genuine npm package `supertokens-auth-react`, as published, in Chromium.

People sign up, sign in and prove more of themselves on the package's own screens, in the application of `js/react/`.
What most applications use is told in FastAPI, Flask and Django; the rest in FastAPI.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from oidc_provider_mock import run_server_in_thread  # type: ignore[import-untyped]
from playwright.sync_api import Browser, expect, sync_playwright

from tests.contract.js.app import STEP_UP_SECONDS, Serve, Site, embedded
from tests.contract.js.django_site import serve_django_async, serve_django_sync
from tests.contract.js.flask_site import serve_flask
from tests.contract.js.react_site import react_recipes, running_react_website
from tests.contract.js.react_visitor import PASSWORD, Mode, Visitor, new_address, new_number, wrong
from tests.flows.conftest import ARGUMENTS
from twofold._app_info import FrameworkName
from twofold.testing import VirtualTotp

pytestmark = [pytest.mark.slow, pytest.mark.needs_node, pytest.mark.needs_chromium]

QUARTER_OF_AN_HOUR = 15 * 60
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
        visitor.leave()
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


def test_an_openid_provider(website: str, provider: str, enter: Enter, tmp_path: Path) -> None:
    """People come from a provider, are known when they come again, and are let back when they refuse there."""
    # The provider goes by the machine's clock, so this site's clock is not turned.
    with embedded(f"sqlite:///{tmp_path}/twofold.db", website=website, recipe_list=react_recipes(provider)) as site:
        comes_from_provider(enter(site))


def comes_from_provider(visitor: Visitor) -> None:
    """Refuse, agree, sign out, and come again."""
    email = new_address()
    visitor.open("/auth")
    visitor.press("Continue with Local")
    visitor.press("Deny")
    visitor.sees_error("Something went wrong")

    goes_to_provider(visitor, email)
    visitor.confirm_address(email)
    user_id = visitor.sees_notes("thirdparty")

    visitor.sign_out()
    goes_to_provider(visitor, email)
    assert visitor.sees_notes("thirdparty") == user_id


def goes_to_provider(visitor: Visitor, email: str) -> None:
    """Agree there, and come back."""
    visitor.press("Continue with Local")
    visitor.fill(sub=email)
    visitor.press("Authorize")


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


def test_a_lost_passkey(site: Site, enter: Enter) -> None:
    """Whoever lost a passkey makes another by a link in a mail, and signs in with it."""
    email = new_address()
    lost, found = enter(site, "webauthn"), enter(site, "webauthn")
    lost.plug_in_authenticator()
    signs_up_with_passkey(lost, email)
    user_id = lost.sees_notes("webauthn")
    found.plug_in_authenticator()
    found.open("/auth?show=signup")
    found.choose("Recover Account")
    found.fill(email=email)
    with found.page.expect_response("**/user/webauthn/reset/token"):
        found.press("Continue")
    found.sees("Account recovery email has been sent")

    found.open(found.link_to(email))
    found.press("Continue")

    found.sees("success")
    found.open("/auth")
    found.press("Continue with passkey")
    assert found.sees_notes("webauthn") == user_id


def test_the_end_of_a_session(site: Site, enter: Enter) -> None:
    """Whoever was signed out elsewhere is led to the door by the next question, and comes back to the page."""
    email = new_address()
    visitor = enter(site)
    visitor.sign_up(email)
    user_id = visitor.sees_notes("emailpassword")
    visitor.backstage("revoke", userId=user_id)
    visitor.site.clock.turn(seconds=2 * 3600)

    visitor.press("Ask the API")

    visitor.sees("Sign In")
    visitor.open("/notes")
    visitor.sees("Sign In")
    visitor.fill(email=email, password=PASSWORD)
    visitor.press("Sign in")
    visitor.sees_notes("emailpassword")
    assert visitor.page.url.endswith("/notes")


def test_access_denied(site: Site, enter: Enter) -> None:
    """A page for administrators shows the package's screen to everybody else, and itself to them."""
    email = new_address()
    visitor = enter(site)
    visitor.sign_up(email)
    user_id = visitor.sees_notes("emailpassword")
    visitor.asks("Ask for administration", "403")

    visitor.open("/admin")

    visitor.sees("Access denied")
    visitor.backstage("make-admin", userId=user_id)
    visitor.press("Log out")
    visitor.sees("Sign In")  # it leads there by itself: another way taken meanwhile would be cut off
    visitor.sign_in(email)
    visitor.asks("Ask for administration", "200")
    visitor.open("/admin")
    visitor.sees("Administration")


def test_the_choice_of_a_second_factor(site: Site, enter: Enter) -> None:
    """The screen offers what would do, and after one was set up, that one."""
    email, number = new_address("otp-phone", "totp"), new_number()
    visitor = enter(site)
    visitor.sign_up(email)
    visitor.sees("Please select a factor")
    expect(visitor.page.locator("[data-supertokens~=factorChooserOption]")).to_have_count(2)
    visitor.choose("SMS based OTP")
    visitor.fill(phoneNumber_text=number)
    visitor.press("Continue")
    visitor.sees("An OTP was sent to you at")
    visitor.give_code(visitor.code_to(number))
    user_id = visitor.sees_notes("emailpassword", "otp-phone")
    visitor.sign_out()

    visitor.sign_in(email)
    visitor.sees("An OTP was sent to you at")
    visitor.give_code(visitor.code_to(number))

    assert visitor.sees_notes("emailpassword", "otp-phone") == user_id


def test_passkeys_after_passwords(site: Site, enter: Enter) -> None:
    """A passkey is set up when it is required, and asked for at the next sign-in."""
    email = new_address("webauthn")
    visitor = enter(site)
    visitor.plug_in_authenticator()
    visitor.sign_up(email)
    visitor.sees("Register a passkey")
    visitor.press("Continue")
    user_id = visitor.sees_notes("emailpassword", "webauthn")
    visitor.sign_out()

    visitor.sign_in(email)
    visitor.sees("Use a Passkey")
    visitor.press("Continue")

    assert visitor.sees_notes("emailpassword", "webauthn") == user_id


@pytest.mark.parametrize("factor", LINKS)
def test_a_second_factor_without_a_screen(site: Site, enter: Enter, factor: str) -> None:
    """Links begin sessions alone: the package has no screen for them as second factors, and says so."""
    visitor = enter(site)

    visitor.sign_up(new_address(factor))

    visitor.sees("You have no available secondary factors")


def test_factors_added_later(site: Site, enter: Enter) -> None:
    """An authenticator app and a number are added from the settings, which are there again afterwards."""
    number = new_number()
    visitor = enter(site)
    visitor.sign_up(new_address())
    visitor.sees_notes("emailpassword")

    visitor.press("Add totp")
    app = sets_authenticator_app_up(visitor)
    visitor.sees_notes("emailpassword", "totp")
    visitor.press("Add otp-phone")
    visitor.fill(phoneNumber_text=number)
    visitor.press("Continue")
    visitor.sees("An OTP was sent to you at")
    visitor.give_code(visitor.code_to(number))
    visitor.sees_notes("emailpassword", "otp-phone", "totp")

    visitor.site.clock.turn(seconds=30)
    visitor.press("Confirm with totp")
    visitor.give_totp(app.code())
    visitor.sees_notes("emailpassword", "otp-phone", "totp")


def test_an_api_that_wants_a_fresh_factor(site: Site, enter: Enter) -> None:
    """The claim error of the API leads to the factor, and its screen back to where the person was."""
    visitor = enter(site)
    visitor.sign_up(new_address("totp"))
    app = sets_authenticator_app_up(visitor)
    visitor.sees_notes("emailpassword", "totp")
    visitor.asks("Ask for payments", "200")
    visitor.site.clock.turn(seconds=STEP_UP_SECONDS + 60)

    visitor.press("Ask for payments")
    visitor.sees("Enter TOTP")
    visitor.give_totp(app.code())

    visitor.sees_notes("emailpassword", "totp")
    visitor.asks("Ask for payments", "200")


def test_a_factor_added_after_a_while(site: Site, enter: Enter) -> None:
    """Who was signed in too long ago to change factors is led to a factor, and then may."""
    number = new_number()
    visitor = enter(site)
    visitor.sign_up(new_address("totp"))
    app = sets_authenticator_app_up(visitor)
    visitor.sees_notes("emailpassword", "totp")
    visitor.site.clock.turn(seconds=QUARTER_OF_AN_HOUR + 60)

    visitor.press("Add otp-phone")
    visitor.fill(phoneNumber_text=number)
    visitor.press("Continue")
    visitor.sees("Enter TOTP")
    visitor.give_totp(app.code())

    visitor.fill(phoneNumber_text=number)
    visitor.press("Continue")
    visitor.sees("An OTP was sent to you at")
    visitor.give_code(visitor.code_to(number))
    visitor.sees_notes("emailpassword", "otp-phone", "totp")


def test_a_code_that_is_too_old(site: Site, enter: Enter) -> None:
    """The screen says so, and sends another one."""
    email = new_address()
    visitor = enter(site, "otp-email")
    visitor.open("/auth")
    visitor.fill(email=email)
    visitor.press("Continue")
    visitor.sees("sent to you at")
    old = visitor.code_to(email)
    visitor.site.clock.turn(seconds=QUARTER_OF_AN_HOUR + 60)

    visitor.give_code(old)

    visitor.sees_error("Expired OTP")
    with visitor.page.expect_response("**/signinup/code/resend"):
        visitor.press("Resend Email")
    visitor.give_code(visitor.code_to(email))
    visitor.sees_notes("otp-email")


def test_too_many_wrong_codes(site: Site, enter: Enter) -> None:
    """The challenge is over after five wrong codes, and the person begins anew."""
    email = new_address("otp-email")
    visitor = enter(site)
    visitor.sign_up(email)
    visitor.sees("An OTP was sent to you at")
    code = visitor.code_to(email)
    for _ in range(5):
        with visitor.page.expect_response("**/signinup/code/consume"):
            visitor.give_code(wrong(code))

    visitor.sees("Login unsuccessful")
    visitor.open("/")
    visitor.sees("An OTP was sent to you at")
    visitor.give_code(visitor.code_to(email))

    visitor.sees_notes("emailpassword", "otp-email")


def test_the_lock_of_an_authenticator_app(site: Site, enter: Enter) -> None:
    """Who gives too many wrong codes sees for how long to wait, and gets in after that."""
    email = new_address("totp")
    visitor = enter(site)
    visitor.sign_up(email)
    app = sets_authenticator_app_up(visitor)
    visitor.sees_notes("emailpassword", "totp")
    visitor.sign_out()
    visitor.site.clock.turn(seconds=30)
    visitor.sign_in(email)
    for _ in range(6):
        with visitor.page.expect_response("**/totp/verify"):
            visitor.give_totp(wrong(app.code()))

    visitor.sees("Account locked")
    visitor.site.clock.turn(seconds=QUARTER_OF_AN_HOUR)
    visitor.page.reload()
    visitor.give_totp(app.code())

    visitor.sees_notes("emailpassword", "totp")
