# SPDX-License-Identifier: Apache-2.0
"""Show where a code went without telling the whole address: whoever sees the page knows a password, and no more."""

_DOTS = "•••"


def masked_email(email: str) -> str:
    """Return `a•••n@example.com` of `alison@example.com`; of a short name, only its first letter is shown."""
    name, _, domain = email.rpartition("@")
    last = name[-1] if len(name) > 3 else ""
    return f"{name[:1]}{_DOTS}{last}@{domain}"


def masked_phone_number(phone_number: str) -> str:
    """Return `+41•••67` of `+41791234567`."""
    return f"{phone_number[:3]}{_DOTS}{phone_number[-2:]}"


def masked_contact(contact: str) -> str:
    """Return either, masked."""
    return masked_email(contact) if "@" in contact else masked_phone_number(contact)
