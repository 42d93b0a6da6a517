# SPDX-License-Identifier: Apache-2.0
"""The development inbox: it keeps the latest messages on a developer's machine, and exists nowhere else."""

import logging

import pytest

from tests.ingredients.application import make_app
from twofold.exceptions import GeneralError
from twofold.ingredients._inbox import CAPACITY, Inbox, development_inbox, is_development, is_loopback


def test_newest_first() -> None:
    """Messages are listed newest first, with their time; the oldest go when there are too many."""
    inbox = Inbox(lambda: 1_700_000_000_000)
    for number in range(CAPACITY + 1):
        inbox.add("email", "ada@example.com", f"Mail {number}", "text", "<p>text</p>")

    subjects = [message.subject for message in inbox.messages()]
    assert (subjects[0], subjects[-1], len(subjects)) == ("Mail 50", "Mail 1", 50)
    assert inbox.messages()[0].sent_at_ms == 1_700_000_000_000
    inbox.clear()
    assert inbox.messages() == []


def test_repr_hides_what_a_message_says() -> None:
    """Nobody signs in from a log."""
    inbox = Inbox(lambda: 0)
    inbox.add("sms", "+491511", "", "OTP to login is 123456", None)

    assert "123456" not in repr(inbox.messages())


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("app.localhost", True),
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("localhost.example.com", False),
        ("0.0.0.0", False),
        ("192.168.1.2", False),
        ("example.com", False),
        ("", False),
    ],
)
def test_this_machine(host: str, expected: bool) -> None:
    """Only names and addresses that cannot mean another machine count as this one."""
    assert is_loopback(host) is expected


def test_hint_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """The developer is told where the message is, and nothing of it."""
    app = make_app()

    with caplog.at_level(logging.WARNING, "twofold.inbox"):
        assert development_inbox("email_delivery") is app.inbox

    assert caplog.messages == [
        "No email_delivery is configured: the message is in the development inbox, http://localhost:8000/auth/inbox"
    ]


def test_beyond_this_machine() -> None:
    """An application on the internet is told which setting is missing."""
    app = make_app(api_domain="https://api.example.com")

    with pytest.raises(GeneralError, match="sms_delivery="):
        development_inbox("sms_delivery")
    assert not is_development(app.app_info)


def test_each_app_has_its_own() -> None:
    """A new `init` starts with an empty inbox."""
    make_app().inbox.add("sms", "+491511", "", "text", None)

    assert make_app().inbox.messages() == []
