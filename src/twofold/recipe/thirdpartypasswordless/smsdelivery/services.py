# SPDX-License-Identifier: Apache-2.0
"""Old import path of the services for text messages."""

from twofold.recipe.passwordless.smsdelivery.services import SuperTokensSMSService, TwilioService

__all__ = ["SuperTokensSMSService", "TwilioService"]
