# SPDX-License-Identifier: Apache-2.0
"""A policy may be slow, or ask somebody else: a change of factors asks it once, and once more for what it changed."""

from typing import Any

import pytest

from tests.recipe.recoverycodes.application import Person, recipes
from twofold import testing
from twofold.recipe import trusteddevices
from twofold.recipe.multifactorauth.recipe import MultiFactorAuthRecipe


async def test_how_often_the_policy_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """For the session as it is; when a factor is completed; and, as if it were gone, when one is removed."""
    async with testing.app(recipes(trusteddevices.init())) as app:
        person = await (await Person(app).sign("signup")).set_up()
        functions = MultiFactorAuthRecipe.get().functions
        policy, asked = functions.get_mfa_requirements_for_auth, list[str]()

        async def counted(*arguments: Any) -> Any:
            asked.append("")
            return await policy(*arguments)

        monkeypatch.setattr(functions, "get_mfa_requirements_for_auth", counted)

        async def times(path: str, **body: Any) -> int:
            asked.clear()
            assert (await person.post(path, **body))["status"] == "OK"
            return len(asked)

        assert await times("/recoverycodes") == 1
        assert await times("/trusteddevices") == 1
        secret = (await person.post("/totp/device", deviceName="second"))["secret"]
        assert await times("/totp/device", deviceName="third") == 1
        code = testing.VirtualTotp(secret, app.clock).code()
        assert await times("/totp/device/verify", deviceName="second", totp=code) == 2
        assert await times("/totp/device/remove", deviceName="phone") == 2
