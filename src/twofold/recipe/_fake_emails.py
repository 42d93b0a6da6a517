# SPDX-License-Identifier: Apache-2.0
"""Addresses that only stand in for a missing one: nobody reads them."""

FAKE_EMAIL_ENDINGS = ("@stfakeemail.supertokens.com", ".fakeemail.com")


def is_fake_email(email: str) -> bool:
    """Tell whether an address only stands in for a missing one; such addresses never begin a session."""
    return email.strip().lower().endswith(FAKE_EMAIL_ENDINGS)
