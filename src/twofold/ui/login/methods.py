# SPDX-License-Identifier: Apache-2.0
"""The ways to sign in that the application offers, as its API for login pages tells them."""

from dataclasses import dataclass
from typing import Literal

from twofold.ui.visit import Visit

Channel = Literal["email", "phone"]


@dataclass(frozen=True)
class SignInMethods:
    """What the pages can show of it."""

    password: bool
    channels: tuple[Channel, ...]
    """Where a code or link can be sent instead of asking for a password."""

    @property
    def passwordless(self) -> bool:
        """Tell whether one can sign in without a password."""
        return bool(self.channels)

    def other_channel(self, channel: Channel) -> Channel | None:
        """Return the other way to send a code, if there is one."""
        return next((other for other in self.channels if other != channel), None)


async def sign_in_methods(visit: Visit) -> SignInMethods:
    """Ask which first factors there are."""
    factors = set((await visit.call("GET", "/loginmethods"))["firstFactors"])
    channels: list[Channel] = ["email"] if factors & {"otp-email", "link-email"} else []
    if factors & {"otp-phone", "link-phone"}:
        channels.append("phone")
    return SignInMethods("emailpassword" in factors, tuple(channels))
