# SPDX-License-Identifier: Apache-2.0
"""Mails that tell people of a change which they made on the pages, or somebody else did."""

from twofold.ui.notices.delivery import SMTPService, default_service
from twofold.ui.notices.types import ContactChangedEmailTemplateVars, EmailTemplateVars

__all__ = ["ContactChangedEmailTemplateVars", "EmailTemplateVars", "SMTPService", "default_service"]
