# SPDX-License-Identifier: Apache-2.0
"""What most applications use, with tokens in cookies and in headers, and in every framework."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.contract.auth_react.conftest import Enter
from tests.contract.js.app import Serve, Site, embedded
from tests.contract.js.django_site import serve_django_async, serve_django_sync
from tests.contract.js.flask_site import serve_flask
from tests.contract.js.react_site import react_recipes
from tests.contract.js.react_visitor import PASSWORD, Mode, Visitor, new_address, wrong
from twofold._app_info import FrameworkName

pytestmark = [pytest.mark.slow, pytest.mark.needs_node, pytest.mark.needs_chromium]


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
    app = visitor.sets_authenticator_app_up()
    user_id = visitor.sees_notes("emailpassword", "totp")
    visitor.sign_out()

    visitor.site.clock.turn(seconds=30)
    visitor.sign_in(email)
    visitor.give_totp(wrong(app.code()))
    visitor.sees_error("Invalid TOTP")
    visitor.give_totp(app.code())

    assert visitor.sees_notes("emailpassword", "totp") == user_id
    visitor.asks("Ask the API", "200")


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
