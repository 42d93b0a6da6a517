# SPDX-License-Identifier: Apache-2.0
"""Pages need no token of their own, whatever the application's APIs ask of scripts."""

from typing import Literal

import pytest

from tests.ui.conftest import Start, open_again
from tests.ui.person import ANN
from twofold import ui
from twofold.recipe import emailpassword, session


@pytest.mark.parametrize("anti_csrf", ["VIA_TOKEN", "VIA_CUSTOM_HEADER", "NONE"])
async def test_forms_of_pages_work_with_every_way(
    start: Start, anti_csrf: Literal["VIA_TOKEN", "VIA_CUSTOM_HEADER", "NONE"]
) -> None:
    """What guards them is where the browser says that they come from."""
    browser = await start(session.init(anti_csrf=anti_csrf), emailpassword.init(), ui.init(home_path="/notes"))
    await browser.post("/auth/sign-up", data=ANN)
    async with open_again(browser) as other:
        await other.post("/auth/sign-in", data=ANN)

        forged = await browser.post("/auth/settings/sessions/end-others", headers={"sec-fetch-site": "cross-site"})
        assert forged.status_code == 403
        assert (await other.get("/auth/settings")).url.path == "/auth/settings"
        await browser.post("/auth/settings/sessions/end-others")

        assert (await other.get("/auth/settings")).url.path == "/auth/sign-in"
