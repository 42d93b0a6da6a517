# SPDX-License-Identifier: Apache-2.0
"""An application whose users begin with a password, and the people at its doors."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.security.application import Person, application, password_form
from twofold import testing
from twofold.recipe import (
    accountlinking,
    emailpassword,
    emailverification,
    multifactorauth,
    passwordless,
    session,
    totp,
)
from twofold.recipe.accountlinking.types import ShouldAutomaticallyLink, ShouldNotAutomaticallyLink
from twofold.recipe.multifactorauth.types import MFARequirementList

OWNER, THIEF = "owner@example.com", "thief@example.com"


@asynccontextmanager
async def site(
    requirements: MFARequirementList,
    *,
    verification: emailverification.types.MODE_TYPE | None = None,
    links_verified_only: bool = False,
    database_url: str = testing.IN_MEMORY,
    settings: dict[str, Any] | None = None,
    **config: Any,
) -> AsyncIterator["Site"]:
    """The application, with a policy for everybody.

    Args:
        requirements: The policy.
        verification: Mode of the verification of addresses.
        links_verified_only: Whether a second login method must be verified to be linked.
        database_url: Of its core.
        settings: Of its core.
        config: Of multi-factor authentication.
    """

    def policy(original: Any) -> Any:
        async def get_mfa_requirements_for_auth(*_: Any) -> MFARequirementList:
            return requirements

        original.get_mfa_requirements_for_auth = get_mfa_requirements_for_auth
        return original

    async def link_in_session(_info: Any, _user: Any, given: Any, *_: Any) -> Any:
        return ShouldNotAutomaticallyLink() if given is None else ShouldAutomaticallyLink(links_verified_only)

    recipes = [
        session.init(),
        emailpassword.init(),
        passwordless.init(passwordless.ContactEmailOrPhoneConfig(), "USER_INPUT_CODE"),
        totp.init(),
        multifactorauth.init(["emailpassword"], multifactorauth.OverrideConfig(functions=policy), **config),
        accountlinking.init(should_do_automatic_account_linking=link_in_session),
        *([] if verification is None else [emailverification.init(verification)]),
    ]
    async with testing.app(recipes, database_url=database_url, settings=settings) as under_test:
        yield Site(under_test)


class Site:
    """The running application."""

    def __init__(self, under_test: testing.AppUnderTest) -> None:
        self.under_test = under_test
        self._web = application()

    async def sign(self, way: str, email: str = OWNER) -> Person:
        """Return a person who typed a password: "signup" or "signin"."""
        person = Person(self._web, "cookie")
        reply = await person.api("POST", f"/{way}", password_form(email))
        assert reply.json()["status"] == "OK", reply.text
        return person

    def totp_code(self, secret: str) -> str:
        """Return what an authenticator app shows."""
        return testing.VirtualTotp(secret, self.under_test.clock).code()

    async def set_up_totp(self, person: Person, name: str = "phone") -> str:
        """Set an authenticator app up, and return its secret; its code is used up."""
        secret: str = (await person.api("POST", "/totp/device", {"deviceName": name})).json()["secret"]
        body = {"deviceName": name, "totp": self.totp_code(secret)}
        assert (await person.api("POST", "/totp/device/verify", body)).json()["status"] == "OK"
        self.under_test.clock.turn(seconds=60)
        return secret

    async def give_code(self, person: Person, **contact: str) -> Any:
        """Ask for a code within the session, and give it; return the answer."""
        ids = await person.ask_for_code(within_session=True, **contact)
        (address,) = contact.values()
        body = {**ids, "userInputCode": self.under_test.outbox.code(address)}
        return (await person.api("POST", "/signinup/code/consume", body)).json()

    async def verify_email(self, person: Person, email: str = OWNER) -> None:
        """Follow the link that was mailed to the address of the password."""
        assert (await person.api("POST", "/user/email/verify/token")).json()["status"] == "OK"
        token = parse_qs(urlsplit(self.under_test.outbox.link(email)).query)["token"][0]
        answer = await person.api("POST", "/user/email/verify", {"method": "token", "token": token})
        assert answer.json()["status"] == "OK"


async def is_open(person: Person) -> bool:
    """Whether the protected route opens."""
    reply = await person.send("GET", "/protected")
    assert reply.status_code in (200, 403), reply.text
    return reply.status_code == 200


def refused_claim(reply: Any) -> str:
    """Return the claim for which a request was refused."""
    assert reply.status_code == 403, reply.text
    (error,) = reply.json()["claimValidationErrors"]
    claim: str = error["id"]
    return claim
