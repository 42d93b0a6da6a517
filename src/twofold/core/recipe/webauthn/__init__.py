# SPDX-License-Identifier: Apache-2.0
"""Passkeys (WebAuthn Level 3): registration, sign-in, and the way back for who has lost all of them.

A ceremony begins with options (`options.py`), which the browser's authenticator answers; the answer is checked in
`ceremony.py`, and `rules.py` decides what follows. The credentials themselves are kept with the users
(`users/credentials.py`), since they are what a login method is recognised by.
"""

from pathlib import Path

from twofold.core._recipe import CoreRecipe, Job
from twofold.core.recipe.webauthn import recovery, rules, store
from twofold.core.recipe.webauthn.api import endpoints

HOUR_SECONDS = 3600

_TABLES = ("webauthn_options", "webauthn_recovery_tokens")

recipe = CoreRecipe(
    "webauthn",
    endpoints,
    tables=_TABLES,
    tenant_tables=_TABLES,
    schema=Path(__file__).parent / "schema",
    forget_login_method=store.forget_recovery_tokens,
    has_factor=rules.has_factor,
    jobs=(
        Job("webauthn options", HOUR_SECONDS, rules.delete_expired_options),
        Job("webauthn recovery tokens", HOUR_SECONDS, recovery.delete_expired_tokens),
    ),
)
