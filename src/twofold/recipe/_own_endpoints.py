# SPDX-License-Identifier: Apache-2.0
"""Calls to endpoints that only Twofold's core has."""

from collections.abc import Awaitable

from twofold._wire import Json
from twofold.exceptions import CoreError, GeneralError

_NOT_FOUND = 404


async def of_our_core(what: str, answer: Awaitable[Json]) -> Json:
    """Return the answer of a core call.

    Raises:
        GeneralError: the core does not know the endpoint: it is not Twofold's, or an older one.
        CoreError: any other refusal.
    """
    try:
        return await answer
    except CoreError as error:
        if error.status_code != _NOT_FOUND:
            raise
        raise GeneralError(f"This core has no {what}: use Twofold's, in its newest version") from error
