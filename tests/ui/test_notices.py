# SPDX-License-Identifier: Apache-2.0
"""What the pages change is told: addresses and numbers in any case, the rest where the application says so."""

import logging
import re
from html import unescape

import pytest

from tests.ui.conftest import Start, inbox
from tests.ui.person import ANN, set_authenticator_up, sign_up
from twofold.core.clock import TurnableClock
from twofold.ingredients._unobserved import all_sent
from twofold.ingredients.emaildelivery.types import EmailDeliveryConfig, EmailDeliveryInterface
from twofold.ingredients.exceptions import DeliveryError
from twofold.recipe import notices

PASSWORDS = {"current_password": ANN["password"], "password": "another good one 1"}


class _Broken(EmailDeliveryInterface[notices.EmailTemplateVars]):
    async def send_email(self, template_vars: notices.EmailTemplateVars, user_context: dict[str, object]) -> None:
        raise DeliveryError("The mail server is gone")


async def test_a_change_stays_when_no_mail_can_be_sent(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    """The operator reads of it in the log; the person is not asked to do it again."""
    ann = await sign_up(start, None, notices.init(email_delivery=EmailDeliveryConfig(_Broken())))

    with caplog.at_level(logging.ERROR, "twofold.notices"):
        reply = await ann.post("/auth/settings/email", data={"email": "ann@home.example"})
        await all_sent()

    assert "Your email address is changed." in reply.text
    assert "could not be sent" in caplog.text
    assert inbox().messages() == []


async def test_an_address_that_stands_in_for_none_gets_no_mail(start: Start) -> None:
    """Nobody reads it."""
    ann = await sign_up(start)
    for email in ("x@stfakeemail.supertokens.com", "ann@home.example"):
        await ann.post("/auth/settings/email", data={"email": email})
    await all_sent()

    assert [mail.to for mail in inbox().messages()] == [ANN["email"]]


@pytest.mark.parametrize("tells", [None, True])
async def test_what_else_the_pages_change(start: Start, clock: TurnableClock, tells: bool | None) -> None:
    """An app and a password, once each, where the application says so; by default not a word."""
    ann = await sign_up(start, None, notices.init(tells_of_factor_changes=tells))
    await ann.post("/auth/settings/password", data={**PASSWORDS, "current_password": "wrong"})
    await ann.post("/auth/settings/password", data=PASSWORDS)
    await set_authenticator_up(ann, clock)
    page = await ann.get("/auth/settings/authenticators")
    names = [unescape(name) for name in re.findall(r'name="device" value="([^"]*)"', page.text)]
    for _ in range(2):
        await ann.post("/auth/settings/authenticators/remove", data={"device": names[0]})
    await all_sent()

    subjects = [
        "An authenticator app was removed from your account",
        "An authenticator app was added to your account",
        "Your password was changed",
    ]
    assert [mail.subject for mail in inbox().messages()] == (subjects if tells else [])
