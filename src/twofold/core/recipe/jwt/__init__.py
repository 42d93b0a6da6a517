# SPDX-License-Identifier: Apache-2.0
"""JSON Web Tokens for applications, and the public keys that verify these and access tokens."""

from twofold.core import signing
from twofold.core._recipe import CoreRecipe, Job
from twofold.core.recipe.jwt import rules
from twofold.core.recipe.jwt.api import endpoints

recipe = CoreRecipe(
    "jwt",
    endpoints,
    tables=signing.TABLES,
    jobs=(Job("signing keys", rules.EXPIRED_EVERY_SECONDS, rules.delete_expired_keys),),
)
