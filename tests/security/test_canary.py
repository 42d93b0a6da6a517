# SPDX-License-Identifier: Apache-2.0
"""Class 21: known secrets go through every flow; afterwards none is found where it does not belong."""

import asyncio
import itertools
import logging
import re
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.security.application import World, application, recipes
from tests.security.canaries import Canaries, reachable
from tests.security.journey import (
    API_KEY,
    ENCRYPTION_KEY,
    Journey,
    at_the_core,
    by_function_calls,
    known_secrets,
    with_authenticator,
    with_code_and_link,
    with_forgotten_password,
    with_lost_passkey,
    with_password_and_second_factor,
    with_what_stands_in,
)
from tests.security.journey_on_pages import in_the_settings, on_the_pages
from tests.security.rows import everything_stored
from twofold import testing
from twofold.core.observability.logs import JsonFormatter, TextFormatter

# What a response legitimately carries, and why. Everything else in a response is a leak.
LEGITIMATE: dict[tuple[str, str], set[str]] = {
    # The client that signs in gets its tokens; in cookie mode as cookies. Refreshing and the second factor renew them.
    ("POST", "/auth/signup"): {"access token", "refresh token"},
    ("POST", "/auth/signin"): {"access token", "refresh token"},
    ("POST", "/auth/signinup/code/consume"): {"access token", "refresh token"},
    ("POST", "/auth/webauthn/signup"): {"access token", "refresh token"},
    ("POST", "/auth/webauthn/signin"): {"access token", "refresh token"},
    ("POST", "/auth/session/refresh"): {"access token", "refresh token"},
    ("POST", "/auth/code"): {"access token", "refresh token"},
    # Claims that were brought up to date travel in a new access token; so does the first use of one after a refresh.
    ("PUT", "/auth/mfa/info"): {"access token"},
    ("POST", "/auth/user/email/verify"): {"access token"},
    ("POST", "/auth/settings/email/confirm"): {"access token"},
    ("POST", "/auth/totp/device/verify"): {"access token"},
    ("GET", "/protected"): {"access token"},
    # Who asked for a code shows the device's id with it; the pages keep it in a cookie of the browser that asked.
    ("POST", "/auth/signinup/code"): {"device id"},
    ("POST", "/auth/sign-in/code"): {"device id"},
    # Shown once, to be set up in an authenticator app.
    ("POST", "/auth/totp/device"): {"totp secret"},
    # Shown once, to be kept on paper; and what a browser is trusted by, in a cookie or a header of its own.
    ("POST", "/auth/recoverycodes"): {"recovery code"},
    ("POST", "/auth/recoverycodes/consume"): {"access token"},
    ("POST", "/auth/trusteddevices"): {"trusted device token"},
    # A form keeps the token of its own address, to send it with the new password or the press of a button.
    ("GET", "/auth/reset-password"): {"reset token"},
    ("GET", "/auth/verify-email"): {"verification token"},
    # The pages do the same: tokens of the session are in cookies, what is shown once is in the page that answers.
    ("POST", "/auth/sign-up"): {"access token", "refresh token"},
    ("POST", "/auth/authenticator/set-up"): {"totp secret"},
    ("POST", "/auth/authenticator/verify"): {"access token", "totp secret"},
    ("POST", "/auth/settings/recovery-codes"): {"recovery code"},
    # The way to the provider, with what the provider gives back.
    ("POST", "/auth/settings/login-methods/provider"): {"state of a provider"},
}


# What a message is sent for. Passwords, tokens and what is shown on pages are in none.
SENT = {"code", "link code", "reset token", "recovery token", "verification token"}
_ADDRESS = re.compile(r'(?:href|src|action)="([^"]*)"')
# Of these an address of a page tells no more than to the server it leads to: only where our site is, or nothing.
REFERRERS = {"strict-origin", "no-referrer"}


@asynccontextmanager
async def everything_done(database_url: str, canaries: Canaries) -> AsyncIterator[Journey]:
    """Go through every flow, the wrong ways too."""
    numbers = itertools.count(10_000)

    async def make_code(_tenant_id: str, _user_context: Any) -> str:
        code = f"canaryOTP{next(numbers)}"
        canaries.add(f"code#{code}", code)
        return code

    settings = {"api_keys": API_KEY, "encryption_key": ENCRYPTION_KEY}
    async with testing.app(recipes(make_code), database_url=database_url, settings=settings) as under_test:
        gone = Journey(World(under_test, application()), canaries)
        await with_password_and_second_factor(gone, "cookie")
        await with_password_and_second_factor(gone, "header")
        await with_code_and_link(gone)
        await with_forgotten_password(gone)
        await with_lost_passkey(gone)
        await with_authenticator(gone)
        await with_what_stands_in(gone)
        await on_the_pages(gone)
        await in_the_settings(gone)
        await by_function_calls(gone)
        await at_the_core(gone)
        yield gone


@pytest.fixture(scope="module")
def journey() -> Journey:
    """What was done, for searches that have nothing to do with the database."""

    async def done() -> Journey:
        async with everything_done(testing.IN_MEMORY, known_secrets()) as gone:
            return gone

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, done()).result()


async def test_nothing_is_stored_in_clear(database_url: str, canaries: Canaries) -> None:
    """Attack class 21: no secret is in a row of the database, or, for SQLite, in a byte of its files.

    With `encryption_key`. Without, stored signing keys and authenticator secrets can be read by who reads the
    database: see test_without_encryption_key.
    """
    async with everything_done(database_url, canaries) as gone:
        stored = await everything_stored(gone.world.under_test.core)
        files = stored_files(database_url)

    assert canaries.names == {
        "password", "code", "link code", "reset token", "recovery token", "verification token", "refresh token",
        "access token", "device id", "totp secret", "api key", "encryption key", "recovery code",
        "trusted device token", "state of a provider", "code of a provider", "PKCE verifier",
    }  # fmt: skip
    for table, rows in stored.items():
        for row in rows:
            assert canaries.found_in(row) == set(), f"{table}: {row}"
            assert "BEGIN PRIVATE KEY" not in row
            assert "plain.1." not in row, f"{table}: {row[:200]}"
    for name, content in files.items():
        assert canaries.found_in(content) == set(), name


def stored_files(database_url: str) -> dict[str, str]:
    """Return what is in the files of a SQLite database, byte by byte."""
    if not database_url.startswith("sqlite"):
        return {}
    database = Path(database_url.removeprefix("sqlite:///"))
    files = list(database.parent.glob(f"{database.name}*"))
    assert len(files) >= 2, "the write-ahead log is searched, too"
    return {file.name: file.read_bytes().decode("latin-1") for file in files}


async def test_nothing_is_logged(any_database_url: str, canaries: Canaries, caplog: pytest.LogCaptureFixture) -> None:
    """Attack class 21: no secret is in what any library or we log at DEBUG, in the text or in the arguments."""
    caplog.set_level(logging.DEBUG)
    async with everything_done(any_database_url, canaries):
        pass

    assert any(record.name == "twofold.access" for record in caplog.records)
    for record in caplog.records:
        logged = f"{record.getMessage()} {record.args!r} {record.exc_text or ''}"
        # The HTTP client of this test logs the addresses that it opens itself, one of which has a token from a mail.
        if record.name.startswith(("httpx", "httpcore")):
            continue
        written = TextFormatter().format(record) + JsonFormatter().format(record)
        assert canaries.found_in(logged + written) == set(), logged[:500]


def test_nothing_is_answered_that_does_not_belong(journey: Journey) -> None:
    """A response has no secret but its own; no redirect has any; no header but those that carry tokens has one."""
    replies = [reply for person in journey.people for reply in person.replies]
    assert len(replies) > 100
    leaks: dict[str, set[str]] = {}
    for reply in replies:
        method, path = reply.request.method, urlsplit(str(reply.request.url)).path
        headers = "\n".join(f"{name}: {value}" for name, value in reply.headers.multi_items())
        found = journey.canaries.found_in(reply.text) | journey.canaries.found_in(headers)
        found -= LEGITIMATE.get((method, path), set())
        found |= journey.canaries.found_in(reply.headers.get("location", ""))
        if "html" not in reply.headers.get("content-type", ""):
            found |= journey.canaries.found_in(reply.text) - {"device id", "totp secret", "recovery code"}
        if found:
            leaks.setdefault(f"{method} {path}", set()).update(found)

    assert leaks == {}


def test_nothing_is_led_or_sent_elsewhere(journey: Journey) -> None:
    """No address on a page has a secret, no page's own address is told by a `Referer`; and a mail has what it is for.

    The `state` is the provider's to see, and the secret of an app the app's; a file to download leads nowhere.
    """
    pages = [
        reply
        for person in journey.people
        for reply in person.replies
        if "html" in reply.headers.get("content-type", "")
    ]
    opened_with_secrets = [page for page in pages if journey.canaries.found_in(str(page.request.url))]
    addresses = {unescape(found) for page in pages for found in _ADDRESS.findall(page.text)}
    messages = journey.world.under_test.outbox.messages()
    notices = [message for message in messages if "was changed" in message.subject]

    for address in addresses:
        if not address.startswith(("data:", "otpauth:", "https://elsewhere.example/")):
            assert journey.canaries.found_in(address) == set()
    assert {page.headers["referrer-policy"] for page in pages} <= REFERRERS
    assert opened_with_secrets
    assert {name for message in messages for name in journey.canaries.found_in(message.text)} <= SENT
    assert {message.to for message in notices} == {"settings@example.com"}
    for notice in notices:
        assert journey.canaries.found_in(notice.text) == set()


def test_nothing_is_in_a_repr(journey: Journey) -> None:
    """Whatever of ours is printed, logged or shown by a debugger: no secret is in its repr."""
    under_test = journey.world.under_test
    sent = under_test.outbox.messages()
    searched = 0
    for item in reachable(under_test, under_test.app, under_test.core, journey.results, sent):
        searched += 1
        for text in (repr(item), str(item)):
            found = journey.canaries.found_in(text)
            assert found == set(), f"{type(item).__module__}.{type(item).__qualname__} shows {found}: {text[:300]}"

    assert searched > 300


async def test_without_encryption_key(database_url: str) -> None:
    """What is stored in the clear when no `encryption_key` is configured, and nothing else of that kind.

    Signing keys and the secrets of authenticator apps must be read again to be used, so a hash will not do. Each is
    marked as plain, in a column of its own, and is sealed when a key is configured.
    """
    async with testing.app(recipes(), database_url=database_url) as under_test:
        world = World(under_test, application())
        await world.with_authenticator()
        stored = await everything_stored(under_test.core)

    assert {table for table, rows in stored.items() if any("plain.1." in row for row in rows)} == {
        "app_keys",
        "totp_devices",
    }
