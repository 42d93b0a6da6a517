# SPDX-License-Identifier: Apache-2.0
"""Senders of reset mails."""

from twofold._app_info import AppInfo
from twofold.ingredients.emaildelivery.services.inbox_service import InboxEmailService
from twofold.ingredients.emaildelivery.types import EmailDeliveryInterface
from twofold.recipe.emailpassword.types import EmailTemplateVars

from .smtp import SMTPService
from .smtp.password_reset import get_password_reset_email_content

__all__ = ["SMTPService", "default_service"]


def default_service(app_info: AppInfo) -> EmailDeliveryInterface[EmailTemplateVars]:
    """Return the sender of applications that configure none: the development inbox."""
    return InboxEmailService(get_password_reset_email_content)
