# SPDX-License-Identifier: Apache-2.0
"""Drives every recipe of the genuine `supertokens-python` against a core: `python tour.py http://localhost:3567`."""

import asyncio
import sys

import application
import story_factors
import story_linking
import story_people
import story_sessions
import story_tenants
from checks import same, tell
from supertokens_python.recipe import (
    accountlinking,
    emailpassword,
    emailverification,
    jwt,
    multifactorauth,
    multitenancy,
    passwordless,
    session,
    thirdparty,
    totp,
    usermetadata,
    userroles,
)
from supertokens_python.recipe.accountlinking.types import ShouldAutomaticallyLink, ShouldNotAutomaticallyLink
from supertokens_python.recipe.thirdparty.provider import ProviderClientConfig, ProviderConfig, ProviderInput

FIRST_FACTORS = ["emailpassword", "otp-email", "otp-phone", "link-email", "thirdparty"]


async def link_second_factors(new_account, user, session, tenant_id, user_context):  # type: ignore[no-untyped-def]
    """Link what a signed-in person adds, and nothing else."""
    if session is None or (user is not None and session.get_user_id() != user.id):
        return ShouldNotAutomaticallyLink()
    return ShouldAutomaticallyLink(should_require_verification=False)


RECIPES = [
    session.init(),
    emailpassword.init(email_delivery=application.collected_email),
    emailverification.init(mode="OPTIONAL", email_delivery=application.collected_email),
    passwordless.init(
        passwordless.ContactEmailOrPhoneConfig(),
        flow_type="USER_INPUT_CODE_AND_MAGIC_LINK",
        email_delivery=application.collected_email,
        sms_delivery=application.collected_sms,
    ),
    thirdparty.init(
        thirdparty.SignInAndUpFeature(
            providers=[
                ProviderInput(
                    config=ProviderConfig(
                        third_party_id="github",
                        clients=[ProviderClientConfig(client_id="id", client_secret="secret")],
                    )
                )
            ]
        )
    ),
    accountlinking.init(should_do_automatic_account_linking=link_second_factors),
    multifactorauth.init(first_factors=FIRST_FACTORS),
    totp.init(),
    multitenancy.init(),
    usermetadata.init(),
    userroles.init(),
    jwt.init(),
]


async def the_newest_common_interface_was_asked_for(_: application.World) -> None:
    """Every request named the newest version of the interface that this release speaks."""
    same(application.versions_asked_for, {"5.4"}, "versions of the interface")


async def main() -> int:
    """Tell every story; return the exit code."""
    async with application.running(RECIPES) as world:
        return await tell(
            world,
            *story_people.STORIES,
            *story_sessions.STORIES,
            *story_factors.STORIES,
            *story_linking.STORIES,
            *story_tenants.STORIES,
            the_newest_common_interface_was_asked_for,
        )


sys.exit(asyncio.run(main()))
