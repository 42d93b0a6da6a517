# SPDX-License-Identifier: Apache-2.0
"""An application under a profile of assurance, whose own policy asks for nothing."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from tests.security.considerations.application import Site
from twofold import InputAppInfo, testing
from twofold.ingredients.emaildelivery.types import EmailDeliveryConfig, SMTPSettings, SMTPSettingsFrom
from twofold.recipe import (
    accountlinking,
    emailpassword,
    multifactorauth,
    notices,
    passwordless,
    recoverycodes,
    session,
    totp,
    webauthn,
)
from twofold.recipe.accountlinking.types import ShouldAutomaticallyLink

EVERYWHERE = InputAppInfo("Test", "https://api.example.com", website_domain="https://example.com")


async def link(*_: Any) -> ShouldAutomaticallyLink:
    """Link second factors to the user of the session."""
    return ShouldAutomaticallyLink(should_require_verification=False)


def recipes(**instead: Any) -> list[Any]:
    """What both profiles accept; other recipes, or None, `instead` of those of these names."""
    parts = {
        "session": session.init(),
        "emailpassword": emailpassword.init(),
        "passwordless": passwordless.init(passwordless.ContactEmailOrPhoneConfig(), "USER_INPUT_CODE"),
        "totp": totp.init(),
        "webauthn": webauthn.init(),
        "multifactorauth": multifactorauth.init(),
        "recoverycodes": recoverycodes.init(),
        "accountlinking": accountlinking.init(should_do_automatic_account_linking=link),
        **instead,
    }
    return [part for part in parts.values() if part is not None]


def deployed(**instead: Any) -> list[Any]:
    """The same where messages must not land in a development inbox."""
    server = SMTPSettings("mail.example.com", 465, SMTPSettingsFrom("Test", "test@example.com"), secure=True)
    told = notices.init(email_delivery=EmailDeliveryConfig(notices.SMTPService(server)))
    return recipes(**{"notices": told, **instead})


@asynccontextmanager
async def site(assurance: Any, *, database_url: str = testing.IN_MEMORY, **instead: Any) -> AsyncGenerator[Site]:
    """The running application; its passwords cost as little as the profile allows."""
    settings = dict(testing.QUICK_HASHES) if assurance == "asvs-l2" else {}
    under_test = testing.app(recipes(**instead), database_url=database_url, assurance=assurance, settings=settings)
    async with under_test:
        yield Site(under_test)
