# SPDX-License-Identifier: Apache-2.0
"""What holds for every page: where forms come from, how pages are sent, and what happens when one fails."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.ui.conftest import Start
from twofold import ui
from twofold.exceptions import GeneralError
from twofold.languages import LANGUAGES
from twofold.recipe import emailpassword, multifactorauth, session
from twofold.recipe.emailpassword.passwords import TOO_SHORT
from twofold.recipe.multifactorauth.functions import Functions as MFAFunctions
from twofold.ui.config import UIConfig
from twofold.ui.recipe import UIRecipe
from twofold.ui.routes import PAGES

FORMS = [page.url for page in PAGES if page.method == "POST"]
PUBLIC_PAGES = ["start", "sign_in", "link", "sign_out", "denied"]


@pytest.mark.parametrize("url", FORMS)
async def test_a_form_of_another_site_is_refused(browser: httpx.AsyncClient, url: str) -> None:
    """Cross-site request forgery: no form of ours does anything when another site sent it."""
    path = getattr(UIRecipe.get().urls, url)

    reply = await browser.post(path, headers={"sec-fetch-site": "cross-site"})

    assert reply.status_code == 403
    assert "That was refused" in reply.text


@pytest.mark.parametrize("url", PUBLIC_PAGES)
async def test_every_page_is_sent_with_the_security_headers(browser: httpx.AsyncClient, url: str) -> None:
    """No inline script, no framing, no copy in a cache, no address in a `Referer`."""
    reply = await browser.get(getattr(UIRecipe.get().urls, url))

    sent = {name: reply.headers[name] for name in ui.SECURITY_HEADERS}
    assert sent == dict(ui.SECURITY_HEADERS)
    assert "'unsafe" not in reply.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/auth/forgot-password", "/auth/reset-password"])
async def test_pages_of_a_recipe_that_is_not_there_do_not_exist(browser: httpx.AsyncClient, path: str) -> None:
    """An application without passwords has no page to reset one."""
    reply = await browser.get(path)

    assert reply.status_code == 404
    assert "There is no such page" in reply.text


async def test_static_files_may_be_kept_for_ever(browser: httpx.AsyncClient) -> None:
    """Their address changes with their content."""
    url = UIRecipe.get().static_files.url("twofold.css")

    reply = await browser.get(url)

    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert "immutable" in reply.headers["cache-control"]


async def test_a_failure_of_a_page_is_a_page_and_a_line_in_the_log(
    start: Start, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The person reads a sentence, the developer a traceback."""
    (tmp_path / "sign_out.html").write_text("{{ nothing.at_all }}")
    browser = await start(session.init(), ui.init(template_folder=tmp_path))

    reply = await browser.get("/auth/sign-out")

    assert reply.status_code == 500
    assert "Something went wrong" in reply.text
    assert "The page /auth/sign-out failed" in caplog.text


async def test_a_failure_after_signing_in_sends_no_session(start: Start) -> None:
    """A policy that fails leaves a session of which nobody knows what it still lacks; the browser never gets it."""

    def failing(original: MFAFunctions) -> MFAFunctions:
        async def get_mfa_requirements_for_auth(*_: Any) -> Any:
            raise RuntimeError("the policy's own database is down")

        original.get_mfa_requirements_for_auth = get_mfa_requirements_for_auth  # type: ignore[assignment,method-assign]
        return original

    browser = await start(
        session.init(),
        emailpassword.init(),
        multifactorauth.init(override=multifactorauth.OverrideConfig(functions=failing)),
        ui.init(),
    )

    reply = await browser.post("/auth/sign-up", data={"email": "ada@example.com", "password": "correct horse battery"})

    assert reply.status_code == 500
    assert "sAccessToken" not in str(reply.headers)


async def test_a_body_that_is_too_large_is_refused(browser: httpx.AsyncClient) -> None:
    """A megabyte is more than any form needs."""
    reply = await browser.post("/auth/sign-in", data={"email": "a" * 2_000_000})

    assert reply.status_code == 413
    assert "too much" in reply.text


async def test_a_body_that_is_no_form_is_refused(browser: httpx.AsyncClient) -> None:
    """Bytes that are not UTF-8 are a mistake of the sender, not ours."""
    reply = await browser.post("/auth/sign-in", content=b"email=%ff", headers={"content-type": "text/plain"})

    assert reply.status_code == 400


@pytest.mark.parametrize("path", ["/auth/inbox", "/auth/sign-in", "/notes"])
async def test_a_host_that_is_no_host_breaks_nothing(browser: httpx.AsyncClient, path: str) -> None:
    """What a client writes there is its own affair; it gets an answer, and not the inbox."""
    reply = await browser.get(path, headers={"host": "["})

    assert reply.status_code < 500
    assert "Inbox" not in reply.text


@pytest.mark.parametrize("home_path", ["", "home", "//evil.example", "https://evil.example"])
def test_home_must_be_a_path(home_path: str) -> None:
    """A mistake in the configuration is told when the application starts."""
    with pytest.raises(GeneralError, match="home_path"):
        UIConfig(home_path)


def test_the_template_folder_must_exist() -> None:
    """A misspelt folder would otherwise show our pages, silently."""
    with pytest.raises(GeneralError, match="nowhere"):
        UIConfig(template_folder="nowhere")


@pytest.mark.parametrize(
    ("languages", "asked", "language", "title"),
    [
        (LANGUAGES, "de-CH,de;q=0.9,en;q=0.5", "de", "Abmelden?"),
        (LANGUAGES, "nl", "en", "Sign out?"),
        (["fr"], "de", "fr", "Se déconnecter\u00a0?"),
    ],
)
async def test_pages_are_in_the_language_of_the_browser(
    start: Start, languages: Sequence[str], asked: str, language: str, title: str
) -> None:
    """Of those that the application offers; the answer says which it is, and that another browser gets another."""
    browser = await start(session.init(), ui.init(languages=languages))
    await browser.post("/begin")

    reply = await browser.get("/auth/sign-out", headers={"accept-language": asked})

    assert f"<h1>{title}</h1>" in reply.text
    assert f'<html lang="{language}">' in reply.text
    assert reply.headers["content-language"] == language
    assert "Accept-Language" in reply.headers["vary"]


async def test_error_pages_are_in_the_language_of_the_browser(browser: httpx.AsyncClient) -> None:
    """Also where nothing but the error is known."""
    elsewhere = {"accept-language": "es", "sec-fetch-site": "cross-site"}
    reply = await browser.post("/auth/sign-out", headers=elsewhere)

    assert (reply.status_code, reply.headers["content-language"]) == (403, "es")
    assert "Se ha rechazado" in reply.text


@pytest.mark.parametrize("languages", [[], ["en", "xx"]])
def test_languages_must_be_known(languages: list[str]) -> None:
    """A language without texts would be English under another name."""
    with pytest.raises(GeneralError, match="languages must be some of en, de, fr, es"):
        ui.init(languages=languages)


async def test_answers_of_apis_are_in_the_language_of_the_browser(start: Start) -> None:
    """What is wrong with a field is said by an API, in English; a page says it to a person."""
    browser = await start(session.init(), emailpassword.init(), ui.init())
    fields = {"email": "ada@example.com", "password": "short"}

    reply = await browser.post("/auth/sign-up", data=fields, headers={"accept-language": "fr"})

    assert reply.status_code == 422
    assert "Le mot de passe doit compter au moins 8 caractères" in reply.text
    assert TOO_SHORT not in reply.text
