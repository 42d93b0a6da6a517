# SPDX-License-Identifier: Apache-2.0
"""Finds the request among the arguments of a view."""

from typing import Any

from twofold.exceptions import GeneralError
from twofold.framework.django.django_request import is_request


def request_of(arguments: tuple[Any, ...]) -> Any:
    """Return the request that a view was called with; in a class-based view `self` comes before it.

    Raises:
        GeneralError: there is none.
    """
    found = next((item for item in arguments[:2] if is_request(item)), None)
    if found is None:
        raise GeneralError("verify_session decorates views of Django: functions or methods that get a request")
    return found
