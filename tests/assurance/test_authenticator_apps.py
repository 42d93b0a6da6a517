# SPDX-License-Identifier: Apache-2.0
"""The timing of an authenticator app is within the profile, wherever the app is set up."""

from typing import Any

import pytest

from tests.assurance.application import site
from twofold._assurance import PROFILES, TOTP_DEVICE, Profile
from twofold.core.errors import CoreError
from twofold.exceptions import GeneralError
from twofold.recipe.totp.asyncio import create_device

WITHIN: dict[str, Any] = {"skew": 1, "period": 30}
SECRET = {"secretKey": "JBSWY3DPEHPK3PXP"}
OWNER = {"loginMethods": [{"recipeId": "passwordless", "email": "owner@example.com"}]}


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
async def test_a_looser_app_is_not_set_up(profile: Profile) -> None:
    """Neither by the SDK, nor by a core that somebody else calls, nor by an import.

    AAL2 3.1.4.1, 3.1.4.2. ASVS 6.5.5.
    """
    async with site(profile.name) as here:
        for what, setting in TOTP_DEVICE.items():
            ((rule, limit),) = (item for item in profile.limits if item[1].setting == setting)
            looser = {**WITHIN, what: int(limit.most) + 1}
            of_user = {"userId": "owner", **looser}
            with pytest.raises(GeneralError) as of_sdk:
                await create_device("owner", **looser)
            told = [str(of_sdk.value)]
            for path, body in (
                ("/recipe/totp/device", of_user),
                ("/recipe/totp/device/import", {**of_user, **SECRET}),
                ("/bulk-import/import", {**OWNER, "totpDevices": [{**SECRET, **looser}]}),
            ):
                with pytest.raises(CoreError) as of_core:
                    await here.under_test.core.call("POST", path, body=body)
                told.append(str(of_core.value))

            refusal = f"assurance={profile.name!r} does not allow {setting} to be {looser[what]}"
            reason = f"(allowed: {limit.allowed}). {profile.mark} {rule.clause}: {rule.asks}"
            assert [text for text in told if f"{refusal} {reason}" not in text] == []
            strictest = {**WITHIN, what: int(limit.most)}
            assert (await create_device("owner", "owner@example.com", **strictest)).status == "OK"
