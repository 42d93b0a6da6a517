# SPDX-License-Identifier: Apache-2.0
"""What people see when their session does not do; programs keep the JSON."""

import pytest

from tests.ui.fake_request import FakeRequest
from tests.ui.fake_response import FakeResponse
from twofold._app_info import AppInfo, InputAppInfo
from twofold.exceptions import BadInputError, BodyTooLargeError
from twofold.recipe.session.exceptions import (
    ClaimValidationError,
    InvalidClaimsError,
    TokenTheftError,
    TryRefreshTokenError,
    UnauthorisedError,
)
from twofold.types import RecipeUserId
from twofold.ui.config import UIConfig
from twofold.ui.recipe import UIRecipe

BROWSER = {"accept": "text/html,application/xhtml+xml", "sec-fetch-mode": "navigate", "sec-fetch-site": "same-origin"}
OLD_BROWSER = {"accept": "text/html,*/*"}
NO_SESSION = UnauthorisedError("no", clear_tokens=False)
ENDED = UnauthorisedError("revoked")
TOO_OLD = TryRefreshTokenError("old")
THEFT = TokenTheftError("user", RecipeUserId("user"), "handle")
NO_FACTOR = InvalidClaimsError("no", [ClaimValidationError("st-mfa", None), ClaimValidationError("st-role", None)])
NO_ROLE = InvalidClaimsError("no", [ClaimValidationError("st-role", None)])
WHERE_TO = [
    (NO_SESSION, "GET", "/notes?id=1", 302, "/auth/sign-in?to=/notes%3Fid%3D1&notice=needed"),
    (NO_SESSION, "POST", "/notes", 303, "/auth/sign-in?notice=needed"),
    (NO_SESSION, "GET", "/", 302, "/auth/sign-in"),
    (NO_SESSION, "GET", "//evil.example", 302, "/auth/sign-in"),
    (NO_SESSION, "GET", "/auth/factor?to=/notes", 302, "/auth/sign-in?to=/notes"),
    (NO_SESSION, "GET", "/auth/factor?to=//evil.example", 302, "/auth/sign-in"),
    (ENDED, "GET", "/notes", 302, "/auth/sign-in?to=/notes&notice=session_ended"),
    (ENDED, "GET", "/auth/session/refresh/page?to=/notes", 302, "/auth/sign-in?to=/notes&notice=session_ended"),
    (NO_SESSION, "POST", "/auth/sign-out", 303, "/auth/sign-in?notice=signed_out"),
    (TOO_OLD, "GET", "/notes?id=1", 302, "/auth/session/refresh/page?to=/notes%3Fid%3D1"),
    (TOO_OLD, "POST", "/notes", 307, "/auth/session/refresh/page?to=/notes"),
    (TOO_OLD, "POST", "/auth/sign-out", 307, "/auth/session/refresh/page?to=/auth/sign-out"),
    (THEFT, "GET", "/auth/session/refresh/page?to=/notes", 302, "/auth/sign-in?to=/notes&notice=stolen"),
    (NO_FACTOR, "GET", "/notes", 302, "/auth/factor?to=/notes"),
    (NO_FACTOR, "POST", "/notes", 303, "/auth/factor"),
]
PROGRAMS = [
    {},
    {"accept": "*/*"},
    {"accept": "application/json"},
    {**BROWSER, "sec-fetch-mode": "cors"},
    {**OLD_BROWSER, "x-requested-with": "XMLHttpRequest"},
    {**OLD_BROWSER, "st-auth-mode": "cookie"},
    {**OLD_BROWSER, "rid": "anti-csrf"},
    {**OLD_BROWSER, "authorization": "Bearer x"},
]


@pytest.fixture
def ui() -> UIRecipe:
    """The pages of an application at the usual paths."""
    given = InputAppInfo("Notes", "http://localhost:8000", website_domain="http://localhost:8000")
    return UIRecipe(AppInfo.from_input(given, "fastapi", None), UIConfig())


@pytest.mark.parametrize(("error", "method", "path", "status", "location"), WHERE_TO)
async def test_a_person_is_led_to_what_is_missing_and_back(
    ui: UIRecipe, error: Exception, method: str, path: str, status: int, location: str
) -> None:
    """The page that was wanted is kept, and only if it is of this site (attack class 45)."""
    response = FakeResponse()

    await ui.prepare_error(FakeRequest(method, f"http://localhost:8000{path}", BROWSER), error, response, {})

    assert (response.status, response.headers["location"]) == (status, location)
    assert response.response_sent, "the session recipe's JSON must not follow"


async def test_what_the_account_may_not_open_is_said_so(ui: UIRecipe) -> None:
    """A missing role is a page with status 403 at the address that was opened."""
    response = FakeResponse()

    await ui.prepare_error(FakeRequest(headers=BROWSER), NO_ROLE, response, {})

    assert response.status == 403
    assert b"You cannot open this page" in response.body


@pytest.mark.parametrize("headers", PROGRAMS)
@pytest.mark.parametrize("error", [NO_SESSION, TOO_OLD, THEFT, NO_FACTOR, NO_ROLE])
async def test_programs_keep_their_answer(ui: UIRecipe, headers: dict[str, str], error: Exception) -> None:
    """Browser SDKs, scripts and `curl` read status and JSON; a redirect would break them."""
    response = FakeResponse()

    await ui.prepare_error(FakeRequest(headers=headers), error, response, {})

    assert (response.status_set, response.response_sent, response.headers) == (False, False, {})


async def test_a_browser_without_fetch_metadata_is_led_too(ui: UIRecipe) -> None:
    """On plain HTTP beyond loopback browsers send none."""
    response = FakeResponse()

    await ui.prepare_error(FakeRequest(headers=OLD_BROWSER), NO_SESSION, response, {})

    assert response.status == 302


@pytest.mark.parametrize(("error", "status"), [(BadInputError("no form"), 400), (BodyTooLargeError("big"), 413)])
async def test_a_bad_request_to_a_page_is_answered_with_a_page(ui: UIRecipe, error: Exception, status: int) -> None:
    """People are not shown JSON."""
    response = FakeResponse()

    await ui.prepare_error(FakeRequest("POST", "http://localhost/auth/sign-in", BROWSER), error, response, {})

    assert response.status == status
    assert b"<h1>" in response.body


async def test_a_bad_request_to_an_api_keeps_its_text(ui: UIRecipe) -> None:
    """Only our own pages' errors are ours to show."""
    response = FakeResponse()

    await ui.prepare_error(
        FakeRequest("POST", "http://localhost/auth/signin", BROWSER), BadInputError("x"), response, {}
    )

    assert not response.response_sent
