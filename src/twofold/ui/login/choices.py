# SPDX-License-Identifier: Apache-2.0
"""Which factors may be given now, and how each goes on.

Usually what the session lacks. A session that lacks nothing may be asked for a factor anew, by a page that wants a
fresh one: the address of `/factor` names those then. Naming others there leads to nothing but giving them.
"""

from dataclasses import dataclass

from twofold._masking import masked_contact
from twofold._wire import Json
from twofold.recipe.multifactorauth.types import FactorIds
from twofold.recipe.session.interfaces import SessionContainer
from twofold.ui.in_process_client import ApiUnavailable, offers_api
from twofold.ui.login.methods import Channel
from twofold.ui.login.steps import needs_factor
from twofold.ui.visit import Visit

_CHANNELS: dict[str, Channel] = {FactorIds.OTP_EMAIL: "email", FactorIds.OTP_PHONE: "phone"}
_LISTS: dict[Channel, str] = {"email": "emails", "phone": "phoneNumbers"}
_APIS = {
    FactorIds.OTP_EMAIL: "/signinup/code",
    FactorIds.OTP_PHONE: "/signinup/code",
    FactorIds.TOTP: "/totp/verify",
    FactorIds.WEBAUTHN: "/webauthn/signin",
    FactorIds.EMAILPASSWORD: "/signin",
}
_NEEDS_TO_BE_SET_UP = (FactorIds.TOTP, FactorIds.WEBAUTHN)


@dataclass(frozen=True)
class Choice:
    """A factor that may be given now.

    Attributes:
        factor_id: Which.
        is_set_up: Whether the user has it already; else giving it begins with setting it up.
        contact: Where its code would go; `None` when the user has to tell, or there is no code to send.
    """

    factor_id: str
    is_set_up: bool = True
    contact: str | None = None

    @property
    def channel(self) -> Channel | None:
        """How its code is sent, if it has one that is sent."""
        return _CHANNELS.get(self.factor_id)

    @property
    def masked_contact(self) -> str | None:
        """What may be shown of the contact."""
        return None if self.contact is None else masked_contact(self.contact)


@dataclass(frozen=True)
class Choices:
    """What may be given now, one of which is enough to go on.

    Attributes:
        all: In the order of the policy; empty when these pages can show none of it.
        is_again: The session has all its factors, and a page asked for one of these anew.
        has_recovery_codes: A recovery code would do as well.
        trust_days: For how long the browser may be trusted in the place of what is given now; `None`: it may not.
    """

    all: list[Choice]
    is_again: bool = False
    has_recovery_codes: bool = False
    trust_days: int | None = None

    def find(self, factor_id: str | None) -> Choice | None:
        """Return the choice of this factor, if it is one."""
        return next((choice for choice in self.all if choice.factor_id == factor_id), None)

    @property
    def step(self) -> tuple[int, int] | None:
        """What the page says about where in signing in this is."""
        return None if self.is_again else (2, 2)


async def choices_now(visit: Visit, session: SessionContainer, asked: str | None) -> Choices | None:
    """Return what may be given now; `None` when nothing is missing.

    Args:
        visit: The request.
        session: Of the user.
        asked: Ids of factors that a page wants anew, separated by commas.
    """
    try:
        information = await visit.call("PUT", "/mfa/info")
    except ApiUnavailable:
        return None
    wanted: list[str] = information["factors"]["next"]
    if wanted or needs_factor(session):
        remaining = information.get("recoveryCodes", {}).get("remaining", 0)
        trust = information.get("trustedDevices", {})
        trust_days = trust["days"] if trust.get("mayTrust") else None
        return Choices(_known(wanted, information), has_recovery_codes=remaining > 0, trust_days=trust_days)
    if not asked:
        return None
    usable = [*information["factors"]["alreadySetup"], *information["factors"]["allowedToSetup"]]
    return Choices(_known([factor for factor in asked.split(",") if factor in usable], information), is_again=True)


def _known(factor_ids: list[str], information: Json) -> list[Choice]:
    return [_choice(id_, information) for id_ in factor_ids if id_ in _APIS and offers_api("POST", _APIS[id_])]


def _choice(factor_id: str, information: Json) -> Choice:
    channel = _CHANNELS.get(factor_id)
    contacts = [] if channel is None else information[_LISTS[channel]].get(factor_id) or []
    is_set_up = factor_id not in _NEEDS_TO_BE_SET_UP or factor_id in information["factors"]["alreadySetup"]
    return Choice(factor_id, is_set_up, contacts[0] if contacts else None)
