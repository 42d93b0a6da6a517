# SPDX-License-Identifier: Apache-2.0
"""Writes mails about recovery codes. The texts are in `templates/`."""

from twofold import _state
from twofold.ingredients._templates import mail_content
from twofold.ingredients.emaildelivery.types import EmailContent
from twofold.languages import ENGLISH, translated
from twofold.recipe.recoverycodes.types import RecoveryCodesEmailTemplateVars

_PACKAGE = "twofold.recipe.recoverycodes"


def get_recovery_codes_email_content(
    email_input: RecoveryCodesEmailTemplateVars, language: str = ENGLISH
) -> EmailContent:
    """Return the mail, in HTML and plain text."""
    is_use = email_input.event == "CODE_USED"
    values = {
        "app_name": _state.current_app().app_info.app_name,
        "to_email": email_input.user.email,
        "remaining": str(email_input.remaining),
        "subject": translated("A recovery code was used", language)
        if is_use
        else translated("You have new recovery codes", language),
    }
    return mail_content(_PACKAGE, "code_used" if is_use else "codes_renewed", values, language)
