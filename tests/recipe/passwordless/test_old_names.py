# SPDX-License-Identifier: Apache-2.0
"""The names and shapes by which existing applications know the recipe."""

import inspect
from importlib import import_module

import pytest

from twofold.exceptions import SuperTokensError
from twofold.ingredients.emaildelivery.types import EmailContent, SMTPServiceInterface, SMTPSettings
from twofold.ingredients.smsdelivery.types import SMSDeliveryConfigWithService, TwilioSettings, with_service
from twofold.recipe import passwordless
from twofold.recipe.passwordless import asyncio as codes
from twofold.recipe.passwordless.exceptions import SuperTokensPasswordlessError
from twofold.recipe.passwordless.interfaces import APIInterface, ConsumedDevice, DeviceType, RecipeInterface
from twofold.recipe.passwordless.smsdelivery.services import default_service
from twofold.recipe.passwordless.types import PasswordlessIngredients

pytestmark = pytest.mark.without_core


@pytest.mark.parametrize(
    "path",
    [
        "recipe.passwordless.emaildelivery.services:SMTPService",
        "recipe.passwordless.emaildelivery.services.smtp:SMTPService",
        "recipe.passwordless.emaildelivery.services.smtp.pless_login:get_pless_email_html",
        "recipe.passwordless.emaildelivery.services.smtp.service_implementation:ServiceImplementation",
        "recipe.passwordless.smsdelivery.services:TwilioService",
        "recipe.passwordless.smsdelivery.services.supertokens:SuperTokensSMSService",
        "recipe.passwordless.smsdelivery.services.twilio:TwilioService",
        "recipe.passwordless.smsdelivery.services.twilio.passwordless_login:get_pless_sms_body",
        "recipe.passwordless.smsdelivery.services.twilio.service_implementation:ServiceImplementation",
        "recipe.passwordless.recipe:PasswordlessRecipe",
        "recipe.passwordless.utils:ContactEmailOrPhoneConfig",
        "recipe.emailpassword.emaildelivery.services:SMTPService",
        "recipe.emailpassword.emaildelivery.services.smtp:SMTPService",
        "recipe.emailpassword.emaildelivery.services.smtp.password_reset:get_password_reset_email_html",
        "recipe.emailpassword.emaildelivery.services.smtp.service_implementation:ServiceImplementation",
        "ingredients.emaildelivery:EmailDeliveryIngredient",
        "ingredients.emaildelivery.services.smtp:Transporter",
        "ingredients.smsdelivery:SMSDeliveryIngredient",
        "ingredients.smsdelivery.services.twilio:normalize_twilio_settings",
    ],
)
def test_import_paths(path: str) -> None:
    """Every published path leads to its name."""
    module, name = path.split(":")

    assert hasattr(import_module(f"twofold.{module}"), name)


@pytest.mark.parametrize(
    ("function", "parameters"),
    [
        (
            RecipeInterface.create_code,
            "email phone_number user_input_code session should_try_linking_with_session_user",
        ),
        (
            RecipeInterface.consume_code,
            "pre_auth_session_id user_input_code device_id link_code session should_try_linking_with_session_user",
        ),
        (RecipeInterface.create_new_code_for_device, "device_id user_input_code tenant_id user_context"),
        (RecipeInterface.revoke_all_codes, "email phone_number tenant_id user_context"),
        (
            APIInterface.create_code_post,
            "email phone_number session should_try_linking_with_session_user tenant_id api_options user_context",
        ),
        (
            APIInterface.resend_code_post,
            "device_id pre_auth_session_id session should_try_linking_with_session_user tenant_id api_options",
        ),
        (codes.signinup, "tenant_id email phone_number session user_context"),
        (codes.consume_code, "tenant_id pre_auth_session_id user_input_code device_id link_code session user_context"),
        (
            passwordless.init,
            "contact_config flow_type override get_custom_user_input_code email_delivery sms_delivery",
        ),
        (SMTPSettings.__init__, "host port from_ password secure username"),
        (TwilioSettings.__init__, "account_sid auth_token from_ messaging_service_sid opts"),
        (EmailContent.__init__, "body subject to_email is_html"),
        (SMTPServiceInterface.__init__, "transporter"),
        (
            passwordless.CreateAndSendCustomEmailParameters.__init__,
            "tenant_id code_life_time pre_auth_session_id email is_first_factor user_input_code url_with_link_code",
        ),
    ],
)
def test_order_of_parameters(function: object, parameters: str) -> None:
    """Overrides are called positionally, so the order of parameters is a promise."""
    assert callable(function)
    names = [name for name in inspect.signature(function).parameters if name != "self"]

    assert names[: len(parameters.split())] == parameters.split()


def test_shapes() -> None:
    """Classes that applications make themselves keep their attributes."""
    contact = passwordless.PhoneOrEmailInput(phone_number="+1", email=None)
    device = ConsumedDevice.from_json({"preAuthSessionId": "p", "failedCodeInputAttemptCount": 1, "email": "a@b.c"})
    ingredients = PasswordlessIngredients()
    service = default_service()
    configured = with_service(None, service)

    assert (contact.phone_number, contact.email) == ("+1", None)
    assert device.to_json() == {"preAuthSessionId": "p", "failedCodeInputAttemptCount": 1, "email": "a@b.c"}
    assert DeviceType("p", 0, []).email is None
    assert (ingredients.email_delivery, ingredients.sms_delivery) == (None, None)
    assert isinstance(configured, SMSDeliveryConfigWithService)
    assert configured.service is service
    assert issubclass(SuperTokensPasswordlessError, SuperTokensError)
