# SPDX-License-Identifier: Apache-2.0
"""What a user without any second factor must prove before they set their first one up.

A password alone may do, as the protocol has it. But then whoever stole the password of such a user brings a second
factor of their own, and keeps the owner out. Where the application says so, a code goes first to the address or the
number that the user once verified.
"""

from typing import Any

from twofold import _state
from twofold.types.base import User

from .types import FactorIds

_BY_EMAIL = (FactorIds.OTP_EMAIL, FactorIds.LINK_EMAIL)
_BY_PHONE = (FactorIds.OTP_PHONE, FactorIds.LINK_PHONE)
PROVING_A_CONTACT = frozenset({*_BY_EMAIL, *_BY_PHONE})
"""The factors that are completed with what was sent to an address or a number."""


def needs_contact() -> bool:
    """Whether the application wants a verified contact to be proven first."""
    # Asked through the current App: the recipe's module knows this one, so this one cannot know the recipe's.
    recipe: Any = _state.current_app().recipe("multifactorauth")
    return recipe is not None and recipe.config.enrolment == "verified-contact"


def proving_a_contact_of(user: User) -> list[str]:
    """Return the factors of which one must go first: those that reach a verified contact; none if nothing must."""
    verified = [method for method in user.login_methods if method.verified] if needs_contact() else []
    by_email = _BY_EMAIL if any(method.email is not None for method in verified) else ()
    by_phone = _BY_PHONE if any(method.phone_number is not None for method in verified) else ()
    offered = _state.current_app().secondary_factors
    return [factor for factor in offered if factor in by_email or factor in by_phone]
