# SPDX-License-Identifier: Apache-2.0
"""Templates: texts that exist, escaping, and an application's own files."""

import re
from pathlib import Path

import pytest

from twofold import ui
from twofold.languages import LANGUAGES
from twofold.ui.messages import Messages
from twofold.ui.static_files import StaticFiles
from twofold.ui.templates import Templates, with_to
from twofold.ui.texts import TEXTS

UI_FOLDER = Path(ui.__file__).parent
TEMPLATE_FILES = [path for path in sorted(UI_FOLDER.rglob("templates/*.html")) if "notices" not in path.parts]  # mails
SOURCES = [*TEMPLATE_FILES, *sorted(UI_FOLDER.rglob("*.py"))]


def templates(own_folder: Path | None = None) -> Templates:
    """Make templates with the texts and a few shared values."""
    shared = {"app_name": "<b>Harbour</b>", "home": "/", "stylesheet": None, "inbox": None}
    return Templates(own_folder, shared, StaticFiles("/auth/static"), Messages())


@pytest.mark.parametrize("file", TEMPLATE_FILES, ids=lambda file: file.name)
def test_no_template_has_inline_script_or_style(file: Path) -> None:
    """The Content-Security-Policy would block it, so the page would be broken."""
    html = file.read_text()

    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", html)


def test_every_text_id_that_is_used_exists() -> None:
    """An id in a template or a page that has no text would be an error page for somebody."""
    used = set().union(*(re.findall(r'\b(?:t|text)\(\s*"([a-z_0-9.-]+)"\s*[,)]', file.read_text()) for file in SOURCES))

    assert used - set(TEXTS) == set()


def test_every_text_is_used() -> None:
    """A text that no page shows would be translated for nothing."""
    everything = "\n".join(file.read_text() for file in SOURCES if file.name != "texts.py")
    beginnings = {
        "contact.",
        "field.missing.",
        "code.",
        "choose.",
        "inbox.",
        "error.",
        "factor.none",
        "link.used",
    }
    beginnings |= {"reset.invalid", "sign_in.unavailable", "passkey.", "provider.lost"}
    beginnings |= {"forgot.", "lost_passkey."}
    counted = ("authenticators", "login_methods", "passkeys", "recovery_codes", "sessions", "trusted_devices")
    beginnings |= {f"settings.{part}_" for part in counted}
    beginnings |= {"settings.method.", "verify_email.done", "verify_email.invalid"}
    beginnings |= {"login_methods."}

    unused = [text for text in TEXTS if text not in everything and not any(map(text.startswith, beginnings))]

    assert unused == []


def test_values_are_escaped() -> None:
    """A name with markup in it is shown, not run (attack class 48)."""
    values = {"heading": "<script>alert(1)</script>", "text": "a & b", "action": None}

    html = templates().render("message.html", values)

    assert "<script>alert" not in html
    assert "&lt;b&gt;Harbour" in html
    assert "a &amp; b" in html


def test_an_application_replaces_a_template_and_builds_on_ours(tmp_path: Path) -> None:
    """A file of the same name wins, and `twofold/…` is still ours."""
    own = '{% extends "twofold/message.html" %}{% block footer %}<p>Imprint</p>{% endblock %}'
    (tmp_path / "message.html").write_text(own)

    html = templates(tmp_path).render("message.html", {"heading": "Hello", "text": "x", "action": None})

    assert "<p>Imprint</p>" in html
    assert "Hello" in html


def test_an_application_replaces_single_texts() -> None:
    """Ids that are not replaced keep our text."""
    messages = Messages({"sign_in.title": "Hello again"})

    assert messages.text("sign_in.title") == "Hello again"
    assert messages.text("sign_in.title", "de") == "Hello again"
    assert messages.text("sign_in.submit") == TEXTS["sign_in.submit"]
    assert messages.text("sign_in.submit", "de") == "Anmelden"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_says_which_language_it_is_in(language: str) -> None:
    """Screen readers pronounce by it (WCAG 2.2, criterion 3.1.1)."""
    html = templates().render("message.html", {"heading": "x", "text": "y", "action": None}, language)

    assert f'<html lang="{language}">' in html
    assert Messages().text("page.skip", language) in html


def test_a_text_id_that_does_not_exist_is_refused() -> None:
    """A misspelt id would otherwise do nothing, silently."""
    with pytest.raises(ValueError, match=r"sign_in\.titel"):
        Messages({"sign_in.titel": "x"})


def test_addresses_of_static_files_name_their_content() -> None:
    """So they may be cached for ever."""
    files = StaticFiles("/auth/static")
    url = files.url("twofold.css")

    assert re.fullmatch(r"/auth/static/twofold\.[0-9a-f]{12}\.css", url)
    assert dict(files.routes())[url].content.startswith(b"/* SPDX")


def test_the_wanted_page_is_one_parameter_of_an_address() -> None:
    """What it contains cannot become other parameters."""
    assert with_to("/auth/sign-in", "/a?b=c&d=e") == "/auth/sign-in?to=/a%3Fb%3Dc%26d%3De"
    assert with_to("/auth/sign-in?x=1", "/a") == "/auth/sign-in?x=1&to=/a"
    assert with_to("/auth/sign-in", None) == "/auth/sign-in"
