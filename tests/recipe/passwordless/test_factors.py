# SPDX-License-Identifier: Apache-2.0
"""What the recipe tells multi-factor authentication: which factors there are, who can use them, and where to send."""

from typing import Any

import pytest

from twofold._app_info import AppInfo
from twofold.exceptions import GeneralError
from twofold.recipe import passwordless
from twofold.recipe.passwordless import (
    ContactEmailOnlyConfig,
    ContactEmailOrPhoneConfig,
    ContactPhoneOnlyConfig,
    PasswordlessRecipe,
)
from twofold.recipe.passwordless.utils import get_enabled_pwless_factors
from twofold.types import LoginMethod, RecipeUserId, User
from twofold.types.account_info import WebauthnInfo

pytestmark = pytest.mark.without_core

CONTACTS: dict[str, Any] = {
    "EMAIL": ContactEmailOnlyConfig(),
    "PHONE": ContactPhoneOnlyConfig(),
    "EITHER": ContactEmailOrPhoneConfig(),
}
BOTH = "USER_INPUT_CODE_AND_MAGIC_LINK"


def recipe(contacts: str = "EITHER", flow_type: Any = BOTH) -> PasswordlessRecipe:
    """Return a recipe without a core."""
    info = AppInfo("Shop", "http://localhost", "http://localhost", "fastapi", "", "/auth", "/auth", None, None)
    made = passwordless.init(CONTACTS[contacts], flow_type)(info, [])
    assert isinstance(made, PasswordlessRecipe)
    return made


def user(*methods: tuple[str, str | None, str | None]) -> User:
    """Return a user with login methods of (recipe, email, phone number), the oldest first."""
    made = [
        LoginMethod(recipe_id, str(index), ["public"], email, number, None, None, index, True)  # type: ignore[arg-type]  # ids of recipes
        for index, (recipe_id, email, number) in enumerate(methods)
    ]
    return User("user", True, ["public"], [], [], [], WebauthnInfo([]), made[::-1], 0)


@pytest.mark.parametrize(
    ("contacts", "flow_type", "factors"),
    [
        ("EMAIL", "USER_INPUT_CODE", ["otp-email"]),
        ("PHONE", "USER_INPUT_CODE", ["otp-phone"]),
        ("EITHER", "USER_INPUT_CODE", ["otp-email", "otp-phone"]),
        ("EMAIL", "MAGIC_LINK", ["link-email"]),
        ("PHONE", "MAGIC_LINK", ["link-phone"]),
        ("EITHER", "MAGIC_LINK", ["link-email", "link-phone"]),
        ("EMAIL", BOTH, ["otp-email", "link-email"]),
        ("PHONE", BOTH, ["otp-phone", "link-phone"]),
        ("EITHER", BOTH, ["otp-email", "otp-phone", "link-email", "link-phone"]),
    ],
)
def test_factors(contacts: str, flow_type: str, factors: list[str]) -> None:
    """Each configuration makes its factors, in the order that front ends know; each may come first or second."""
    made = recipe(contacts, flow_type)

    assert made.first_factors() == made.secondary_factors() == get_enabled_pwless_factors(made.config) == factors


@pytest.mark.parametrize(
    ("methods", "factors"),
    [
        ([("emailpassword", "a@example.com", None)], []),
        ([("passwordless", "a@example.com", None)], ["otp-email", "link-email"]),
        ([("passwordless", "a@stfakeemail.supertokens.com", None)], []),
        ([("passwordless", None, "+1")], ["otp-phone", "link-phone"]),
        ([("passwordless", "a@example.com", "+1")], ["otp-email", "otp-phone", "link-email", "link-phone"]),
    ],
)
async def test_factors_set_up(methods: list[Any], factors: list[str]) -> None:
    """A factor can be used once codes were sent to such a contact; other login methods do not count."""
    assert await recipe().factors_set_up_for_user(user(*methods), {}) == factors


@pytest.mark.parametrize(
    ("methods", "session_method", "emails"),
    [
        ([("emailpassword", "a@example.com", None), ("thirdparty", "b@example.com", None)], "1", ["b", "a"]),
        ([("emailpassword", "a@example.com", None), ("thirdparty", "a@example.com", None)], "0", ["a"]),
        ([("emailpassword", "a@example.com", None), ("passwordless", "b@example.com", None)], "0", ["b"]),
        ([("passwordless", "a@example.com", None), ("passwordless", "b@example.com", None)], "1", ["b", "a"]),
        ([("passwordless", "a@example.com", None), ("passwordless", "b@example.com", None)], "9", ["a", "b"]),
        ([("thirdparty", "x@stfakeemail.supertokens.com", None)], "0", []),
    ],
)
def test_emails(methods: list[Any], session_method: str, emails: list[str]) -> None:
    """Codes go where they went before; else to any real address, the session's first, then the oldest."""
    found = recipe().emails_for_factors(user(*methods), RecipeUserId(session_method))

    addresses = [f"{name}@example.com" for name in emails]
    assert found == {"otp-email": addresses, "link-email": addresses}


def test_phone_numbers() -> None:
    """The same for phone numbers, under the factors that are configured."""
    person = user(("passwordless", None, "+1"), ("passwordless", None, "+2"), ("emailpassword", "a@example.com", None))

    assert recipe("PHONE", "USER_INPUT_CODE").phone_numbers_for_factors(person, RecipeUserId("1")) == {
        "otp-phone": ["+2", "+1"]
    }
    assert recipe("EMAIL").phone_numbers_for_factors(person, RecipeUserId("1")) == {}


def test_wrong_configuration() -> None:
    """A contact configuration of another kind, or an unknown flow, is refused where it is written."""
    with pytest.raises(GeneralError, match="contact_config must be"):
        passwordless.init("EMAIL", BOTH)  # type: ignore[arg-type]  # what a caller without a checker may pass
    with pytest.raises(GeneralError, match="flow_type must be one of"):
        passwordless.init(ContactEmailOnlyConfig(), "CODE")  # type: ignore[arg-type]  # as above


def test_service_of_the_incumbent() -> None:
    """Its message service is refused when the application starts, not when the first person waits for a code."""
    with pytest.raises(GeneralError, match="TwilioService"):
        passwordless.SuperTokensSMSService("key")
