# SPDX-License-Identifier: Apache-2.0
"""The development inbox: messages that nobody sends because no delivery is set up."""

from twofold.framework.response import BaseResponse
from twofold.ui.visit import Visit


async def show_inbox(visit: Visit) -> BaseResponse | None:
    """Show the messages, newest first."""
    return visit.page("inbox.html", messages=[])
