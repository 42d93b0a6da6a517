# SPDX-License-Identifier: Apache-2.0
"""Sign-up, sign-in and a forgotten password, in a browser without JavaScript."""

from typing import Any

import httpx
import pytest

from tests.ui.conftest import Start, inbox
from twofold import ui
from twofold.recipe import emailpassword, session
from twofold.recipe.emailpassword import InputFormField, InputOverrideConfig, InputSignUpFeature
from twofold.recipe.emailpassword.interfaces import APIInterface
from twofold.recipe.emailpassword.recipe import EmailPasswordRecipe
from twofold.recipe.emailpassword.types import FormField
from twofold.types import GeneralErrorResponse

ANN = {"email": "ann@example.com", "password": "correct horse battery"}


def no_sign_up_for_mallory(original: APIInterface) -> APIInterface:
    """Refuse one address, as an application might."""
    original_sign_up_post = original.sign_up_post

    async def sign_up_post(form_fields: list[FormField], *arguments: Any) -> Any:
        if any(field.value == "mallory@example.com" for field in form_fields):
            return GeneralErrorResponse("Not you.")
        return await original_sign_up_post(form_fields, *arguments)

    original.sign_up_post = sign_up_post  # type: ignore[assignment,method-assign]
    return original


@pytest.fixture
async def browser(start: Start) -> httpx.AsyncClient:
    """A browser at an application with passwords, whose sign-up form has one field more."""
    return await start(
        session.init(),
        emailpassword.init(
            sign_up_feature=InputSignUpFeature([InputFormField("nickname")]),
            override=InputOverrideConfig(apis=no_sign_up_for_mallory),
        ),
        ui.init(home_path="/notes"),
    )


@pytest.fixture
async def signed_up(browser: httpx.AsyncClient) -> httpx.AsyncClient:
    """A browser whose user has an account and is signed in."""
    await browser.post("/auth/sign-up", data={**ANN, "nickname": "Ann"})
    return browser


async def test_signing_up_leads_home(browser: httpx.AsyncClient) -> None:
    """One form, and the account is open."""
    reply = await browser.post("/auth/sign-up", data={**ANN, "nickname": "Ann"})

    assert (reply.status_code, reply.url.path) == (200, "/notes")


async def test_fields_of_the_application_are_in_the_form(browser: httpx.AsyncClient) -> None:
    """And an error about one of them is shown at it."""
    form = await browser.get("/auth/sign-up")

    reply = await browser.post("/auth/sign-up", data=ANN)

    assert 'name="nickname"' in form.text
    assert reply.status_code == 422
    assert 'href="#nickname"' in reply.text


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({}, "Enter your email address."),
        ({"email": "ann", "password": "correct horse battery"}, "Email is not valid"),
        ({"email": "ann@example.com", "password": "short"}, "Password must contain at least 8 characters"),
        ({"email": "mallory@example.com", "password": "correct horse battery"}, "Not you."),
    ],
)
async def test_what_is_wrong_is_said(browser: httpx.AsyncClient, form: dict[str, str], sentence: str) -> None:
    """By the recipe, or by the application's override; the password is not sent back."""
    reply = await browser.post("/auth/sign-up", data={"nickname": "Ann", **form})

    assert reply.status_code == 422
    assert sentence in reply.text
    assert "correct horse" not in reply.text


async def test_a_password_signs_in(signed_up: httpx.AsyncClient) -> None:
    """And leads to the page that was wanted."""
    await signed_up.post("/auth/sign-out")

    reply = await signed_up.post("/auth/sign-in", data={**ANN, "to": "/notes?id=1"})

    assert (reply.status_code, str(reply.url)) == (200, "http://localhost:8000/notes?id=1")


@pytest.mark.parametrize("to", ["/auth/sign-in?to=/x", "/auth/sign-out", "//evil.example", "https://evil.example"])
async def test_our_own_pages_and_other_sites_are_no_page_to_go_to(signed_up: httpx.AsyncClient, to: str) -> None:
    """Attack class 45; and a page for signing in would lead in a circle."""
    await signed_up.post("/auth/sign-out")

    reply = await signed_up.post("/auth/sign-in", data={**ANN, "to": to}, follow_redirects=False)

    assert reply.headers["location"] == "/notes"


@pytest.mark.parametrize("form", [{**ANN, "password": "wrong"}, {**ANN, "email": "nobody@example.com"}])
async def test_wrong_credentials_do_not(signed_up: httpx.AsyncClient, form: dict[str, str]) -> None:
    """Attack class 34: the same answer for a wrong password and for an unknown address."""
    await signed_up.post("/auth/sign-out")

    reply = await signed_up.post("/auth/sign-in", data=form)

    assert reply.status_code == 422
    assert "The email address or the password is not right." in reply.text


async def test_whoever_is_signed_in_is_sent_on(signed_up: httpx.AsyncClient) -> None:
    """The pages for signing in are not for them."""
    for path in ("/auth", "/auth/sign-in", "/auth/sign-up", "/auth/sign-in/code", "/auth/code"):
        reply = await signed_up.get(path)

        assert reply.url.path == "/notes", path


async def test_markup_in_a_field_is_shown_and_not_run(browser: httpx.AsyncClient) -> None:
    """Attack class 48."""
    reply = await browser.post("/auth/sign-up", data={**ANN, "email": '"><script>alert(1)</script>', "nickname": "x"})

    assert "<script>alert" not in reply.text
    assert "&#34;&gt;&lt;script&gt;" in reply.text


@pytest.mark.parametrize("email", ["ann@example.com", "nobody@example.com"])
async def test_asking_for_a_reset_does_not_tell_who_has_an_account(signed_up: httpx.AsyncClient, email: str) -> None:
    """Attack class 34: the same page; only the owner of the address learns more."""
    reply = await signed_up.post("/auth/forgot-password", data={"email": email})

    assert reply.status_code == 200
    assert "Check your email" in reply.text
    assert len(inbox().messages()) == (email == "ann@example.com")


async def test_a_disabled_api_has_no_page(browser: httpx.AsyncClient) -> None:
    """An application without sign-up shows none, and offers none."""
    EmailPasswordRecipe.get().apis.disable_sign_up_post = True

    reply = await browser.get("/auth/sign-up")

    assert reply.url.path == "/auth/sign-in"
    assert "Create an account" not in reply.text


@pytest.mark.parametrize(
    "text", ["\x00", "a" * 10_000, "'; DROP TABLE users; --", "\u202eann@example.com", "ann@exämple.com", "😀" * 200]
)
async def test_odd_input_is_a_sentence_and_never_a_failure(browser: httpx.AsyncClient, text: str) -> None:
    """Control characters, length, SQL, direction marks: a status below 500."""
    for path in ("/auth/sign-in", "/auth/sign-up", "/auth/forgot-password", "/auth/reset-password", "/auth/verify"):
        fields = ("email", "password", "nickname", "token", "tenant_id", "to", "link_code", "pre_auth_session_id")

        reply = await browser.post(path, data=dict.fromkeys(fields, text))

        assert reply.status_code < 500, path


async def test_the_inbox_answers_only_to_names_of_this_machine(browser: httpx.AsyncClient) -> None:
    """A name that somebody made point here (DNS rebinding) shows no codes."""
    assert (await browser.get("/auth/inbox")).status_code == 200

    reply = await browser.get("/auth/inbox", headers={"host": "evil.example"})

    assert reply.status_code == 404
