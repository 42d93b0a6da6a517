# SPDX-License-Identifier: Apache-2.0
"""Class 21: what holds a secret shows it in no repr, and no refusal of a configuration does."""

import dataclasses
import importlib
import logging
import pkgutil
import re
from typing import Any

import pytest

import twofold
from tests.security.canaries import Canaries, reachable
from tests.security.journey import API_KEY, ENCRYPTION_KEY
from twofold import InputAppInfo, SupertokensConfig, testing
from twofold._core_http import HttpTransport
from twofold.core.config import Settings
from twofold.ingredients.emaildelivery.types import EmailContent, EmailDeliveryConfig, SMTPSettings, SMTPSettingsFrom
from twofold.ingredients.exceptions import DeliveryError
from twofold.recipe import (
    emailpassword,
    emailverification,
    factorreset,
    multifactorauth,
    notices,
    passwordless,
    recoverycodes,
    session,
    webauthn,
)
from twofold.recipe.webauthn.emaildelivery.services.smtp.base import SMTPService as WebauthnSMTPService

SMTP_SERVICES: dict[Any, Any] = {
    recipe: recipe.SMTPService
    for recipe in (emailpassword, emailverification, factorreset, notices, passwordless, recoverycodes)
} | {webauthn: WebauthnSMTPService}

# Members of this name hold a secret, or a whole request with all its secrets.
SECRET_NAMES = re.compile(
    r"(password|(access|refresh|id)?_?token|secret|link_code|user_input_code|device_id|api_key|encryption_key|body|raw"
    r"|values|arguments|headers|code|totp|url_with_link_code|password_reset_link|email_verify_link)"
)
# These have such a name, and no secret in it.
HARMLESS = {
    **dict.fromkeys(
        (
            *(f"twofold.core.recipe.trusteddevices.rules.{kind}.device_id" for kind in ("Recognised", "Trusted")),
            *(
                f"twofold.core.recipe.trusteddevices.store.{kind}.device_id"
                for kind in ("Device", "NewDevice", "Shown")
            ),
            "twofold.recipe.trusteddevices.types.DeviceTrustedOkResult.device_id",
            "twofold.recipe.trusteddevices.types.RecogniseDeviceOkResult.device_id",
            "twofold.recipe.trusteddevices.types.TrustedDevice.device_id",
        ),
        "by which its user removes it; the secret is the rest of its token",
    ),
    "twofold.ui.urls.Urls.password": "the path of a page",
    "twofold.recipe._api.Declaration.body": "how a body is read",
    "twofold.ui.login.inbox.Message.code": "the page of the development inbox shows it",
    "twofold.ui.login.methods.SignInMethods.password": "whether passwords are a first factor",
    "twofold.ui.urls.Urls.code": "the path of a page",
}


def test_no_dataclass_shows_a_secret() -> None:
    """What is held only for a moment, so that no search of a running application meets it, hides its secrets, too."""
    shown: set[str] = set()
    for info in pkgutil.walk_packages(twofold.__path__, "twofold."):
        if info.name.endswith("__main__"):
            continue
        for kind in vars(importlib.import_module(info.name)).values():
            if isinstance(kind, type) and kind.__module__ == info.name and dataclasses.is_dataclass(kind):
                shown |= {f"{info.name}.{kind.__qualname__}.{name}" for name in shown_members(kind)}

    assert shown - HARMLESS.keys() == set(), "use field(repr=False) or @dataclass(repr=False)"
    assert HARMLESS.keys() - shown == set()


def shown_members(kind: Any) -> list[str]:
    """Return the members with a secret's name that the repr of a dataclass shows."""
    if not kind.__dataclass_params__.repr or not hasattr(kind.__repr__, "__wrapped__"):
        return []  # it has no repr of a dataclass
    return [item.name for item in dataclasses.fields(kind) if item.repr and SECRET_NAMES.fullmatch(item.name)]


async def test_mail_servers_password(caplog: pytest.LogCaptureFixture, canaries: Canaries) -> None:
    """The password of the mail server is in no repr, no log and no error, also when the server cannot be reached."""
    caplog.set_level(logging.DEBUG)
    canaries.add("smtp password", "canary-smtp-password")
    settings = SMTPSettings("127.0.0.1", 1, SMTPSettingsFrom("Shop", "shop@example.com"), "canary-smtp-password")
    delivery = {recipe: EmailDeliveryConfig(service(settings)) for recipe, service in SMTP_SERVICES.items()}
    used_alike = (emailpassword, factorreset, notices, recoverycodes)
    used: Any = [
        session.init(),
        passwordless.init(
            passwordless.ContactEmailOnlyConfig(), "USER_INPUT_CODE", email_delivery=delivery[passwordless]
        ),
        emailverification.init("OPTIONAL", email_delivery=delivery[emailverification]),
        webauthn.init(webauthn.WebauthnConfig(email_delivery=delivery[webauthn])),
        multifactorauth.init(),
        *(recipe.init(email_delivery=delivery[recipe]) for recipe in used_alike),
    ]
    async with testing.app(used) as under_test:
        transporter: Any = emailpassword.SMTPService(settings).transporter
        transporter.pause = no_pause
        with pytest.raises(DeliveryError) as refused:
            await transporter.send_email(EmailContent("body", "subject", "ann@example.com", is_html=False), {})
        shown = [
            repr(item) for item in reachable(under_test, under_test.app, *delivery.values(), settings, transporter)
        ]

    logged = [f"{record.getMessage()} {record.args!r}" for record in caplog.records]
    assert canaries.found_in("\n".join([*shown, *logged, str(refused.value), repr(refused.value)])) == set()


async def no_pause(_seconds: float) -> None:
    """Wait for nothing."""


def test_configuration_hides_its_secrets(canaries: Canaries) -> None:
    """API key, encryption key and a database's password are in no configuration's repr, nor in a refusal of it."""
    canaries.add("database password", "canary-database-password")
    uri = "postgresql://shop:canary-database-password@db.example/shop"
    info = InputAppInfo("Shop", "http://localhost:8000", website_domain="http://localhost:8000")
    under_test = testing.app([session.init()], database_url=uri, app_info=info)
    shown = [
        SupertokensConfig(uri, API_KEY),
        Settings(api_keys=API_KEY, encryption_key=ENCRYPTION_KEY),
        HttpTransport("http://localhost:3567", under_test._app_info, api_key=API_KEY),
        *reachable(under_test),
    ]

    assert canaries.found_in("\n".join(repr(item) for item in shown)) == set()
    with pytest.raises(ValueError, match="at least") as refused:
        testing.app([session.init()], settings={"encryption_key": "canary-short"})
    assert "canary-short" not in str(refused.value)
