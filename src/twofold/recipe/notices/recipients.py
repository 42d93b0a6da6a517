# SPDX-License-Identifier: Apache-2.0
"""Whom every notice about an account goes to."""

from collections.abc import Iterable

from twofold.recipe._fake_emails import is_fake_email
from twofold.types.base import LoginMethod

from .types import Recipients


def recipients_of(methods: Iterable[LoginMethod]) -> Recipients:
    """Return every address of these login methods, verified or not; their phone numbers where there is none.

    All of them (NIST SP 800-63B-4, section 4.6): the mailbox that is told must not be the one that is lost, and whoever
    took an account over has verified theirs, which its owner perhaps never had to.
    """
    known = list(methods)
    emails = sorted({item.email for item in known if item.email is not None and not is_fake_email(item.email)})
    numbers = sorted({item.phone_number for item in known if item.phone_number is not None})
    return Recipients(emails, [] if emails else numbers)
