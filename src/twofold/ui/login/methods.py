# SPDX-License-Identifier: Apache-2.0
"""The ways to sign in that the application offers, as its API for login pages tells them."""

from dataclasses import dataclass
from typing import Literal

from twofold._wire import Json
from twofold.ui.visit import Visit

Channel = Literal["email", "phone"]
BODY_KEYS: dict[Channel, str] = {"email": "email", "phone": "phoneNumber"}
"""Under which name APIs take the address or number."""


@dataclass(frozen=True)
class Provider:
    """Somewhere else to sign in, as its button names it."""

    id: str
    name: str


@dataclass(frozen=True)
class SignInMethods:
    """What the pages can show of it."""

    password: bool
    channels: tuple[Channel, ...]
    """Where a code or link can be sent instead of asking for a password."""
    passkey: bool = False
    providers: tuple[Provider, ...] = ()

    @property
    def passwordless(self) -> bool:
        """Tell whether one can sign in without a password."""
        return bool(self.channels)

    @property
    def elsewhere(self) -> bool:
        """Tell whether there is a way beside the form for the password."""
        return self.passwordless or self.passkey or bool(self.providers)

    def other_channel(self, channel: Channel) -> Channel | None:
        """Return the other way to send a code, if there is one."""
        return next((other for other in self.channels if other != channel), None)


async def sign_in_methods(visit: Visit) -> SignInMethods:
    """Ask which first factors there are."""
    reply = await visit.call("GET", "/loginmethods")
    factors = set(reply["firstFactors"])
    channels: list[Channel] = ["email"] if factors & {"otp-email", "link-email"} else []
    if factors & {"otp-phone", "link-phone"}:
        channels.append("phone")
    named = tuple(_providers(reply)) if "thirdparty" in factors else ()
    return SignInMethods("emailpassword" in factors, tuple(channels), "webauthn" in factors, named)


async def offered_providers(visit: Visit, tenant_id: str) -> list[Provider]:
    """Ask which providers a tenant has, whether or not one may sign in with them alone."""
    return _providers(await visit.call("GET", "/loginmethods", tenant_id=tenant_id))


def _providers(reply: Json) -> list[Provider]:
    providers = reply["thirdParty"]["providers"]
    return [Provider(provider["id"], provider.get("name") or provider["id"]) for provider in providers]
