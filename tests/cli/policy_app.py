# SPDX-License-Identifier: Apache-2.0
"""An application for the commands that load one: `POLICY` says what its override requires, `TWOFOLD_DB` where it is.

`raises` has it raise an error. `ASSURED` puts the application under a profile of assurance.
"""

import os
from typing import Any

from twofold import InputAppInfo, SupertokensConfig, init
from twofold.recipe import emailpassword, factorreset, multifactorauth, session, totp


def override(original: Any) -> Any:
    """Require what the environment says."""

    async def required(*arguments: Any) -> Any:
        if os.environ["POLICY"] == "raises":
            raise KeyError("raises")
        return os.environ["POLICY"].split()

    original.get_mfa_requirements_for_auth = required
    return original


def create() -> None:
    """Set authentication up, as a factory of applications does."""
    policy = multifactorauth.OverrideConfig(functions=override) if "POLICY" in os.environ else None
    init(
        InputAppInfo(app_name="Test", api_domain="http://localhost:8000", website_domain="http://localhost:8000"),
        "fastapi",
        SupertokensConfig(os.environ["TWOFOLD_DB"]),
        [
            session.init(),
            emailpassword.init(),
            totp.init(),
            multifactorauth.init(["emailpassword"], policy),
            factorreset.init(),
        ],
        assurance="asvs-l2" if "ASSURED" in os.environ else None,
    )


def broken() -> None:
    """Fail as an application may."""
    raise RuntimeError("no database today")
